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
from chalicelib.kernel.time import to_the_second
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


class Undoing:
    """The data stored about one request's changes, so that they can be undone, and so that a repeat
    of the request finds them."""

    def __init__(self, call: Call, of: str, *parts: Any) -> None:
        """`of` names the request and its report, `parts` are the requested changes. Raises Invalid
        (the key), Conflict (another request had this key), UpstreamFailed."""
        self._account = call.caller.signed_in.account_id
        self.change_id = undo_data.undo_id_of(self._account, of, call.key_or_a_new_one)
        self._fingerprint = derived_id("change", msgspec.json.encode(parts).decode())
        self._kept: Undo | None = None
        undo_data.refuse_reused_key(self.change_id, self._fingerprint, desk_ports())

    def keep(self, left: Sequence[UndoRecord]) -> None:
        """Stores the data needed to undo the change. The change matters more than its undo: if this
        data cannot be stored, undo is not offered."""
        ports = desk_ports()
        within = NOTIFIED_UNDO_WITHIN if any(each.tells for each in left) else UNDO_WITHIN
        entries: list[dict[str, Any]] = [msgspec.to_builtins(each) for each in left]
        new = Undo(
            undo_id=self.change_id,
            account_id=self._account,
            made_at=to_the_second(ports.now()),
            within=within,
            left=tuple(entries),
            fingerprint=self._fingerprint,
        )
        try:
            self._kept = ports.store.add_undo(new)
        except UpstreamFailed as error:
            logs.failure("a change cannot be undone", error)

    def offer(self, changed: Collection[str]) -> Offer:
        """The offer to undo the change, if these reports were changed."""
        ports = desk_ports()
        kept = self._kept or ports.store.find_undo(self.change_id)
        if kept is None:
            return Offer()
        parts = [each for each in lefts_of(kept) if each.service_request_id in changed]
        if not any(each.parts for each in parts):
            return Offer()
        within_s = kept.within // timedelta(seconds=1)
        return Offer(undo_id=kept.undo_id, until=kept.until, undo_within_s=within_s)


def lefts_of(undo: Undo) -> Sequence[UndoRecord]:
    """The state in which the change left each report."""
    return [msgspec.convert(dict(each), UndoRecord) for each in undo.left]


def undone(left: UndoRecord, call: Call) -> UndoneItem | None:
    """How much of the change was undone; None if it was never made."""
    request_id = left.service_request_id
    try:
        record_action("cases.undo", request_id, "", call.caller)
        back = reports_undo.undo_change(left, call.caller.author(), reports_ports())
    except AppError as error:
        stayed = (*left.parts, *left.lasting)
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
        because=_because(back, left),
        restored=back.restored,
        not_restored=back.stayed,
    )


def _because(back: reports_undo.UndoResult, left: UndoRecord) -> str | None:
    since = [each for each in back.stayed if each in left.parts]
    gone = set(left.lasting) - {"text_review"}
    said = (CHANGED_SINCE if since else "", KEPT_NOWHERE if gone else "")
    return " ".join(each for each in said if each) or None
