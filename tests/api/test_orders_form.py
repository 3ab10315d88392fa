"""A booking and a bill, from the forms without JavaScript: what the check page shows is what is
asked for, and a new price list is shown before anything is paid."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
import time_machine

from chalicelib.bootstrap.bookings import bookings_ports
from chalicelib.reports.orders import Order
from tests.api.conftest import Api
from tests.api.test_collections import import_homes
from tests.api.test_forms import Browser

BULKY, HALL, BILL = "bulky-waste", "hall-hire", "pay-council-tax"
BEFORE = datetime(2027, 3, 31, 22, 50, tzinfo=UTC)
"""Ten minutes before the price list of 1 April begins on the council's clock."""


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(BEFORE, tick=False) as clock:
        yield clock


@pytest.fixture
def browser(clock: time_machine.Traveller, api: Api, tmp_path: Path) -> Browser:
    import_homes(tmp_path)
    return Browser(api.client, api.cloud)


def form_of(code: str) -> str:
    return f"/forms/services/{code}"


def first_choice(browser: Browser, name: str) -> str:
    found = re.findall(rf'name="{name}" type="radio" value="([^"]+)"', browser.html)
    return str(found[0])


def to_check(browser: Browser) -> None:
    """Fills in an order of a sofa and two chairs until everything is shown."""
    form = form_of(BULKY)
    browser.open(form)
    browser.fill({"postcode": "yo17hh"}, action=form)
    browser.fill({"premises": "100,10 Dial Row"}, action=form)
    browser.fill({"items.sofa": "1", "items.chair": "2"}, action=form)
    browser.fill({"day": first_choice(browser, "day")}, action=form)
    browser.fill(action=form)
    browser.fill(action=form)
    assert browser.page.title.startswith("Check your answers"), browser.page.text


def quote(browser: Browser, **query: str) -> int:
    api = Api(browser.client, browser.cloud)
    answer = api.get(f"/api/quotes?{urlencode(query)}")
    assert answer.status_code == 200, answer.body
    return int(answer.json_body["amount_pence"])


def stored_order(browser: Browser) -> Order:
    (stored,) = browser.stored()
    assert stored.order
    return stored.order


def test_the_shown_price_is_the_one_that_is_quoted_stored_and_asked_for(browser: Browser) -> None:
    to_check(browser)
    assert "Total £38" in browser.page.text
    assert quote(browser, service_code=BULKY, items="sofa:1,chair:2", premises_id="100") == 3800
    browser.fill(press="Continue to payment", action=form_of(BULKY))
    order = stored_order(browser)
    assert (order.amount_pence, order.state, order.fund) == (3800, "unpaid", "BULKY")
    assert [(each.text, each.amount_pence) for each in order.lines] == [
        ("Sofa", 2500),
        ("Chair × 2", 1300),
    ]
    assert browser.page.title.startswith("Pay £38"), browser.page.text
    assert "Chair × 2 £13" in browser.page.text


def test_a_price_list_that_began_meanwhile_is_shown_before_anything_is_stored(
    browser: Browser, clock: time_machine.Traveller
) -> None:
    to_check(browser)
    clock.shift(timedelta(minutes=10))
    browser.fill(press="Continue to payment", action=form_of(BULKY))
    assert browser.stored() == []
    assert "The price has changed since you saw it" in browser.page.text
    assert "Total £41" in browser.page.text
    browser.fill(press="Continue to payment", action=form_of(BULKY))
    assert stored_order(browser).amount_pence == 4100


def test_nobody_else_gets_the_day_while_somebody_types_and_it_lapses_by_itself(
    browser: Browser, clock: time_machine.Traveller
) -> None:
    to_check(browser)
    ports = bookings_ports()
    (day,) = ports.days.list_between("bulky", BEFORE.date(), BEFORE.date() + timedelta(days=60))
    (claim,) = day.claims
    assert claim.units == 4
    clock.shift(timedelta(minutes=30))
    assert not claim.is_live(ports.now())


def test_an_hour_of_the_hall_is_booked_with_its_fee(browser: Browser) -> None:
    form = form_of(HALL)
    browser.open(form)
    browser.fill({"attributes.who": "community"}, action=form)
    browser.fill({"day": first_choice(browser, "day")}, action=form)
    browser.fill({"slot": "1900"}, action=form)
    browser.fill(action=form)
    assert "Administration fee £5 Total £23 Includes VAT of £3.83" in browser.page.text
    assert quote(browser, service_code=HALL, attributes="who:community") == 2300
    browser.fill(press="Continue to payment", action=form)
    order = stored_order(browser)
    assert order.booking and order.booking.place.slot == "1900"
    assert (order.amount_pence, order.vat_pence) == (2300, 383)
    assert "Total £23 Includes VAT of £3.83" in browser.page.text


def test_a_bill_is_asked_for_until_its_reference_and_amount_are_right(browser: Browser) -> None:
    form = form_of(BILL)
    browser.open(form)
    browser.fill({"attributes.account": "7010 2202"}, action=form)
    assert "has a wrong digit" in browser.page.text
    browser.fill({"attributes.account": "7010 2201"}, action=form)
    browser.fill({"amount": "0.99"}, action=form)
    assert "Enter an amount from £1 to £10,000" in browser.page.text
    browser.fill({"amount": "120.50"}, action=form)
    browser.fill(action=form)
    browser.fill(press="Continue to payment", action=form)
    order = stored_order(browser)
    assert (order.amount_pence, order.fund, order.booking) == (12050, "CTAX", None)
    (stored,) = browser.stored()
    assert stored.attributes == {"account": ("70102201",)}
    assert (stored.point, stored.address) == (None, None)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"service_code": "moon"}, "service_code"),
        ({"service_code": BULKY, "items": "sofa"}, "items"),
        ({"service_code": BULKY, "items": "piano:1"}, "items[0].code"),
        ({"service_code": BULKY, "items": "sofa:0"}, "items[0].count"),
        ({"service_code": BULKY}, "items"),
        ({"service_code": BILL, "amount_pence": "99"}, "amount_pence"),
        ({"service_code": BILL, "amount_pence": "-1"}, "amount_pence"),
        ({"service_code": HALL, "attributes": "who:moon"}, "attributes.who"),
    ],
)
def test_order_without_a_price_is_refused_by_its_field(
    api: Api, query: dict[str, str], field: str
) -> None:
    answer = api.get(f"/api/quotes?{urlencode(query)}")
    assert answer.status_code == 400
    assert [each["field"] for each in answer.json_body["errors"]] == [field]
