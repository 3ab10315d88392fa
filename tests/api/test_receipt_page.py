"""The receipt of a payment, as its payer sees it."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.api.conftest import Api
from tests.api.test_booking_pages import (
    HALL,
    MONDAY,
    days,
    enter_card,
    order_of,
    page_of,
    refund_part,
)
from tests.api.test_forms import Browser
from tests.support.paying import InProcessPay, serve_payments


@pytest.fixture
def pay(api: Api) -> Iterator[InProcessPay]:
    with time_machine.travel(MONDAY, tick=False), serve_payments() as found:
        yield found


@pytest.fixture
def browser(pay: InProcessPay, api: Api) -> Browser:
    return Browser(api.client, api.cloud)


def hired(browser: Browser) -> str:
    """Asks for an hour of the hall, which has VAT. Returns: the address of the request's page."""
    browser.open(HALL)
    browser.fill({"attributes.who": "community"}, action=HALL)
    browser.fill({"day": days(browser)[20]}, action=HALL)
    browser.fill({"slot": "1900"}, action=HALL)
    browser.fill(action=HALL)
    browser.fill(press="Continue to payment", action=HALL)
    return page_of(browser)


def receipt_of(page: str) -> str:
    return page.replace("?", "/receipt?")


def test_receipt_names_the_vat_of_each_line_its_number_and_the_day(
    browser: Browser, pay: InProcessPay
) -> None:
    page = hired(browser)
    enter_card(browser, page, pay)
    shown = browser.open(receipt_of(page))
    assert (
        "Hire the Market Hall £18, including £3 VAT at 20% "
        "Administration fee £5, including £0.83 VAT at 20% "
        "Total £23 VAT in the total £3.83 VAT number GB123456789 "
        "Payment Paid by card on Monday 1 June 2026"
    ) in shown.text
    assert "Sent back" not in shown.text
    assert shown.links["Back to your request"] == page


def test_receipt_says_how_much_went_back(browser: Browser, pay: InProcessPay, api: Api) -> None:
    page = hired(browser)
    enter_card(browser, page, pay)
    refund_part(browser, api, 500)
    assert "Sent back to your card £5" in browser.open(receipt_of(page)).text


def test_there_is_no_receipt_before_the_payment_nor_for_strangers(
    browser: Browser, pay: InProcessPay
) -> None:
    page = hired(browser)
    assert "Nothing was paid for this request." in browser.open(receipt_of(page)).text
    assert browser.status == 404
    enter_card(browser, page, pay)
    assert order_of(browser).state == "settled"
    browser.open(receipt_of(page).partition("?")[0])
    assert browser.status == 404
