"""Plan the days of crews: order their jobs automatically, or in the order that an officer chooses.
Jobs that a crew has started or ended keep their places.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.catalogue.crews import Crew
from chalicelib.errors import Forbidden, Invalid
from chalicelib.geo.point import Point
from chalicelib.jobs import dispatch_rules
from chalicelib.jobs.model import Job, Placement
from chalicelib.jobs.ordering import DAY_S, CrewDay, LeftOut, Stop, Visit, Way, ordered
from chalicelib.jobs.people import Staff
from chalicelib.jobs.ports import Filters, Ports
from chalicelib.jobs.route import Travel
from chalicelib.jobs.usecases.job_lists import crew_of, crews
from chalicelib.jobs.usecases.job_updates import stored, update_job
from chalicelib.kernel.time import to_the_second

MOST_CREWS = 20
MOST_AT_ONCE = 100
MOST_LOOKED_AT = 1_000
"""The number of a team's waiting jobs that are considered, the earliest due first; the others are
planned another day."""
FURTHEST = timedelta(days=92)
"""How far ahead a day can be planned."""
PLAN = ("state", "team", "crew", "planned_day")


class DayPorts(Struct, frozen=True, kw_only=True):
    """The dependencies of planning a day."""

    jobs: Ports
    travel: Travel


class Day(Struct, frozen=True, kw_only=True):
    """A crew's planned day. `left_out` are the jobs that were planned for this day and crew and did
    not fit."""

    crew: str
    job_ids: tuple[str, ...]
    minutes_working: int
    minutes_driving: int
    left_out: tuple[LeftOut, ...] = ()


class Plan(Struct, frozen=True, kw_only=True):
    """The days of some crews; `left_out` are the jobs that fit into none of them."""

    days: tuple[Day, ...]
    left_out: tuple[LeftOut, ...]


def plan(day: date, codes: Sequence[str], team: str | None, who: Staff, ports: DayPorts) -> Plan:
    """Plan the day of these crews, or of all crews of the team, or of the officer's teams.

    The plan contains jobs that wait to be planned, jobs already planned for the day, and jobs whose
    planned day is over. Jobs that do not fit wait to be planned again. Planning the same day again
    gives the same plan.

    Raises: NotFound, Forbidden, Invalid, UpstreamFailed; some jobs may then be planned already, and
    the call can be repeated.
    """
    _validate_day(day, ports.jobs)
    chosen = _chosen(codes, team, who, ports.jobs)
    on_day = {each.crew: ports.jobs.jobs.of_day(each.crew, day) for each in chosen}
    jobs = _jobs_to_plan(chosen, on_day, who, ports.jobs)
    order = ordered(
        [_stop(job) for job in jobs.values()],
        [_crew_day(each, day, on_day[each.crew], ports) for each in chosen],
        ports.travel,
    )
    left_out = {each.stop_id: each for each in order.left_out}
    _save_ways(day, order.ways, on_day, jobs, who=who, ports=ports.jobs)
    for job_id in left_out:
        _unplan(jobs[job_id], ports.jobs)
    old_crews = {job.job_id: job.crew for job in jobs.values() if job.planned_day == day}
    days = tuple(
        _day(way, [left_out[each] for each in left_out if old_crews.get(each) == way.crew])
        for way in order.ways
    )
    return Plan(days=days, left_out=order.left_out)


def reorder(day: date, crew: str, job_ids: Sequence[str], who: Staff, ports: DayPorts) -> Day:
    """Put a crew's day in this order, after the jobs that it has started or ended. Jobs of the day
    that are not named come last, in their present order. Jobs outside the officer's remit keep
    their places: the others share the remaining places.

    Raises: NotFound, Forbidden, Invalid (not a planned job of that day), UpstreamFailed.
    """
    crew_of(crew, who, ports.jobs)
    _validate_day(day, ports.jobs)
    on_day = ports.jobs.jobs.of_day(crew, day)
    planned = {job.job_id: job for job in on_day if job.state == "planned"}
    covered = {job_id: job for job_id, job in planned.items() if who.covers(job)}
    _refuse_unplanned(job_ids, covered, crew, day)
    chosen = [planned[each] for each in dict.fromkeys((*job_ids, *covered))]
    in_order = _merged(list(planned.values()), chosen)
    way = _way_in_order(in_order, ports.jobs.council.by_crew[crew], day, on_day, ports)
    if len(covered) == len(planned):
        _save_ways(day, [way], {crew: on_day}, planned, who=who, ports=ports.jobs)
        return _day(way, [])
    numbers = _numbers(in_order, chosen)
    shown = replace(way, visits=tuple(each for each in way.visits if each.stop_id in covered))
    _save_ways(day, [shown], {crew: on_day}, planned, who=who, ports=ports.jobs, numbers=numbers)
    return _day(shown, [])


def _refuse_unplanned(
    job_ids: Sequence[str], covered: Collection[str], crew: str, day: date
) -> None:
    """Raises Invalid if a job is named twice, or is not one that can be put in order."""
    if len(set(job_ids)) < len(job_ids):
        raise Invalid.field("job_ids", "name each job once")
    if others := [each for each in job_ids if each not in covered]:
        raise Invalid.field(
            "job_ids",
            f"{others[0]} is not planned for {crew} on {day}, or was already started: plan it "
            "first, or leave it out",
        )


def _merged(present: Sequence[Job], chosen: Sequence[Job]) -> Sequence[Job]:
    """The present jobs, with the chosen ones in their new order in the places that they had."""
    new_order, chosen_ids = iter(chosen), {job.job_id for job in chosen}
    return [next(new_order) if job.job_id in chosen_ids else job for job in present]


def _numbers(in_order: Sequence[Job], chosen: Sequence[Job]) -> Mapping[str, int]:
    """The positions of the chosen jobs in a day where the other jobs keep theirs: the present
    positions of the chosen jobs, in the new order. Jobs without a position come last."""
    last = max((job.position or 0 for job in in_order), default=0)
    present = sorted(job.position for job in chosen if job.position is not None)
    more = range(last + 1, last + 1 + len(chosen) - len(present))
    return {job.job_id: number for job, number in zip(chosen, (*present, *more), strict=True)}


def _chosen(codes: Sequence[str], team: str | None, who: Staff, ports: Ports) -> Sequence[Crew]:
    """The crews to plan. Raises NotFound, Forbidden, Invalid."""
    if team is not None and team not in ports.council.team_names:
        known = ", ".join(ports.council.team_names)
        raise Invalid.field("team", f"we do not know this team; choose one of: {known}")
    if team is not None and not who.covers_team(team):
        raise Forbidden("This team belongs to another officer. Ask them.")
    if codes:
        for code in codes:
            if code not in ports.council.by_crew:
                known = ", ".join(each.crew for each in crews(who, ports))
                raise Invalid.field(
                    "crews", f"we do not know the crew {code}; choose from: {known}"
                )
        chosen = [crew_of(code, who, ports) for code in dict.fromkeys(codes)]
    else:
        chosen = list(crews(who, ports))
    of_team = [each for each in chosen if team in (None, each.team)]
    if not of_team:
        raise Invalid.field("crews", "none of these crews is in that team: choose others")
    if len(of_team) > MOST_CREWS:
        raise Invalid.field("crews", f"plan at most {MOST_CREWS} crews at a time")
    return of_team


def _validate_day(day: date, ports: Ports) -> None:
    """Raise Invalid if the day is over or too far ahead."""
    today = _today(ports)
    if not today <= day <= today + FURTHEST:
        raise Invalid.field("date", f"must be from {today} to {today + FURTHEST}")


def _jobs_to_plan(
    chosen: Sequence[Crew],
    on_day: Mapping[str, Sequence[Job]],
    who: Staff,
    ports: Ports,
) -> Mapping[str, Job]:
    """The jobs that these crews may do, by id: jobs planned for the day in all wards, as a day is
    one plan, and waiting jobs in the officer's remit."""
    planned = [job for crew in on_day.values() for job in crew if job.state == "planned"]
    waiting = [
        job
        for team in sorted({each.team for each in chosen})
        for job in _waiting(team, ports)
        if job.state == "to_plan" or _is_overdue(job, ports)
    ]
    jobs = (*planned, *(job for job in waiting if who.covers(job)))
    return {job.job_id: job for job in jobs}


def _waiting(team: str, ports: Ports) -> Iterator[Job]:
    """The team's jobs that are not started, the earliest due first."""
    filters = Filters(team=team, states=frozenset(("to_plan", "planned")))
    after, count = None, 0
    while count < MOST_LOOKED_AT:
        page = ports.jobs.listed(filters, teams=[team], limit=MOST_AT_ONCE, after=after)
        yield from page.jobs
        count, after = count + len(page.jobs), page.next
        if after is None:
            return


def _is_overdue(job: Job, ports: Ports) -> bool:
    """True if the job's planned day is over."""
    return job.planned_day is not None and job.planned_day < _today(ports)


def _stop(job: Job) -> Stop:
    window = job.window
    return Stop(
        stop_id=job.job_id,
        point=Point(lat=job.lat, long=job.long),
        work_s=job.minutes * 60,
        team=job.team,
        priority=job.priority,
        due=job.due,
        opens_s=_seconds(window.opens) if window else 0,
        closes_s=_seconds(window.closes) if window else DAY_S,
        skills=frozenset(job.skills),
    )


def _crew_day(crew: Crew, day: date, on_day: Sequence[Job], ports: DayPorts) -> CrewDay:
    """The crew's free time of the day. On the day itself it begins now, after the started jobs, and
    at the crew's last known place."""
    depot = crew.depot.point
    starts_s = _seconds(crew.shift.starts)
    started = [job for job in on_day if job.state == "started"]
    if day == _today(ports.jobs):
        starts_s = max(starts_s, _now_s(ports.jobs))
        starts_s += sum(job.minutes * 60 for job in started)
    return CrewDay(
        crew=crew.crew,
        team=crew.team,
        start=_last_place(on_day) or depot,
        depot=depot,
        starts_s=starts_s,
        ends_s=max(_seconds(crew.shift.ends), starts_s),
        skills=frozenset(crew.skills),
    )


def _last_place(on_day: Sequence[Job]) -> Point | None:
    """The place of the job whose state the crew set last; None if it set none."""
    set_by_crew = [(job.said.at, job) for job in on_day if job.said and job.said.by == "crew"]
    last = max(set_by_crew, key=lambda each: each[0], default=None)
    return Point(lat=last[1].lat, long=last[1].long) if last else None


def _way_in_order(
    jobs: Sequence[Job], crew: Crew, day: date, on_day: Sequence[Job], ports: DayPorts
) -> Way:
    """A crew's way in an order that an officer chose. The crew waits until a window opens; a closed
    window is ignored."""
    crew_day = _crew_day(crew, day, on_day, ports)
    stops = [_stop(job) for job in jobs]
    points = [crew_day.start, *(stop.point for stop in stops), crew_day.depot]
    seconds = ports.travel(points)
    visits, free_s, driving_s = [], crew_day.starts_s, 0
    for at, stop in enumerate(stops):
        driving_s += seconds[at][at + 1]
        begins_s = max(free_s + seconds[at][at + 1], stop.opens_s)
        visits.append(Visit(stop_id=stop.stop_id, begins_s=begins_s))
        free_s = begins_s + stop.work_s
    driving_s += seconds[len(stops)][len(stops) + 1]
    return Way(
        crew=crew.crew,
        visits=tuple(visits),
        working_s=sum(stop.work_s for stop in stops),
        driving_s=driving_s,
    )


def _save_ways(
    day: date,
    ways: Sequence[Way],
    on_day: Mapping[str, Sequence[Job]],
    read: Mapping[str, Job],
    *,
    who: Staff,
    ports: Ports,
    numbers: Mapping[str, int] | None = None,
) -> None:
    """Store the places of the jobs in the ways. `on_day` are the jobs of each crew's day, `read`
    the jobs as they were read for the plan. `numbers` are the positions by job; None numbers them
    in order, after the started and ended jobs."""
    for way in ways:
        if way.visits:
            ports.note(who.actor, "jobs.plan", way.crew, f"{day} jobs={len(way.visits)}")
        started = sum(job.state not in ("planned", "cancelled") for job in on_day[way.crew])
        for position, visit in enumerate(way.visits, started + 1):
            placement = Placement(
                job_id=visit.stop_id,
                crew=way.crew,
                planned_day=day,
                position=numbers[visit.stop_id] if numbers else position,
                arrives_at=_moment(day, visit.begins_s, ports),
            )
            _place(placement, read[visit.stop_id], ports)


def _place(placement: Placement, read: Job, ports: Ports) -> None:
    """Place a job, unless a crew has started or ended it meanwhile, or an officer has changed its
    plan."""
    now = to_the_second(ports.now())

    def change(job: Job) -> Job:
        return dispatch_rules.placed(job, placement, now) if _has_same_plan(job, read) else job

    update_job(stored(placement.job_id, ports), change, ports)


def _unplan(read: Job, ports: Ports) -> None:
    now = to_the_second(ports.now())

    def change(job: Job) -> Job:
        return dispatch_rules.unplanned(job, now) if _has_same_plan(job, read) else job

    update_job(read, change, ports)


def _has_same_plan(job: Job, read: Job) -> bool:
    return all(getattr(job, name) == getattr(read, name) for name in PLAN)


def _day(way: Way, left_out: Sequence[LeftOut]) -> Day:
    return Day(
        crew=way.crew,
        job_ids=tuple(visit.stop_id for visit in way.visits),
        minutes_working=round(way.working_s / 60),
        minutes_driving=round(way.driving_s / 60),
        left_out=tuple(left_out),
    )


def _seconds(text: str) -> int:
    moment = time.fromisoformat(text)
    return moment.hour * 3600 + moment.minute * 60


def _now_s(ports: Ports) -> int:
    local = ports.now().astimezone(ports.council.zone)
    return local.hour * 3600 + local.minute * 60 + local.second


def _today(ports: Ports) -> date:
    return ports.now().astimezone(ports.council.zone).date()


def _moment(day: date, seconds: int, ports: Ports) -> datetime:
    """The moment so many seconds after midnight of the day in the council's time zone, in UTC. It
    may be on a later day."""
    days, seconds_of_day = divmod(seconds, DAY_S)
    clock = time(seconds_of_day // 3600, seconds_of_day // 60 % 60, seconds_of_day % 60)
    local = datetime.combine(day + timedelta(days=days), clock, ports.council.zone)
    return local.astimezone(UTC)
