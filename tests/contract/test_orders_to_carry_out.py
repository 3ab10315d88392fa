"""Requests whose order is not carried out are listed until it is."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.catalogue.calendars import SlotOfDay
from chalicelib.reports.orders import BookedSlot, Order
from chalicelib.reports.ports import Repository
from tests.support.builders import NOON, report

PLACE = SlotOfDay(calendar="bulky", day=NOON.date(), slot="day")
BOOKED = BookedSlot(hold_id="h", place=PLACE, units=1)
WAITING = (
    Order(),
    Order(amount_pence=100, paid_by="waived"),
    Order(state="settled", is_to_fulfil=True),
    Order(state="lost", booking=replace(BOOKED, moving_to=PLACE)),
    Order(state="cancelled"),
    Order(state="cancelled", refund_pence=100, undone_pence=0),
    Order(state="settled", refund_pence=100),
)
DONE = (
    Order(amount_pence=100),
    Order(state="settled", booking=BOOKED),
    Order(state="lost", is_to_fulfil=True),
    Order(state="cancelled", refund_pence=100, undone_pence=100),
    Order(state="cancelled", booking=replace(BOOKED, moving_to=PLACE), undone_pence=0),
)


@pytest.mark.parametrize("order", WAITING)
def test_request_is_listed_until_its_order_is_carried_out(
    order: Order, repository: Repository
) -> None:
    stored = repository.create(replace(report(1), order=order))
    until = stored.updated_datetime
    assert repository.list_orders_to_carry_out(until=until) == [stored.service_request_id]
    assert repository.list_orders_to_carry_out(until=until - timedelta(seconds=1)) == []
    repository.save(replace(stored, order=DONE[1]))
    assert repository.list_orders_to_carry_out(until=until) == []


def test_request_whose_order_waits_for_somebody_is_not_listed(repository: Repository) -> None:
    for number, order in enumerate((None, *DONE)):
        repository.create(replace(report(number), order=order))
    assert repository.list_orders_to_carry_out(until=NOON + timedelta(days=1)) == []
