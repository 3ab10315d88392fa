"""A resident finds the bins of a home, buys garden waste for it and cancels it. At the end the
council's ledger has what the payment provider has."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from infra.local.stack import LocalStack
from tests.browser import test_bookings_journey as booking
from tests.browser.conftest import PHONE, NewPage
from tests.support.patience import wait_until
from tests.support.paying import GOOD_CARD

POSTCODE, ADDRESS = "ZZ1 1AA", "Rose Cottage, Oatmeal Walls"
GARDEN_BIN = "Brown bin: garden waste"


@pytest.fixture
def page(new_page: NewPage) -> Iterator[Page]:
    """A phone on the day of the tests."""
    page = new_page(PHONE)
    for time in ("10:50", "11:00"):
        booking.move_clock(page, time)
    yield page
    page.request.post("/_local/clock", data={})


def test_resident_buys_garden_waste_sees_its_days_and_cancels(
    page: Page, stack: LocalStack
) -> None:
    resident = booking.Resident(page, stack, has_scripts=True)
    before = booking.money_of_the_ledger(page.request)
    page.goto("/bins/")
    page.get_by_label("Postcode").fill(POSTCODE)
    booking.press(page, "Find address")
    page.get_by_label("Your address").select_option(ADDRESS)
    booking.press(page, "See your bin days")
    page.get_by_role("link", name="Have your garden waste collected").click()
    resident.sees("Choose items")
    page.get_by_label("Garden bin for a season").fill("1")
    booking.press(page, "Continue")
    resident.gives_contact()
    expect(page.get_by_text("From Monday 1 June 2026 to Monday 30 November 2026")).to_be_visible()
    booking.press(page, "Continue to payment", "Pay by card")
    booking.pay_with(page, GOOD_CARD)
    booking.heading(page, "Payment received")

    page.goto("/bins/")
    expect(page.get_by_role("heading", name=GARDEN_BIN)).to_be_visible()
    expect(page.get_by_role("link", name="Have your garden waste collected")).to_be_hidden()

    resident.opens_the_request()
    page.get_by_role("link", name="Cancel the subscription").click()
    resident.sees("Cancel your garden waste subscription")
    booking.press(page, "Cancel the subscription")
    expect(page.get_by_text("It was cancelled on")).to_be_visible()
    page.goto("/bins/")
    expect(page.get_by_role("heading", name=GARDEN_BIN)).to_have_count(0)

    stack.cloud.pump.wait_until_idle()
    wait_until(lambda: booking.has_settled_refunds(page.request))
    booking.move_clock(page, "11:05")
    wait_until(lambda: len(booking.money_of_the_ledger(page.request) - before) == 2)
    ledger = booking.money_of_the_ledger(page.request)
    assert ledger == booking.money_of_the_provider(page.request)
    assert sorted(pence for _, pence in ledger - before) == [-4800, 4800]
