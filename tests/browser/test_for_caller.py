"""An officer books a bulky collection for somebody who calls, and waives the payment."""

import re

from playwright.sync_api import Page, expect

from chalicelib.bootstrap.reports import reports_ports
from tests.browser.conftest import PHONE, NewPage
from tests.browser.officer import open_desk_page
from tests.browser.test_accessibility import assert_accessible
from tests.browser.test_desk_pages import assert_accessible_at_a_desk
from tests.browser.test_requests import POSTCODE

CALLER = "You are doing this for a caller on the phone."


def go_on(page: Page, button: str = "Continue") -> None:
    expect(page.get_by_text(CALLER)).to_be_visible()
    page.get_by_role("button", name=button, exact=True).click()


def book(page: Page) -> None:
    """Fills in the form of a bulky collection."""
    page.get_by_label("Service").select_option("bulky-waste")
    page.get_by_role("button", name="Start").click()
    page.get_by_label("Postcode of the address").fill(POSTCODE)
    go_on(page)
    page.get_by_role("radio").first.check()
    go_on(page)
    page.get_by_label("Sofa").fill("1")
    go_on(page)
    page.get_by_role("radio").first.check()
    go_on(page)
    go_on(page)
    page.get_by_label("Name").fill("Lee Ash")
    assert_accessible(page)
    go_on(page)
    go_on(page, "Continue to payment")


def test_officer_books_for_a_caller_and_waives_the_payment(new_page: NewPage) -> None:
    page = open_desk_page(new_page, "/desk/new/", PHONE)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose a service")
    assert_accessible_at_a_desk(page)
    book(page)
    expect(page).to_have_url(re.compile(r"/desk/case/\?id=\w+$"))
    expect(page.get_by_text("Not paid yet")).to_be_visible()
    seen_by = "Officers and the reporter, until it is confirmed or paid"
    expect(page.locator("#facts").get_by_text(seen_by)).to_be_visible()
    for summary in ("Record a receipt", "Waive the payment"):
        page.get_by_text(summary, exact=True).click()
    page.get_by_role("button", name="Waive payment").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter the reason")
    assert_accessible_at_a_desk(page)
    page.get_by_label("Why nothing has to be paid").fill("Low income")
    page.get_by_role("button", name="Waive payment").click()
    expect(page.get_by_text("An officer decided that nothing is paid")).to_be_visible()
    expect(page.get_by_text("Waive the payment", exact=True)).to_be_hidden()
    stored = reports_ports().repository.get(page.url.rpartition("=")[2])
    assert stored and stored.order and stored.contact
    found = (stored.channel, stored.reporter, stored.order.receipt, stored.contact.name)
    assert found == ("phone", None, "Low income", "Lee Ash")
