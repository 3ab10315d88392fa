"""Routes of the crews' days: their load, their plan and their order."""

from datetime import date
from http import HTTPStatus
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import asdict

from chalicelib.bootstrap import container
from chalicelib.bootstrap.jobs import day_ports, jobs_ports
from chalicelib.errors import Conflict, NotFound
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import DAY, day_of
from chalicelib.handlers.http.route_facts import Query
from chalicelib.handlers.http.routes import Routes
from chalicelib.handlers.jobs.job_params import parse_job_id, parse_team, planner_of, today
from chalicelib.handlers.jobs.jobs_views import LeftOut, LoadList, LoadView, PlannedView, PlanView
from chalicelib.jobs.drafts import Reference, Word
from chalicelib.jobs.route_order import LeftOutStop
from chalicelib.jobs.usecases import day_planning
from chalicelib.jobs.usecases.crew_load import CrewLoad, crew_loads
from chalicelib.jobs.usecases.day_planning import PlannedDay
from chalicelib.kernel.fields import copy_fields

MOST_JOBS = 100
routes = Routes(__name__)


class PlanDraft(Struct, frozen=True, kw_only=True):
    """The day and the crews to plan; without crews, all crews of the team, or of the caller's
    teams."""

    date: date
    crews: Annotated[tuple[Word, ...], Meta(max_length=day_planning.MOST_CREWS)] = ()
    team: Word | None = None


class OrderDraft(Struct, frozen=True, kw_only=True):
    """A crew's jobs of a day, in the order in which the crew does them."""

    job_ids: Annotated[tuple[Reference, ...], Meta(min_length=1, max_length=MOST_JOBS)]


@routes.endpoint(
    "/api/days",
    method="GET",
    auth=auth.may("jobs.plan"),
    summary="List how full each crew's day is",
    query=(
        Query("date", "the day, such as 2026-06-01; today by default", schema=DAY),
        Query("team", "only the crews of this team"),
    ),
)
def get_loads(call: Call) -> LoadList:
    day = day_of(call.parameter("date")) or today()
    team, ports = parse_team(call.parameter("team")), jobs_ports()
    return LoadList(
        date=day,
        items=[_load_view(each) for each in crew_loads(day, planner_of(call), ports, team=team)],
    )


@routes.endpoint(
    "/api/days/plan",
    method="POST",
    auth=auth.may("jobs.plan"),
    summary="Plan the day of these crews: the jobs that fit, in the order with the least driving",
    success=HTTPStatus.CREATED,
    may_be_keyed=True,
    raises=(Conflict, NotFound),
)
def plan_days(call: Call, draft: PlanDraft) -> PlanView:
    # Planning a day again gives the same result, so a repeated request needs no key.
    found = day_planning.plan_days(
        draft.date, draft.crews, draft.team, planner_of(call), day_ports()
    )
    return PlanView(
        date=draft.date,
        items=[_planned_view(each) for each in found.days],
        left_out=[_left_out_view(each) for each in found.left_out],
    )


@routes.endpoint(
    "/api/days/{date}/{crew}/order",
    method="POST",
    auth=auth.may("jobs.plan"),
    summary="Set the order of a crew's day",
    raises=(Conflict,),
)
def reorder_day(call: Call, draft: OrderDraft, date: str, crew: str) -> PlannedView:
    day = day_of(date)
    if day is None:
        raise NotFound("Enter the day, such as 2026-06-01.")
    job_ids = [parse_job_id(each) for each in draft.job_ids]
    return _planned_view(
        day_planning.reorder_day(day, crew, job_ids, planner_of(call), day_ports())
    )


def _load_view(load: CrewLoad) -> LoadView:
    crew = container.council().by_crew[load.crew]
    return LoadView(**asdict(load), name=crew.name, team=crew.team)


def _planned_view(day: PlannedDay) -> PlannedView:
    left_out = [_left_out_view(each) for each in day.left_out]
    return copy_fields(PlannedView, day, job_ids=list(day.job_ids), left_out=left_out)


def _left_out_view(found: LeftOutStop) -> LeftOut:
    return LeftOut(job_id=found.stop_id, because=found.because)
