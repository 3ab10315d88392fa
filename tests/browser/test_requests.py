"""A request for a home, from the report page to its end, on a phone."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, NewPage
from tests.browser.test_accessibility import overflow, violations, violations_in_dark
from tests.browser.test_report_path import HERE, place

POSTCODE = "ZZ1 1AA"


def check_page(page: Page, heading: str) -> None:
    """Checks that the page has that heading and no violation, and fits."""
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
    assert violations(page) == []
    assert violations_in_dark(page) == []
    assert overflow(page) <= 0


def go_on(page: Page, name: str = "Continue") -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def test_request_for_an_address_begins_on_the_report_page(new_page: NewPage) -> None:
    page = new_page(viewport=PHONE, geolocation=HERE, permissions=["geolocation"])
    page.goto("/report/")
    place(page)
    with page.expect_navigation():
        page.get_by_role("radio", name="Help with bins").check()
        page.locator("[data-step=service]").get_by_role("button", name="Continue").click()
    assert page.url.endswith("/forms/services/assisted-collection")
    check_page(page, "Help with bins")
    page.get_by_label("Postcode of the address").fill("ZZ99 9ZZ")
    go_on(page)
    check_page(page, "Help with bins")
    page.get_by_label("Postcode of the address").fill(POSTCODE)
    go_on(page)
    check_page(page, "Which address is it?")
    page.get_by_role("radio").first.check()
    go_on(page)
    check_page(page, "More about your request")
    page.get_by_role("radio", name="From now on").check()
    page.get_by_label("Where are your bins kept?").fill("Behind the gate")
    go_on(page)
    check_page(page, "Is there anything else we should know?")
    go_on(page)
    check_page(page, "How can we reach you?")
    go_on(page)
    check_page(page, "Check your answers")
    go_on(page, "Send request")
    check_page(page, "Request sent")
    page.get_by_role("button", name="See your request").click()
    check_page(page, "Help with bins")
