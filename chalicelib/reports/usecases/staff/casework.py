"""Writes officers' notes and changes one case or many, once for each request.

A change is planned, then its undo record is stored, then the change is carried out. A request that
was interrupted can be sent again: it does the remaining steps and gets the same answer.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from chalicelib.errors import AppError, NotFound
from chalicelib.kernel.fields import copy_fields
from chalicelib.reports.cases import BulkDraft, CaseSnapshot, OneOfMany, UndoRecord
from chalicelib.reports.drafts import ReportChanges
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.needs import open_needs, reopen_needs
from chalicelib.reports.parts import Note, OfficerChange, Question
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import (
    Author,
    entry_key_conflict,
    get_report,
    get_visible_report,
    require_team_access,
    update_report,
)
from chalicelib.reports.usecases.notes import add_note
from chalicelib.reports.usecases.staff.case_changes import (
    PlannedChange,
    carry_out_change,
    plan_change,
)

OFFICER = "account:"
"""The prefix of a note's sender if an officer wrote the note."""


class ChangeResult(NamedTuple):
    """A report after a change, the version that the change created, and its undo record, which is
    None if a repeat found the change made."""

    report: ServiceRequest
    version: int
    undo: UndoRecord | None


class PreparedChange(NamedTuple):
    """One of many reports before its change: the plan, the result if a repeat finds the change
    made, or the reason why the report cannot be changed."""

    service_request_id: str
    plan: PlannedChange | None = None
    done: ChangeResult | None = None
    because: str | None = None


class BulkResult(NamedTuple):
    """The result for one of many reports: `because` says why it was not changed."""

    service_request_id: str
    changed: ChangeResult | None
    because: str | None


KeepUndoRecords = Callable[[Sequence[UndoRecord]], None]
"""Stores the undo records of changes that are about to be made."""


def write_note(
    service_request_id: str, text: str, key: str, author: Author, ports: Ports
) -> tuple[Note, ServiceRequest]:
    """Stores an officer's note about the report; the same note under the same key is stored once.

    Raises NotFound, Forbidden, Conflict.
    """
    report = get_visible_report(service_request_id, author, ports)
    require_team_access(report, author)
    note_id = ports.ids.update_id(f"note:{author.scope}", service_request_id, key)
    add_note(service_request_id, note_id, f"{OFFICER}{author.account}", text, ports)
    notes = ports.repository.list_notes(service_request_id)
    kept = next((each for each in notes if each.note_id == note_id), None)
    if kept is None:
        raise NotFound(f"There is no report {service_request_id}.")
    if kept.text != text:
        raise entry_key_conflict(report, ports)
    return kept, report


def change_case(
    service_request_id: str,
    changes: ReportChanges,
    version: int,
    author: Author,
    ports: Ports,
    *,
    reply: str | None = None,
    change_id: str | None = None,
    keep: KeepUndoRecords = lambda _: None,
) -> ChangeResult:
    """Changes a report, once for each `change_id`.

    Raises as `change_report` does, and as `keep` does, which is called before the report changes.
    """
    if done := find_change(service_request_id, change_id, ports):
        return done
    plan = plan_change(
        service_request_id, changes, version, author, ports, reply=reply, change_id=change_id
    )
    keep([undo_record_of(plan)])
    return _carry_out(plan, ports)


def find_change(
    service_request_id: str, change_id: str | None, ports: Ports
) -> ChangeResult | None:
    """Find the change that an earlier request with the same key made, even if the change moved the
    report out of the officer's remit."""
    report = ports.repository.get(service_request_id) if change_id else None
    done = report.find_officer_change(change_id) if report and change_id else None
    return ChangeResult(report, done.version, None) if report and done else None


def change_cases(
    draft: BulkDraft,
    author: Author,
    ports: Ports,
    *,
    record: Callable[[str], None],
    words: Callable[[str, ServiceRequest], str],
    change_id: str | None = None,
    keep: KeepUndoRecords = lambda _: None,
) -> Sequence[BulkResult]:
    """Changes each of many reports that still has its version, once for each `change_id`; with
    `check` it only says what would go wrong. `record` is called for each report before its change;
    `words` turns the common reply into the reply for each report. Raises as `keep` does, which is
    called before anything is changed."""

    def prepare(one: OneOfMany) -> PreparedChange:
        request_id, changes = one.service_request_id, draft.changes.changes
        if done := find_change(request_id, change_id, ports):
            return PreparedChange(request_id, done=done)
        report = get_visible_report(request_id, author, ports)
        reply = words(draft.changes.text, report) if draft.changes.text else None
        plan = plan_change(
            request_id, changes, one.version, author, ports, reply=reply, change_id=change_id
        )
        return PreparedChange(request_id, plan=plan)

    found = [_prepare_or_explain(one, prepare) for one in draft.ids]
    if draft.check:
        return [BulkResult(each.service_request_id, None, each.because) for each in found]
    keep([undo_record_of(each.plan) for each in found if each.plan])
    return [_complete_change(each, record, ports) for each in found]


def publish_pictures_anew(service_request_id: str, ports: Ports) -> ServiceRequest:
    """Publishes the report's pictures again and purges their copies, after something was removed
    from one of them. Raises NotFound, UpstreamFailed."""
    return update_report(
        lambda: get_report(service_request_id, ports),
        lambda report: replace(report, redactions=report.redactions + 1),
        ports,
    )


def undo_record_of(plan: PlannedChange) -> UndoRecord:
    """The undo record of a planned change."""
    before, after = plan.before, plan.after
    change = after.officer_changes[-1]
    known = {each.update_id for each in before.updates}
    known |= {each.update_id for each in before.held_updates}
    new = (each for each in after.updates if each.update_id not in known)
    said = next((each for each in new if each.by != "contractor"), None)
    return UndoRecord(
        service_request_id=before.service_request_id,
        change_id=change.change_id,
        before=snapshot_of(before),
        after=snapshot_of(after),
        update_id=said.update_id if said else None,
        has_reply=bool(said and said.text),
        lasting=_lasting_parts(plan.changes),
        tells=change.told_from is not None,
    )


def undo_record_of_question(
    asked: Question, report: ServiceRequest, change: OfficerChange
) -> UndoRecord:
    """The undo record of a question: the case no longer waits for an answer, and an officer has to
    look again at the needs that the question dealt with."""
    after = snapshot_of(report)
    dealt_with = [each.need_id for each in report.needs if each.settled_at == asked.asked_at]
    before = reopen_needs(report.needs, dealt_with)
    return UndoRecord(
        service_request_id=report.service_request_id,
        change_id=change.change_id,
        before=snapshot_of(replace(report, needs=before)),
        after=after,
        update_id=None,
        question_id=asked.question_id,
        tells=True,
    )


def snapshot_of(report: ServiceRequest) -> CaseSnapshot:
    """A snapshot of the report as it is now."""
    needs = (each.need_id for each in open_needs(report.needs) if each.reason != "contractor_text")
    photos = {each.photo_id: each.state for each in report.photos}
    return copy_fields(
        CaseSnapshot, report, needs=tuple(needs), photos=photos, delays=len(report.delays)
    )


def _lasting_parts(changes: ReportChanges) -> tuple[str, ...]:
    """The parts of the change that cannot be undone: text that was rewritten or removed, which is
    not stored anywhere, and decisions about texts of contractors and other systems."""
    found = (name for name in ("title", "description", "address") if getattr(changes, name))
    texts = ("timeline",) if changes.updates else ()
    answers = ("answers",) if changes.questions else ()
    flags = ("flags",) if changes.flags_settled else ()
    reviewed = ("text_review",) if changes.contractor_text or changes.held_updates else ()
    return tuple(
        dict.fromkeys((*found, *(changes.clear or ()), *texts, *answers, *flags, *reviewed))
    )


def _carry_out(plan: PlannedChange, ports: Ports) -> ChangeResult:
    after = carry_out_change(plan, ports)
    return ChangeResult(after, after.version, undo_record_of(plan))


def _prepare_or_explain(
    one: OneOfMany, prepare: Callable[[OneOfMany], PreparedChange]
) -> PreparedChange:
    try:
        return prepare(one)
    except AppError as error:
        return PreparedChange(one.service_request_id, because=str(error.detail))


def _complete_change(
    ready: PreparedChange, record: Callable[[str], None], ports: Ports
) -> BulkResult:
    if ready.plan is None:
        return BulkResult(ready.service_request_id, ready.done, ready.because)
    try:
        record(ready.service_request_id)
        return BulkResult(ready.service_request_id, _carry_out(ready.plan, ports), None)
    except AppError as error:
        # Also if the store fails: earlier reports are changed, and their answer is worth more.
        return BulkResult(ready.service_request_id, None, str(error.detail))
