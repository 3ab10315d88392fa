"""Which receivers get the entries of the ledger."""

from chalicelib.events import EntryBooked
from chalicelib.outbound.receivers import Filter
from chalicelib.outbound.usecases.create_deliveries import open_deliveries
from tests.support.builders import NOON
from tests.support.fakes_outbound import OutboundWorld, outbound_report, receiver
from tests.unit.outbound.test_create_deliveries import changed

LEDGER = Filter(kinds=("ledger.entry",))
BOOKED = EntryBooked(
    event_id="payment:p1",
    service_request_id="7K3M2QXV9HTD",
    stored_at_ms=int(NOON.timestamp() * 1000),
    entry='{"entry_id":"payment:p1"}',
)


def with_receivers(outside: OutboundWorld, *filters: Filter) -> OutboundWorld:
    for number, each in enumerate(filters):
        outside.receivers.create(receiver(receiver_id=f"{number:032x}", filter=each))
    return outside


def heard(outside: OutboundWorld) -> set[tuple[int, str]]:
    """The number of each receiver with a delivery, and its event."""
    return {(int(each.destination, 16), each.event) for each in outside.deliveries.stored.values()}


def test_receiver_gets_the_ledger_only_if_it_asks(outside: OutboundWorld) -> None:
    filters = (Filter(), Filter(kinds=()), Filter(kinds=("submitted", "changed")), LEDGER)
    with_receivers(outside, *filters, Filter(kinds=("changed", "ledger.entry")))
    open_deliveries([BOOKED], outside.ports())
    assert heard(outside) == {(3, "ledger.entry"), (4, "ledger.entry")}


def test_receiver_of_the_ledger_alone_gets_no_report(outside: OutboundWorld) -> None:
    with_receivers(outside, LEDGER, Filter(kinds=("changed", "ledger.entry")))
    outside.reports.known["7K3M2QXV9HTD"] = outbound_report(
        visibility="private", may_be_passed_on=False
    )
    open_deliveries([changed(purge=True)], outside.ports())
    assert heard(outside) == {(1, "gone")}


def test_receiver_gets_an_entry_once_when_it_is_told_again(outside: OutboundWorld) -> None:
    with_receivers(outside, LEDGER)
    assert [open_deliveries([BOOKED], outside.ports()) for _ in range(3)] == [1, 0, 0]
    (delivery,) = outside.deliveries.stored.values()
    assert (delivery.message_id, delivery.body) == (BOOKED.event_id, BOOKED.entry)
    assert (delivery.occurred_at, outside.queue.sent) == (NOON, [delivery.delivery_id])


def test_disabled_receiver_does_not_get_the_ledger(outside: OutboundWorld) -> None:
    outside.receivers.create(receiver(filter=LEDGER, enabled=False))
    assert open_deliveries([BOOKED], outside.ports()) == 0
