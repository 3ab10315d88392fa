"""Save a crew's planned day."""

from collections.abc import Mapping, Sequence
from datetime import date

from chalicelib.jobs import dispatch_rules
from chalicelib.jobs.model import Job, Placement
from chalicelib.jobs.people import Staff
from chalicelib.jobs.ports import Ports
from chalicelib.jobs.route_order import CrewRoute
from chalicelib.jobs.usecases.day_stops import moment_of
from chalicelib.jobs.usecases.job_updates import load_job, update_job
from chalicelib.kernel.time import truncate_to_second

PLAN_FIELDS = ("state", "team", "crew", "planned_day")


def save_routes(
    day: date,
    routes: Sequence[CrewRoute],
    on_day: Mapping[str, Sequence[Job]],
    loaded: Mapping[str, Job],
    *,
    who: Staff,
    ports: Ports,
    positions: Mapping[str, int] | None = None,
) -> None:
    """Store the jobs' places in the routes. `on_day` are the jobs of each crew's day, `loaded` the
    jobs as they were when the plan was made. `positions` are the positions by job; None numbers
    the jobs in order, after the started and ended ones."""
    for route in routes:
        if route.visits:
            ports.record_action(
                who.actor, "jobs.plan", route.crew, f"{day} jobs={len(route.visits)}"
            )
        started = sum(job.state not in ("planned", "cancelled") for job in on_day[route.crew])
        for position, visit in enumerate(route.visits, started + 1):
            placement = Placement(
                job_id=visit.stop_id,
                crew=route.crew,
                planned_day=day,
                position=positions[visit.stop_id] if positions else position,
                arrives_at=moment_of(day, visit.begins_s, ports),
            )
            _place_job(placement, loaded[visit.stop_id], ports)


def _place_job(placement: Placement, loaded: Job, ports: Ports) -> None:
    """Place a job, unless a crew has started or ended it meanwhile, or an officer has changed its
    plan."""
    now = truncate_to_second(ports.now())

    def change(job: Job) -> Job:
        return dispatch_rules.place(job, placement, now) if _has_same_plan(job, loaded) else job

    update_job(load_job(placement.job_id, ports), change, ports)


def unplan_job(loaded: Job, ports: Ports) -> None:
    """Remove a job from its day, unless it was started or changed meanwhile."""
    now = truncate_to_second(ports.now())

    def change(job: Job) -> Job:
        return dispatch_rules.remove_plan(job, now) if _has_same_plan(job, loaded) else job

    update_job(loaded, change, ports)


def _has_same_plan(job: Job, loaded: Job) -> bool:
    return all(getattr(job, name) == getattr(loaded, name) for name in PLAN_FIELDS)
