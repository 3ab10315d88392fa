"""The office's changes of a job: plan, change, cancel or reset it, or settle a dispute.

Pure functions: the caller checks the council's rules first. Each returns the changed job, whose
`office` records the changed fields with the next version, or the same object if nothing changes.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from chalicelib.errors import Conflict, Invalid
from chalicelib.jobs.drafts import JobChanges
from chalicelib.jobs.model import MOST_OFFICE_CHANGES, Job, Placement
from chalicelib.jobs.parts import Dispute, DisputeSettlement, OfficeChange, PlanSetAside, StateClaim
from chalicelib.jobs.states import OVER, Side, State
from chalicelib.kernel.fields import copy_fields

PLAN_FIELDS = ("crew", "planned_day")
DIRECT_FIELDS = (
    "kind",
    "title",
    "team",
    "minutes",
    "priority",
    "window",
    "due",
    "materials",
    "hazards",
    "skills",
    "instructions",
)
"""The fields that the office sets directly."""
FOLLOWS_REPORT = frozenset(
    ("kind", "title", "team", "minutes", "priority", "due", "materials", "hazards", "skills")
)
"""The fields among these that follow the report until the office sets them."""
RESTORABLE_FOR = timedelta(minutes=15)
"""How long a plan or link that a change took away can be restored: the time in which officers can
undo the change, and the time until the event of the undo arrives."""
EMPTY_VALUES: Mapping[str, Any] = {"instructions": ""}
"""The empty values of the fields that cannot be None."""


def apply_changes(job: Job, changes: JobChanges, now: datetime) -> Job:
    """The job after the changes, except those of its reports. Raises Invalid, Conflict (a job that
    is over must be reset to to_plan before it can be planned)."""
    _refuse_contradiction(changes)
    given = {name: getattr(changes, name) for name in (*DIRECT_FIELDS, *PLAN_FIELDS)}
    values = {name: value for name, value in given.items() if value is not None}
    values |= {name: EMPTY_VALUES.get(name) for name in changes.clear}
    after = replace(job, set_aside=None)
    if changes.state == "to_plan":
        after = _reset(after, now)
    after = _with_values(after, {name: values[name] for name in DIRECT_FIELDS if name in values})
    if plan := {name: values[name] for name in PLAN_FIELDS if name in values}:
        after = _set_plan(after, plan, now)
    if changes.state == "cancelled":
        after = _cancel(after, changes.because or "", now)
    return with_office_change(job, after, now)


def place(job: Job, placement: Placement, now: datetime) -> Job:
    """The job at that position of a crew's day. Raises Conflict if it is over."""
    plan = {"crew": placement.crew, "planned_day": placement.planned_day}
    in_day = _set_plan(replace(job, set_aside=None), plan, now)
    after = replace(in_day, position=placement.position, arrives_at=placement.arrives_at)
    return with_office_change(job, after, now)


def remove_plan(job: Job, now: datetime) -> Job:
    """The job without crew and day, if it was planned and not begun. Its plan is set aside."""
    if job.state != "planned":
        return job
    after = _set_plan(_with_plan_set_aside(job, now), dict.fromkeys(PLAN_FIELDS), now)
    return with_office_change(job, after, now)


def move_booking(job: Job, day: date, crew: str | None, now: datetime) -> Job:
    """The job after its booking moved to another day: planned for it, or to plan without a crew."""
    plan = {"crew": crew, "planned_day": day if crew else None}
    moved = replace(job, booked_day=day, set_aside=None)
    return with_office_change(job, _set_plan(moved, plan, now), now)


def with_plan_restored(job: Job, now: datetime, today: date) -> Job:
    """The job with the plan that was set aside, if its day is not over and RESTORABLE_FOR has not
    passed: an officer has undone the change that took it out. `today` is in the council's time
    zone."""
    plan = job.set_aside
    is_free = job.state == "to_plan" and plan is not None and plan.team == job.team
    if plan is None or not is_free or now - plan.at > RESTORABLE_FOR or plan.planned_day < today:
        return job
    after = replace(
        job,
        state="planned",
        crew=plan.crew,
        planned_day=plan.planned_day,
        position=plan.position,
        arrives_at=plan.arrives_at,
        set_aside=None,
    )
    return with_office_change(job, after, now)


def with_reports(job: Job, service_request_ids: tuple[str, ...], now: datetime) -> Job:
    """The job with these reports."""
    return with_office_change(job, replace(job, service_request_ids=service_request_ids), now)


def settle_dispute(job: Job, dispute: Dispute, keep: Side, now: datetime) -> Job:
    """The job after the office settled the dispute. Its state then counts as set by the office."""
    decided = replace(dispute, settled=DisputeSettlement(at=now, keep=keep))
    disputes = tuple(decided if each is dispute else each for each in job.disputes)
    state = dispute.site.state if keep == "site" else job.state
    events = tuple(
        replace(event, stands=True) if keep == "site" and event.op_id == dispute.op_id else event
        for event in job.events
    )
    after = _set_state(replace(job, disputes=disputes, events=events), state, now)
    return with_office_change(job, _without_cancellation(after), now)


def cancel_for_reports(job: Job, because: str, now: datetime) -> Job:
    """The job cancelled because its reports no longer need it. Its plan is set aside."""
    cancelled = _cancel(_with_plan_set_aside(job, now), because, now)
    return with_office_change(job, replace(cancelled, closed_itself=True), now)


def reinstate(job: Job, now: datetime) -> Job:
    """The job to be planned again, because one of its reports needs it again."""
    return with_link_restored(with_office_change(job, _reset(job, now), now), now)


def with_link_restored(job: Job, now: datetime) -> Job:
    """The job with its contractor's link restored, if that ended within RESTORABLE_FOR: an officer
    has undone the change of its reports that ended the link."""
    link = job.contractor
    if link is None or link.ended_at is None or now - link.ended_at > RESTORABLE_FOR:
        return job
    return replace(job, contractor=replace(link, ended_at=None))


def _with_plan_set_aside(job: Job, now: datetime) -> Job:
    if job.state != "planned" or job.crew is None or job.planned_day is None:
        return job
    return replace(job, set_aside=copy_fields(PlanSetAside, job, at=now))


def with_office_change(before: Job, after: Job, now: datetime) -> Job:
    """The changed job `after` with a record of the changed fields; `before` if none changed.

    A contractor's link ends when the job is over, is reinstated, or gets another team.
    """
    if after is not before and (before.is_over or after.is_over or after.team != before.team):
        after = after.without_link(now)
    what = tuple(
        name
        for name in Job.__struct_fields__
        if name not in _NOT_RECORDED and getattr(before, name) != getattr(after, name)
    )
    if not what:
        return before
    change = OfficeChange(version=before.version + 1, at=now, what=what)
    return replace(
        after,
        office=(*before.office, change)[-MOST_OFFICE_CHANGES:],
        updated_at=max(now, before.updated_at),
    )


_NOT_RECORDED = (
    "events",
    "office",
    "said",
    "by_hand",
    "former_teams",
    "plans",
    "set_aside",
    "updated_at",
)


def _refuse_contradiction(changes: JobChanges) -> None:
    if changes.state == "cancelled" and not changes.because:
        raise Invalid.field(
            "because", "enter a reason: the crew and the officers of its reports read it"
        )
    both = [name for name in changes.clear if getattr(changes, name) is not None]
    if both:
        raise Invalid.field("clear", f"{both[0]} cannot be both set and cleared")
    if changes.state == "cancelled" and (changes.crew or changes.planned_day):
        raise Invalid.field("state", "a job cannot be cancelled and planned at the same time")


def _with_values(job: Job, values: Mapping[str, Any]) -> Job:
    differing = {name: value for name, value in values.items() if getattr(job, name) != value}
    by_hand = sorted({*job.by_hand, *(FOLLOWS_REPORT & values.keys())})
    former = job.former_teams
    if "team" in differing:
        former = tuple(dict.fromkeys((*former, job.team)))
    return replace(job, **differing, by_hand=tuple(by_hand), former_teams=former)


def _set_plan(job: Job, plan: Mapping[str, Any], now: datetime) -> Job:
    """The job with another crew or day, or without them. A job that was started stays started."""
    if job.state in OVER:
        raise Conflict(
            "This job is over. To plan it again, also send state to_plan.",
            version=job.version,
        )
    after = replace(job, **plan)
    if any(getattr(after, name) != getattr(job, name) for name in PLAN_FIELDS):
        is_new_day = after.planned_day not in (None, job.planned_day)
        after = replace(after, position=None, arrives_at=None, plans=job.plans + is_new_day)
    if job.state in ("could_not", "handed_over"):
        after = _set_state(after, "to_plan", now)
    if after.state in ("to_plan", "planned"):
        has_both = after.crew is not None and after.planned_day is not None
        after = replace(after, state="planned" if has_both else "to_plan")
    return after


def _reset(job: Job, now: datetime) -> Job:
    """The job in the state to_plan, without a plan."""
    if job.state == "to_plan":
        return job
    emptied = replace(job, crew=None, planned_day=None, position=None, arrives_at=None)
    contests = job.state == "done"
    return _without_cancellation(_set_state(emptied, "to_plan", now, contests=contests))


def _cancel(job: Job, because: str, now: datetime) -> Job:
    if job.state == "cancelled":
        return replace(job, cancelled_because=because)
    after = _set_state(job, "cancelled", now)
    return replace(after, cancelled_because=because, closed_itself=False)


def _set_state(job: Job, state: State, now: datetime, *, contests: bool = False) -> Job:
    claim = StateClaim(version=job.version + 1, state=state, at=now, by="office", contests=contests)
    return replace(job, state=state, said=claim)


def _without_cancellation(job: Job) -> Job:
    if job.state == "cancelled":
        return job
    return replace(job, cancelled_because=None, closed_itself=False)
