"""The office plans the days of crews: the jobs are put in order automatically, or in the order that
an officer chooses. Jobs that a crew has begun or ended stay where they are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

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
"""Jobs of a team that wait to be planned; those that are due last come another day."""
FURTHEST = timedelta(days=92)
PLAN = ("state", "team", "crew", "planned_day")


@dataclass(frozen=True, kw_only=True)
class DayPorts:
    """What planning a day reaches outside for."""

    jobs: Ports
    travel: Travel


@dataclass(frozen=True, kw_only=True)
class Day:
    """A crew's day as it was planned."""

    crew: str
    job_ids: tuple[str, ...]
    minutes_working: int
    minutes_driving: int
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The days of some crews; `left_out` is what found no place in any of them."""

    days: tuple[Day, ...]
    left_out: tuple[LeftOut, ...]


def plan(day: date, codes: Sequence[str], team: str | None, who: Staff, ports: DayPorts) -> Plan:
    """Plans the day of these crews, or of all crews of the team or of the officer's teams: jobs
    that wait to be planned, jobs already on that day, and jobs of a planned day that is over. Jobs
    that do not fit wait to be planned again. Planning the same day again gives the same plan.

    Raises NotFound, Forbidden, Invalid, UpstreamFailed: some jobs may then be planned already, and
    the call can be repeated.
    """
    _refuse_day(day, ports.jobs)
    chosen = _chosen(codes, team, who, ports.jobs)
    having = {each.crew: ports.jobs.jobs.of_day(each.crew, day) for each in chosen}
    jobs = _to_order(day, chosen, having, who, ports.jobs)
    found = ordered(
        [_stop(job) for job in jobs.values()],
        [_crew_day(each, day, having[each.crew], ports) for each in chosen],
        ports.travel,
    )
    left = {each.stop_id: each for each in found.left_out}
    _placed(day, found.ways, having, jobs, who=who, ports=ports.jobs)
    for job_id in left:
        _unplanned(jobs[job_id], ports.jobs)
    of_crew = {job.job_id: job.crew for job in jobs.values() if job.planned_day == day}
    days = tuple(
        _day(way, [left[each] for each in left if of_crew.get(each) == way.crew])
        for way in found.ways
    )
    return Plan(days=days, left_out=found.left_out)


def reorder(day: date, crew: str, job_ids: Sequence[str], who: Staff, ports: DayPorts) -> Day:
    """Puts a crew's day in this order, behind what it has begun or ended. Jobs of the day that are
    not named come last, in the order that they had. Jobs beyond the officer's remit keep their
    places: the others share the places that are left.

    Raises NotFound, Forbidden, Invalid (not a job of that day), UpstreamFailed.
    """
    crew_of(crew, who, ports.jobs)
    _refuse_day(day, ports.jobs)
    having = ports.jobs.jobs.of_day(crew, day)
    planned = {job.job_id: job for job in having if job.state == "planned"}
    seen = {job_id: job for job_id, job in planned.items() if who.covers(job)}
    if len(set(job_ids)) < len(job_ids):
        raise Invalid.field("job_ids", "name each job once")
    if beyond := [each for each in job_ids if each not in seen]:
        raise Invalid.field(
            "job_ids",
            f"{beyond[0]} is not planned for {crew} on {day}, or was already started: plan it "
            "first, or leave it out",
        )
    chosen = [planned[each] for each in dict.fromkeys((*job_ids, *seen))]
    in_order = _around(list(planned.values()), chosen)
    way = _driven(in_order, ports.jobs.council.by_crew[crew], day, having, ports)
    if len(seen) == len(planned):
        _placed(day, [way], {crew: having}, planned, who=who, ports=ports.jobs)
        return _day(way, [])
    numbers = _numbers(in_order, chosen)
    shown = replace(way, visits=tuple(each for each in way.visits if each.stop_id in seen))
    _placed(day, [shown], {crew: having}, planned, who=who, ports=ports.jobs, numbers=numbers)
    return _day(shown, [])


def _around(present: Sequence[Job], chosen: Sequence[Job]) -> Sequence[Job]:
    """The chosen jobs in their new order, in the places that they have between the others."""
    waiting, moved = iter(chosen), {job.job_id for job in chosen}
    return [next(waiting) if job.job_id in moved else job for job in present]


def _numbers(in_order: Sequence[Job], chosen: Sequence[Job]) -> Mapping[str, int]:
    """The positions of the chosen jobs in a day where the others keep theirs: those that the chosen
    ones have already, in the new order. A job without a position comes after all that have one."""
    last = max((job.position or 0 for job in in_order), default=0)
    held = sorted(job.position for job in chosen if job.position is not None)
    more = range(last + 1, last + 1 + len(chosen) - len(held))
    return {job.job_id: number for job, number in zip(chosen, (*held, *more), strict=True)}


def _chosen(codes: Sequence[str], team: str | None, who: Staff, ports: Ports) -> Sequence[Crew]:
    """Raises NotFound, Forbidden, Invalid."""
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
    found = [each for each in chosen if team in (None, each.team)]
    if not found:
        raise Invalid.field("crews", "none of these crews is in that team: choose others")
    if len(found) > MOST_CREWS:
        raise Invalid.field("crews", f"plan at most {MOST_CREWS} crews at a time")
    return found


def _refuse_day(day: date, ports: Ports) -> None:
    """Raises Invalid where nobody plans that day."""
    today = _today(ports)
    if not today <= day <= today + FURTHEST:
        raise Invalid.field("date", f"must be from {today} to {today + FURTHEST}")


def _to_order(
    day: date,
    chosen: Sequence[Crew],
    having: Mapping[str, Sequence[Job]],
    who: Staff,
    ports: Ports,
) -> Mapping[str, Job]:
    """What these crews may do on that day, by id."""
    on_day = [job for crew in having.values() for job in crew if job.state == "planned"]
    waiting = [
        job
        for team in sorted({each.team for each in chosen})
        for job in _waiting(team, ports)
        if job.state == "to_plan" or _is_of_before(job, ports)
    ]
    # A crew's day is one, whatever wards it is in.
    found = (*on_day, *(job for job in waiting if who.covers(job)))
    return {job.job_id: job for job in found}


def _waiting(team: str, ports: Ports) -> Iterator[Job]:
    """Those of the team that nobody has begun, what is due first first."""
    filters = Filters(team=team, states=frozenset(("to_plan", "planned")))
    after, count = None, 0
    while count < MOST_LOOKED_AT:
        page = ports.jobs.listed(filters, teams=[team], limit=MOST_AT_ONCE, after=after)
        yield from page.jobs
        count, after = count + len(page.jobs), page.next
        if after is None:
            return


def _is_of_before(job: Job, ports: Ports) -> bool:
    """True where it was planned for a day that is over, and nobody came."""
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


def _crew_day(crew: Crew, day: date, having: Sequence[Job], ports: DayPorts) -> CrewDay:
    """What the crew has left of the day: on the day itself from now on, and from where it is."""
    depot = crew.depot.point
    starts_s = _seconds(crew.shift.starts)
    at_work = [job for job in having if job.state == "started"]
    if day == _today(ports.jobs):
        starts_s = max(starts_s, _now_s(ports.jobs))
        starts_s += sum(job.minutes * 60 for job in at_work)
    was_at = _last_place(having)
    return CrewDay(
        crew=crew.crew,
        team=crew.team,
        start=was_at or depot,
        depot=depot,
        starts_s=starts_s,
        ends_s=max(_seconds(crew.shift.ends), starts_s),
        skills=frozenset(crew.skills),
    )


def _last_place(having: Sequence[Job]) -> Point | None:
    """Where the crew was last, as far as it said so."""
    told = [(job.said.at, job) for job in having if job.said and job.said.by == "crew"]
    last = max(told, key=lambda each: each[0], default=None)
    return Point(lat=last[1].lat, long=last[1].long) if last else None


def _driven(
    jobs: Sequence[Job], crew: Crew, day: date, having: Sequence[Job], ports: DayPorts
) -> Way:
    """A crew's way in an order that somebody chose: windows are waited for, never missed on
    paper."""
    begins = _crew_day(crew, day, having, ports)
    stops = [_stop(job) for job in jobs]
    seconds = ports.travel([begins.start, *(stop.point for stop in stops), begins.depot])
    visits, free_s, driving_s = [], begins.starts_s, 0
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


def _placed(
    day: date,
    ways: Sequence[Way],
    having: Mapping[str, Sequence[Job]],
    read: Mapping[str, Job],
    *,
    who: Staff,
    ports: Ports,
    numbers: Mapping[str, int] | None = None,
) -> None:
    """Stores the ways. `numbers` are the positions, where they do not just count on."""
    for way in ways:
        if way.visits:
            ports.note(who.actor, "jobs.plan", way.crew, f"{day} jobs={len(way.visits)}")
        begun = sum(job.state not in ("planned", "cancelled") for job in having[way.crew])
        for position, visit in enumerate(way.visits, begun + 1):
            arrives_at = _moment(day, visit.begins_s, ports)
            _put(
                Placement(
                    job_id=visit.stop_id,
                    crew=way.crew,
                    planned_day=day,
                    position=numbers[visit.stop_id] if numbers else position,
                    arrives_at=arrives_at,
                ),
                read[visit.stop_id],
                ports,
            )


def _put(placement: Placement, read: Job, ports: Ports) -> None:
    """Puts a job there, unless a crew has begun or ended it meanwhile, or an officer has planned it
    otherwise."""
    now = to_the_second(ports.now())

    def change(job: Job) -> Job:
        return dispatch_rules.placed(job, placement, now) if _stands(job, read) else job

    update_job(stored(placement.job_id, ports), change, ports)


def _unplanned(read: Job, ports: Ports) -> None:
    now = to_the_second(ports.now())

    def change(job: Job) -> Job:
        return dispatch_rules.unplanned(job, now) if _stands(job, read) else job

    update_job(read, change, ports)


def _stands(job: Job, read: Job) -> bool:
    """True where the plan of the job is still the one that was read."""
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
    here = ports.now().astimezone(ports.council.zone)
    return here.hour * 3600 + here.minute * 60 + here.second


def _today(ports: Ports) -> date:
    return ports.now().astimezone(ports.council.zone).date()


def _moment(day: date, seconds: int, ports: Ports) -> datetime:
    """That time on the council's clock; beyond midnight on the next day."""
    days, left = divmod(seconds, DAY_S)
    clock = time(left // 3600, left // 60 % 60, left % 60)
    here = datetime.combine(day + timedelta(days=days), clock, ports.council.zone)
    return here.astimezone(UTC)
