"""A resident is shown reports of the same problem, and is never held up by that."""

import json
import re
import urllib.request

import pytest
from playwright.sync_api import Page, expect

from infra.local.stack import LocalStack
from tests.browser.conftest import NewPage
from tests.browser.following import follower, give_email
from tests.browser.test_report_path import (
    choose_service,
    go_to,
    leave,
    leave_contact,
    place,
    sent_reference,
)

BENCH = {"latitude": 53.9712, "longitude": -1.0533}


def open_problem(new_page: NewPage) -> Page:
    page = new_page(geolocation=BENCH, permissions=["geolocation"])
    page.goto("/report/")
    place(page)
    return page


def report_here(new_page: NewPage, stack: LocalStack, words: str) -> str:
    page = open_problem(new_page)
    choose_service(page, "Pothole")
    go_to(page, "details")
    page.get_by_role("textbox", name="Describe the problem").fill(words)
    leave(page)
    leave_contact(page)
    page.get_by_role("button", name="Send report").click()
    request_id = sent_reference(page).replace("-", "")
    stack.cloud.pump.wait_until_idle()
    return request_id


def followers(stack: LocalStack, request_id: str) -> int:
    with urllib.request.urlopen(f"{stack.url}/api/reports/{request_id}") as answer:
        count: int = json.loads(answer.read())["followers"]
    return count


def test_same_report_is_followed_instead_and_once(new_page: NewPage, stack: LocalStack) -> None:
    request_id = report_here(new_page, stack, "A hole as deep as a bucket")
    page = open_problem(new_page)
    for is_new in (True, False):
        assert choose_service(page, "Pothole") == "nearby"
        item = page.locator("#nearby-list > li").filter(has_text="A hole as deep as a bucket")
        expect(item).to_contain_text("0 metres away")
        item.get_by_role("button", name=re.compile("Follow this instead")).click()
        if is_new:
            give_email(page, follower())
        title = "Check your email" if is_new else "You are following this report"
        expect(page.get_by_role("heading", name=title)).to_be_visible()
        link = page.get_by_role("button", name="See the report")
        expect(link).to_have_attribute("href", f"/reports/{request_id}")
        assert followers(stack, request_id) == 1
        page.get_by_role("link", name="Report another problem").locator("visible=true").click()
        place(page)


@pytest.mark.exhaustive
def test_report_continues_when_none_is_the_same_and_asks_once(
    new_page: NewPage, stack: LocalStack
) -> None:
    report_here(new_page, stack, "A hole beside the drain")
    page = open_problem(new_page)
    assert choose_service(page, "Pothole") == "nearby"
    assert leave(page, "It's not one of these") == "details"
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_role("heading", name="Has it been reported already?")).to_be_visible()
    page.get_by_role("link", name="Back").click()
    assert choose_service(page, "Pothole") == "details"


@pytest.mark.exhaustive
def test_report_nearby_is_overdue_when_its_date_has_passed(
    new_page: NewPage, stack: LocalStack
) -> None:
    report_here(new_page, stack, "A hole that has been there for long")
    for year, says in ((None, []), (2030, ["Overdue"])):
        page = new_page(geolocation=BENCH, permissions=["geolocation"])
        if year:
            page.clock.set_fixed_time(f"{year}-01-01T12:00:00+00:00")
        page.goto("/report/")
        place(page)
        assert choose_service(page, "Pothole") == "nearby"
        item = page.locator("#nearby-list > li").filter(has_text="there for long")
        expect(item).to_contain_text("metres away")
        expect(item.locator(".app-tag--overdue")).to_have_text(says)
