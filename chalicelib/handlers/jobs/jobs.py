"""Routes of jobs: the office's plans, and the operations of crews' phones."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any, get_args

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from chalicelib.bootstrap.jobs import job_views, jobs_ports
from chalicelib.errors import Conflict, Invalid, NotFound
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import DAY, PAGED, cursor_of, day_of, limit_of, one_of, some_of
from chalicelib.handlers.http.route_facts import Query
from chalicelib.handlers.http.routes import Routes
from chalicelib.handlers.jobs.job_audit import audit_views
from chalicelib.handlers.jobs.job_params import (
    CURSOR,
    operator_of,
    parse_dispute_id,
    parse_flag,
    parse_job_id,
    parse_states,
    planner_of,
    worker_of,
)
from chalicelib.handlers.jobs.jobs_views import JobList, LinkView, Results, ResultView
from chalicelib.jobs.drafts import JobChanges, JobDraft, Name, Operation
from chalicelib.jobs.model import DAYS_OF_LINK, MOST_DAYS_OF_LINK, Job
from chalicelib.jobs.ports import JobFilters
from chalicelib.jobs.states import Side, State
from chalicelib.jobs.usecases import contractor_links, job_lists, planning
from chalicelib.jobs.usecases.operations import OperationResult, apply_operations
from chalicelib.jobs.views import JobView
from chalicelib.kernel.operations import MOST_OPERATIONS, parse_operations
from chalicelib.kernel.parsing import parse

MOST_REPLY_BYTES = 2_000_000
"""The largest size of the jobs in one reply: encoding makes letters beyond ASCII longer, and Lambda
answers with 6 MB at most."""

routes = Routes(__name__)


class Operations(msgspec.Struct, frozen=True, kw_only=True):
    """The operations that a phone sends, in the order in which they happened."""

    operations: Annotated[list[Operation], Meta(max_length=MOST_OPERATIONS)]


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """The side of a dispute that the office chooses."""

    keep: Side


class LinkDraft(msgspec.Struct, frozen=True, kw_only=True):
    """The company that gets a link to a job, and for how many days the link is valid."""

    name: Name
    days: Annotated[int, Meta(ge=1, le=MOST_DAYS_OF_LINK)] = DAYS_OF_LINK


@routes.endpoint(
    "/api/jobs",
    method="GET",
    auth=auth.may("jobs.work"),
    summary="List jobs of the caller's teams: those of a crew or day in order, others by due date",
    query=(
        Query("date", "jobs planned for this day, such as 2026-06-01", schema=DAY),
        Query("crew", "jobs planned for this crew"),
        Query("team", "jobs of this team"),
        Query(
            "state",
            "jobs in one of these states, separated by commas",
            schema=some_of(get_args(State)),
        ),
        Query(
            "disputed",
            "true: jobs with a dispute that the office has to settle",
            schema=one_of(("true", "false")),
        ),
        *PAGED,
    ),
    raises=(NotFound,),
)
def list_jobs(call: Call) -> JobList:
    filters = JobFilters(
        day=day_of(call.parameter("date")),
        crew=call.parameter("crew"),
        team=call.parameter("team"),
        states=parse_states(call.parameter("state")),
        disputed=parse_flag(call.parameter("disputed"), "disputed"),
    )
    limit, after = limit_of(call), cursor_of(call, CURSOR)
    who, ports = worker_of(call), jobs_ports()
    while True:
        found = job_lists.list_jobs(filters, who, ports, limit=limit, after=after)
        seen = job_views().views_to_audit(found.jobs)
        if limit == 1 or sum(map(_size_of, seen.views)) <= MOST_REPLY_BYTES:
            return JobList(items=audit_views(seen, call.caller), next=found.next)
        limit //= 2


@routes.endpoint(
    "/api/jobs/{job_id}",
    method="GET",
    auth=auth.may("jobs.work"),
    summary="Get a job",
)
def read_job(call: Call, job_id: str) -> JobView:
    return _audited_view(
        job_lists.find_job(parse_job_id(job_id), worker_of(call), jobs_ports()), call
    )


@routes.endpoint(
    "/api/jobs",
    method="POST",
    auth=auth.may("jobs.plan"),
    summary="Create a job for reports",
    success=HTTPStatus.CREATED,
    keyed=True,
    raises=(Conflict,),
)
def create_job(call: Call, draft: JobDraft) -> JobView:
    key = call.idempotency_key
    return _audited_view(planning.create_job(draft, key, planner_of(call), jobs_ports()), call)


@routes.endpoint(
    "/api/jobs/{job_id}",
    method="PATCH",
    auth=auth.may("jobs.plan"),
    summary="Plan, change, cancel or reinstate a job; If-Match names the version",
    versioned=True,
    raises=(Conflict,),
)
def change_job(call: Call, changes: JobChanges, job_id: str) -> JobView:
    version = call.version
    ports = jobs_ports()
    changed = planning.change_job(parse_job_id(job_id), changes, version, planner_of(call), ports)
    return _audited_view(changed, call)


@routes.endpoint(
    "/api/jobs/{job_id}/disputes/{dispute_id}",
    method="POST",
    auth=auth.may("jobs.plan"),
    summary="Settle a dispute: choose which side is right; If-Match names the version",
    versioned=True,
    raises=(Conflict,),
)
def settle_dispute(call: Call, sent: Settlement, job_id: str, dispute_id: str) -> JobView:
    version, keep = call.version, sent.keep
    job_id, dispute_id = parse_job_id(job_id), parse_dispute_id(dispute_id)
    ports = jobs_ports()
    settled = planning.settle_dispute(
        job_id, dispute_id, version, planner_of(call), ports, keep=keep
    )
    return _audited_view(settled, call)


@routes.endpoint(
    "/api/jobs/{job_id}/links",
    method="POST",
    auth=auth.may("jobs.plan"),
    summary="Create a link by which a contractor works on this job; it replaces an earlier one",
    success=HTTPStatus.CREATED,
    raises=(Conflict,),
)
def add_link(call: Call, draft: LinkDraft, job_id: str) -> LinkView:
    ports = jobs_ports()
    link = contractor_links.add_link(
        parse_job_id(job_id), draft.name, draft.days, planner_of(call), ports
    )
    return LinkView(url=link.url, expires_at=link.expires_at)


@routes.endpoint(
    "/api/jobs/{job_id}/links",
    method="DELETE",
    auth=auth.may("jobs.plan"),
    summary="Revoke the contractor's link to this job",
)
def drop_link(call: Call, job_id: str) -> JobView:
    dropped = contractor_links.drop_link(parse_job_id(job_id), planner_of(call), jobs_ports())
    return _audited_view(dropped, call)


@routes.endpoint(
    "/api/jobs/operations",
    method="POST",
    auth=auth.may("jobs.work"),
    summary="Record what a crew did; each operation is stored once, however often it is sent",
    body=Operations,
)
def record_operations(call: Call) -> Results:
    sent = parse_operations(call.body, _parse_operation)
    outcomes = apply_operations(sent, operator_of(call), jobs_ports())
    return Results(items=_result_views(outcomes, call))


def _parse_operation(sent: dict[str, Any]) -> Operation:
    operation = parse(sent, Operation)
    try:
        return replace(operation, job_id=parse_job_id(operation.job_id))
    except NotFound as error:
        raise Invalid.field("job_id", error.detail) from error


def _result_views(outcomes: Sequence[OperationResult], call: Call) -> list[ResultView]:
    jobs = {each.job.job_id: each.job for each in outcomes if each.job}
    seen = job_views().views_to_audit(list(jobs.values()))
    views = {view.job_id: view for view in audit_views(seen, call.caller)}
    shown = _places_with_job(outcomes, views)
    return [_result_view(each, views if at in shown else {}) for at, each in enumerate(outcomes)]


def _places_with_job(outcomes: Sequence[OperationResult], views: Mapping[str, JobView]) -> set[int]:
    """The places of the operations whose result includes the job: as many as fit into
    MOST_REPLY_BYTES, the last operation of each job first."""
    places = {at: each.job.job_id for at, each in enumerate(outcomes) if each.job}
    last = {job_id: at for at, job_id in places.items()}
    sizes = {job_id: _size_of(view) for job_id, view in views.items()}
    left, shown = MOST_REPLY_BYTES, set[int]()
    for at in dict.fromkeys((*last.values(), *places)):
        if sizes[places[at]] <= left:
            left -= sizes[places[at]]
            shown.add(at)
    return shown


def _size_of(view: JobView) -> int:
    return len(msgspec.json.encode(view))


def _result_view(outcome: OperationResult, views: Mapping[str, JobView]) -> ResultView:
    return ResultView(
        op_id=outcome.op_id or None,
        result=outcome.result,
        job=views.get(outcome.job.job_id, msgspec.UNSET) if outcome.job else msgspec.UNSET,
        reason=outcome.reason or msgspec.UNSET,
    )


def _audited_view(job: Job, call: Call) -> JobView:
    (view,) = audit_views(job_views().views_to_audit([job]), call.caller)
    return view
