"""What was begun is kept through a restart of the browser, each tab's for itself, for a week."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from infra.local.stack import LocalStack
from tests.browser.conftest import NewPage, StartPhone
from tests.browser.promises import wait_for_promise
from tests.browser.signing_in import new_account, sign_in
from tests.browser.test_kept_on_the_phone import NO_DATABASE, stored_report, update_texts
from tests.browser.test_report_page import open_page
from tests.browser.test_report_page import store_report as published
from tests.browser.test_report_path import (
    HERE,
    choose_service,
    go_to,
    leave,
    leave_contact,
    place,
    reporter,
    sent_reference,
    step_shown,
)

NO_STORAGE = (
    f"{NO_DATABASE};Object.defineProperty(window, 'sessionStorage', "
    "{get() { throw new Error('private'); }})"
)
DRAFTS = """new Promise((resolve) => {
    const opening = indexedDB.open("begun");
    opening.onsuccess = () => {
        const kept = opening.result.transaction("drafts").objectStore("drafts").getAll();
        kept.onsuccess = () => {
            opening.result.close();
            resolve(JSON.stringify(kept.result));
        };
    };
})"""
"""All that the browser's database has of what was begun."""


def open_description(page: Page, words: str) -> None:
    page.goto("/report/")
    place(page)
    choose_service(page)
    go_to(page, "details")
    page.get_by_role("textbox", name="Describe the problem").fill(words)


def open_unfinished(page: Page) -> Page:
    """The report page as it is opened again."""
    page.goto("/report/")
    expect(page.get_by_role("heading", name="You have an unfinished report")).to_be_visible()
    return page


def test_report_and_its_photo_survive_a_restart_and_are_sent_once(
    start_phone: StartPhone, stack: LocalStack, shared_data: Path
) -> None:
    page = start_phone(HERE)
    page.goto("/report/")
    place(page)
    choose_service(page)
    go_to(page, "details")
    page.locator("#photo-files").set_input_files(shared_data / "photos" / "photo_1.JPG")
    expect(page.locator("#photo-list > li")).to_have_count(1)
    page.get_by_role("textbox", name="Describe the problem").fill(
        "A hole that a restart cannot mend"
    )

    page = start_phone(HERE)
    page.goto("/")
    page.get_by_role("link", name="Continue your report").click()
    expect(page.get_by_role("heading", name="You have an unfinished report")).to_be_visible()
    expect(page.locator("#unfinished-report")).to_contain_text("A hole that a restart cannot mend")
    expect(page.get_by_text("saved in this browser for up to 7 days").first).to_be_visible()
    page.get_by_role("button", name="Continue with it").click()
    expect(page.get_by_label("Nearest house number")).to_have_value("Outside 12 Market Place")
    leave(page)
    leave(page)
    go_to(page, "details")
    leave(page)
    leave_contact(page)
    page.get_by_role("button", name="Send report").click()
    request_id = sent_reference(page).replace("-", "")
    stack.cloud.pump.wait_until_idle()
    report = stored_report(stack, request_id)
    assert report["description"] == "A hole that a restart cannot mend"
    assert len(report["photos"]) == 1
    page.goto("/")
    expect(page.get_by_text("You have an unfinished report")).to_be_hidden()


@pytest.mark.exhaustive
def test_update_is_kept_when_the_browser_is_restarted(
    start_phone: StartPhone, stack: LocalStack
) -> None:
    report = published(stack, 9041).service_request_id
    page = start_phone(HERE)
    page.goto(f"/reports/{report}")
    page.get_by_label("Your update").fill("It is wider than a restart.")
    page = start_phone(HERE)
    page.goto(f"/reports/{report}")
    expect(page.get_by_label("Your update")).to_have_value("It is wider than a restart.")
    page.get_by_role("button", name="Send update").click()
    expect(page.get_by_text("Thank you")).to_be_visible()
    assert update_texts(stack, report) == ["It is wider than a restart."]
    page.reload()
    expect(page.get_by_label("Your update")).to_have_value("")


def test_report_is_deleted_when_a_new_one_is_started_instead(start_phone: StartPhone) -> None:
    open_description(start_phone(HERE), "Somebody else's words")
    page = open_unfinished(start_phone(HERE))
    page.get_by_role("button", name="Start a new report").click()
    expect(page.get_by_label("Nearest house number")).to_be_visible()
    page.goto("/")
    expect(page.get_by_text("You have an unfinished report")).to_be_hidden()
    page.goto("/report/")
    place(page)
    choose_service(page)
    go_to(page, "details")
    expect(page.get_by_role("textbox", name="Describe the problem")).to_have_value("")


@pytest.mark.exhaustive
def test_tabs_do_not_overwrite_each_other(new_page: NewPage) -> None:
    one = new_page(geolocation=HERE, permissions=["geolocation"])
    open_description(one, "Words of the one tab")
    other = one.context.new_page()
    other.goto("/report/")
    expect(other.get_by_role("heading", name="Where is the problem?")).to_be_visible()
    expect(other.get_by_label("Nearest house number")).to_have_value("Dial Row")
    open_description(other, "Words of the other tab")
    for page, words in ((one, "Words of the one tab"), (other, "Words of the other tab")):
        page.reload()
        expect(page.get_by_role("textbox", name="Describe the problem")).to_have_value(words)
    other.close()
    third = open_unfinished(one.context.new_page())
    expect(third.locator("#unfinished-report")).to_contain_text("Words of the other tab")


@pytest.mark.exhaustive
def test_details_leave_the_draft_of_every_tab_when_the_person_signs_out(new_page: NewPage) -> None:
    account = new_account()
    address = account.addresses[0].value
    one = new_page(geolocation=HERE, permissions=["geolocation"])
    sign_in(one, account)
    open_description(one, "Words of the one tab")
    leave(one)
    expect(one.get_by_label("Email address")).to_have_value(address)
    assert address in one.evaluate(DRAFTS)
    other = one.context.new_page()
    other.goto("/account/devices/")
    other.get_by_role("button", name="Sign out everywhere").click()
    other.wait_for_url(re.compile(r"//[^/]+/$"))
    one.go_back()
    one.get_by_role("textbox", name="Describe the problem").fill("Words of the one tab, and more")
    wait_for_promise(one, f"{DRAFTS}.then((kept) => kept.includes('and more'))")
    assert address not in one.evaluate(DRAFTS)


@pytest.mark.exhaustive
def test_tabs_of_one_report_have_separate_updates(new_page: NewPage, stack: LocalStack) -> None:
    report = published(stack, 9042)
    one = open_page(new_page, report)
    one.get_by_label("Your update").fill("Of the one tab")
    other = one.context.new_page()
    other.goto(one.url)
    expect(other.get_by_label("Your update")).to_have_value("")
    other.get_by_label("Your update").fill("Of the other tab")
    for page, words in ((one, "Of the one tab"), (other, "Of the other tab")):
        page.reload()
        expect(page.get_by_label("Your update")).to_have_value(words)


@pytest.mark.parametrize(
    ("takes_away", "words"),
    [
        (NO_DATABASE, "What you wrote is saved until you close this tab."),
        pytest.param(
            NO_STORAGE,
            "What you wrote is not saved, so keep this page open.",
            marks=pytest.mark.exhaustive,
        ),
    ],
)
def test_page_says_truthfully_what_is_saved_when_the_browser_has_no_database(
    takes_away: str, words: str, new_page: NewPage
) -> None:
    page = reporter(lambda **options: with_script(new_page(**options), takes_away))
    place(page)
    choose_service(page)
    go_to(page, "details")
    page.get_by_role("textbox", name="Describe the problem").fill("A hole in a private window")
    leave(page)
    leave_contact(page)
    expect(page.get_by_role("heading", name="This will be public", exact=True)).to_be_visible()
    page.context.set_offline(True)
    page.get_by_role("button", name="Send report").click()
    expect(page.get_by_role("heading", name="has not been sent")).to_be_visible()
    expect(page.locator("#not-sent")).to_contain_text(words)
    page.context.set_offline(False)
    if takes_away == NO_DATABASE:
        page.reload()
        expect(page.locator("#answers")).to_contain_text("A hole in a private window")
    page.get_by_role(
        "button", name="Send report" if takes_away == NO_DATABASE else "Try again"
    ).click()
    sent_reference(page)
    assert step_shown(page) == "sent"


def test_newest_text_is_saved_when_the_database_fails_and_recovers(
    new_page: NewPage, stack: LocalStack
) -> None:
    page = open_page(new_page, published(stack, 9044))
    area = page.get_by_label("Your update")
    area.fill("Before it failed")
    wait_for_promise(page, f"{DRAFTS}.then((kept) => kept.includes('Before it failed'))")
    page.evaluate("void (IDBObjectStore.prototype.put = () => { throw new Error(); })")
    area.fill("After it failed")
    page.reload()
    expect(area).to_have_value("After it failed")
    area.fill("After it came back")
    wait_for_promise(page, f"{DRAFTS}.then((kept) => kept.includes('After it came back'))")
    page.reload()
    expect(area).to_have_value("After it came back")


def test_update_explains_when_it_is_sent_too_often(new_page: NewPage, stack: LocalStack) -> None:
    page = open_page(new_page, published(stack, 9045))
    why = "Too many updates came from here. Try again in 10 minutes."
    refusal = {
        "status": 429,
        "headers": {"Retry-After": "600", "Content-Type": "application/problem+json"},
        "body": json.dumps({"title": "Too many requests", "status": 429, "detail": why}),
    }
    page.route("**/updates", lambda route: route.fulfill(**refusal), times=1)
    page.get_by_label("Your update").fill("It is wider now")
    page.get_by_role("button", name="Send update").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(why)
    expect(alert).not_to_contain_text("Check your connection")
    page.get_by_role("button", name="Send update").click()
    expect(page.get_by_text("Thank you")).to_be_visible()


def with_script(page: Page, takes_away: str) -> Page:
    page.add_init_script(takes_away)
    return page


def test_update_says_what_is_saved_when_it_cannot_be_sent(
    new_page: NewPage, stack: LocalStack
) -> None:
    page = open_page(new_page, published(stack, 9043))
    page.get_by_label("Your update").fill("Sent without a signal")
    page.context.set_offline(True)
    page.get_by_role("button", name="Send update").click()
    said = page.get_by_text("What you wrote is saved in this browser for up to 7 days.")
    expect(said.first).to_be_visible()
