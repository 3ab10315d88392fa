"""What its sender did with a request, as the account and the page of the request say it."""

import pytest

from chalicelib.reports.orders import BookedSlot, Order, SenderAction, sender_action_of
from tests.support.builders import NOON
from tests.support.councils import council_named
from tests.support.fakes_orders import PLACE

SERVICES = council_named("demo").by_code
BOOKING = BookedSlot(hold_id="h", place=PLACE, units=1)
BOOKED = Order(booking=BOOKING, state="settled", paid_by="card", paid_at=NOON)
PAID = Order(state="settled", paid_by="card", paid_at=NOON)


@pytest.mark.parametrize(
    ("service_code", "order", "said"),
    [
        ("pothole", None, "reported"),
        ("new-container", None, "requested"),
        ("a service that is gone", None, "reported"),
        ("bulky-waste", Order(booking=BOOKING), "requested"),
        ("bulky-waste", BOOKED, "booked"),
        ("bulky-waste", Order(booking=BOOKING, state="settled", paid_by="free"), "booked"),
        ("bulky-waste", Order(booking=BOOKING, state="cancelled"), "booked"),
        ("bulky-waste", Order(booking=BOOKING, state="lost", paid_at=NOON), "paid"),
        ("pay-council-tax", Order(), "requested"),
        ("pay-council-tax", PAID, "paid"),
        ("a service that is gone", PAID, "paid"),
        ("pay-council-tax", Order(state="settled", paid_by="waived"), "requested"),
    ],
)
def test_request_is_sent_as(service_code: str, order: Order | None, said: SenderAction) -> None:
    assert sender_action_of(SERVICES.get(service_code), order) == said
