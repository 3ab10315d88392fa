"""Reports open jobs, take them along when they change, and close what they need no more.

Done again after each change of a report, from the report as it is then: so what comes twice, late
or out of order does no harm.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from chalicelib.jobs import dispatch_rules
from chalicelib.jobs.model import ENDED, WAITING, Job, job_id_of
from chalicelib.jobs.ports import FollowPorts
from chalicelib.jobs.usecases.forgetting import addressed, forget_with
from chalicelib.jobs.usecases.job_updates import update_job
from chalicelib.jobs.usecases.merged_reports import apart, joined, survivor_of, without
from chalicelib.jobs.usecases.planning import values_of
from chalicelib.kernel.observability import trace
from chalicelib.kernel.time import to_the_second
from chalicelib.reports.published import ReportWithWork

FOLLOWS = (
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
"""Fields of a job that follow its first report as long as nobody has begun."""
NEEDED_NO_MORE = "The report does not need it any more: it was closed, merged or withdrawn."


def open_for(service_request_id: str, ports: FollowPorts) -> Job | None:
    """The job that the report has after it was submitted or changed, None where it has none.

    One that opens jobs has one for each time that it was said to be done and was not; a duplicate
    has that of the report that it was merged into. Raises UpstreamFailed.
    """
    report = ports.reports.find(service_request_id)
    if report is None:
        return None
    opened = _open_for(report, ports)
    if report.is_withdrawn or report.is_forgotten:
        forget_with(report, _service_name(report, ports), ports)
    return opened


def _open_for(report: ReportWithWork, ports: FollowPorts) -> Job | None:
    jobs = [addressed(job, report, ports) for job in _own_jobs(report, ports)]
    if report.duplicate_of is not None:
        return _open_for_duplicate(report, jobs, ports)
    if not report.is_open or report.is_withdrawn:
        _let_go(jobs, ports)
        return None
    followed = [_follows(job, report, ports) for job in jobs]
    under_way = [job for job in followed if not job.is_over]
    return under_way[0] if under_way else _opened(report, followed, ports)


def _own_jobs(report: ReportWithWork, ports: FollowPorts) -> Sequence[Job]:
    """Its jobs. What was merged and is taken apart again is sorted out first: each job goes back to
    its own reports, and the others get jobs of their own as the rules say."""
    left: list[str] = []
    for job in ports.jobs.of_report(report.service_request_id):
        if gone := apart(job, ports):
            without(job, gone, _now(ports), ports)
            left += gone
    for each in dict.fromkeys(left):
        if each != report.service_request_id:
            open_for(each, ports)
    return ports.jobs.of_report(report.service_request_id)


def _open_for_duplicate(
    report: ReportWithWork, jobs: Sequence[Job], ports: FollowPorts
) -> Job | None:
    """A job that was begun for a duplicate goes on for the one that survives; any other gives way
    to that one's."""
    survivor = survivor_of(report, ports)
    if survivor is None or not survivor.is_open:
        _let_go(jobs, ports)
        return None
    for job in jobs:
        if not job.is_over:
            _carried(job, report, survivor, ports)
    opened = open_for(survivor.service_request_id, ports)
    return opened and _joined(opened, report.service_request_id, ports)


def _carried(
    job: Job, report: ReportWithWork, survivor: ReportWithWork, ports: FollowPorts
) -> None:
    others = _others_under_way(job, survivor, ports)
    now = _now(ports)

    def change(present: Job) -> Job:
        if present.is_over or survivor.service_request_id in present.service_request_ids:
            return present
        if others and present.state in WAITING:
            return dispatch_rules.closed_itself(present, NEEDED_NO_MORE, now)
        return joined(present, survivor.service_request_id, now, first=True)

    update_job(job, change, ports)


def _others_under_way(job: Job, survivor: ReportWithWork, ports: FollowPorts) -> bool:
    return any(
        not each.is_over and each.job_id != job.job_id
        for each in ports.jobs.of_report(survivor.service_request_id)
    )


def _joined(job: Job, service_request_id: str, ports: FollowPorts) -> Job:
    return update_job(job, lambda each: joined(each, service_request_id, _now(ports)), ports)


def _let_go(jobs: Sequence[Job], ports: FollowPorts) -> None:
    """Cancels those that nobody has begun and none of whose reports is open."""
    for job in jobs:
        if _can_go(job) and not _is_needed(job, ports):
            update_job(
                job,
                lambda present: (
                    dispatch_rules.closed_itself(present, NEEDED_NO_MORE, _now(ports))
                    if _can_go(present)
                    else present
                ),
                ports,
            )


def _can_go(job: Job) -> bool:
    return job.state in WAITING or job.state in ENDED - {"done", "cancelled"}


def _is_needed(job: Job, ports: FollowPorts) -> bool:
    reports = (ports.reports.find(each) for each in job.service_request_ids)
    return any(report and report.is_open and not report.is_withdrawn for report in reports)


def _follows(job: Job, report: ReportWithWork, ports: FollowPorts) -> Job:
    """The job as its first report has it by now."""
    if not job.service_request_ids or job.service_request_ids[0] != report.service_request_id:
        return job
    return update_job(job, lambda present: _as_in(report, present, ports), ports)


def _as_in(report: ReportWithWork, job: Job, ports: FollowPorts) -> Job:
    now = _now(ports)
    if job.state not in WAITING or report.lat is None:
        return job
    wanted = values_of(report, _service_name(report, ports))
    values = {name: wanted[name] for name in FOLLOWS if name not in job.by_hand}
    if job.first_job_id is not None:
        values.pop("kind", None)
    after = replace(job, **values)
    if after.team != job.team:
        former = tuple(dict.fromkeys((*job.former_teams, job.team)))
        after = replace(dispatch_rules.unplanned(job, now), **values, former_teams=former)
        after = dispatch_rules.planned_again(after, now, _today(ports))
        if after.team in job.former_teams:
            return dispatch_rules.linked_again(dispatch_rules.noted(job, after, now), now)
    return dispatch_rules.noted(job, after, now)


def _opened(report: ReportWithWork, jobs: Sequence[Job], ports: FollowPorts) -> Job | None:
    """The next job of an open report that none is under way for."""
    if report.opens != "job" or report.is_unchecked or report.lat is None:
        return None
    came_before = next((each for each in reversed(jobs) if each.state == "done"), None)
    wanted = _wanted(report, came_before, ports)
    known = {job.job_id: job for job in jobs}
    if came_before and came_before.kind == "make_safe" and wanted.job_id in known:
        wanted = _repair_after(wanted)
    job = known.get(wanted.job_id) or ports.jobs.add(wanted)
    # It comes back where it was cancelled because the report was closed, and no officer said so.
    return update_job(job, lambda each: _come_back(each, report, ports), ports)


def _come_back(job: Job, report: ReportWithWork, ports: FollowPorts) -> Job:
    """As its report has it by now: it may have changed while nobody needed the job."""
    if job.state != "cancelled" or not job.closed_itself:
        return job
    now = _now(ports)
    back = dispatch_rules.planned_again(dispatch_rules.came_back(job, now), now, _today(ports))
    is_of_it = job.service_request_ids[0] == report.service_request_id
    return _as_in(report, back, ports) if is_of_it else back


def _wanted(report: ReportWithWork, came_before: Job | None, ports: FollowPorts) -> Job:
    now = _now(ports)
    values: dict[str, Any] = values_of(report, _service_name(report, ports))
    if came_before is not None:
        first_job_id = came_before.first_job_id or came_before.job_id
        values |= {"kind": "revisit", "first_job_id": first_job_id}
    return Job(
        job_id=job_id_of("report", report.service_request_id, str(report.repairs)),
        state="to_plan",
        service_request_ids=(report.service_request_id,),
        request_id=trace.current(),
        opened_at=now,
        updated_at=now,
        **values,
    )


def _repair_after(made_safe: Job) -> Job:
    """The job that is left where something was only made safe."""
    job_id = job_id_of("after", made_safe.job_id)
    return replace(made_safe, job_id=job_id, kind="repair")


def _service_name(report: ReportWithWork, ports: FollowPorts) -> str:
    service = ports.council.by_code.get(report.service_code)
    return service.service_name if service else report.service_code


def _today(ports: FollowPorts) -> date:
    return ports.now().astimezone(ports.council.zone).date()


def _now(ports: FollowPorts) -> datetime:
    return to_the_second(ports.now())
