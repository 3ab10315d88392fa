"""The page that payers come back to leads on, and to the request only in the payer's browser."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from chalicelib.bookings.usecases import hold
from chalicelib.bootstrap.bookings import bookings_ports
from chalicelib.handlers.http.request_language import FOLDER
from tests.api.conftest import Api
from tests.api.test_booking_pages import MONDAY, begin_payment, refund_part
from tests.api.test_forms import Browser
from tests.api.test_receipt_page import hired
from tests.support.forms import PageReader
from tests.support.paying import DECLINED_CARD, GOOD_CARD, InProcessPay, serve_payments
from tests.support.people import FORM, cookies_in

ON_ANY_PAGE = {"Go to my account": "/account/", "Go to the home page": "/"}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def pay(clock: time_machine.Traveller, api: Api) -> Iterator[InProcessPay]:
    with serve_payments() as found:
        yield found


@pytest.fixture
def browser(pay: InProcessPay, api: Api) -> Browser:
    return Browser(api.client, api.cloud)


class Payment:
    """A payment that a browser began, in a language."""

    def __init__(self, browser: Browser, page: str, language: str = "en") -> None:
        began = begin_payment(browser, page, language)
        (cookie,) = cookies_in(began)
        self.kept, _, self.reach = cookie.partition("; ")
        self.next_url = str(began.headers["Location"])
        self._browser, self._language = browser, language

    def come_back(self, url: str, cookie: str) -> PageReader:
        headers = {"Cookie": cookie, FOLDER: self._language}
        return self._browser.open(url[url.index("/forms/") :], headers)


@pytest.mark.parametrize(("language", "folder"), [("en", ""), ("cy", "/cy")])
def test_payers_browser_is_led_back_to_the_request(
    browser: Browser, pay: InProcessPay, language: str, folder: str
) -> None:
    page = hired(browser)
    payment = Payment(browser, page, language)
    assert payment.reach == f"Max-Age=14400; Path={folder}/forms/payments; HttpOnly; SameSite=Lax"
    back = pay.enter(payment.next_url, GOOD_CARD)
    assert f"{folder}{page}" in payment.come_back(back, payment.kept).links.values()


def test_other_browsers_are_not(browser: Browser, pay: InProcessPay) -> None:
    payment = Payment(browser, hired(browser))
    back = pay.enter(payment.next_url, GOOD_CARD)
    for cookie in ("", "ginnel-payer=", f"{payment.kept}0", f"{payment.kept}; {payment.kept}"):
        links = payment.come_back(back, cookie).links
        assert "See your request" not in links
        assert ON_ANY_PAGE.items() <= links.items()


def test_nobody_begins_a_payment_with_a_guessed_link(browser: Browser) -> None:
    path = hired(browser).partition("?")[0]
    refused = browser.client.http.post(f"{path}/payment", body=b"token=guessed", headers=FORM)
    assert (refused.status_code, refused.headers.get("Set-Cookie")) == (404, None)


def test_page_leads_on_while_the_payment_is_open_declined_or_unknown(
    browser: Browser, pay: InProcessPay
) -> None:
    page = hired(browser)
    payment = Payment(browser, page)
    back = pay.payment.return_url
    seen = []
    for pay.is_down in (True, False):
        seen.append(payment.come_back(back, payment.kept))
    pay.enter(payment.next_url, DECLINED_CARD)
    seen.append(payment.come_back(back, payment.kept))
    assert [each.title.partition(" – ")[0] for each in seen] == [
        "We cannot see your payment at the moment",
        "We are waiting for your payment",
        "Your card was declined",
    ]
    for shown in seen:
        assert (ON_ANY_PAGE | {"See your request": page}).items() <= shown.links.items()


def test_page_names_the_money_that_has_gone_back(
    browser: Browser, pay: InProcessPay, api: Api
) -> None:
    payment = Payment(browser, hired(browser))
    back = pay.enter(payment.next_url, GOOD_CARD)
    payment.come_back(back, "")
    refund_part(browser, api, 500)
    assert "We have sent £5 back to your card." in payment.come_back(back, "").text


@pytest.mark.parametrize(
    ("is_known", "says"),
    [
        (True, "You can choose another day on the page of your request."),
        (False, "Call us on 01904 960123 to choose another day."),
    ],
)
def test_payer_whose_slot_has_gone_is_told_where_to_choose_another(
    browser: Browser, pay: InProcessPay, clock: time_machine.Traveller, *, is_known: bool, says: str
) -> None:
    payment = Payment(browser, hired(browser))
    back = pay.enter(payment.next_url, GOOD_CARD)
    clock.shift(timedelta(hours=3))
    (report,) = browser.stored()
    assert report.order and report.order.booking
    hold(report.order.booking.place, 1, "others", "a key of others", bookings_ports())
    shown = payment.come_back(back, payment.kept if is_known else "")
    assert says in shown.text and "Somebody else booked that day" in shown.text
    assert "7pm" not in shown.text
