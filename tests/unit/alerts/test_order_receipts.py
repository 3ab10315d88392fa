"""The first message about an order says what is booked and what was paid."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.alerts import messages as alerts
from chalicelib.alerts.messages import Fact, TimelineEntry
from chalicelib.alerts.model import Subscription
from chalicelib.catalogue.calendars import SlotOfDay
from chalicelib.catalogue.prices import PriceLine
from chalicelib.integrations.receipts_for_messages import order_facts
from chalicelib.kernel.languages import ENGLISH
from chalicelib.reports.orders import BookedSlot, Order
from tests.support.builders import NOON
from tests.support.councils import council_named
from tests.support.fakes_delivery import subscription
from tests.unit.alerts.test_message_senders import OWN, of_report

FOLLOWED = subscription(topic=OWN.topic)
DEMO = council_named("demo")
PLACE = SlotOfDay(calendar="bulky", day=date(2026, 6, 15), slot="day")
ORDER = Order(
    lines=(
        PriceLine(text="Mattress × 2", amount_pence=4000),
        PriceLine(text="Fee", amount_pence=250),
    ),
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
    assert order_facts(ORDER, DEMO, ENGLISH) == RECEIPT


def test_receipt_names_the_vat_that_was_paid_and_the_number_of_the_council() -> None:
    taxed = replace(ORDER.lines[0], vat_pence=667, vat_percent=20)
    order = replace(ORDER, lines=(taxed, *ORDER.lines[1:]))
    assert order_facts(order, DEMO, ENGLISH) == (
        Fact("Your booking", "Monday 15 June 2026, From 7am"),
        Fact("Mattress × 2", "£40, including £6.67 VAT at 20%"),
        Fact("Fee", "£2.50"),
        Fact("Total", "£42.50"),
        Fact("VAT in the total", "£6.67"),
        Fact("VAT number", "GB123456789"),
        Fact("Payment", "Paid by card on Monday 1 June 2026"),
    )
    waived = order_facts(replace(order, paid_by="waived", paid_at=None), DEMO, ENGLISH)
    assert not [each for each in waived if "VAT" in each.name + each.says]


def test_receipt_of_an_appointment_says_where_it_is() -> None:
    at = SlotOfDay(calendar="counter", day=date(2026, 6, 15), slot="0920")
    free = Order(booking=BookedSlot(hold_id="h", place=at, units=1), state="settled")
    place = DEMO.by_calendar["counter"].place
    assert place
    [booked] = order_facts(free, DEMO, ENGLISH)
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
    assert order_facts(replace(ORDER, **paid), DEMO, ENGLISH)[-1] == last


def test_receipt_of_a_payment_that_came_too_late_has_no_slot() -> None:
    assert order_facts(replace(ORDER, state="lost"), DEMO, ENGLISH) == RECEIPT[1:]


def test_order_that_is_not_paid_has_no_receipt() -> None:
    assert order_facts(replace(ORDER, state="unpaid"), DEMO, ENGLISH) == ()


@pytest.mark.parametrize(
    ("cancelled", "back"),
    [
        ({"refund_pence": 4250}, (Fact("Sent back to your card", "£42.50"),)),
        ({}, (Fact("Payment", "No money goes back"),)),
        ({"paid_by": "free"}, ()),
    ],
)
def test_cancelled_order_says_what_goes_back(
    cancelled: dict[str, Any], back: tuple[Fact, ...]
) -> None:
    order = replace(ORDER, state="cancelled", **cancelled)
    assert order_facts(order, DEMO, ENGLISH) == back


MOVED = TimelineEntry(2, NOON, "open", "It was moved to Monday.", title="Your booking has moved")
SLOT = alerts.BookedSlot(date(2026, 6, 15), "From 7am")


@pytest.mark.parametrize(
    ("what", "about", "news", "has_receipt"),
    [
        ("new", OWN, {}, True),
        ("updated", OWN, {"entries": (MOVED,), "booked": SLOT, "state": "open"}, True),
        ("state_changed", OWN, {"entries": (MOVED,), "state": "cancelled"}, True),
        ("updated", OWN, {"entries": (MOVED,)}, False),
        ("updated", FOLLOWED, {"entries": (MOVED,), "booked": SLOT}, False),
        ("state_changed", OWN, {"booked": SLOT}, False),
        ("new", FOLLOWED, {}, False),
    ],
)
def test_reporter_gets_the_receipt_first_and_when_the_booking_changes(
    what: str, about: Subscription, news: dict[str, Any], *, has_receipt: bool
) -> None:
    facts = of_report(what, about, receipt=RECEIPT, **news).facts
    assert set(facts) & set(RECEIPT) == (set(RECEIPT) if has_receipt else set())


def test_message_about_an_order_says_what_happened_in_its_subject_and_nothing_twice() -> None:
    moved = of_report("updated", entries=(MOVED,), booked=SLOT, state="open")
    assert moved.subject.startswith("Your booking has moved: Pothole")
    assert (moved.paragraphs, moved.quoted) == ((), "It was moved to Monday.")
    assert "Your booking has moved" in moved.short
    later = TimelineEntry(3, NOON, "open", "We are on our way.")
    assert "has moved" not in of_report("updated", entries=(MOVED, later)).subject


def test_message_about_a_paid_request_names_no_status() -> None:
    names = [each.name for each in of_report("new", is_paid=True, state="closed").facts]
    assert "Status" not in names and "Reference" in names
