"""Routes that control what is public: officers change and review reports, anybody can flag one, and
a reporter can withdraw one."""

import re
from datetime import datetime
from http import HTTPStatus

import msgspec

from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import Conflict, TooMany
from chalicelib.handlers.http import auth, rate_limits
from chalicelib.handlers.http.audit import record_change
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import PAGED, choice_of, cursor_of, id_of, limit_of, one_of
from chalicelib.handlers.http.route_facts import Query
from chalicelib.handlers.http.routes import Routes
from chalicelib.kernel.fields import copy_fields
from chalicelib.reports.drafts import FlagDraft, ReportChanges
from chalicelib.reports.parts import Attention, FlagReason
from chalicelib.reports.published import Visibility
from chalicelib.reports.states import State
from chalicelib.reports.usecases import reading
from chalicelib.reports.usecases.resident import flagging, withdrawing
from chalicelib.reports.usecases.staff import case_changes, moderation
from chalicelib.reports.views import FullView, Withdrawn

routes = Routes(__name__)
CURSOR = re.compile(r"[0-9T:Z-]{20}#[0-9A-Z]{12}")
REASONS: tuple[Attention, ...] = ("waiting", "flagged")


class FlagReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """A flag that is stored for an officer to check."""

    service_request_id: str
    reason: FlagReason


class WaitingView(msgspec.Struct, frozen=True, kw_only=True):
    """A report that an officer has to look at."""

    service_request_id: str
    reason: Attention
    service_code: str
    state: State
    visibility: Visibility
    title: str | None
    requested_datetime: datetime


class WaitingList(msgspec.Struct, frozen=True, kw_only=True):
    """Reports that an officer has to look at, those that have waited longest first; `next` is the
    cursor of the next page."""

    items: list[WaitingView]
    next: str | None


@routes.endpoint(
    "/api/reports/{service_request_id}",
    method="PATCH",
    auth=auth.may("reports.triage"),
    summary="Change a report; If-Match names the version",
    versioned=True,
    raises=(Conflict,),
)
def change_report(call: Call, changes: ReportChanges, service_request_id: str) -> FullView:
    version = call.version
    ports, author = reports_ports(), call.caller.author()
    request_id = id_of(service_request_id)
    record_change(request_id, changes, call.caller)
    report = case_changes.change_report(request_id, changes, version, author, ports)
    return reading.full_view_of(report, ports)


@routes.endpoint(
    "/api/reports/{service_request_id}/flags",
    method="POST",
    auth=auth.anyone,
    summary="Flag a public report for an officer to check",
    success=HTTPStatus.CREATED,
    may_be_keyed=True,
    raises=(Conflict, TooMany),
)
def flag_report(call: Call, draft: FlagDraft, service_request_id: str) -> FlagReceipt:
    report = flagging.flag_report(
        id_of(service_request_id),
        draft,
        call.key_or_a_new_one,
        call.caller.author(),
        reports_ports(),
        client=rate_limits.client_of(call),
        admit=rate_limits.defer_count("flag", call),
    )
    return FlagReceipt(service_request_id=report.service_request_id, reason=draft.reason)


@routes.endpoint(
    "/api/reports/{service_request_id}/withdrawal",
    method="POST",
    auth=auth.anyone,
    summary="Withdraw a report soon after sending it, with the same Idempotency-Key",
    keyed=True,
    raises=(Conflict,),
)
def withdraw_report(call: Call, service_request_id: str) -> Withdrawn:
    report = withdrawing.withdraw_report(
        id_of(service_request_id),
        call.idempotency_key,
        call.caller.author(),
        reports_ports(),
    )
    return copy_fields(Withdrawn, report)


@routes.endpoint(
    "/api/moderation",
    method="GET",
    auth=auth.may("reports.triage"),
    summary="List reports that wait for approval or were flagged",
    query=(
        Query("reason", "waiting or flagged", True, one_of(REASONS)),
        *PAGED,
    ),
)
def list_waiting(call: Call) -> WaitingList:
    reason = choice_of(call, "reason", REASONS)
    found = moderation.list_needing_attention(
        reason,
        call.caller.author(),
        limit=limit_of(call),
        after=cursor_of(call, CURSOR),
        ports=reports_ports(),
    )
    return WaitingList(
        items=[copy_fields(WaitingView, each, reason=reason) for each in found.reports],
        next=found.next,
    )
