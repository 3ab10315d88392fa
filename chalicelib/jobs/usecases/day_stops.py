"""Convert the jobs and crews of a day into the stops and free times that the optimiser plans."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct

from chalicelib.catalogue.crews import Crew
from chalicelib.geo.point import Point
from chalicelib.jobs.model import Job
from chalicelib.jobs.ports import Ports
from chalicelib.jobs.route_order import DAY_S, CrewDay, CrewRoute, Stop, Visit
from chalicelib.jobs.travel import Travel


class DayPorts(Struct, frozen=True, kw_only=True):
    """The dependencies of planning a day."""

    jobs: Ports
    travel: Travel


def stop_of(job: Job) -> Stop:
    """The job as a stop; without a window, work can begin at any time of the day."""
    window = job.window
    return Stop(
        stop_id=job.job_id,
        point=Point(lat=job.lat, long=job.long),
        work_s=job.minutes * 60,
        team=job.team,
        priority=job.priority,
        due=job.due,
        opens_s=_seconds_of(window.opens) if window else 0,
        closes_s=_seconds_of(window.closes) if window else DAY_S,
        skills=frozenset(job.skills),
    )


def crew_day(crew: Crew, day: date, on_day: Sequence[Job], ports: DayPorts) -> CrewDay:
    """The crew's free time of the day. On the day itself it begins now, after the started jobs, and
    at the crew's last known place."""
    depot = crew.depot.point
    starts_s = _seconds_of(crew.shift.starts)
    started = [job for job in on_day if job.state == "started"]
    if day == today_of(ports.jobs):
        starts_s = max(starts_s, _now_s(ports.jobs))
        starts_s += sum(job.minutes * 60 for job in started)
    return CrewDay(
        crew=crew.crew,
        team=crew.team,
        start=_last_place(on_day) or depot,
        depot=depot,
        starts_s=starts_s,
        ends_s=max(_seconds_of(crew.shift.ends), starts_s),
        skills=frozenset(crew.skills),
    )


def _last_place(on_day: Sequence[Job]) -> Point | None:
    """The place of the job whose state the crew set last; None if it set none."""
    set_by_crew = [(job.said.at, job) for job in on_day if job.said and job.said.by == "crew"]
    last = max(set_by_crew, key=lambda each: each[0], default=None)
    return Point(lat=last[1].lat, long=last[1].long) if last else None


def route_in_order(
    jobs: Sequence[Job], crew: Crew, day: date, on_day: Sequence[Job], ports: DayPorts
) -> CrewRoute:
    """A crew's route in the order that an officer chose. The crew waits until a window opens; a
    closed window is ignored."""
    free = crew_day(crew, day, on_day, ports)
    stops = [stop_of(job) for job in jobs]
    points = [free.start, *(stop.point for stop in stops), free.depot]
    seconds = ports.travel(points)
    visits, free_s, driving_s = [], free.starts_s, 0
    for at, stop in enumerate(stops):
        driving_s += seconds[at][at + 1]
        begins_s = max(free_s + seconds[at][at + 1], stop.opens_s)
        visits.append(Visit(stop_id=stop.stop_id, begins_s=begins_s))
        free_s = begins_s + stop.work_s
    driving_s += seconds[len(stops)][len(stops) + 1]
    return CrewRoute(
        crew=crew.crew,
        visits=tuple(visits),
        working_s=sum(stop.work_s for stop in stops),
        driving_s=driving_s,
    )


def _seconds_of(text: str) -> int:
    moment = time.fromisoformat(text)
    return moment.hour * 3600 + moment.minute * 60


def _now_s(ports: Ports) -> int:
    local = ports.now().astimezone(ports.council.zone)
    return local.hour * 3600 + local.minute * 60 + local.second


def today_of(ports: Ports) -> date:
    """The present day in the council's time zone."""
    return ports.now().astimezone(ports.council.zone).date()


def moment_of(day: date, seconds: int, ports: Ports) -> datetime:
    """The moment so many seconds after midnight of the day in the council's time zone, in UTC. It
    may be on a later day."""
    days, seconds_of_day = divmod(seconds, DAY_S)
    clock = time(seconds_of_day // 3600, seconds_of_day // 60 % 60, seconds_of_day % 60)
    local = datetime.combine(day + timedelta(days=days), clock, ports.council.zone)
    return local.astimezone(UTC)
