"""Undoes an officer's change, as long as nobody was notified of it, by another change.

A value is restored if nobody has changed it since. Text that was removed or rewritten (a title, an
update, a contact) is not stored anywhere, so it cannot be restored.
"""

from typing import Any, Literal, NamedTuple

from msgspec.structs import replace

from chalicelib.errors import Conflict
from chalicelib.kernel.optimistic import VersionConflict, retry_on_conflict
from chalicelib.kernel.time import truncate_to_second
from chalicelib.reports.cases import PARTS, CaseSnapshot, UndoRecord
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.needs import reopen_needs
from chalicelib.reports.parts import OfficerChange
from chalicelib.reports.ports import Ports
from chalicelib.reports.states import DONE_STATES
from chalicelib.reports.usecases.access import (
    Author,
    get_report,
    get_visible_report,
    require_team_access,
)
from chalicelib.reports.usecases.staff.case_changes import save_or_refuse
from chalicelib.reports.usecases.staff.casework import snapshot_of
from chalicelib.reports.usecases.staff.unmerging import save_unmerged
from chalicelib.reports.usecases.updating import council_update
from chalicelib.texts import Text

STATE_FIELDS = ("duplicate_of", "closed_datetime", "planned_day")
"""Values that are restored only together with the state."""
DECIDED_FIELDS = ("service_code", "team", "priority", "expected_datetime", "lat", "long")
TARGET_FIELDS = ("delays",)
"""Values that are restored only together with the target."""
DECISION_FIELDS = ("opens", "because", "decided_by_hand")
"""Values that are restored only together with all of DECIDED_FIELDS that changed."""
COLLECTION_FIELDS = ("needs", "photos")
"""Values whose entries are compared one by one, because entries may have been added since."""
ALREADY_NOTIFIED = (
    "People have already been notified. Change it by hand, and they are notified again."
)

UndoOutcome = Literal["undone", "partly", "not_undone"]


class UndoResult(NamedTuple):
    """The parts of a change that were restored, and the parts that stayed, by the names of
    UndoRecord.parts."""

    restored: tuple[str, ...]
    stayed: tuple[str, ...]

    @property
    def result(self) -> UndoOutcome:
        if not self.stayed:
            return "undone"
        return "partly" if self.restored else "not_undone"


def undo_change(record: UndoRecord, author: Author, ports: Ports) -> UndoResult | None:
    """Restores every value that is still as the change left it; a repeat returns the same.
    None if the change was never made.

    Raises NotFound, Forbidden, Conflict (people were told of it), UpstreamFailed.
    """

    def attempt() -> UndoResult | None:
        report = get_report(record.service_request_id, ports)
        change = report.find_officer_change(record.change_id)
        if change is None:
            return None
        _refuse_if_not_owner(report, record, author, ports)
        if change.is_taken_back:
            return _result_of(report, record)
        if change.told_from is not None and ports.now() >= change.told_from:
            raise Conflict(ALREADY_NOTIFIED, version=report.version)
        return _result_of(
            _save_undone(report, _restore_report(report, record, change, ports), ports), record
        )

    return retry_on_conflict(attempt, what=Text("this report"))


def _refuse_if_not_owner(
    report: ServiceRequest, record: UndoRecord, author: Author, ports: Ports
) -> None:
    """Raises NotFound or Forbidden unless the report is in the officer's remit, or was before the
    change moved it out of the remit."""
    before = replace(report, team=record.before.team, ward_code=record.before.ward_code)
    stands = (report.team, report.ward_code) == (record.after.team, record.after.ward_code)
    if not (stands and author.is_officer_for(before)):
        require_team_access(get_visible_report(record.service_request_id, author, ports), author)


def _save_undone(report: ServiceRequest, after: ServiceRequest, ports: Ports) -> ServiceRequest:
    """Saves the report after the undo. Raises VersionConflict if somebody else has saved it
    since."""
    was_merged = report.duplicate_of is not None and after.duplicate_of is None
    try:
        return save_unmerged(report, after, ports) if was_merged else save_or_refuse(after, ports)
    except Conflict as error:
        raise VersionConflict(report.service_request_id) from error


def _restore_report(
    report: ServiceRequest, record: UndoRecord, change: OfficerChange, ports: Ports
) -> ServiceRequest:
    """The report with each value as it was before, if it is still as the change left it."""
    values = _values_to_restore(report, record)
    photos = tuple(
        replace(each, state=_photo_state(each.photo_id, each.state, record))
        for each in report.photos
    )
    hidden = values.get("visibility") not in (None, "public") or photos != report.photos
    state = values.pop("state", None)
    after = replace(report, photos=photos, redactions=report.redactions + hidden, **values)
    after = _restore_state(after, state, record, ports)
    after = _settle_question(after, record, ports)
    return _mark_taken_back(after, change, ports).with_updated_datetime(ports.now())


def _values_to_restore(report: ServiceRequest, record: UndoRecord) -> dict[str, Any]:
    """The values of the report before the change that can be restored."""
    present = snapshot_of(report)
    values = {
        name: getattr(record.before, name)
        for name in CaseSnapshot.__struct_fields__
        if name != "photos"
        and getattr(present, name) == getattr(record.after, name) != getattr(record.before, name)
    }
    decided = {name for name in DECIDED_FIELDS if _differs(record, name)}
    alone = (
        *(() if "state" in values else STATE_FIELDS),
        *(() if "expected_datetime" in values else TARGET_FIELDS),
        *(() if decided and decided <= values.keys() else DECISION_FIELDS),
    )
    if "delays" in values:
        values["delays"] = report.delays[: record.before.delays]
    values.pop("needs", None)
    if dealt_with := _settled_need_ids(record):
        values["needs"] = reopen_needs(report.needs, dealt_with)
    return {name: values[name] for name in values if name not in alone}


def _settled_need_ids(record: UndoRecord) -> set[str]:
    """The ids of the needs that the change settled."""
    return set(record.before.needs) - set(record.after.needs)


def _differs(record: UndoRecord, name: str) -> bool:
    return _is_other(record.before, record.after, name)


def _is_other(one: CaseSnapshot, other: CaseSnapshot, name: str) -> bool:
    return bool(getattr(one, name) != getattr(other, name))


def _photo_state(photo_id: str, state: Any, record: UndoRecord) -> Any:
    was = record.before.photos.get(photo_id)
    return was if was and record.after.photos.get(photo_id) == state else state


def _restore_state(
    report: ServiceRequest, state: Any, record: UndoRecord, ports: Ports
) -> ServiceRequest:
    """The report with the state as it was before. The change's timeline entry is removed if nothing
    came after it; else only its words are removed, and a new entry says the state."""
    if report.updates and report.updates[-1].update_id == record.update_id:
        return _without_last_update(report, state or report.state)
    report = _without_reply(report, record)
    if state is None:
        return report
    update_id = ports.ids.update_id("undo", report.service_request_id, record.change_id)
    entry = council_update(update_id, update_id, state, "", ports)
    return replace(report.with_update(entry), repairs=_repairs_after(report, state))


def _repairs_after(report: ServiceRequest, state: Any) -> int:
    """The report's number of repairs after it returns to that state."""
    was_done = report.state in DONE_STATES and state not in DONE_STATES
    return report.repairs - was_done


def _without_last_update(report: ServiceRequest, state: Any) -> ServiceRequest:
    return replace(
        report,
        state=state,
        updates=report.updates[:-1],
        repairs=_repairs_after(report, state),
        redactions=report.redactions + 1,
    )


def _without_reply(report: ServiceRequest, record: UndoRecord) -> ServiceRequest:
    """The report without the words of the reply; an entry that also says a state stays, without
    the words."""
    if not any(each.update_id == record.update_id and each.text for each in report.updates):
        return report
    says_state = _differs(record, "state")
    updates = (
        replace(each, text="") if each.update_id == record.update_id else each
        for each in report.updates
        if says_state or each.update_id != record.update_id
    )
    return replace(report, updates=tuple(updates), redactions=report.redactions + 1)


def _settle_question(report: ServiceRequest, record: UndoRecord, ports: Ports) -> ServiceRequest:
    """The report with the question of the change settled, so that it waits for no answer."""
    now = truncate_to_second(ports.now())
    questions = (
        replace(each, settled_at=now)
        if each.question_id == record.question_id and each.is_open
        else each
        for each in report.questions
    )
    return replace(report, questions=tuple(questions))


def _mark_taken_back(report: ServiceRequest, change: OfficerChange, ports: Ports) -> ServiceRequest:
    """The report with the change and its undo both marked as taken back: nobody is notified of
    either."""
    back = OfficerChange(
        change_id=ports.ids.update_id("undo", report.service_request_id, change.change_id),
        version=report.version + 1,
        at=truncate_to_second(ports.now()),
        is_taken_back=True,
    )
    known = (
        replace(each, is_taken_back=True) if each.change_id == change.change_id else each
        for each in report.officer_changes
    )
    return replace(report, officer_changes=(*known, back))


def _result_of(report: ServiceRequest, record: UndoRecord) -> UndoResult:
    present = snapshot_of(report)
    others = {
        PARTS[name]
        for name in PARTS
        if name not in COLLECTION_FIELDS and _is_other(present, record.before, name)
    }
    if not _settled_need_ids(record) <= set(present.needs):
        others.add("attention")
    was, then = record.before.photos, record.after.photos
    if any(present.photos.get(each) != was[each] for each in was if was[each] != then.get(each)):
        others.add("photos")
    if any(each.update_id == record.update_id and each.text for each in report.updates):
        others.add("reply")
    if any(each.question_id == record.question_id and each.is_open for each in report.questions):
        others.add("question")
    back = [each for each in record.parts if each not in others]
    stayed = [each for each in record.parts if each not in back]
    return UndoResult(tuple(back), (*stayed, *record.lasting))
