"""Erase data of jobs that was erased from their reports: an address that was withdrawn and, once
the reporter's data is gone, the texts to and from the crew and the exact location.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from chalicelib.jobs import dispatch_rules
from chalicelib.jobs.model import Job
from chalicelib.jobs.ports import ReactionPorts
from chalicelib.jobs.usecases.job_updates import update_job
from chalicelib.kernel.time import truncate_to_second
from chalicelib.reports.published import ReportWithWork

A_KILOMETRE = 2
"""The decimal places to which a latitude or longitude is rounded: about a kilometre."""


def update_address(job: Job, report: ReportWithWork, ports: ReactionPorts) -> Job:
    """Store the address of the first report on its job, in any state of both: the address may have
    been withdrawn."""
    if job.service_request_ids[:1] != (report.service_request_id,):
        return job
    now = truncate_to_second(ports.now())
    return update_job(
        job,
        lambda present: dispatch_rules.with_office_change(
            present, replace(present, address=report.address), now
        ),
        ports,
    )


def erase_with_report(report: ReportWithWork, title: str, ports: ReactionPorts) -> None:
    """Erase the texts and locations in the jobs of a report without a reporter, if all their other
    reports have none either and the job is over or not needed. Idempotent."""
    for job in ports.jobs.of_report(report.service_request_id):
        reports = [ports.reports.find(each) for each in job.service_request_ids]
        if all(_has_no_reporter(each) for each in reports):
            _erase(job, reports, title, ports)


def _erase(
    job: Job, reports: Sequence[ReportWithWork | None], title: str, ports: ReactionPorts
) -> None:
    now = truncate_to_second(ports.now())
    is_needed = any(each and each.is_open and not each.is_withdrawn for each in reports)
    first = reports[0]

    def change(present: Job) -> Job:
        is_same = present.service_request_ids == job.service_request_ids
        if not is_same or (is_needed and not present.is_over):
            return present
        return _without_personal_data(present, first, title, now)

    update_job(job, change, ports)


def _without_personal_data(
    job: Job, first: ReportWithWork | None, title: str, now: datetime
) -> Job:
    lat, long = round(job.lat, A_KILOMETRE), round(job.long, A_KILOMETRE)
    if first and first.lat is not None and first.long is not None:
        lat, long = first.lat, first.long
    after = replace(
        job,
        title=title,
        lat=lat,
        long=long,
        instructions="",
        cancelled_because=job.cancelled_because if job.closed_itself else None,
        events=tuple(event.without_content() for event in job.events),
    )
    return job if after == job else replace(after, updated_at=max(now, job.updated_at))


def _has_no_reporter(report: ReportWithWork | None) -> bool:
    return report is None or report.is_withdrawn or report.is_forgotten
