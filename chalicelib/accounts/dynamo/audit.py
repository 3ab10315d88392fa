"""The audit log in DynamoDB.

Table: hash `log`, one value for all; range `place`, the moment to the microsecond and the entry's
id. A council has some thousand entries on a busy day, and a partition takes a thousand a second.
Functions may only put and query: an existing entry is never written again.
"""

from collections.abc import Sequence
from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from chalicelib.kernel.audit_entry import Entry
from chalicelib.kernel.dynamo.item import Index, Item, index

LOG = "audit"


class AuditItem(Item):
    """An entry."""

    store = "the log"
    log = UnicodeAttribute(hash_key=True, default=LOG)
    place = UnicodeAttribute(range_key=True)
    actor = UnicodeAttribute()
    action = UnicodeAttribute()
    subject = UnicodeAttribute()
    details = UnicodeAttribute()

    by_subject: Index["AuditItem"] = index("by-subject", "subject", "place")


class DynamoAuditStore:
    """The AuditStore port on one table."""

    def __init__(self, table_name: str) -> None:
        AuditItem.Meta.table_name = table_name

    def add(self, entry: Entry) -> None:
        # Its id is random: an existing item is this very entry, whose first reply was lost.
        AuditItem.of(entry, place=entry.place).add()

    def newest(self, *, limit: int, before: str | None) -> Sequence[Entry]:
        older = AuditItem.place < before if before else None
        with AuditItem.translate_errors():
            found = AuditItem.query(
                LOG, older, scan_index_forward=False, limit=limit, consistent_read=True
            )
            return [_entry(item) for item in found]

    def entries_about(self, subject: str, *, limit: int) -> Sequence[Entry]:
        found = AuditItem.by_subject.all(subject, scan_index_forward=False, limit=limit)
        return [_entry(item) for item in found]


def _entry(item: AuditItem) -> Entry:
    moment, _, entry_id = item.place.partition("#")
    return item.read_as(Entry, entry_id=entry_id, at=datetime.fromisoformat(moment))
