"""Save a crew's planned day."""

from collections.abc import Mapping, Sequence
from datetime import date

from chalicelib.jobs import dispatch_rules
from chalicelib.jobs.model import Job, Placement
from chalicelib.jobs.ordering import Way
from chalicelib.jobs.people import Staff
from chalicelib.jobs.ports import Ports
from chalicelib.jobs.usecases.day_stops import (
    moment_of,
)
from chalicelib.jobs.usecases.job_updates import load_job, update_job
from chalicelib.kernel.time import to_the_second

PLAN_FIELDS = ("state", "team", "crew", "planned_day")


def save_routes(
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
                arrives_at=moment_of(day, visit.begins_s, ports),
            )
            _place_job(placement, read[visit.stop_id], ports)


def _place_job(placement: Placement, read: Job, ports: Ports) -> None:
    """Place a job, unless a crew has started or ended it meanwhile, or an officer has changed its
    plan."""
    now = to_the_second(ports.now())

    def change(job: Job) -> Job:
        return dispatch_rules.place(job, placement, now) if _has_same_plan(job, read) else job

    update_job(load_job(placement.job_id, ports), change, ports)


def unplan_job(read: Job, ports: Ports) -> None:
    now = to_the_second(ports.now())

    def change(job: Job) -> Job:
        return dispatch_rules.remove_plan(job, now) if _has_same_plan(job, read) else job

    update_job(read, change, ports)


def _has_same_plan(job: Job, read: Job) -> bool:
    return all(getattr(job, name) == getattr(read, name) for name in PLAN_FIELDS)
