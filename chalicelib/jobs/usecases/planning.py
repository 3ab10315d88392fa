"""The office makes jobs, plans them, changes them, and settles what is disputed. Nobody is told
from here: that follows from what is stored."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec

from chalicelib.errors import Conflict, Invalid, NotFound
from chalicelib.jobs import dispatch_rules
from chalicelib.jobs.model import (
    MOST_REPORTS,
    Job,
    JobChanges,
    JobDraft,
    Placement,
    Side,
    Window,
    job_id_of,
)
from chalicelib.jobs.people import Staff
from chalicelib.jobs.ports import Ports
from chalicelib.jobs.usecases.job_updates import (
    get_at_version,
    get_authorised,
    job_forbidden,
    save,
    saved,
    stale,
)
from chalicelib.kernel.audit_entry import Action
from chalicelib.kernel.observability import trace
from chalicelib.kernel.optimistic import retry_on_conflict
from chalicelib.kernel.time import to_the_second
from chalicelib.reports.published import ReportWithWork

CHOSEN = ("kind", "title", "team", "minutes", "priority", "due", "materials", "hazards", "skills")
"""Fields of a draft that follow from the first report where they are left out."""
YEARS = range(2000, 2101)
"""In which a job may be due."""


def create(draft: JobDraft, key: str, who: Staff, ports: Ports) -> Job:
    """Makes a job; the same draft under the same key makes one. Raises Invalid, Forbidden, Conflict
    (another draft under this key), UpstreamFailed."""
    wanted = _wanted(draft, key, who, ports)
    _noted(who, "jobs.create", wanted.job_id, "", ports)
    stored = ports.jobs.add(wanted)
    if stored.fingerprint != wanted.fingerprint:
        raise Conflict(
            "Another job was created with this Idempotency-Key, and is unchanged. To create this "
            "one as well, use a new key.",
            link=f"{ports.site_url}/api/jobs/{stored.job_id}",
            version=stored.version,
        )
    return stored


def change(job_id: str, changes: JobChanges, version: int, who: Staff, ports: Ports) -> Job:
    """Changes a job that still has this version. Raises NotFound, Forbidden, Invalid, Conflict
    (another version; it carries the present one), UpstreamFailed."""
    job = get_at_version(job_id, version, who, ports)
    now = _now(ports)
    after = dispatch_rules.changed(job, changes, now)
    after = _about(after, _reports_after(job, changes, who, ports), changes, now)
    after = _fitting(after, changes, now, ports)
    if after is job:
        return job
    _refuse(after, ports)
    if not who.covers(after) and after.team == job.team:
        raise job_forbidden()
    named = sorted({*dispatch_rules.noted(job, after, now).office[-1].what})
    _noted(who, "jobs.change", job_id, " ".join(named), ports)
    return saved(after, ports)


def place(placements: Sequence[Placement], who: Staff, ports: Ports) -> Sequence[Job]:
    """Puts jobs in their places of crews' days; what somebody else changes meanwhile is placed
    nevertheless. Answers them in the same order. Raises NotFound, Forbidden, Invalid, Conflict (one
    is over), UpstreamFailed: then some may have been placed, and all can be again."""
    if wrong := [each for each in placements if each.position < 1]:
        raise Invalid.field(
            "position", f"must be at most the number of updates; job {wrong[0].job_id} has fewer"
        )
    return [_placed(each, who, ports) for each in placements]


def settle(
    job_id: str, dispute_id: str, version: int, who: Staff, ports: Ports, *, keep: Side
) -> Job:
    """Says who was right. What was settled so before stays; otherwise is refused.

    Raises NotFound, Forbidden, Conflict (another version; settled otherwise), UpstreamFailed.
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
        raise stale(job)
    _noted(who, "jobs.settle", job_id, keep, ports)
    return saved(dispatch_rules.settled(job, dispute, keep, _now(ports)), ports)


def _wanted(draft: JobDraft, key: str, who: Staff, ports: Ports) -> Job:
    reports = _found(draft.service_request_ids, who, ports)
    first, now = reports[0], _now(ports)
    chosen = {name: getattr(draft, name) for name in CHOSEN if getattr(draft, name) is not None}
    plan = JobChanges(crew=draft.crew, planned_day=draft.planned_day)
    values = values_of(first, ports.council.by_code[first.service_code].service_name) | chosen
    wanted = Job(
        job_id=job_id_of("made", who.actor, key),
        state="to_plan",
        service_request_ids=tuple(each.service_request_id for each in reports),
        window=draft.window,
        instructions=draft.instructions,
        by_hand=tuple(sorted(chosen)),
        fingerprint=sha256(msgspec.json.encode(draft)).hexdigest(),
        request_id=trace.current(),
        opened_at=now,
        updated_at=now,
        **values,
    )
    wanted = dispatch_rules.changed(wanted, plan, now)
    _refuse(wanted, ports)
    if not who.covers(wanted):
        raise job_forbidden()
    return wanted


def values_of(report: ReportWithWork, service_name: str) -> dict[str, Any]:
    """What a job takes from the report that it is for. Raises Invalid where nobody knows where."""
    if report.lat is None or report.long is None:
        raise Invalid.field(
            "service_request_ids", f"find the location of report {report.service_request_id} first"
        )
    return {
        "kind": report.work.kind,
        "title": service_name,
        "service_code": report.service_code,
        "team": report.team,
        "minutes": report.work.minutes,
        "priority": report.priority,
        "lat": report.lat,
        "long": report.long,
        "due": report.expected_datetime,
        "address": report.address,
        "ward_code": report.ward_code,
        "materials": report.work.materials,
        "hazards": report.work.hazards,
        "skills": report.work.skills,
    }


def _found(
    service_request_ids: Iterable[str], who: Staff, ports: Ports
) -> Sequence[ReportWithWork]:
    """The reports, each once. Raises Invalid, in the same words, of one that is not there and of
    one beyond the officer's remit."""
    found = []
    for each in dict.fromkeys(service_request_ids):
        report = ports.reports.find(each)
        is_there = report is not None and not report.is_withdrawn
        if report is None or not is_there or not who.covers_place(report.team, report.ward_code):
            raise Invalid.field(
                "service_request_ids", f"there is no report {each} in your teams and wards"
            )
        found.append(report)
    return found


def _reports_after(job: Job, changes: JobChanges, who: Staff, ports: Ports) -> tuple[str, ...]:
    added = _found(changes.add_reports, who, ports)
    ids = (*job.service_request_ids, *(each.service_request_id for each in added))
    left = tuple(each for each in dict.fromkeys(ids) if each not in changes.remove_reports)
    if not left and job.service_request_ids:
        raise Invalid.field("remove_reports", "a job needs a report: cancel the job instead")
    if len(left) > MOST_REPORTS:
        raise Invalid.field("add_reports", f"a job can have at most {MOST_REPORTS} reports")
    return left


def _about(job: Job, ids: tuple[str, ...], changes: JobChanges, now: datetime) -> Job:
    """The job about these reports; one that an officer adds stays, whatever it was merged with."""
    came = tuple(each for each in job.joined if each not in changes.add_reports)
    return dispatch_rules.noted(job, replace(job, service_request_ids=ids, joined=came), now)


def _fitting(job: Job, changes: JobChanges, now: datetime, ports: Ports) -> Job:
    """Without a plan for a crew of the team that it was given away by."""
    crew = ports.council.by_crew.get(job.crew or "")
    is_given_away = changes.team is not None and changes.crew is None
    return (
        dispatch_rules.unplanned(job, now)
        if is_given_away and crew and crew.team != job.team
        else job
    )


def _refuse(job: Job, ports: Ports) -> None:
    """Raises Invalid where team, crew, due date or window cannot be."""
    if job.team not in ports.council.team_names:
        known = ", ".join(ports.council.team_names)
        raise Invalid.field("team", f"we do not know this team; choose one of: {known}")
    if job.due and job.due.year not in YEARS:
        raise Invalid.field("due", f"must be from {YEARS[0]} to {YEARS[-1]}")
    if job.window and not _is_span(job.window):
        raise Invalid.field("window.closes", "must be after it opens")
    if job.crew is not None:
        _refuse_crew(job, ports)


def _refuse_crew(job: Job, ports: Ports) -> None:
    crew = ports.council.by_crew.get(job.crew or "")
    of_team = [each.crew for each in ports.council.by_crew.values() if each.team == job.team]
    if crew is None or (crew.team != job.team and job.state in ("to_plan", "planned")):
        known = ", ".join(of_team) or "the job has none"
        raise Invalid.field("crew", f"choose a crew of the job's team: {known}")


def _placed(placement: Placement, who: Staff, ports: Ports) -> Job:
    arrives_at = placement.arrives_at and to_the_second(placement.arrives_at)
    placement = replace(placement, arrives_at=arrives_at)

    def attempt() -> Job:
        job = get_authorised(placement.job_id, who, ports)
        after = dispatch_rules.placed(job, placement, _now(ports))
        if after is job:
            return job
        _refuse(after, ports)
        _noted(who, "jobs.plan", job.job_id, f"{placement.crew} {placement.planned_day}", ports)
        return save(after, ports)

    return retry_on_conflict(attempt, what="this job")


def _is_span(window: Window) -> bool:
    return window.opens < window.closes


def _noted(who: Staff, what: Action, job_id: str, more: str, ports: Ports) -> None:
    ports.note(who.actor, what, job_id, more)


def _now(ports: Ports) -> datetime:
    return to_the_second(ports.now())
