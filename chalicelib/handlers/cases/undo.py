"""Undoes the changes of an officer's request for some time: the data stored for that, and its part
of the responses.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from chalicelib.bootstrap.desk import desk_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.desk.model import UNDO_WITHIN, Undo
from chalicelib.desk.usecases import undo_data
from chalicelib.errors import AppError, UpstreamFailed
from chalicelib.handlers.http.audit import record_action
from chalicelib.handlers.http.call import Call
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.observability import logs
from chalicelib.kernel.time import truncate_to_second
from chalicelib.reports.cases import UndoRecord
from chalicelib.reports.usecases.staff import undo as reports_undo
from chalicelib.reports.usecases.staff.officer_changes import NOTIFIED_UNDO_WITHIN
from chalicelib.reports.usecases.staff.undo import UndoOutcome

CHANGED_SINCE = "Somebody has changed it since."
KEPT_NOWHERE = "We keep no copy of replaced or redacted text."


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """The key to undo a change, until when, and how many seconds that is after the first request;
    all None if it cannot be undone."""

    undo_id: str | None = None
    until: datetime | None = None
    undo_within_s: int | None = None


class UndoneItem(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a change was undone: the parts that were, and those that were not; `because`
    gives the reason."""

    service_request_id: str
    result: UndoOutcome
    because: str | None
    restored: tuple[str, ...] = ()
    not_restored: tuple[str, ...] = ()


class UndoableChange:
    """The data stored about one request's changes, so that they can be undone, and so that a repeat
    of the request finds them."""

    def __init__(self, call: Call, change: str, *parts: Any) -> None:
        """`change` names the kind of change and its report, `parts` are the requested changes.
        Raises Invalid (the key), Conflict (another request had this key), UpstreamFailed."""
        self._account = call.caller.signed_in.account_id
        self.change_id = undo_data.undo_id_of(self._account, change, call.key_or_a_new_one)
        self._fingerprint = derived_id("change", msgspec.json.encode(parts).decode())
        self._stored: Undo | None = None
        undo_data.refuse_reused_key(self.change_id, self._fingerprint, desk_ports())

    def save(self, records: Sequence[UndoRecord]) -> None:
        """Stores the data needed to undo the change. The change matters more than its undo: if this
        data cannot be stored, undo is not offered."""
        ports = desk_ports()
        within = NOTIFIED_UNDO_WITHIN if any(each.tells for each in records) else UNDO_WITHIN
        entries: list[dict[str, Any]] = [msgspec.to_builtins(each) for each in records]
        new = Undo(
            undo_id=self.change_id,
            account_id=self._account,
            made_at=truncate_to_second(ports.now()),
            within=within,
            left=tuple(entries),
            fingerprint=self._fingerprint,
        )
        try:
            self._stored = ports.store.add_undo(new)
        except UpstreamFailed as error:
            logs.failure("a change cannot be undone", error)

    def offer(self, changed: Collection[str]) -> Offer:
        """The offer to undo the change, if these reports were changed."""
        ports = desk_ports()
        stored = self._stored or ports.store.find_undo(self.change_id)
        if stored is None:
            return Offer()
        parts = [each for each in undo_records_of(stored) if each.service_request_id in changed]
        if not any(each.parts for each in parts):
            return Offer()
        within_s = stored.within // timedelta(seconds=1)
        return Offer(undo_id=stored.undo_id, until=stored.until, undo_within_s=within_s)


def undo_records_of(undo: Undo) -> Sequence[UndoRecord]:
    """The state in which the change left each report."""
    return [msgspec.convert(dict(each), UndoRecord) for each in undo.left]


def undo_in_report(record: UndoRecord, call: Call) -> UndoneItem | None:
    """Undo the change of one report. Returns: which parts were restored; None if the change was
    never made."""
    request_id = record.service_request_id
    try:
        record_action("cases.undo", request_id, "", call.caller)
        back = reports_undo.undo_change(record, call.caller.author(), reports_ports())
    except AppError as error:
        stayed = (*record.parts, *record.lasting)
        return UndoneItem(
            service_request_id=request_id,
            result="not_undone",
            because=str(error.detail),
            not_restored=stayed,
        )
    if back is None:
        return None
    return UndoneItem(
        service_request_id=request_id,
        result=back.result,
        because=_reason_of(back, record),
        restored=back.restored,
        not_restored=back.stayed,
    )


def _reason_of(back: reports_undo.UndoResult, record: UndoRecord) -> str | None:
    since = [each for each in back.stayed if each in record.parts]
    gone = set(record.lasting) - {"text_review"}
    said = (CHANGED_SINCE if since else "", KEPT_NOWHERE if gone else "")
    return " ".join(each for each in said if each) or None
