"""The page of a booking: pay it, move it and cancel it, without JavaScript."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
import time_machine
from chalice.test import HTTPResponse

from chalicelib.bookings.usecases import hold
from chalicelib.bootstrap.bookings import bookings_ports
from chalicelib.bootstrap.payments import charges
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.catalogue.calendars import SlotOfDay
from chalicelib.errors import SlotFull
from chalicelib.handlers.http.request_language import FOLDER
from chalicelib.reports.orders import Order
from tests.api.conftest import Api
from tests.api.test_account import signed_in
from tests.api.test_collections import import_homes
from tests.api.test_forms import Browser
from tests.support.paying import DECLINED_CARD, GOOD_CARD, InProcessPay, serve_payments

MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)
BULKY, HALL = "/forms/services/bulky-waste", "/forms/services/hall-hire"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def pay(clock: time_machine.Traveller, api: Api) -> Iterator[InProcessPay]:
    with serve_payments() as found:
        yield found


@pytest.fixture
def browser(pay: InProcessPay, api: Api, tmp_path: Path) -> Browser:
    import_homes(tmp_path)
    return Browser(api.client, api.cloud)


def days(browser: Browser) -> list[str]:
    return re.findall(r'name="day" type="radio" value="([^"]+)"', browser.html)


def book(browser: Browser, email: str = "") -> str:
    """Books a mattress on the first free day. Returns: the address of the request's page."""
    browser.open(BULKY)
    browser.fill({"postcode": "yo17hh"}, action=BULKY)
    browser.fill({"premises": "100,10 Dial Row"}, action=BULKY)
    browser.fill({"items.mattress": "1"}, action=BULKY)
    browser.fill({"day": days(browser)[0]}, action=BULKY)
    browser.fill(action=BULKY)
    browser.fill({"contact.email": email} if email else {}, action=BULKY)
    browser.fill(press="Continue to payment", action=BULKY)
    return page_of(browser)


def page_of(browser: Browser) -> str:
    (report,) = browser.stored()
    token = reports_ports().ids.link_token(report.service_request_id)
    return f"/forms/reports/{report.service_request_id}?token={token}"


def paid(browser: Browser, pay: InProcessPay) -> str:
    page = book(browser)
    enter_card(browser, page, pay)
    return page


def enter_card(browser: Browser, page: str, pay: InProcessPay) -> None:
    come_back(browser, pay.enter(card_page(browser, page), GOOD_CARD))
    assert browser.page.title.startswith("Payment received")


def come_back(browser: Browser, return_url: str) -> None:
    browser.open(return_url[return_url.index("/forms/") :])


def card_page(browser: Browser, page: str, language: str = "en") -> str:
    """The address of the provider's page for the request with that page."""
    return str(begin_payment(browser, page, language).headers["Location"])


def begin_payment(browser: Browser, page: str, language: str = "en") -> HTTPResponse:
    """The answer that leads to the provider's page. The CDN says the language."""
    form = browser.open(page.replace("?", "/payment?")).form()
    with_card = browser.client.http.post(
        form.action,
        body=f"token={dict(form.fields)['token']}".encode(),
        headers={"Content-Type": "application/x-www-form-urlencoded", FOLDER: language},
    )
    assert with_card.status_code == 303, with_card.body
    return with_card


def order_of(browser: Browser) -> Order:
    (report,) = browser.stored()
    assert report.order
    return report.order


def test_unpaid_request_leads_to_its_payment(browser: Browser) -> None:
    page = book(browser)
    shown = browser.open(page)
    assert "Not paid yet" in shown.text
    assert shown.links["Pay £20"] == page.replace("?", "/payment?")
    assert "Change the day" not in shown.links


def test_unpaid_request_is_listed_in_the_browser_that_goes_to_its_payment(browser: Browser) -> None:
    page = book(browser)
    own = browser.open(page.replace("?", "/payment?")).metas["ginnel-own-report"]
    assert (own["data-url"], own["data-service-code"]) == (page, "bulky-waste")
    assert "script-src 'self'" in browser.headers["Content-Security-Policy"]


def test_paid_booking_shows_its_day_price_and_limits(browser: Browser, pay: InProcessPay) -> None:
    page = paid(browser, pay)
    shown = browser.open(page)
    assert "When Wednesday 3 June 2026, From 7am" in shown.text
    assert "Mattress £20 Total £20 Payment Paid by card on Monday 1 June 2026" in shown.text
    assert "You can change the day until Tuesday 2 June, 14:00." in shown.text
    assert "If you cancel before Monday 1 June, 14:00, you get your money back." in shown.text
    assert {"See the receipt", "Change the day", "Cancel"} <= set(shown.links)
    assert not any(each.startswith("Pay") for each in shown.links)


def test_return_page_says_what_was_paid_for_and_what_comes_next(
    browser: Browser, pay: InProcessPay
) -> None:
    page = book(browser, email="sam.reed@example.org")
    enter_card(browser, page, pay)
    shown = browser.page.text
    assert "Request Bulky waste collection When Wednesday 3 June 2026, From 7am" in shown
    assert "Paid by card £20 What happens next We send you an email" in shown


def test_lost_day_is_offered_again_once_an_officer_makes_room(
    browser: Browser, api: Api, pay: InProcessPay, clock: time_machine.Traveller
) -> None:
    page = book(browser)
    return_url = pay.enter(card_page(browser, page), GOOD_CARD)
    clock.shift(timedelta(hours=3))
    place = SlotOfDay("bulky", MONDAY.date() + timedelta(days=2), "day")
    for number in range(2):
        hold(place, 20, "others", f"key {number} of others", bookings_ports())
    come_back(browser, return_url)
    assert order_of(browser).state == "lost"
    change = browser.open(page.replace("?", "/booking?"))
    assert not any(each.startswith(f"{place.day}") for each in days(browser))
    path, officer = f"/api/calendars/bulky/days/{place.day}", api.token("officer")
    version = api.get(path, officer).json_body["version"]
    assert api.patch(path, {"capacity": 50}, version=version, token=officer).status_code == 200
    browser.open(page.replace("?", "/booking?"))
    browser.fill({"day": days(browser)[0]}, action=change.form().action)
    assert "When Wednesday 3 June 2026, From 7am" in browser.page.text
    assert order_of(browser).state == "settled"


def test_slot_stays_held_while_a_declined_card_is_tried_again(
    browser: Browser, pay: InProcessPay, clock: time_machine.Traveller
) -> None:
    come_back(browser, pay.enter(card_page(browser, book(browser)), DECLINED_CARD))
    clock.shift(timedelta(minutes=100))
    form = browser.page.form()
    browser.client.http.post(
        form.action, body=b"", headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    clock.shift(timedelta(minutes=15))
    place = SlotOfDay("bulky", MONDAY.date() + timedelta(days=2), "day")
    with pytest.raises(SlotFull):
        for number in range(2):
            hold(place, 20, "others", f"key {number} of others", bookings_ports())


def test_payer_comes_back_in_the_language_of_the_payment(
    browser: Browser, pay: InProcessPay
) -> None:
    page = book(browser)
    return_url = pay.enter(card_page(browser, page, "cy"), GOOD_CARD)
    assert "/cy/forms/payments/" in return_url


def test_booking_is_moved_once_to_the_chosen_day(browser: Browser, pay: InProcessPay) -> None:
    page = paid(browser, pay)
    browser.open(page.replace("?", "/booking?"))
    first = days(browser)[0]
    assert first.startswith("2026-06-04")
    form = browser.page.form()
    browser.fill(action=form.action)
    assert (browser.status, "Choose a day" in browser.page.text) == (400, True)
    browser.fill({"day": first}, action=form.action)
    assert "When Thursday 4 June 2026, From 7am" in browser.page.text
    browser.again()
    assert browser.page.text.count("Your booking was moved to Thursday 4 June.") == 1


@pytest.mark.parametrize("version", ["9" * 5_000, "٣", ""])
def test_version_that_is_no_number_counts_as_the_present_one(
    browser: Browser, pay: InProcessPay, version: str
) -> None:
    page = paid(browser, pay)
    browser.open(page.replace("?", "/booking?"))
    form, chosen = browser.page.form(), days(browser)[0]
    sent = dict(form.fields) | {"version": version, "day": chosen}
    browser.post(form.action, urlencode(sent).encode())
    assert "When Thursday 4 June 2026, From 7am" in browser.page.text


def test_full_day_stays_chosen_and_names_the_nearest(browser: Browser, pay: InProcessPay) -> None:
    page = paid(browser, pay)
    browser.open(page.replace("?", "/booking?"))
    chosen = days(browser)[0]
    place = SlotOfDay("bulky", MONDAY.date() + timedelta(days=3), "day")
    for number in range(2):
        hold(place, 20, "others", f"key {number} of others", bookings_ports())
    browser.fill({"day": chosen}, action=browser.page.form().action)
    assert "The next ones that are free: Friday 5 June 2026" in browser.page.text
    booking = order_of(browser).booking
    assert booking and f"{booking.place.day}" == "2026-06-03"


def test_change_by_somebody_else_is_noticed(browser: Browser, pay: InProcessPay) -> None:
    page = paid(browser, pay)
    browser.open(page.replace("?", "/booking?"))
    form, chosen = browser.page.form(), days(browser)[0]
    browser.open(page.replace("?", "/update?"))
    browser.fill({"text": "The gate is open"}, action=browser.page.form().action)
    browser.post(form.action, f"{pairs(form.fields)}&day={chosen}".encode())
    assert "Your request has changed since you opened this page" in browser.page.text
    browser.fill(action=form.action)
    assert "When Thursday 4 June 2026" in browser.page.text


def pairs(fields: list[tuple[str, str]]) -> str:
    return "&".join(f"{name}={value}" for name, value in fields)


@pytest.mark.parametrize(
    ("later", "says", "pence"),
    [
        (timedelta(0), "You get £20 back.", 2000),
        (timedelta(hours=5), "You do not get your money back.", 0),
    ],
)
def test_cancellation_says_before_whether_money_goes_back(
    browser: Browser,
    pay: InProcessPay,
    clock: time_machine.Traveller,
    later: timedelta,
    says: str,
    pence: int,
) -> None:
    page = paid(browser, pay)
    clock.shift(later)
    browser.open(page.replace("?", "/cancellation?"))
    assert says in browser.page.text
    browser.fill(action=browser.page.form().action)
    assert (order_of(browser).state, pay.refunded_pence) == ("cancelled", pence)
    assert ("£20 goes back to your card" in browser.page.text) == bool(pence)
    browser.again()
    assert pay.refunded_pence == pence


def test_page_of_a_cancelled_request_says_when_the_money_could_not_be_sent(
    browser: Browser, pay: InProcessPay, api: Api
) -> None:
    page = paid(browser, pay)
    browser.open(page.replace("?", "/cancellation?"))
    browser.fill(action=browser.page.form().action)
    assert "£20 goes back to your card" in browser.page.text
    pay.payment.refunds[-1].status = "error"
    api.get(f"/api/payments/{payment_id_of(browser)}")
    browser.open(page)
    assert "We could not send £20 back to your card." in browser.page.text
    assert "goes back to your card" not in browser.page.text


@pytest.mark.parametrize(
    ("part", "says"),
    [
        (500, "You get £15 back."),
        (2_000, "No more money goes back to your card. We have already sent £20 back to your card"),
    ],
)
def test_cancellation_names_only_the_money_that_is_left(
    browser: Browser, pay: InProcessPay, api: Api, part: int, says: str
) -> None:
    page = paid(browser, pay)
    refund_part(browser, api, part)
    shown = browser.open(page.replace("?", "/cancellation?"))
    assert says in shown.text
    assert f"We have already sent £{part // 100} back to your card" in shown.text
    browser.fill(action=shown.form().action)
    assert pay.refunded_pence == 2_000


def payment_id_of(browser: Browser) -> str:
    """The payment that succeeded."""
    (report,) = browser.stored()
    charge = charges().get(report.service_request_id)
    assert charge and charge.successful_payment
    return charge.successful_payment.payment_id


def refund_part(browser: Browser, api: Api, pence: int) -> None:
    """An officer sends a part of the payment back."""
    draft = {"amount_pence": pence, "reason": "The kitchen was closed"}
    path = f"/api/payments/{payment_id_of(browser)}/refunds"
    assert api.post(path, draft, key="refund", token=api.token("admin")).status_code == 201


def test_too_late_shows_no_buttons_and_refuses(
    browser: Browser, pay: InProcessPay, clock: time_machine.Traveller
) -> None:
    page = paid(browser, pay)
    clock.shift(timedelta(days=1, hours=5))
    shown = browser.open(page)
    assert not {"Change the day", "Cancel"} & set(shown.links)
    for name in ("booking", "cancellation"):
        browser.open(page.replace("?", f"/{name}?"))
        assert (browser.status, "too late" in browser.page.text) == (409, True)


def test_stranger_sees_none_of_it(browser: Browser, pay: InProcessPay) -> None:
    page = paid(browser, pay).partition("?")[0]
    for path in ("", "/booking", "/cancellation"):
        assert browser.open(page + path).title and browser.status == 404


def test_hour_of_the_hall_is_chosen_after_its_day(browser: Browser, pay: InProcessPay) -> None:
    browser.open(HALL)
    browser.fill({"attributes.who": "community"}, action=HALL)
    browser.fill({"day": days(browser)[20]}, action=HALL)
    browser.fill({"slot": "1900"}, action=HALL)
    browser.fill(action=HALL)
    browser.fill(press="Continue to payment", action=HALL)
    page = page_of(browser)
    enter_card(browser, page, pay)
    browser.open(page.replace("?", "/booking?"))
    action = browser.page.form().action
    browser.fill({"day": days(browser)[20]}, action=action)
    browser.fill(action=action)
    assert "Choose a time" in browser.page.text and browser.status == 400
    assert 'value="1900"' not in browser.html, "the hour that is booked already"
    browser.fill({"slot": "2000"}, action=action)
    assert "8pm" in browser.page.text
    booking = order_of(browser).booking
    assert booking and booking.place.slot == "2000"


def test_officers_act_is_in_the_audit_log_and_the_payers_is_not(
    browser: Browser, api: Api, pay: InProcessPay
) -> None:
    page = paid(browser, pay)
    path = f"/api{page.partition('?')[0].removeprefix('/forms')}/booking"
    link, version = page.partition("?")[2], browser.stored()[0].version
    to = {"day": "2026-06-04", "slot": "day"}
    assert api.patch(f"{path}?{link}", to, version=version, token=None).status_code == 200
    officer = api.token("officer")
    assert api.post(f"{path}/cancellation", {}, token=officer).status_code == 200
    log = api.get("/api/admin/audit", api.token("admin")).json_body["items"]
    assert [each["action"] for each in log if each["action"].startswith("bookings")] == [
        "bookings.cancel"
    ]
    assert pay.refunded_pence == 2000


def test_account_lists_the_booking_with_its_day_and_whether_it_is_paid(
    browser: Browser, api: Api, pay: InProcessPay
) -> None:
    page = book(browser, "lee@example.org")
    token = signed_in(api, "lee@example.org")
    (listed,) = api.get("/api/account/reports", token).json_body["items"]
    order = {"day": "2026-06-03", "slot": "From 7am", "amount_pence": 2000, "is_cancelled": False}
    assert (listed["sent_as"], listed["can_change"]) == ("requested", False)
    unpaid = {"is_to_pay": True, "paid_at": None, "refunded_pence": 0, "receipt_url": None}
    assert listed["order"] == order | unpaid
    enter_card(browser, page, pay)
    (listed,) = api.get("/api/account/reports", token).json_body["items"]
    assert listed["sent_as"] == "booked"
    receipt_url = listed["order"].pop("receipt_url")
    paid = {"is_to_pay": False, "paid_at": "2026-06-01T09:00:00Z", "refunded_pence": 0}
    assert listed["order"] == order | paid
    assert browser.open(receipt_url[receipt_url.index("/forms/") :]).title.startswith("Receipt")
    browser.open(page)
    assert "Booked on 1 June 2026" in " ".join(browser.page.text.split())
