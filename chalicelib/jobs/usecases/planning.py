"""Create, plan and change jobs, and settle disputes, for the office. The stream of stored changes
triggers all notifications, so this module sends none."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256

import msgspec
from msgspec.structs import replace

from chalicelib.errors import Conflict, Invalid, NotFound
from chalicelib.jobs import dispatch_rules
from chalicelib.jobs.drafts import MOST_REPORTS, JobChanges, JobDraft, Window
from chalicelib.jobs.model import Job, Placement, derive_job_id
from chalicelib.jobs.people import Staff
from chalicelib.jobs.ports import Ports
from chalicelib.jobs.states import Side
from chalicelib.jobs.usecases.job_reports import is_open_to, job_values_of
from chalicelib.jobs.usecases.job_updates import (
    get_at_version,
    get_authorised,
    job_conflict,
    job_forbidden,
    save_job,
    save_or_conflict,
)
from chalicelib.kernel.observability import trace
from chalicelib.kernel.optimistic import retry_on_conflict
from chalicelib.kernel.time import truncate_to_second
from chalicelib.reports.published import ReportWithWork

FIELDS_FROM_REPORT = (
    "kind",
    "title",
    "team",
    "minutes",
    "priority",
    "due",
    "materials",
    "hazards",
    "skills",
)
"""The fields of a draft that default to the values of the first report."""
YEARS = range(2000, 2101)
"""The years in which a job may be due."""


def create_job(draft: JobDraft, key: str, who: Staff, ports: Ports) -> Job:
    """Create a job; the same draft with the same key creates it once. Raises Invalid, Forbidden,
    Conflict (another draft with this key), UpstreamFailed."""
    new = _new_job(draft, key, who, ports)
    ports.record_action(who.actor, "jobs.create", new.job_id, "")
    stored = ports.jobs.add(new)
    if stored.fingerprint != new.fingerprint:
        raise Conflict(
            "Another job was created with this Idempotency-Key, and is unchanged. To create this "
            "one as well, use a new key.",
            link=f"{ports.site_url}/api/jobs/{stored.job_id}",
            version=stored.version,
        )
    return stored


def change_job(job_id: str, changes: JobChanges, version: int, who: Staff, ports: Ports) -> Job:
    """Change a job if it still has this version. Raises NotFound, Forbidden, Invalid, Conflict
    (with the present version), UpstreamFailed."""
    job = get_at_version(job_id, version, who, ports)
    now = _now(ports)
    after = dispatch_rules.apply_changes(job, changes, now)
    after = _with_reports(after, _reports_after(job, changes, who, ports), changes, now)
    after = _unplanned_if_moved(after, changes, now, ports)
    if after is job:
        return job
    _validate(after, ports)
    if not who.covers(after) and after.team == job.team:
        raise job_forbidden()
    fields = sorted({*dispatch_rules.with_office_change(job, after, now).office[-1].what})
    ports.record_action(who.actor, "jobs.change", job_id, " ".join(fields))
    return save_or_conflict(after, ports)


def place_jobs(placements: Sequence[Placement], who: Staff, ports: Ports) -> Sequence[Job]:
    """Place jobs in crews' days, even if somebody changes them meanwhile.

    Returns: the jobs in the same order. Raises: NotFound, Forbidden, Invalid, Conflict (a job is
    over), UpstreamFailed; some jobs may then have been placed, and the call can be repeated.
    """
    if wrong := [each for each in placements if each.position < 1]:
        raise Invalid.field(
            "position", f"must be 1 or more, for the first place; job {wrong[0].job_id} has less"
        )
    return [_place_job(each, who, ports) for each in placements]


def settle_dispute(
    job_id: str, dispute_id: str, version: int, who: Staff, ports: Ports, *, keep: Side
) -> Job:
    """Settle a dispute: `keep` is the side whose state counts. Repeating a decision changes
    nothing.

    Raises: NotFound, Forbidden, Conflict (another version, or the other side was kept before),
    UpstreamFailed.
    """
    job = get_authorised(job_id, who, ports)
    dispute = job.dispute(dispute_id)
    if dispute is None:
        raise NotFound(f"There is no dispute {dispute_id} about this job.")
    if dispute.settled is not None:
        if dispute.settled.keep == keep:
            return job
        raise Conflict(
            f"The record from the {dispute.settled.keep} was already kept. Change the job's state "
            "instead.",
            version=job.version,
        )
    if job.version != version:
        raise job_conflict(job)
    ports.record_action(who.actor, "jobs.settle", job_id, keep)
    return save_or_conflict(dispatch_rules.settle_dispute(job, dispute, keep, _now(ports)), ports)


def _new_job(draft: JobDraft, key: str, who: Staff, ports: Ports) -> Job:
    reports = _load_reports(draft.service_request_ids, who, ports)
    first, now = reports[0], _now(ports)
    chosen = {
        name: getattr(draft, name)
        for name in FIELDS_FROM_REPORT
        if getattr(draft, name) is not None
    }
    plan = JobChanges(crew=draft.crew, planned_day=draft.planned_day)
    values = job_values_of(first, ports.council.by_code[first.service_code].service_name) | chosen
    job = Job(
        job_id=derive_job_id("made", who.actor, key),
        state="to_plan",
        service_request_ids=tuple(each.service_request_id for each in reports),
        window=draft.window,
        instructions=draft.instructions,
        by_hand=tuple(sorted(chosen)),
        fingerprint=sha256(msgspec.json.encode(draft)).hexdigest(),
        request_id=trace.current_id(),
        opened_at=now,
        updated_at=now,
        **values,
    )
    job = dispatch_rules.apply_changes(job, plan, now)
    _validate(job, ports)
    if not who.covers(job):
        raise job_forbidden()
    return job


def _load_reports(
    service_request_ids: Iterable[str], who: Staff, ports: Ports
) -> Sequence[ReportWithWork]:
    """The reports, each once. Raises Invalid, with one message, if a report does not exist or is
    outside the officer's remit."""
    reports = []
    for each in dict.fromkeys(service_request_ids):
        report = ports.reports.find(each)
        if report is None or not is_open_to(report, who):
            raise Invalid.field(
                "service_request_ids", f"there is no report {each} in your teams and wards"
            )
        reports.append(report)
    return reports


def _reports_after(job: Job, changes: JobChanges, who: Staff, ports: Ports) -> tuple[str, ...]:
    added = _load_reports(changes.add_reports, who, ports)
    ids = (*job.service_request_ids, *(each.service_request_id for each in added))
    left = tuple(each for each in dict.fromkeys(ids) if each not in changes.remove_reports)
    if not left and job.service_request_ids:
        raise Invalid.field("remove_reports", "a job needs a report: cancel the job instead")
    if len(left) > MOST_REPORTS:
        raise Invalid.field("add_reports", f"a job can have at most {MOST_REPORTS} reports")
    return left


def _with_reports(job: Job, ids: tuple[str, ...], changes: JobChanges, now: datetime) -> Job:
    """The job with these reports. A report that an officer adds is the job's own and stays if it is
    separated from a merged one."""
    joined = tuple(each for each in job.joined if each not in changes.add_reports)
    after = replace(job, service_request_ids=ids, joined=joined)
    return dispatch_rules.with_office_change(job, after, now)


def _unplanned_if_moved(job: Job, changes: JobChanges, now: datetime, ports: Ports) -> Job:
    """The job without its plan if it was given to another team and its crew is not in that team."""
    crew = ports.council.by_crew.get(job.crew or "")
    is_moved = changes.team is not None and changes.crew is None
    return (
        dispatch_rules.remove_plan(job, now) if is_moved and crew and crew.team != job.team else job
    )


def _validate(job: Job, ports: Ports) -> None:
    """Raise Invalid if the team, crew, due date or window is not possible."""
    if job.team not in ports.council.team_names:
        known = ", ".join(ports.council.team_names)
        raise Invalid.field("team", f"we do not know this team; choose one of: {known}")
    if job.due and job.due.year not in YEARS:
        raise Invalid.field("due", f"must be from {YEARS[0]} to {YEARS[-1]}")
    if job.window and not _is_valid_window(job.window):
        raise Invalid.field("window.closes", "must be after it opens")
    if job.crew is not None:
        _validate_crew(job, ports)


def _validate_crew(job: Job, ports: Ports) -> None:
    crew = ports.council.by_crew.get(job.crew or "")
    of_team = [each.crew for each in ports.council.by_crew.values() if each.team == job.team]
    if crew is None or (crew.team != job.team and job.state in ("to_plan", "planned")):
        known = ", ".join(of_team) or "the job has none"
        raise Invalid.field("crew", f"choose a crew of the job's team: {known}")


def _place_job(placement: Placement, who: Staff, ports: Ports) -> Job:
    arrives_at = placement.arrives_at and truncate_to_second(placement.arrives_at)
    placement = replace(placement, arrives_at=arrives_at)

    def attempt() -> Job:
        job = get_authorised(placement.job_id, who, ports)
        after = dispatch_rules.place(job, placement, _now(ports))
        if after is job:
            return job
        _validate(after, ports)
        plan = f"{placement.crew} {placement.planned_day}"
        ports.record_action(who.actor, "jobs.plan", job.job_id, plan)
        return save_job(after, ports)

    return retry_on_conflict(attempt, what="this job")


def _is_valid_window(window: Window) -> bool:
    return window.opens < window.closes


def _now(ports: Ports) -> datetime:
    return truncate_to_second(ports.now())
