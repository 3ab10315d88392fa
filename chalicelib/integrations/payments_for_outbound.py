"""The ledger's entries as events for other systems."""

from datetime import datetime

import msgspec

from chalicelib.events import EntryBooked
from chalicelib.kernel.fields import copy_fields
from chalicelib.kernel.observability import trace
from chalicelib.payments.ledger import Entry
from chalicelib.payments.views import LedgerEntryView


def fact_of(entry: Entry, now: datetime) -> EntryBooked:
    """The fact that an entry was booked."""
    return EntryBooked(
        event_id=entry.entry_id,
        service_request_id=entry.service_request_id,
        request_id=trace.current_id(),
        stored_at_ms=int(now.timestamp() * 1000),
        entry=msgspec.json.encode(copy_fields(LedgerEntryView, entry)).decode(),
    )
