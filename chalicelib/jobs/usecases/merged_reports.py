"""The reports of a job while some of them are merged. They are read again each time, as merged
reports can be separated again."""

from datetime import datetime

from msgspec.structs import replace

from chalicelib.jobs import dispatch_rules
from chalicelib.jobs.drafts import MOST_REPORTS
from chalicelib.jobs.model import Job
from chalicelib.jobs.ports import ReactionPorts
from chalicelib.jobs.usecases.job_updates import update_job
from chalicelib.reports.published import ReportWithWork

MOST_STEPS = 10
"""The longest chain of merged reports that is followed."""


def survivor_of(report: ReportWithWork, ports: ReactionPorts) -> ReportWithWork | None:
    """The report that this one was finally merged into, or itself if it was not merged. None if it
    is gone or the chain is too long."""
    survivor: ReportWithWork | None = report
    for _ in range(MOST_STEPS):
        if survivor is None or survivor.duplicate_of is None:
            return survivor
        survivor = ports.reports.find(survivor.duplicate_of)
    return None


def join_report(job: Job, service_request_id: str, now: datetime, *, first: bool = False) -> Job:
    """The job with one more report, which is merged with one of the job's own."""
    ids = job.service_request_ids
    if service_request_id in ids or len(ids) >= MOST_REPORTS:
        return job
    reports = (service_request_id, *ids) if first else (*ids, service_request_id)
    after = tuple(dict.fromkeys((*job.joined, service_request_id)))
    return dispatch_rules.with_reports(replace(job, joined=after), reports, now)


def separated_reports(job: Job, ports: ReactionPorts) -> tuple[str, ...]:
    """The reports of the job that were added because of a merge and are no longer merged."""
    own = [each for each in job.service_request_ids if each not in job.joined]
    added = [each for each in job.service_request_ids if each in job.joined]
    if not own or not added:
        return ()
    survivors = {_survivor_id(each, ports) for each in own}
    return tuple(each for each in added if _survivor_id(each, ports) not in survivors)


def remove_reports(
    job: Job, service_request_ids: tuple[str, ...], now: datetime, ports: ReactionPorts
) -> Job:
    """Store the job without those reports; `joined` still has them, for their photos."""

    def change(present: Job) -> Job:
        left = tuple(
            each
            for each in present.service_request_ids
            if each not in service_request_ids or each not in present.joined
        )
        return dispatch_rules.with_reports(present, left, now) if left else present

    return update_job(job, change, ports)


def _survivor_id(service_request_id: str, ports: ReactionPorts) -> str:
    report = ports.reports.find(service_request_id)
    survivor = survivor_of(report, ports) if report else None
    return survivor.service_request_id if survivor else service_request_id
