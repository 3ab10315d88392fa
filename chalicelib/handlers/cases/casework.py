"""Routes by which officers work on cases: notes, questions to the reporter, changes of one or many
cases that can be undone for some minutes, and permanent removals.
"""

from datetime import datetime
from http import HTTPStatus
from typing import Literal

import msgspec

from chalicelib.bootstrap.desk import desk_ports
from chalicelib.bootstrap.reports import photos_ports, reports_ports
from chalicelib.desk.usecases import undo_data
from chalicelib.errors import Conflict, Invalid
from chalicelib.handlers.cases.case_views import (
    CaseNote,
    CaseView,
    QuestionView,
    can_be_asked,
    case_view,
    names_of,
    note_view,
    question_view,
)
from chalicelib.handlers.cases.replies import fill_reply, reply_of
from chalicelib.handlers.cases.undo import (
    Offer,
    UndoableChange,
    UndoneItem,
    undo_in_report,
    undo_records_of,
)
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.audit import changed_fields, record_action
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import id_of
from chalicelib.handlers.http.routes import Routes
from chalicelib.photos.model import Areas
from chalicelib.photos.ports import PhotoKey
from chalicelib.photos.usecases import blackening
from chalicelib.reports.cases import BulkDraft, CaseChanges
from chalicelib.reports.drafts import NoteDraft, QuestionDraft
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.usecases.access import get_visible_report, require_team_access
from chalicelib.reports.usecases.staff import casework, questions, unmerging
from chalicelib.reports.usecases.staff.casework import BulkResult

routes = Routes(__name__)


class ChangedCase(Offer, frozen=True, kw_only=True):
    """A case after a change, and whether and until when the change can be undone. `in_remit`: it is
    still in the officer's remit; otherwise it is now with another team or ward."""

    service_request_id: str
    version: int
    in_remit: bool


class QuestionAsked(QuestionView, frozen=True, kw_only=True):
    """A question that was asked, and until when it can be undone: it is not sent before then."""

    undo_id: str | None = None
    until: datetime | None = None
    undo_within_s: int | None = None


class BulkItem(msgspec.Struct, frozen=True, kw_only=True):
    """The result for one of many cases; `because` gives the fault if it is not ok. `result` is None
    for a check, `version` is the present version of the changed case."""

    service_request_id: str
    ok: bool
    because: str | None
    result: Literal["changed", "refused"] | None
    version: int | None


class BulkAnswer(Offer, frozen=True, kw_only=True):
    """The result for each case, in the order in which they were named, and whether and until when
    all changes can be undone."""

    items: list[BulkItem]


class UndoAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The changes that were undone, and those that were not."""

    undo_id: str
    items: list[UndoneItem]


class RedactedPhoto(msgspec.Struct, frozen=True, kw_only=True):
    """A photo with parts of it blackened; published copies follow within seconds."""

    service_request_id: str
    photo_id: str
    version: int


@routes.endpoint(
    "/api/cases/{service_request_id}/notes",
    method="POST",
    auth=auth.may("cases.handle"),
    summary="Add a note that only officers see",
    success=HTTPStatus.CREATED,
    keyed=True,
    raises=(Conflict,),
)
def write_note(call: Call, draft: NoteDraft, service_request_id: str) -> CaseNote:
    key = call.idempotency_key
    request_id = _get_authorised(call, service_request_id).service_request_id
    record_action("cases.note", request_id, "", call.caller)
    written, _ = casework.write_note(
        request_id, draft.text, key, call.caller.author(), reports_ports()
    )
    return note_view(written)


@routes.endpoint(
    "/api/cases/{service_request_id}/questions",
    method="POST",
    auth=auth.may("cases.handle"),
    summary="Ask the reporter a question; the case waits for the answer",
    success=HTTPStatus.CREATED,
    keyed=True,
    raises=(Conflict,),
)
def ask_reporter(call: Call, draft: QuestionDraft, service_request_id: str) -> QuestionAsked:
    key = call.idempotency_key
    request_id = _get_authorised(call, service_request_id).service_request_id
    undoing = UndoableChange(call, f"question of {request_id}", draft)
    record_action("cases.ask", request_id, "", call.caller)
    question, report = questions.ask_reporter(
        request_id,
        draft.text,
        key,
        call.caller.author(),
        reports_ports(),
        reaches=can_be_asked,
        change_id=undoing.change_id,
    )
    if made := report.find_officer_change(undoing.change_id):
        undoing.save([casework.undo_record_of_question(question, report, made)])
    view = msgspec.structs.asdict(question_view(question, names_of(question.asked_by)))
    return QuestionAsked(**view, **msgspec.structs.asdict(undoing.offer({request_id})))


@routes.endpoint(
    "/api/cases/{service_request_id}/questions/{question_id}/settled",
    method="POST",
    auth=auth.may("cases.handle"),
    summary="Stop waiting for the answer to a question",
    raises=(Invalid,),
)
def settle_question(call: Call, service_request_id: str, question_id: str) -> CaseView:
    request_id = _get_authorised(call, service_request_id).service_request_id
    record_action("cases.settle", request_id, "", call.caller)
    ports = reports_ports()
    after = questions.settle_question(request_id, question_id, call.caller.author(), ports)
    return case_view(after, call.caller, ports)


@routes.endpoint(
    "/api/cases/{service_request_id}/changes",
    method="POST",
    auth=auth.may("cases.handle"),
    summary=(
        "Change a case and reply; nobody is notified until the time to undo it is over. "
        "If-Match names the version"
    ),
    versioned=True,
    may_be_keyed=True,
    raises=(Conflict,),
)
def change_case(call: Call, changes: CaseChanges, service_request_id: str) -> ChangedCase:
    version = call.version
    request_id, author = id_of(service_request_id), call.caller.author()
    undoing = UndoableChange(call, f"change of {request_id} {version}", changes)
    done = casework.find_change(request_id, undoing.change_id, reports_ports())
    if done is None:
        report = _get_authorised(call, service_request_id)
        reply = reply_of(changes, report)
        record_action("reports.change", request_id, _audit_details(changes), call.caller)
        done = casework.change_case(
            request_id,
            changes.changes,
            version,
            author,
            reports_ports(),
            reply=reply,
            change_id=undoing.change_id,
            keep=undoing.save,
        )
    return ChangedCase(
        service_request_id=request_id,
        version=done.version,
        in_remit=author.is_officer_for(done.report),
        **msgspec.structs.asdict(undoing.offer({request_id})),
    )


@routes.endpoint(
    "/api/cases/bulk",
    method="POST",
    auth=auth.may("cases.handle"),
    summary="Change many cases in the same way, each with its version, or check what would fail",
    may_be_keyed=True,
    raises=(Conflict,),
)
def change_many(call: Call, draft: BulkDraft) -> BulkAnswer:
    named, undoing = changed_fields(draft.changes), UndoableChange(call, "bulk", draft)
    outcomes = casework.change_cases(
        draft,
        call.caller.author(),
        reports_ports(),
        record=lambda request_id: record_action("reports.change", request_id, named, call.caller),
        words=fill_reply,
        change_id=undoing.change_id,
        keep=undoing.save,
    )
    items = [_bulk_item(each, is_check=draft.check) for each in outcomes]
    offer = undoing.offer({each.service_request_id for each in outcomes if each.changed})
    return BulkAnswer(items=items, **msgspec.structs.asdict(offer))


@routes.endpoint(
    "/api/undo/{undo_id}",
    method="POST",
    auth=auth.may("desk.keep"),
    summary="Undo the officer's own change, except what somebody has changed since",
    raises=(Conflict,),
)
def undo_changes(call: Call, undo_id: str) -> UndoAnswer:
    stored = undo_data.get_undo(undo_id, call.caller.signed_in.account_id, desk_ports())
    items = [undo_in_report(each, call) for each in undo_records_of(stored)]
    return UndoAnswer(undo_id=undo_id, items=[each for each in items if each])


@routes.endpoint(
    "/api/cases/{service_request_id}/unmerge",
    method="POST",
    auth=auth.may("cases.handle"),
    summary=(
        "Unmerge a duplicate from another report, with its followers; If-Match names the version"
    ),
    versioned=True,
    may_be_keyed=True,
    raises=(Conflict,),
)
def unmerge_case(call: Call, service_request_id: str) -> CaseView:
    version, ports = call.version, reports_ports()
    request_id = _get_authorised(call, service_request_id).service_request_id
    author = call.caller.author()
    change_id = UndoableChange(call, f"unmerge of {request_id} {version}").change_id
    record_action("cases.unmerge", request_id, "", call.caller)
    after = unmerging.unmerge(request_id, version, author, ports, change_id=change_id)
    return case_view(after, call.caller, ports)


@routes.endpoint(
    "/api/cases/{service_request_id}/photos/{photo_id}/redaction",
    method="POST",
    auth=auth.may("cases.handle"),
    summary="Permanently black out parts of a photo",
)
def redact_photo(call: Call, sent: Areas, service_request_id: str, photo_id: str) -> RedactedPhoto:
    report = _get_authorised(call, service_request_id)
    if photo_id not in {each.photo_id for each in report.photos}:
        raise Invalid.field("photo_id", "is not a photo of this report")
    request_id = report.service_request_id
    record_action("cases.redact_photo", request_id, photo_id, call.caller)
    blackening.blacken(PhotoKey(request_id, photo_id), sent.areas, photos_ports())
    after = casework.publish_pictures_anew(request_id, reports_ports())
    return RedactedPhoto(service_request_id=request_id, photo_id=photo_id, version=after.version)


def _get_authorised(call: Call, service_request_id: str) -> ServiceRequest:
    """The report, if it is in the officer's remit. Raises NotFound, Forbidden."""
    author = call.caller.author()
    report = get_visible_report(id_of(service_request_id), author, reports_ports())
    require_team_access(report, author)
    return report


def _audit_details(changes: CaseChanges) -> str:
    """The names of the changed fields, never a text."""
    named = changed_fields(changes)
    if changes.visibility:
        named = named.replace("visibility", f"visibility={changes.visibility}")
    return named


def _bulk_item(outcome: BulkResult, *, is_check: bool) -> BulkItem:
    ok = outcome.because is None
    return BulkItem(
        service_request_id=outcome.service_request_id,
        ok=ok,
        because=outcome.because,
        result=None if is_check else ("changed" if ok else "refused"),
        version=outcome.changed.version if outcome.changed else None,
    )
