"""The load of each crew on a day."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from msgspec import Struct

from chalicelib.catalogue.crews import Crew
from chalicelib.jobs.model import Job
from chalicelib.jobs.people import Staff
from chalicelib.jobs.ports import Ports
from chalicelib.jobs.states import ENDED
from chalicelib.jobs.usecases.job_lists import list_crews


class CrewLoad(Struct, frozen=True, kw_only=True):
    """A crew's day. Numbers of jobs: `jobs` are those not cancelled, `done` those of them that are
    done, `late` those not ended that are due before the crew arrives, or before the end of its
    shift if the arrival is unknown. Minutes: `minutes_planned` is the work without driving,
    `minutes_over` the work that does not fit into the shift."""

    crew: str
    jobs: int
    done: int
    minutes_planned: int
    minutes_shift: int
    late: int
    minutes_over: int


def crew_loads(
    day: date, who: Staff, ports: Ports, *, team: str | None = None
) -> Sequence[CrewLoad]:
    """The load of each crew of the officer's teams, or of one team. Raises UpstreamFailed."""
    chosen = [each for each in list_crews(who, ports) if team in (None, each.team)]
    return [_load_of(crew, day, ports) for crew in chosen]


def _load_of(crew: Crew, day: date, ports: Ports) -> CrewLoad:
    jobs = [job for job in ports.jobs.of_day(crew.crew, day) if job.state != "cancelled"]
    planned = sum(job.minutes for job in jobs)
    shift = _shift_minutes(crew)
    return CrewLoad(
        crew=crew.crew,
        jobs=len(jobs),
        done=sum(job.state == "done" for job in jobs),
        minutes_planned=planned,
        minutes_shift=shift,
        late=_count_late(jobs, _shift_end(crew, day, ports)),
        minutes_over=max(0, planned - shift),
    )


def _count_late(jobs: Iterable[Job], ends: datetime) -> int:
    left = [job for job in jobs if job.due is not None and job.state not in ENDED]
    return sum(job.due < (job.arrives_at or ends) for job in left if job.due)


def _shift_minutes(crew: Crew) -> int:
    starts, ends = (time.fromisoformat(each) for each in (crew.shift.starts, crew.shift.ends))
    return (ends.hour - starts.hour) * 60 + ends.minute - starts.minute


def _shift_end(crew: Crew, day: date, ports: Ports) -> datetime:
    return datetime.combine(day, time.fromisoformat(crew.shift.ends), ports.council.zone)
