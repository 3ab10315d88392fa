"""Takes back an officer's change, as long as nobody was told of it: another change puts the report
back as it was.

Each value is put back that is still as the change has left it. Words that were taken out or
rewritten (a title, a text, a contact) are kept nowhere, so they stay as they are.
"""

from typing import Any, Literal, NamedTuple

from msgspec.structs import replace

from chalicelib.errors import Conflict
from chalicelib.kernel.optimistic import VersionConflict, retry_on_conflict
from chalicelib.kernel.time import to_the_second
from chalicelib.reports.cases import PARTS, CaseSnapshot, UndoRecord
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.needs import reopened
from chalicelib.reports.parts import OfficerChange
from chalicelib.reports.ports import Ports
from chalicelib.reports.states import SAID_TO_BE_DONE
from chalicelib.reports.usecases.access import (
    Author,
    get_report,
    get_visible_report,
    require_team_access,
)
from chalicelib.reports.usecases.staff.casework import standing
from chalicelib.reports.usecases.staff.changing import saved_or_refused
from chalicelib.reports.usecases.staff.unmerging import apart
from chalicelib.reports.usecases.updating import council_update
from chalicelib.texts import Text

WITH_STATE = ("duplicate_of", "closed_datetime", "planned_day")
"""Values that are put back with the state, or not at all."""
DECIDED = ("service_code", "team", "priority", "expected_datetime", "lat", "long")
WITH_TARGET = ("delays",)
"""Values that are put back with the target, or not at all."""
WITH_DECIDED = ("opens", "because", "decided_by_hand")
"""Values that are put back with all that was decided, or not at all."""
COLLECTIONS = ("needs", "photos")
"""Values whose entries are compared one by one: others may have come since."""
TOLD = "People have already been notified. Change it by hand, and they are notified again."

PutBack = Literal["undone", "partly", "not_undone"]


class UndoResult(NamedTuple):
    """The parts of a change that were put back, and those that were not, by the names of
    UndoRecord.parts."""

    restored: tuple[str, ...]
    stayed: tuple[str, ...]

    @property
    def result(self) -> PutBack:
        if not self.stayed:
            return "undone"
        return "partly" if self.restored else "not_undone"


def restore(left: UndoRecord, author: Author, ports: Ports) -> UndoResult | None:
    """Puts back every value that is still as the change has left it; a repeat returns the same.
    None if the change was never made.

    Raises NotFound, Forbidden, Conflict (people were told of it), UpstreamFailed.
    """

    def attempt() -> UndoResult | None:
        report = get_report(left.service_request_id, ports)
        made = report.officer_change(left.change_id)
        if made is None:
            return None
        _refuse_if_not_owner(report, left, author, ports)
        if made.is_taken_back:
            return _how_far(report, left)
        if made.told_from is not None and ports.now() >= made.told_from:
            raise Conflict(TOLD, version=report.version)
        return _how_far(_saved(report, _put_back(report, left, made, ports), ports), left)

    return retry_on_conflict(attempt, what=Text("this report"))


def _refuse_if_not_owner(
    report: ServiceRequest, left: UndoRecord, author: Author, ports: Ports
) -> None:
    """Raises NotFound, Forbidden, but not if the change itself has ended the officer's remit."""
    before = replace(report, team=left.before.team, ward_code=left.before.ward_code)
    stands = (report.team, report.ward_code) == (left.after.team, left.after.ward_code)
    if not (stands and author.is_officer_for(before)):
        require_team_access(get_visible_report(left.service_request_id, author, ports), author)


def _saved(report: ServiceRequest, after: ServiceRequest, ports: Ports) -> ServiceRequest:
    """Stores the report after the undo. Raises VersionConflict if somebody else wrote meanwhile."""
    was_merged = report.duplicate_of is not None and after.duplicate_of is None
    try:
        return apart(report, after, ports) if was_merged else saved_or_refused(after, ports)
    except Conflict as error:
        raise VersionConflict(report.service_request_id) from error


def _put_back(
    report: ServiceRequest, left: UndoRecord, made: OfficerChange, ports: Ports
) -> ServiceRequest:
    """The report with each value as it was before, if it is still as the change has left it."""
    values = _values(report, left)
    photos = tuple(
        replace(each, state=_photo_state(each.photo_id, each.state, left)) for each in report.photos
    )
    hidden = values.get("visibility") not in (None, "public") or photos != report.photos
    state = values.pop("state", None)
    after = replace(report, photos=photos, redactions=report.redactions + hidden, **values)
    after = _in_state(after, state, left, ports)
    after = _without_question(after, left, ports)
    return _taken_back(after, made, ports).touched(ports.now())


def _values(report: ServiceRequest, left: UndoRecord) -> dict[str, Any]:
    """The values of the report that are put back."""
    present = standing(report)
    values = {
        name: getattr(left.before, name)
        for name in CaseSnapshot.__struct_fields__
        if name != "photos"
        and getattr(present, name) == getattr(left.after, name) != getattr(left.before, name)
    }
    decided = {name for name in DECIDED if _differs(left, name)}
    alone = (
        *(() if "state" in values else WITH_STATE),
        *(() if "expected_datetime" in values else WITH_TARGET),
        *(() if decided and decided <= values.keys() else WITH_DECIDED),
    )
    if "delays" in values:
        values["delays"] = report.delays[: left.before.delays]
    values.pop("needs", None)
    if dealt_with := _dealt_with(left):
        values["needs"] = reopened(report.needs, dealt_with)
    return {name: values[name] for name in values if name not in alone}


def _dealt_with(left: UndoRecord) -> set[str]:
    """The reasons to look at the report that the change dealt with."""
    return set(left.before.needs) - set(left.after.needs)


def _differs(left: UndoRecord, name: str) -> bool:
    return _is_other(left.before, left.after, name)


def _is_other(one: CaseSnapshot, other: CaseSnapshot, name: str) -> bool:
    return bool(getattr(one, name) != getattr(other, name))


def _photo_state(photo_id: str, state: Any, left: UndoRecord) -> Any:
    was = left.before.photos.get(photo_id)
    return was if was and left.after.photos.get(photo_id) == state else state


def _in_state(report: ServiceRequest, state: Any, left: UndoRecord, ports: Ports) -> ServiceRequest:
    """The report with the state as it was before. The change's timeline entry is removed if nothing
    came after it; else only its words are removed, and a new entry says the state."""
    if report.updates and report.updates[-1].update_id == left.update_id:
        return _without_last(report, state or report.state)
    report = _without_words(report, left)
    if state is None:
        return report
    update_id = ports.ids.update_id("undo", report.service_request_id, left.change_id)
    entry = council_update(update_id, update_id, state, "", ports)
    return replace(report.with_update(entry), repairs=_repairs(report, state))


def _repairs(report: ServiceRequest, state: Any) -> int:
    """How often the report was said to be done, after it is put back to that state."""
    was_done = report.state in SAID_TO_BE_DONE and state not in SAID_TO_BE_DONE
    return report.repairs - was_done


def _without_last(report: ServiceRequest, state: Any) -> ServiceRequest:
    return replace(
        report,
        state=state,
        updates=report.updates[:-1],
        repairs=_repairs(report, state),
        redactions=report.redactions + 1,
    )


def _without_words(report: ServiceRequest, left: UndoRecord) -> ServiceRequest:
    """The report without the words of the reply; an entry that also says a state stays, without
    the words."""
    if not any(each.update_id == left.update_id and each.text for each in report.updates):
        return report
    says_state = _differs(left, "state")
    updates = (
        replace(each, text="") if each.update_id == left.update_id else each
        for each in report.updates
        if says_state or each.update_id != left.update_id
    )
    return replace(report, updates=tuple(updates), redactions=report.redactions + 1)


def _without_question(report: ServiceRequest, left: UndoRecord, ports: Ports) -> ServiceRequest:
    """The report without the wait for an answer to the question that was asked."""
    now = to_the_second(ports.now())
    questions = (
        replace(each, settled_at=now)
        if each.question_id == left.question_id and each.is_open
        else each
        for each in report.questions
    )
    return replace(report, questions=tuple(questions))


def _taken_back(report: ServiceRequest, made: OfficerChange, ports: Ports) -> ServiceRequest:
    """The report with the change marked as taken back. The change that took it back is marked as
    well: nobody is told of either."""
    back = OfficerChange(
        change_id=ports.ids.update_id("undo", report.service_request_id, made.change_id),
        version=report.version + 1,
        at=to_the_second(ports.now()),
        is_taken_back=True,
    )
    known = (
        replace(each, is_taken_back=True) if each.change_id == made.change_id else each
        for each in report.officer_changes
    )
    return replace(report, officer_changes=(*known, back))


def _how_far(report: ServiceRequest, left: UndoRecord) -> UndoResult:
    present = standing(report)
    others = {
        PARTS[name]
        for name in PARTS
        if name not in COLLECTIONS and _is_other(present, left.before, name)
    }
    if not _dealt_with(left) <= set(present.needs):
        others.add("attention")
    was, then = left.before.photos, left.after.photos
    if any(present.photos.get(each) != was[each] for each in was if was[each] != then.get(each)):
        others.add("photos")
    if any(each.update_id == left.update_id and each.text for each in report.updates):
        others.add("reply")
    if any(each.question_id == left.question_id and each.is_open for each in report.questions):
        others.add("question")
    back = [each for each in left.parts if each not in others]
    stayed = [each for each in left.parts if each not in back]
    return UndoResult(tuple(back), (*stayed, *left.lasting))
