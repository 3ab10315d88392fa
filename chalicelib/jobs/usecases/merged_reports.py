"""Which reports a job is about while some of them are merged: asked again each time, as they may be
taken apart again."""

from dataclasses import replace
from datetime import datetime

from chalicelib.jobs import dispatch_rules
from chalicelib.jobs.model import MOST_REPORTS, Job
from chalicelib.jobs.ports import FollowPorts
from chalicelib.jobs.usecases.job_updates import update_job
from chalicelib.reports.published import ReportWithWork

MOST_STEPS = 10
"""By which a report can have been merged into others."""


def survivor_of(report: ReportWithWork, ports: FollowPorts) -> ReportWithWork | None:
    """The report that it was merged into in the end; itself where it was not."""
    found: ReportWithWork | None = report
    for _ in range(MOST_STEPS):
        if found is None or found.duplicate_of is None:
            return found
        found = ports.reports.find(found.duplicate_of)
    return None


def joined(job: Job, service_request_id: str, now: datetime, *, first: bool = False) -> Job:
    """The job about that report as well, because it is merged with one of the job's own."""
    ids = job.service_request_ids
    if service_request_id in ids or len(ids) >= MOST_REPORTS:
        return job
    more = (service_request_id, *ids) if first else (*ids, service_request_id)
    came = tuple(dict.fromkeys((*job.joined, service_request_id)))
    return dispatch_rules.with_reports(replace(job, joined=came), more, now)


def apart(job: Job, ports: FollowPorts) -> tuple[str, ...]:
    """Those reports of the job that came because of a merge and are no longer merged."""
    own = [each for each in job.service_request_ids if each not in job.joined]
    came = [each for each in job.service_request_ids if each in job.joined]
    if not own or not came:
        return ()
    together = {_last_of(each, ports) for each in own}
    return tuple(each for each in came if _last_of(each, ports) not in together)


def without(
    job: Job, service_request_ids: tuple[str, ...], now: datetime, ports: FollowPorts
) -> Job:
    """The job stored without those reports; it stays known which they were, for their photos."""

    def change(present: Job) -> Job:
        left = tuple(
            each
            for each in present.service_request_ids
            if each not in service_request_ids or each not in present.joined
        )
        return dispatch_rules.with_reports(present, left, now) if left else present

    return update_job(job, change, ports)


def _last_of(service_request_id: str, ports: FollowPorts) -> str:
    report = ports.reports.find(service_request_id)
    survivor = survivor_of(report, ports) if report else None
    return survivor.service_request_id if survivor else service_request_id
