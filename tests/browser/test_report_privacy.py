"""What becomes public, what never does, and a few minutes to take it back."""

import json
import re
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from infra.local.stack import LocalStack
from tests.browser.conftest import NewPage
from tests.browser.test_report_path import (
    choose_service,
    go_to,
    leave,
    leave_contact,
    place,
    reporter,
    sent_reference,
)


def open_description(new_page: NewPage, service: str) -> Page:
    page = reporter(new_page)
    place(page)
    choose_service(page, service)
    go_to(page, "details")
    if service.startswith("Noise"):
        page.get_by_role("radio", name="Smoke").check()
    return page


def open_check(new_page: NewPage, service: str, words: str) -> Page:
    page = open_description(new_page, service)
    page.get_by_role("textbox", name="Describe the problem").fill(words)
    leave(page)
    leave_contact(page)
    return page


def send(page: Page) -> str:
    page.get_by_role("button", name="Send report").click()
    return sent_reference(page).replace("-", "")


def report_seen_by_officer(stack: LocalStack, request_id: str) -> dict[str, Any]:
    with urllib.request.urlopen(f"{stack.url}/_local/tokens.json") as answer:
        token = json.loads(answer.read())["officer"]
    request = urllib.request.Request(
        f"{stack.url}/api/reports/{request_id}", headers={"Authorization": f"Bearer {token}"}
    )
    with urllib.request.urlopen(request) as answer:
        report: dict[str, Any] = json.loads(answer.read())
    return report


def test_warning_can_be_overruled_and_returns_for_other_text(new_page: NewPage) -> None:
    page = open_description(new_page, "Pothole")
    page.get_by_role("textbox", name="Describe the problem").fill("Mr Smith fell into it")
    assert leave(page) == "personal"
    expect(page.get_by_text("Mr Smith in the description looks like a name")).to_be_visible()
    assert leave(page, "Keep it and continue") == "check"
    leave_contact(page)
    expect(page.locator("#preview")).to_contain_text("Mr Smith fell into it")
    page.get_by_role("link", name="Change title").click()
    page.get_by_label("Short title").fill("For Mrs Jones")
    assert leave(page) == "personal"
    page.get_by_role("button", name="Change what I wrote").click()
    page.get_by_label("Short title").fill("A deep hole")
    page.get_by_role("textbox", name="Describe the problem").fill("Somebody fell into it")
    assert leave(page) == "check"


def test_preview_shows_the_public_part_and_no_contact(new_page: NewPage) -> None:
    page = open_check(new_page, "Pothole", "A hole in front of the door")
    preview = page.locator("#preview")
    expect(page.get_by_role("heading", name="This will be public")).to_be_visible()
    expect(preview).to_contain_text("A hole in front of the door")
    expect(preview).to_contain_text("Outside 12 Market Place")
    assert "canary" not in preview.inner_text().lower()


def test_anonymous_report_has_no_sender(new_page: NewPage, stack: LocalStack) -> None:
    page = open_description(new_page, "Pothole")
    page.get_by_role("textbox", name="Describe the problem").fill("Nobody saw me write this")
    leave(page)
    page.get_by_label("Name", exact=True).fill("Ann Canary")
    page.get_by_label("Report anonymously").check()
    expect(page.get_by_label("Name", exact=True)).to_be_hidden()
    with page.expect_request("**/api/reports") as sending:
        request_id = send(page)
    body = sending.value.post_data_json or {}
    assert body["anonymous"] is True
    assert "contact" not in body
    assert "Canary" not in json.dumps(report_seen_by_officer(stack, request_id))


@pytest.mark.parametrize(
    ("service", "heading", "words"),
    [
        (
            "Graffiti",
            "This will be public once we have checked it",
            "We check reports before publishing them",
        ),
        pytest.param(
            "Noise or other nuisance",
            "This will not be public",
            "You need it to see your report",
            marks=pytest.mark.exhaustive,
        ),
    ],
)
def test_non_public_report_is_shown_only_by_its_link(
    service: str, heading: str, words: str, new_page: NewPage, stack: LocalStack
) -> None:
    page = open_check(new_page, service, "Seen by few: smoke over the wall")
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    request_id = send(page)
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("link", name="See it on the map")).to_be_hidden()
    stack.cloud.pump.wait_until_idle()
    page.get_by_role("button", name=re.compile("See your report")).click()
    expect(page.get_by_text("Seen by few: smoke over the wall")).to_be_visible()
    theirs = new_page()
    assert theirs.request.get(f"/reports/{request_id}").status == 404
    assert theirs.request.get(f"/data/reports/{request_id}.json").status == 404
    assert theirs.request.get(f"/api/reports/{request_id}").status == 404


@pytest.mark.exhaustive
def test_private_report_gets_no_warning(new_page: NewPage) -> None:
    page = open_description(new_page, "Noise or other nuisance")
    expect(page.get_by_text("Only the council can see it.")).to_be_visible()
    page.get_by_role("textbox", name="Describe the problem").fill(
        "My neighbour Bob Marsh, 07700 900123"
    )
    assert leave(page) == "check"


def test_report_is_withdrawn_within_its_minutes(new_page: NewPage, stack: LocalStack) -> None:
    page = open_check(new_page, "Pothole", "Sent by mistake")
    request_id = send(page)
    stack.cloud.pump.wait_until_idle()
    assert page.request.get(f"/reports/{request_id}").status == 200
    page.reload()
    page.get_by_role("button", name="Withdraw this report").click()
    page.get_by_role("button", name="No, keep it").click()
    page.get_by_role("button", name="Withdraw this report").click()
    page.get_by_role("button", name="Yes, withdraw it").click()
    expect(page.get_by_role("heading", name="Report withdrawn")).to_be_visible()
    stack.cloud.pump.wait_until_idle()
    assert page.request.get(f"/reports/{request_id}").status == 404
    page.reload()
    expect(page.get_by_role("heading", name="Report withdrawn")).to_be_visible()
    expect(page.get_by_role("button", name="See your report")).to_be_hidden()


@pytest.mark.exhaustive
def test_withdrawal_is_no_longer_offered_when_its_time_is_over(new_page: NewPage) -> None:
    page = open_check(new_page, "Pothole", "Meant as it is")
    page.clock.install()
    send(page)
    offer = page.get_by_role("button", name="Withdraw this report")
    expect(offer).to_be_visible()
    page.clock.fast_forward("05:01")
    expect(offer).to_be_hidden()


@pytest.mark.exhaustive
def test_refused_withdrawal_is_explained(new_page: NewPage) -> None:
    page = open_check(new_page, "Pothole", "Withdrawn a moment too late")
    send(page)
    problem = {"title": "Conflict", "status": 409, "detail": "The five minutes are over."}
    page.route("**/withdrawal", lambda route: route.fulfill(status=409, json=problem))
    page.get_by_role("button", name="Withdraw this report").click()
    page.get_by_role("button", name="Yes, withdraw it").click()
    expect(page.get_by_text("The five minutes are over.")).to_be_visible()
    expect(page.get_by_role("heading", name="Report sent")).to_be_visible()
