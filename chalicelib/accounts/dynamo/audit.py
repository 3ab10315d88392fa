"""The audit log in DynamoDB.

Table: hash `log`, one value for all; range `place`, the moment to the microsecond and the entry's
id. A council has some thousand entries on a busy day, and a partition takes a thousand a second.
Functions may only put and query: an existing entry is never written again.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import cast

from pynamodb.attributes import UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model

from chalicelib.accounts.audit import Action, Entry
from chalicelib.kernel.dynamo import errors
from chalicelib.kernel.dynamo.errors import ConditionFailed

LOG = "audit"

translated = partial(errors.translated, "the log", ConditionFailed)


class BySubject(GlobalSecondaryIndex["AuditItem"]):  # type: ignore[no-untyped-call]
    """Entries by their subject."""

    class Meta:
        index_name = "by-subject"
        projection = AllProjection()

    subject = UnicodeAttribute(hash_key=True)
    place = UnicodeAttribute(range_key=True)


class AuditItem(Model):
    """An entry."""

    class Meta:
        table_name = ""

    log = UnicodeAttribute(hash_key=True, default=LOG)
    place = UnicodeAttribute(range_key=True)
    actor = UnicodeAttribute()
    action = UnicodeAttribute()
    subject = UnicodeAttribute()
    details = UnicodeAttribute()

    by_subject = BySubject()


class DynamoTrail:
    """The Trail port on one table."""

    def __init__(self, table_name: str) -> None:
        AuditItem.Meta.table_name = table_name

    def add(self, entry: Entry) -> None:
        item = AuditItem(
            place=entry.place,
            actor=entry.actor,
            action=entry.action,
            subject=entry.subject,
            details=entry.details,
        )
        # Its id is random: an existing item is this very entry, whose first reply was lost.
        with suppress(ConditionFailed), translated():
            item.save(AuditItem.place.does_not_exist())

    def newest(self, *, limit: int, before: str | None) -> Sequence[Entry]:
        older = AuditItem.place < before if before else None
        with translated():
            found = AuditItem.query(
                LOG, older, scan_index_forward=False, limit=limit, consistent_read=True
            )
            return [_entry(item) for item in found]

    def about(self, subject: str, *, limit: int) -> Sequence[Entry]:
        with translated():
            found = AuditItem.by_subject.query(subject, scan_index_forward=False, limit=limit)
            return [_entry(item) for item in found]


def _entry(item: AuditItem) -> Entry:
    moment, _, entry_id = item.place.partition("#")
    return Entry(
        entry_id=entry_id,
        at=datetime.fromisoformat(moment),
        actor=item.actor,
        action=cast(Action, item.action),
        subject=item.subject,
        details=item.details,
    )
