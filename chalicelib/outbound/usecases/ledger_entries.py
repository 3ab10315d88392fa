"""The deliveries of the ledger's entries, to the receivers that ask for them."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from chalicelib.events import EntryBooked
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.time import truncate_to_second
from chalicelib.outbound.model import Delivery
from chalicelib.outbound.receivers import LEDGER_ENTRY, Receiver


def deliveries_of_entry(
    booked: EntryBooked, receivers: Sequence[Receiver], now: datetime
) -> Iterator[Delivery]:
    """One delivery for each receiver that takes the ledger; the same ones if the fact is
    repeated."""
    due = truncate_to_second(now)
    for receiver in receivers:
        if receiver.filter.takes_ledger:
            yield Delivery(
                delivery_id=derived_id("ledger", receiver.receiver_id, booked.event_id),
                destination=receiver.receiver_id,
                kind="webhook",
                event=LEDGER_ENTRY,
                service_request_id=booked.service_request_id,
                occurred_at=datetime.fromtimestamp(booked.stored_at_ms // 1000, UTC),
                next_try_at=due,
                updated_at=due,
                message_id=booked.event_id,
                body=booked.entry,
            )
