"""A resident who speaks Welsh goes from the home page to a report and to the account, and meets no
English of ours."""

import re

import pytest
from playwright.sync_api import Page, expect

from chalicelib.bootstrap.reports import reports_ports
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.submission import submit
from infra.local.stack import LocalStack
from tests.browser.conftest import NewPage
from tests.browser.following import follower
from tests.browser.promises import wait_for_promise
from tests.browser.signing_in import new_account, sign_in
from tests.browser.test_accessibility import LOADED, overflow, violations
from tests.browser.welsh import english_on
from tests.support.builders import draft

PLACE = {"lat": 53.9287, "long": -1.1012}
"""No other test reports anything there."""


def store_report(stack: LocalStack) -> ServiceRequest:
    words = "Mae twll dwfn wrth y draen"
    report = submit(
        draft(description=words, title=None, **PLACE), "twll", Author(), reports_ports()
    )
    stack.cloud.pump.wait_until_idle()
    return report


def assert_welsh(page: Page) -> None:
    page.wait_for_function(LOADED)
    assert page.evaluate("document.documentElement.lang") == "cy"
    assert english_on(page) == [], page.url
    assert violations(page) == []
    assert overflow(page) <= 0


@pytest.mark.exhaustive
def test_resident_follows_a_report_in_welsh_and_finds_it_in_the_account(
    new_page: NewPage, stack: LocalStack
) -> None:
    report, page = store_report(stack), new_page()
    account = new_account()
    page.goto("/cy/")
    assert_welsh(page)
    page.get_by_role("link", name="Map", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Map o adroddiadau")
    page.goto(f"/cy/map/#18/{PLACE['lat']}/{PLACE['long']}")
    page.reload()
    row = page.locator(f"#report-list [data-service-request-id='{report.service_request_id}'] a")
    expect(row).to_be_visible()
    assert_welsh(page)
    row.click()
    expect(page).to_have_url(re.compile(f"/cy/reports/{report.service_request_id}$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Twll yn y ffordd")
    assert_welsh(page)
    page.get_by_role("button", name="Dilyn yr adroddiad hwn").click()
    control = page.locator(".app-follow")
    expect(control).to_be_visible()
    assert_welsh(page)
    control.get_by_label("Cyfeiriad e-bost").fill(follower())
    control.get_by_role("button", name="Dilyn yr adroddiad hwn").click()
    expect(page.locator("#follow-status")).not_to_be_empty()
    expect(page.locator("#followers")).to_have_text("1 person")
    assert_welsh(page)
    page.get_by_role("textbox", name="Eich diweddariad").fill("Mae’n ddyfnach nawr.")
    page.get_by_role("button", name="Anfon y diweddariad").click()
    expect(page.locator("#timeline li")).to_contain_text(["Mae’n ddyfnach nawr."])
    assert_welsh(page)
    page.get_by_role("link", name="English", exact=True).click()
    expect(page).to_have_url(re.compile(f"/reports/{report.service_request_id}$"))
    page.get_by_role("link", name="Cymraeg", exact=True).click()
    sign_in(page, account)
    page.get_by_role("link", name="Fy nghyfrif", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Fy adroddiadau")
    expect(page.locator("#account-page")).to_be_visible()
    assert_welsh(page)


@pytest.mark.exhaustive
def test_visited_report_page_opens_in_welsh_without_a_connection(
    new_page: NewPage, stack: LocalStack
) -> None:
    report, page = store_report(stack), new_page(service_workers="allow")
    page.goto("/cy/cookies/")
    wait_for_promise(page, "async () => !!(await navigator.serviceWorker.ready).active")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    page.goto(f"/cy/reports/{report.service_request_id}")
    page.wait_for_load_state("networkidle")
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Twll yn y ffordd")
    assert english_on(page) == []
