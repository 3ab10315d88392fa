"""Routes of jobs: the office's plans, and the operations that a crew's phone sends."""

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
    dispute_id_of,
    flag_of,
    job_id_of,
    operator,
    planner,
    states_of,
    worker,
)
from chalicelib.handlers.jobs.jobs_views import JobList, LinkView, Results, ResultView
from chalicelib.jobs.drafts import JobChanges, JobDraft, Name, Operation
from chalicelib.jobs.model import DAYS_OF_LINK, MOST_DAYS_OF_LINK, Job
from chalicelib.jobs.ports import JobFilters
from chalicelib.jobs.states import Side, State
from chalicelib.jobs.usecases import contractor_links, job_lists, planning
from chalicelib.jobs.usecases.operations import OperationResult, apply_operations
from chalicelib.jobs.views import JobView
from chalicelib.kernel.operations import MOST_OPERATIONS, operations_in
from chalicelib.kernel.parsing import parse

MOST_REPLY_BYTES = 2_000_000
"""The size of jobs in one reply: letters beyond ASCII get longer when encoded, and Lambda answers
with 6 MB at most."""

routes = Routes(__name__)


class Operations(msgspec.Struct, frozen=True, kw_only=True):
    """The operations that a phone sends, in the order in which they happened."""

    operations: Annotated[list[Operation], Meta(max_length=MOST_OPERATIONS)]


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """The side of a dispute that the office chooses."""

    keep: Side


class LinkDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A company that is to work on a job, and for how many days its link is valid."""

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
        states=states_of(call.parameter("state")),
        disputed=flag_of(call.parameter("disputed"), "disputed"),
    )
    limit, after = limit_of(call), cursor_of(call, CURSOR)
    who, ports = worker(call), jobs_ports()
    while True:
        found = job_lists.list_jobs(filters, who, ports, limit=limit, after=after)
        seen = job_views().views_to_audit(found.jobs)
        if limit == 1 or sum(map(_size, seen.views)) <= MOST_REPLY_BYTES:
            return JobList(items=audit_views(seen, call.caller), next=found.next)
        limit //= 2


@routes.endpoint(
    "/api/jobs/{job_id}",
    method="GET",
    auth=auth.may("jobs.work"),
    summary="Get a job",
)
def read(call: Call, job_id: str) -> JobView:
    return _view(job_lists.find_job(job_id_of(job_id), worker(call), jobs_ports()), call)


@routes.endpoint(
    "/api/jobs",
    method="POST",
    auth=auth.may("jobs.plan"),
    summary="Create a job for reports",
    success=HTTPStatus.CREATED,
    keyed=True,
    raises=(Conflict,),
)
def create(call: Call, draft: JobDraft) -> JobView:
    key = call.idempotency_key
    return _view(planning.create_job(draft, key, planner(call), jobs_ports()), call)


@routes.endpoint(
    "/api/jobs/{job_id}",
    method="PATCH",
    auth=auth.may("jobs.plan"),
    summary="Plan, change, cancel or reinstate a job; If-Match names the version",
    versioned=True,
    raises=(Conflict,),
)
def change(call: Call, changes: JobChanges, job_id: str) -> JobView:
    version = call.version
    ports = jobs_ports()
    changed = planning.change_job(job_id_of(job_id), changes, version, planner(call), ports)
    return _view(changed, call)


@routes.endpoint(
    "/api/jobs/{job_id}/disputes/{dispute_id}",
    method="POST",
    auth=auth.may("jobs.plan"),
    summary="Settle a dispute: choose which side is right; If-Match names the version",
    versioned=True,
    raises=(Conflict,),
)
def settle(call: Call, sent: Settlement, job_id: str, dispute_id: str) -> JobView:
    version, keep = call.version, sent.keep
    job_id, dispute_id = job_id_of(job_id), dispute_id_of(dispute_id)
    ports = jobs_ports()
    settled = planning.settle_dispute(job_id, dispute_id, version, planner(call), ports, keep=keep)
    return _view(settled, call)


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
        job_id_of(job_id), draft.name, draft.days, planner(call), ports
    )
    return LinkView(url=link.url, expires_at=link.expires_at)


@routes.endpoint(
    "/api/jobs/{job_id}/links",
    method="DELETE",
    auth=auth.may("jobs.plan"),
    summary="Revoke the contractor's link to this job",
)
def drop_link(call: Call, job_id: str) -> JobView:
    dropped = contractor_links.drop_link(job_id_of(job_id), planner(call), jobs_ports())
    return _view(dropped, call)


@routes.endpoint(
    "/api/jobs/operations",
    method="POST",
    auth=auth.may("jobs.work"),
    summary="Record what a crew did; each operation is stored once, however often it is sent",
    body=Operations,
)
def tell(call: Call) -> Results:
    sent = operations_in(call.body, _operation)
    outcomes = apply_operations(sent, operator(call), jobs_ports())
    return Results(items=_results(outcomes, call))


def _operation(sent: dict[str, Any]) -> Operation:
    operation = parse(sent, Operation)
    try:
        return replace(operation, job_id=job_id_of(operation.job_id))
    except NotFound as error:
        raise Invalid.field("job_id", error.detail) from error


def _results(outcomes: Sequence[OperationResult], call: Call) -> list[ResultView]:
    jobs = {each.job.job_id: each.job for each in outcomes if each.job}
    seen = job_views().views_to_audit(list(jobs.values()))
    views = {view.job_id: view for view in audit_views(seen, call.caller)}
    shown = _with_job(outcomes, views)
    return [_result(each, views if at in shown else {}) for at, each in enumerate(outcomes)]


def _with_job(outcomes: Sequence[OperationResult], views: Mapping[str, JobView]) -> set[int]:
    """The places of the operations that get the job in their result: as many as there is room for,
    the last operation of each job first."""
    places = {at: each.job.job_id for at, each in enumerate(outcomes) if each.job}
    last = {job_id: at for at, job_id in places.items()}
    sizes = {job_id: _size(view) for job_id, view in views.items()}
    left, shown = MOST_REPLY_BYTES, set[int]()
    for at in dict.fromkeys((*last.values(), *places)):
        if sizes[places[at]] <= left:
            left -= sizes[places[at]]
            shown.add(at)
    return shown


def _size(view: JobView) -> int:
    return len(msgspec.json.encode(view))


def _result(outcome: OperationResult, views: Mapping[str, JobView]) -> ResultView:
    return ResultView(
        op_id=outcome.op_id or None,
        result=outcome.result,
        job=views.get(outcome.job.job_id, msgspec.UNSET) if outcome.job else msgspec.UNSET,
        reason=outcome.reason or msgspec.UNSET,
    )


def _view(job: Job, call: Call) -> JobView:
    (view,) = audit_views(job_views().views_to_audit([job]), call.caller)
    return view
