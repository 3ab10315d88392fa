"""What was written is kept until it is stored, is stored once, and never leads to a dead end."""

import json
import re
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from infra.local.stack import LocalStack
from tests.browser.conftest import NewPage
from tests.browser.test_report_path import (
    add_update,
    describe,
    leave_contact,
    place,
    reporter,
    sent_reference,
)

NO_DATABASE = "Object.defineProperty(window, 'indexedDB', {get() { throw new Error('private'); }})"


def open_check(new_page: NewPage, words: str) -> Page:
    page = reporter(new_page)
    place(page)
    describe(page, words)
    leave_contact(page)
    return page


def send(page: Page) -> str:
    page.get_by_role("button", name="Send report").click()
    return sent_reference(page).replace("-", "")


def fixed_report(new_page: NewPage, stack: LocalStack, words: str) -> tuple[Page, str]:
    """The page of a report that the council says is fixed, and the report's id."""
    page = open_check(new_page, words)
    request_id = send(page)
    add_update(stack, request_id, "fixed", "Done.")
    stack.cloud.pump.wait_until_idle()
    page.goto(f"/reports/{request_id}")
    return page, request_id


def write_update(page: Page, words: str) -> None:
    page.get_by_label("Your update").fill(words)


def send_update(page: Page) -> None:
    page.get_by_role("button", name="Send update").click()


def lose_the_next_reply(page: Page, url: str) -> list[Any]:
    """What is sent arrives, but its answer does not; the list gets the lost answer."""
    lost: list[Any] = []

    def lose(route: Route) -> None:
        lost.append(route.fetch().json())
        route.abort()

    page.route(url, lose, times=1)
    return lost


def create_conflict(new_page: NewPage) -> tuple[Page, str]:
    """A report changed after its reply was lost and sent again, and the id of the stored one."""
    page = open_check(new_page, "Bench without a seat")
    page.route("**/api/reports", lambda route: route.abort())
    lost = lose_the_next_reply(page, "**/api/reports")
    page.get_by_role("button", name="Send report").click()
    page.get_by_role("button", name="Edit").click()
    page.get_by_role("link", name="Change description").click()
    page.get_by_role("textbox", name="Describe the problem").fill("Bench without a back")
    page.get_by_role("button", name="Continue").click()
    page.unroute("**/api/reports")
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_text("You've already sent a version of this report")).to_be_visible()
    return page, lost[0]["service_request_id"]


def stored_report(stack: LocalStack, request_id: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{stack.url}/api/reports/{request_id}") as answer:
        report: dict[str, Any] = json.loads(answer.read())
    return report


def update_texts(stack: LocalStack, request_id: str) -> list[str]:
    return [update["text"] for update in stored_report(stack, request_id)["updates"]]


@pytest.mark.exhaustive
def test_update_is_sent_once_when_its_reply_was_lost(new_page: NewPage, stack: LocalStack) -> None:
    page, request_id = fixed_report(new_page, stack, "Bollard lies on the path")
    words = "It lies there again."
    page.get_by_role("radio", name="This is not fixed").check()
    write_update(page, words)
    lose_the_next_reply(page, "**/api/reports/*/updates")
    send_update(page)
    expect(page.get_by_text("We've sent your update: ")).to_be_visible()
    assert update_texts(stack, request_id).count(words) == 1
    page.reload()
    expect(page.get_by_label("Your update")).to_have_value("")


@pytest.mark.exhaustive
def test_update_and_its_choice_are_kept_when_the_page_is_reloaded(
    new_page: NewPage, stack: LocalStack
) -> None:
    page, _ = fixed_report(new_page, stack, "Fence with a gap")
    page.get_by_role("radio", name="This is not fixed").check()
    write_update(page, "The gap is wider.")
    page.reload()
    expect(page.get_by_label("Your update")).to_have_value("The gap is wider.")
    expect(page.get_by_role("radio", name="This is not fixed")).to_be_checked()


@pytest.mark.exhaustive
def test_update_is_sent_as_new_when_another_is_stored_under_its_key(
    new_page: NewPage, stack: LocalStack
) -> None:
    """In a browser that cannot keep what waits, and tries again when its user does."""
    page, request_id = fixed_report(new_page, stack, "Sign turned round")
    page.add_init_script(NO_DATABASE)
    page.reload()
    write_update(page, "It points to the river.")
    lose_the_next_reply(page, "**/api/reports/*/updates")
    send_update(page)
    expect(page.get_by_text("has not been sent").first).to_be_visible()
    write_update(page, "It points to the sky.")
    send_update(page)
    expect(page.get_by_text("already sent a version of this update").first).to_be_visible()
    page.get_by_role("button", name="Send this as a new update").click()
    expect(page.get_by_text("Thank you")).to_be_visible()
    expect(page.get_by_role("button", name="Send this as a new update")).to_be_hidden()
    assert update_texts(stack, request_id)[-2:] == [
        "It points to the river.",
        "It points to the sky.",
    ]


def test_update_is_kept_and_the_reason_shown_when_an_open_report_is_marked_not_fixed(
    new_page: NewPage, stack: LocalStack
) -> None:
    page, request_id = fixed_report(new_page, stack, "Drain is blocked")
    add_update(stack, request_id, "not_fixed", "Somebody else was faster.")
    page.get_by_role("radio", name="This is not fixed").check()
    write_update(page, "Water stands in the road.")
    send_update(page)
    expect(page.get_by_role("alert")).to_contain_text("can be reported as not fixed")
    expect(page.get_by_label("Your update")).to_have_value("Water stands in the road.")
    expect(page.get_by_role("button", name="Send this as a new update")).to_be_hidden()
    page.get_by_role("radio", name="I only want to add something").check()
    send_update(page)
    expect(page.get_by_text("Thank you")).to_be_visible()
    assert update_texts(stack, request_id).count("Water stands in the road.") == 1


def test_report_is_sent_as_new_when_another_is_stored_under_its_key(
    new_page: NewPage, stack: LocalStack
) -> None:
    page, earlier = create_conflict(new_page)
    link = page.get_by_role("link", name="See the report that you sent")
    expect(link).to_have_attribute("href", f"{stack.url}/reports/{earlier}")
    page.get_by_role("button", name="Send this as a new report").click()
    later = sent_reference(page).replace("-", "")
    assert later != earlier
    assert stored_report(stack, earlier)["description"] == "Bench without a seat"
    assert stored_report(stack, later)["description"] == "Bench without a back"


@pytest.mark.exhaustive
def test_report_starts_again_when_it_is_deleted_after_a_conflict(new_page: NewPage) -> None:
    page, _ = create_conflict(new_page)
    page.get_by_role("button", name="Delete this report").click()
    expect(page).to_have_url(re.compile("/report/#where$"))
    expect(page.get_by_label("Nearest house number")).to_have_value("Dial Row")
    place(page)
    describe(page, "Bench is wet with paint")
    leave_contact(page)
    expect(page.get_by_text("You've already sent a version of this report")).to_be_hidden()
    send(page)
