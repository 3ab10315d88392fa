"""The crews' months: planned jobs and their outcomes."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from datetime import date

from msgspec import Struct

from chalicelib.catalogue.crews import Crew
from chalicelib.jobs.model import Job
from chalicelib.jobs.people import Staff
from chalicelib.jobs.ports import Ports
from chalicelib.jobs.usecases.job_lists import list_crews


class CrewMonth(Struct, frozen=True, kw_only=True):
    """A crew's month: the jobs that are planned for one of its days and not cancelled, in their
    present state. `minutes` is their planned work, without driving. A job that was moved counts on
    its present day."""

    crew: str
    name: str
    jobs: int
    done: int
    could_not: int
    minutes: int


def months_of_crews(first: date, who: Staff, ports: Ports) -> Sequence[CrewMonth]:
    """The month that begins on `first`, for each crew of the officer's teams. Raises
    UpstreamFailed."""
    return [_month_of(crew, first, ports) for crew in list_crews(who, ports)]


def _month_of(crew: Crew, first: date, ports: Ports) -> CrewMonth:
    jobs = list(_planned_jobs(crew, first, ports))
    return CrewMonth(
        crew=crew.crew,
        name=crew.name,
        jobs=len(jobs),
        done=sum(job.state == "done" for job in jobs),
        could_not=sum(job.state == "could_not" for job in jobs),
        minutes=sum(job.minutes for job in jobs),
    )


def _planned_jobs(crew: Crew, first: date, ports: Ports) -> Iterable[Job]:
    _, days = monthrange(first.year, first.month)
    for day in range(1, days + 1):
        for job in ports.jobs.of_day(crew.crew, first.replace(day=day)):
            if job.state != "cancelled":
                yield job
