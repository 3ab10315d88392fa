"""The day that a job is planned for when it is opened: that of its booking, or the next one. A team
of several crews chooses the crew itself."""

from datetime import date

from msgspec.structs import replace

from chalicelib.catalogue.promise import ONE_DAY
from chalicelib.jobs import dispatch_rules
from chalicelib.jobs.model import Job
from chalicelib.jobs.ports import ReactionPorts
from chalicelib.jobs.states import OVER
from chalicelib.kernel.time import truncate_to_second
from chalicelib.reports.published import ReportWithWork


def plan_first_day(job: Job, report: ReportWithWork, ports: ReactionPorts) -> Job:
    """The new job, planned if its report names a day and the team has one crew."""
    booked = replace(job, booked_day=report.work.booked_day)
    crew, day = _only_crew(job, ports), _first_day(report, ports)
    if crew is None or day is None:
        return booked
    return replace(booked, state="planned", crew=crew, planned_day=day)


def move_with_booking(job: Job, report: ReportWithWork, ports: ReactionPorts) -> Job:
    """The job on the day that its booking moved to. A started job stays where it is."""
    day = report.work.booked_day
    is_fixed = job.state in OVER or job.state == "started" or job.booked_day is None
    if is_fixed or day is None or day == job.booked_day:
        return job
    return _move_to_day(job, day, ports)


def return_to_booked_day(job: Job, ports: ReactionPorts) -> Job:
    """The reinstated job, planned for its booking again if it is to plan and that day can come."""
    day = job.booked_day
    if job.state != "to_plan" or day is None or day < _today(ports):
        return job
    return _move_to_day(job, day, ports)


def _move_to_day(job: Job, day: date, ports: ReactionPorts) -> Job:
    return dispatch_rules.move_booking(
        job, day, _only_crew(job, ports), truncate_to_second(ports.now())
    )


def _first_day(report: ReportWithWork, ports: ReactionPorts) -> date | None:
    today, booked = _today(ports), report.work.booked_day
    if report.work.on_next_day:
        return next(ports.council.calendar.working_days_from(today + ONE_DAY))
    return booked if booked and booked >= today else None


def _only_crew(job: Job, ports: ReactionPorts) -> str | None:
    crews = [each.crew for each in ports.council.crews if each.team == job.team]
    return crews[0] if len(crews) == 1 else None


def _today(ports: ReactionPorts) -> date:
    return ports.now().astimezone(ports.council.zone).date()
