"""Ask officers to check a report because of its job: the job ended without being done, or a
contractor wrote text that no officer has read yet."""

from collections.abc import Iterator

from chalicelib.jobs.labels import REASONS, writer_of
from chalicelib.jobs.model import Job, derive_job_id
from chalicelib.jobs.parts import JobEvent
from chalicelib.jobs.ports import ReactionPorts
from chalicelib.reports.needs import Need, NeedReason
from chalicelib.reports.published import ReportWithWork

UNDONE = ("could_not", "handed_over")


def update_needs(job: Job, report: ReportWithWork, ports: ReactionPorts) -> None:
    """Ask officers to check the report, once for each reason, and withdraw a request that the job
    no longer needs. Raises NotFound, UpstreamFailed."""
    if job.state not in UNDONE and job.job_id in report.undone_jobs:
        ports.reports.settle_need(report.service_request_id, job.job_id)
    for need in _needs(job, report):
        if need.need_id not in report.need_ids:
            ports.reports.add_need(report.service_request_id, need)


def _needs(job: Job, report: ReportWithWork) -> Iterator[Need]:
    event = job.outcome
    if event is None or report.duplicate_of:
        return
    text = "" if report.is_forgotten else event.text.strip()
    if job.state == "could_not" and report.is_open:
        why = f"{REASONS[event.reason or 'other']}. {text}".strip()
        yield _new_need("could_not", why, event, job, report)
    elif job.state == "handed_over" and report.is_open:
        yield _new_need("handed_over", text, event, job, report)
    elif job.state == "done" and event.by == "contractor" and text:
        yield _new_need("contractor_text", text, event, job, report)


def _new_need(
    reason: NeedReason, why: str, event: JobEvent, job: Job, report: ReportWithWork
) -> Need:
    return Need(
        need_id=derive_job_id("look", job.job_id, report.service_request_id, event.op_id),
        reason=reason,
        about=job.job_id,
        since=event.received_at,
        by=writer_of(event, job),
        why=why,
    )
