"""The first message about an order says what is booked and what was paid."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.alerts.messages import Fact
from chalicelib.catalogue.calendars import SlotOfDay
from chalicelib.catalogue.load import load
from chalicelib.catalogue.prices import Line
from chalicelib.integrations.receipts_for_messages import facts_of
from chalicelib.kernel.languages import ENGLISH
from chalicelib.reports.orders import BookedSlot, Order, OrderState
from tests.support.builders import NOON
from tests.support.fakes_delivery import subscription
from tests.unit.alerts.test_message_senders import OWN, of_report

FOLLOWED = subscription(topic=OWN.topic)
DEMO = load("demo")
PLACE = SlotOfDay(calendar="bulky", day=date(2026, 6, 15), slot="day")
ORDER = Order(
    lines=(Line(text="Mattress × 2", amount_pence=4000), Line(text="Fee", amount_pence=250)),
    amount_pence=4250,
    booking=BookedSlot(hold_id="h", place=PLACE, units=2),
    state="settled",
    paid_by="card",
    paid_at=NOON,
)
RECEIPT = (
    Fact("Your booking", "Monday 15 June 2026, From 7am"),
    Fact("Mattress × 2", "£40"),
    Fact("Fee", "£2.50"),
    Fact("Total", "£42.50"),
    Fact("Payment", "Paid by card on Monday 1 June 2026"),
)


def test_receipt_has_the_slot_the_lines_and_the_total() -> None:
    assert facts_of(ORDER, DEMO, ENGLISH) == RECEIPT


def test_receipt_names_the_vat_that_was_paid_and_the_number_of_the_council() -> None:
    taxed = replace(ORDER.lines[0], vat_pence=667, vat_percent=20)
    order = replace(ORDER, lines=(taxed, *ORDER.lines[1:]))
    assert facts_of(order, DEMO, ENGLISH) == (
        Fact("Your booking", "Monday 15 June 2026, From 7am"),
        Fact("Mattress × 2", "£40, including £6.67 VAT at 20%"),
        Fact("Fee", "£2.50"),
        Fact("Total", "£42.50"),
        Fact("VAT in the total", "£6.67"),
        Fact("VAT number", "GB123456789"),
        Fact("Payment", "Paid by card on Monday 1 June 2026"),
    )
    waived = facts_of(replace(order, paid_by="waived", paid_at=None), DEMO, ENGLISH)
    assert not [each for each in waived if "VAT" in each.name + each.says]


def test_receipt_of_an_appointment_says_where_it_is() -> None:
    at = SlotOfDay(calendar="counter", day=date(2026, 6, 15), slot="0920")
    free = Order(booking=BookedSlot(hold_id="h", place=at, units=1), state="settled")
    place = DEMO.by_calendar["counter"].place
    assert place
    [booked] = facts_of(free, DEMO, ENGLISH)
    assert booked.says == f"Monday 15 June 2026, 9:20am, {place.name}, {place.address}"


@pytest.mark.parametrize(
    ("paid", "last"),
    [
        (
            {"paid_by": "receipt", "receipt": "R-7"},
            Fact("Payment", "Paid on Monday 1 June 2026, receipt number R-7"),
        ),
        ({"paid_by": "waived", "paid_at": None}, Fact("Total", "Nothing to pay")),
        ({"paid_by": "free", "paid_at": None}, Fact("Total", "Nothing to pay")),
    ],
)
def test_receipt_says_what_was_not_paid_by_card(paid: dict[str, Any], last: Fact) -> None:
    assert facts_of(replace(ORDER, **paid), DEMO, ENGLISH)[-1] == last


def test_receipt_of_a_payment_that_came_too_late_has_no_slot() -> None:
    assert facts_of(replace(ORDER, state="lost"), DEMO, ENGLISH) == RECEIPT[1:]


@pytest.mark.parametrize("state", ["unpaid", "cancelled"])
def test_order_that_is_not_settled_has_no_receipt(state: OrderState) -> None:
    assert facts_of(replace(ORDER, state=state), DEMO, ENGLISH) == ()


def test_only_the_first_message_to_the_reporter_has_the_receipt() -> None:
    first = of_report("new", receipt=RECEIPT)
    assert first.facts[-len(RECEIPT) :] == RECEIPT
    for what, about in (("state_changed", OWN), ("new", FOLLOWED)):
        assert not set(RECEIPT) & set(of_report(what, about, receipt=RECEIPT).facts)
