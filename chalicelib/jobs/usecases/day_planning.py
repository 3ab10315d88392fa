"""Plan the days of crews: order their jobs automatically, or in the order that an officer chooses.
Jobs that a crew has started or ended keep their places.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.catalogue.crews import Crew
from chalicelib.errors import Forbidden, Invalid
from chalicelib.jobs.model import Job
from chalicelib.jobs.people import Staff
from chalicelib.jobs.ports import JobFilters, Ports
from chalicelib.jobs.route_order import CrewRoute, LeftOutStop, plan_order
from chalicelib.jobs.usecases.day_saving import save_routes, unplan_job
from chalicelib.jobs.usecases.day_stops import (
    DayPorts,
    crew_day,
    route_in_order,
    stop_of,
    today_of,
)
from chalicelib.jobs.usecases.job_lists import get_crew, list_crews

MOST_CREWS = 20
PAGE_SIZE = 100
MOST_WAITING = 1_000
"""The number of a team's waiting jobs that are considered, the earliest due first; the others are
planned another day."""
FURTHEST = timedelta(days=92)
"""How far ahead a day can be planned."""


class PlannedDay(Struct, frozen=True, kw_only=True):
    """A crew's planned day. `left_out` are the jobs that were planned for this day and crew and did
    not fit."""

    crew: str
    job_ids: tuple[str, ...]
    minutes_working: int
    minutes_driving: int
    left_out: tuple[LeftOutStop, ...] = ()


class DaysPlan(Struct, frozen=True, kw_only=True):
    """The days of some crews; `left_out` are the jobs that fit into none of them."""

    days: tuple[PlannedDay, ...]
    left_out: tuple[LeftOutStop, ...]


def plan_days(
    day: date, codes: Sequence[str], team: str | None, who: Staff, ports: DayPorts
) -> DaysPlan:
    """Plan the day of these crews, or of all crews of the team, or of the officer's teams.

    The plan contains jobs that wait to be planned, jobs already planned for the day, and jobs whose
    planned day is over. Jobs that do not fit wait to be planned again. Planning the same day again
    gives the same plan.

    Raises: NotFound, Forbidden, Invalid, UpstreamFailed; some jobs may then be planned already, and
    the call can be repeated.
    """
    _validate_day(day, ports.jobs)
    chosen = _crews_to_plan(codes, team, who, ports.jobs)
    on_day = {each.crew: ports.jobs.jobs.of_day(each.crew, day) for each in chosen}
    jobs = _jobs_to_plan(day, chosen, on_day, who, ports.jobs)
    routes = plan_order(
        [stop_of(job) for job in jobs.values()],
        [crew_day(each, day, on_day[each.crew], ports) for each in chosen],
        ports.travel,
    )
    left_out = {each.stop_id: each for each in routes.left_out}
    save_routes(day, routes.routes, on_day, jobs, who=who, ports=ports.jobs)
    for job_id in left_out:
        unplan_job(jobs[job_id], ports.jobs)
    old_crews = {job.job_id: job.crew for job in jobs.values() if job.planned_day == day}
    days = tuple(
        _planned_day(
            route, [left_out[each] for each in left_out if old_crews.get(each) == route.crew]
        )
        for route in routes.routes
    )
    return DaysPlan(days=days, left_out=routes.left_out)


def reorder_day(
    day: date, crew: str, job_ids: Sequence[str], who: Staff, ports: DayPorts
) -> PlannedDay:
    """Put a crew's day in this order, after the jobs that it has started or ended. Jobs of the day
    that are not named come last, in their present order. Jobs outside the officer's remit keep
    their places: the others share the remaining places.

    Raises: NotFound, Forbidden, Invalid (not a planned job of that day), UpstreamFailed.
    """
    details = get_crew(crew, who, ports.jobs)
    _validate_day(day, ports.jobs)
    on_day = ports.jobs.jobs.of_day(crew, day)
    planned = {job.job_id: job for job in on_day if job.state == "planned"}
    covered = {job_id: job for job_id, job in planned.items() if who.covers(job)}
    _validate_job_ids(job_ids, covered, crew, day)
    chosen = [planned[each] for each in dict.fromkeys((*job_ids, *covered))]
    in_order = _merge_order(list(planned.values()), chosen)
    route = route_in_order(in_order, details, day, on_day, ports)
    if len(covered) == len(planned):
        save_routes(day, [route], {crew: on_day}, planned, who=who, ports=ports.jobs)
        return _planned_day(route, [])
    positions = _positions(in_order, chosen)
    route = replace(route, visits=tuple(each for each in route.visits if each.stop_id in covered))
    save_routes(
        day, [route], {crew: on_day}, planned, who=who, ports=ports.jobs, positions=positions
    )
    return _planned_day(route, [])


def _validate_job_ids(
    job_ids: Sequence[str], covered: Collection[str], crew: str, day: date
) -> None:
    """Raise Invalid if a job is named twice, or is not among the `covered` jobs of the day."""
    if len(set(job_ids)) < len(job_ids):
        raise Invalid.field("job_ids", "name each job once")
    if others := [each for each in job_ids if each not in covered]:
        raise Invalid.field(
            "job_ids",
            f"{others[0]} is not planned for {crew} on {day}, or was already started: plan it "
            "first, or leave it out",
        )


def _merge_order(present: Sequence[Job], chosen: Sequence[Job]) -> Sequence[Job]:
    """The present jobs in order, with the chosen jobs in their new order in each other's places."""
    new_order, chosen_ids = iter(chosen), {job.job_id for job in chosen}
    return [next(new_order) if job.job_id in chosen_ids else job for job in present]


def _positions(in_order: Sequence[Job], chosen: Sequence[Job]) -> Mapping[str, int]:
    """The positions of the chosen jobs in a day where the other jobs keep theirs: the present
    positions of the chosen jobs, in the new order. Jobs without a position come last."""
    last = max((job.position or 0 for job in in_order), default=0)
    present = sorted(job.position for job in chosen if job.position is not None)
    more = range(last + 1, last + 1 + len(chosen) - len(present))
    return {job.job_id: number for job, number in zip(chosen, (*present, *more), strict=True)}


def _crews_to_plan(
    codes: Sequence[str], team: str | None, who: Staff, ports: Ports
) -> Sequence[Crew]:
    """The crews to plan. Raises NotFound, Forbidden, Invalid."""
    if team is not None and team not in ports.council.team_names:
        known = ", ".join(ports.council.team_names)
        raise Invalid.field("team", f"we do not know this team; choose one of: {known}")
    if team is not None and not who.covers_team(team):
        raise Forbidden("This team belongs to another officer. Ask them.")
    if codes:
        for code in codes:
            if code not in ports.council.by_crew:
                known = ", ".join(each.crew for each in list_crews(who, ports))
                raise Invalid.field(
                    "crews", f"we do not know the crew {code}; choose from: {known}"
                )
        chosen = [get_crew(code, who, ports) for code in dict.fromkeys(codes)]
    else:
        chosen = list(list_crews(who, ports))
    of_team = [each for each in chosen if team in (None, each.team)]
    if not of_team:
        raise Invalid.field("crews", "none of these crews is in that team: choose others")
    if len(of_team) > MOST_CREWS:
        raise Invalid.field("crews", f"plan at most {MOST_CREWS} crews at a time")
    return of_team


def _validate_day(day: date, ports: Ports) -> None:
    """Raise Invalid if the day is over or too far ahead."""
    today = today_of(ports)
    if not today <= day <= today + FURTHEST:
        raise Invalid.field("date", f"must be from {today} to {today + FURTHEST}")


def _jobs_to_plan(
    day: date,
    chosen: Sequence[Crew],
    on_day: Mapping[str, Sequence[Job]],
    who: Staff,
    ports: Ports,
) -> Mapping[str, Job]:
    """The jobs that these crews may do, by id: jobs planned for the day in all wards, as a day is
    one plan, and waiting jobs in the officer's remit that are not booked for a later day."""
    planned = [job for crew in on_day.values() for job in crew if job.state == "planned"]
    waiting = [
        job
        for team in sorted({each.team for each in chosen})
        for job in _waiting_jobs(team, ports)
        if (job.booked_day or day) <= day and (job.state == "to_plan" or _is_overdue(job, ports))
    ]
    jobs = (*planned, *(job for job in waiting if who.covers(job)))
    return {job.job_id: job for job in jobs}


def _waiting_jobs(team: str, ports: Ports) -> Iterator[Job]:
    """The team's jobs that are not started, the earliest due first."""
    filters = JobFilters(team=team, states=frozenset(("to_plan", "planned")))
    after, count = None, 0
    while count < MOST_WAITING:
        page = ports.jobs.list_page(filters, teams=[team], limit=PAGE_SIZE, after=after)
        yield from page.jobs
        count, after = count + len(page.jobs), page.next
        if after is None:
            return


def _is_overdue(job: Job, ports: Ports) -> bool:
    """True if the job's planned day is over."""
    return job.planned_day is not None and job.planned_day < today_of(ports)


def _planned_day(route: CrewRoute, left_out: Sequence[LeftOutStop]) -> PlannedDay:
    return PlannedDay(
        crew=route.crew,
        job_ids=tuple(visit.stop_id for visit in route.visits),
        minutes_working=round(route.working_s / 60),
        minutes_driving=round(route.driving_s / 60),
        left_out=tuple(left_out),
    )
