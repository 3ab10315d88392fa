"""Keep the jobs of a report up to date: open them, change them with the report, and cancel those
that it no longer needs.

This runs after each change of a report and reads the present report, so events that come twice,
late or out of order do no harm.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from msgspec.structs import replace

from chalicelib.jobs import dispatch_rules
from chalicelib.jobs.model import Job, derive_job_id
from chalicelib.jobs.ports import ReactionPorts
from chalicelib.jobs.states import ENDED, WAITING
from chalicelib.jobs.usecases.erasure import erase_with_report, update_address
from chalicelib.jobs.usecases.first_days import (
    move_with_booking,
    plan_first_day,
    return_to_booked_day,
)
from chalicelib.jobs.usecases.job_reports import job_values_of
from chalicelib.jobs.usecases.job_updates import update_job
from chalicelib.jobs.usecases.merged_reports import (
    join_report,
    remove_reports,
    separated_reports,
    survivor_of,
)
from chalicelib.kernel.observability import trace
from chalicelib.kernel.time import truncate_to_second
from chalicelib.reports.published import ReportWithWork

FIELDS_FROM_REPORT = (
    "kind",
    "title",
    "service_code",
    "team",
    "minutes",
    "priority",
    "lat",
    "long",
    "due",
    "ward_code",
    "materials",
    "hazards",
    "skills",
)
"""The fields of a job that follow its first report until the work is started."""
NEEDED_NO_MORE = "The report does not need it any more: it was closed, merged or withdrawn."


def update_jobs_of(service_request_id: str, ports: ReactionPorts) -> Job | None:
    """Update the jobs of a report after it was submitted or changed.

    A report that opens jobs gets one job for the first repair, and one for each repair that failed;
    a duplicate gets the job of the report that it was merged into.

    Returns: the report's job under way; None if it has none. Raises UpstreamFailed.
    """
    report = ports.reports.find(service_request_id)
    if report is None:
        return None
    opened = _update_jobs(report, ports)
    if report.is_withdrawn or report.is_forgotten:
        erase_with_report(report, _service_name(report, ports), ports)
    return opened


def _update_jobs(report: ReportWithWork, ports: ReactionPorts) -> Job | None:
    jobs = [update_address(job, report, ports) for job in _separate_jobs(report, ports)]
    if report.duplicate_of is not None:
        return _open_for_duplicate(report, jobs, ports)
    if not report.is_open or report.is_withdrawn:
        _cancel_unneeded(jobs, ports)
        return None
    updated = [_update_from(report, job, ports) for job in jobs]
    under_way = [job for job in updated if not job.is_over]
    return under_way[0] if under_way else _open_next(report, updated, ports)


def _separate_jobs(report: ReportWithWork, ports: ReactionPorts) -> Sequence[Job]:
    """The report's jobs. Reports that are no longer merged are removed from each other's jobs
    first, and their own jobs are opened."""
    removed: list[str] = []
    for job in ports.jobs.of_report(report.service_request_id):
        if others := separated_reports(job, ports):
            remove_reports(job, others, _now(ports), ports)
            removed += others
    for each in dict.fromkeys(removed):
        if each != report.service_request_id:
            update_jobs_of(each, ports)
    return ports.jobs.of_report(report.service_request_id)


def _open_for_duplicate(
    report: ReportWithWork, jobs: Sequence[Job], ports: ReactionPorts
) -> Job | None:
    """Join the duplicate to the job of the report that it was merged into. A started job of the
    duplicate is kept and joined to that report; a waiting one is cancelled if that report has a
    job."""
    survivor = survivor_of(report, ports)
    if survivor is None or not survivor.is_open:
        _cancel_unneeded(jobs, ports)
        return None
    for job in jobs:
        if not job.is_over:
            _move_to_survivor(job, survivor, ports)
    opened = update_jobs_of(survivor.service_request_id, ports)
    return opened and _join(opened, report.service_request_id, ports)


def _move_to_survivor(job: Job, survivor: ReportWithWork, ports: ReactionPorts) -> None:
    has_others = _has_others_under_way(job, survivor, ports)
    now = _now(ports)

    def change(present: Job) -> Job:
        if present.is_over or survivor.service_request_id in present.service_request_ids:
            return present
        if has_others and present.state in WAITING:
            return dispatch_rules.cancel_for_reports(present, NEEDED_NO_MORE, now)
        return join_report(present, survivor.service_request_id, now, first=True)

    update_job(job, change, ports)


def _has_others_under_way(job: Job, survivor: ReportWithWork, ports: ReactionPorts) -> bool:
    return any(
        not each.is_over and each.job_id != job.job_id
        for each in ports.jobs.of_report(survivor.service_request_id)
    )


def _join(job: Job, service_request_id: str, ports: ReactionPorts) -> Job:
    return update_job(job, lambda each: join_report(each, service_request_id, _now(ports)), ports)


def _cancel_unneeded(jobs: Sequence[Job], ports: ReactionPorts) -> None:
    """Cancel the jobs that are not started or done and have no open report."""
    for job in jobs:
        if _can_be_cancelled(job) and not _is_needed(job, ports):
            update_job(
                job,
                lambda present: (
                    dispatch_rules.cancel_for_reports(present, NEEDED_NO_MORE, _now(ports))
                    if _can_be_cancelled(present)
                    else present
                ),
                ports,
            )


def _can_be_cancelled(job: Job) -> bool:
    return job.state in WAITING or job.state in ENDED - {"done", "cancelled"}


def _is_needed(job: Job, ports: ReactionPorts) -> bool:
    reports = (ports.reports.find(each) for each in job.service_request_ids)
    return any(report and report.is_open and not report.is_withdrawn for report in reports)


def _update_from(report: ReportWithWork, job: Job, ports: ReactionPorts) -> Job:
    """Update the job with the present values of its first report."""
    if not job.service_request_ids or job.service_request_ids[0] != report.service_request_id:
        return job

    def change(present: Job) -> Job:
        return move_with_booking(_with_values_of(report, present, ports), report, ports)

    return update_job(job, change, ports)


def _with_values_of(report: ReportWithWork, job: Job, ports: ReactionPorts) -> Job:
    now = _now(ports)
    if job.state not in WAITING or report.lat is None:
        return job
    of_report = job_values_of(report, _service_name(report, ports))
    values = {name: of_report[name] for name in FIELDS_FROM_REPORT if name not in job.by_hand}
    if job.first_job_id is not None:
        values.pop("kind", None)
    after = replace(job, **values)
    if after.team != job.team:
        former = tuple(dict.fromkeys((*job.former_teams, job.team)))
        after = replace(dispatch_rules.remove_plan(job, now), **values, former_teams=former)
        after = dispatch_rules.with_plan_restored(after, now, _today(ports))
        if after.team in job.former_teams:
            after = dispatch_rules.with_office_change(job, after, now)
            return dispatch_rules.with_link_restored(after, now)
    return dispatch_rules.with_office_change(job, after, now)


def _open_next(report: ReportWithWork, jobs: Sequence[Job], ports: ReactionPorts) -> Job | None:
    """Open the next job of an open report without a job under way, or reinstate it."""
    if report.opens != "job" or report.is_unchecked or report.lat is None:
        return None
    last_done = next((each for each in reversed(jobs) if each.state == "done"), None)
    new = _new_job(report, last_done, ports)
    known = {job.job_id: job for job in jobs}
    if last_done and last_done.kind == "make_safe" and new.job_id in known:
        new = _repair_after(new)
    job = known.get(new.job_id) or ports.jobs.add(plan_first_day(new, report, ports))
    return update_job(job, lambda each: _reinstate_if_needed(each, report, ports), ports)


def _reinstate_if_needed(job: Job, report: ReportWithWork, ports: ReactionPorts) -> Job:
    """The job, reinstated if its reports cancelled it and no officer did. It gets the present
    values of its first report, which may have changed since."""
    if job.state != "cancelled" or not job.closed_itself:
        return job
    now = _now(ports)
    after = dispatch_rules.reinstate(job, now)
    after = dispatch_rules.with_plan_restored(after, now, _today(ports))
    after = return_to_booked_day(after, ports)
    is_first = job.service_request_ids[0] == report.service_request_id
    return _with_values_of(report, after, ports) if is_first else after


def _new_job(report: ReportWithWork, last_done: Job | None, ports: ReactionPorts) -> Job:
    now = _now(ports)
    values: dict[str, Any] = job_values_of(report, _service_name(report, ports))
    if last_done is not None:
        first_job_id = last_done.first_job_id or last_done.job_id
        values |= {"kind": "revisit", "first_job_id": first_job_id}
    return Job(
        job_id=derive_job_id("report", report.service_request_id, str(report.repairs)),
        state="to_plan",
        service_request_ids=(report.service_request_id,),
        request_id=trace.current_id(),
        opened_at=now,
        updated_at=now,
        **values,
    )


def _repair_after(made_safe: Job) -> Job:
    """The job for the repair that remains after a problem was only made safe."""
    job_id = derive_job_id("after", made_safe.job_id)
    return replace(made_safe, job_id=job_id, kind="repair")


def _service_name(report: ReportWithWork, ports: ReactionPorts) -> str:
    service = ports.council.by_code.get(report.service_code)
    return service.service_name if service else report.service_code


def _today(ports: ReactionPorts) -> date:
    return ports.now().astimezone(ports.council.zone).date()


def _now(ports: ReactionPorts) -> datetime:
    return truncate_to_second(ports.now())
