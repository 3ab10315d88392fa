"""Applies crews' operations to a job, and resolves conflicts with the office or another phone.

The rules, explained for people in docs/CREWS.md and with reasons in ADR 31:

- Every operation is kept, whatever version of the job the crew saw.
- The plan belongs to the office: no event changes crew, day, order or minutes.
- The state follows the crew, unless the office or another phone gave another outcome that the
  phone had not seen. Then the state stays, and the office sees both and settles the dispute.
"""

from dataclasses import replace
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from chalicelib.jobs.model import (
    ENDED,
    LEADS_TO,
    MOST_EVENTS,
    MOST_TEXT_BYTES,
    ROOM_BYTES,
    Dispute,
    Job,
    JobEvent,
    OfficeSide,
    Operation,
    SiteSide,
    State,
    StateClaim,
)
from chalicelib.jobs.people import Operator

Result = Literal["applied", "duplicate", "conflict", "rejected"]
Verdict = Literal["stands", "kept", "disputed"]

EVENT_BYTES = 1_000
"""What a event takes beside what was sent, with the dispute that it may begin."""
TOLD_ANOTHER = (
    "Something else was sent with this op_id before, and is unchanged. To send this as well, use "
    "a new op_id."
)
NOT_SEEN_YET = (
    "base_version is newer than the job: send the version that the job had when you last read it."
)
FULL = (
    "This job has the most notes and photos that it can have. Call the office to add more. You "
    "can still send start, done, could_not and hand_over."
)
NO_ROOM = "This job can have no more entries. Call the office and ask for a new job."


class Taken(NamedTuple):
    """The result of an operation: the job with it, or the unchanged job and the reason for the
    rejection."""

    job: Job
    result: Result
    reason: str | None = None


def take(job: Job, operation: Operation, who: Operator, now: datetime) -> Taken:
    """The job after the operation, which arrives now. The same operation is taken once."""
    if earlier := job.event(operation.op_id):
        same = earlier.says_the_same_as(operation)
        return Taken(job, "duplicate") if same else Taken(job, "rejected", TOLD_ANOTHER)
    if reason := _refusal(job, operation):
        return Taken(job, "rejected", reason)
    event = _event(job, operation, who, now)
    state = LEADS_TO.get(operation.kind)
    if state is None:
        return Taken(_with(job, event), "applied")
    verdict = _verdict(job, event, state)
    if verdict == "disputed":
        return Taken(_disputed(job, event, state), "conflict")
    if verdict == "stands":
        return Taken(_moved(job, event, state), "applied")
    return Taken(_with(job, event), "applied")


def _refusal(job: Job, operation: Operation) -> str | None:
    """Why the job cannot take the operation. Operations that change its progress are taken as
    long as there is any room."""
    if operation.base_version > job.version:
        return NOT_SEEN_YET
    held = msgspec.json.encode((job.events, job.disputes, operation))
    if len(held) + EVENT_BYTES > ROOM_BYTES:
        return NO_ROOM
    texts = [len(event.text.encode()) for event in job.events] + [len(operation.text.encode())]
    is_full = len(job.events) >= MOST_EVENTS or sum(texts) > MOST_TEXT_BYTES
    return FULL if is_full and operation.kind not in LEADS_TO else None


def _event(job: Job, operation: Operation, who: Operator, now: datetime) -> JobEvent:
    return JobEvent(
        op_id=operation.op_id,
        kind=operation.kind,
        at=operation.at,
        received_at=now,
        by=who.by,
        actor=who.actor,
        device=who.device,
        base_version=operation.base_version,
        version=job.version + 1,
        crew=job.crew if who.by == "crew" else None,
        lat=operation.lat,
        long=operation.long,
        text=operation.text,
        reason=operation.reason,
        photo_ids=operation.photo_ids,
    )


def _verdict(job: Job, event: JobEvent, state: State) -> Verdict:
    """The effect of the event on the state of the job, whether crew or office set it last."""
    said = job.said
    if said is None:
        return "stands"
    if said.by != "office" and said.device == event.device:
        return "stands" if _is_later(event, said) else "kept"
    if said.state == state:
        return "kept"
    if _own_dispute(job, event):
        return "kept" if _only_goes_on(said, state) else "disputed"
    if event.base_version >= said.version:
        return "stands"
    return _verdict_unseen(said, state)


def _verdict_unseen(said: StateClaim, state: State) -> Verdict:
    """The same where somebody else said another state and the phone had not seen that."""
    if _only_goes_on(said, state):
        return "kept"
    contradicts = said.state in ENDED or (said.contests and state in ENDED)
    return "disputed" if contradicts else "stands"


def _only_goes_on(said: StateClaim, state: State) -> bool:
    """True for a crew that sets out for what another has ended: nobody says that it was not."""
    return state == "started" and said.state in ENDED - {"cancelled"}


def _is_later(event: JobEvent, said: StateClaim) -> bool:
    """True where the phone that said it says this later."""
    return event.base_version >= said.version or _order(event) >= (said.base_version, said.at)


def _own_dispute(job: Job, event: JobEvent) -> Dispute | None:
    """The open dispute of this phone with what holds now."""
    against = job.said.version if job.said else None
    for dispute in job.disputes:
        is_own = dispute.device == event.device and dispute.against == against
        if is_own and dispute.settled is None:
            return dispute
    return None


def _with(job: Job, event: JobEvent) -> Job:
    return replace(job, events=(*job.events, event), updated_at=event.received_at)


def _moved(job: Job, event: JobEvent, state: State) -> Job:
    said = StateClaim(
        version=event.version,
        state=state,
        at=event.at,
        by=event.by,
        device=event.device,
        base_version=event.base_version,
    )
    moved = replace(
        _with(job, replace(event, stands=True)),
        state=state,
        said=said,
        cancelled_because=None,
        closed_itself=False,
    )
    return moved.without_link(event.received_at) if moved.is_over else moved


def _disputed(job: Job, event: JobEvent, state: State) -> Job:
    assert job.said, "Nobody contradicts what nobody said."
    site = SiteSide(state=state, at=event.happened_at)
    earlier = _own_dispute(job, event)
    if earlier:
        last = job.event(earlier.op_id)
        is_newer = last is None or _order(event) >= _order(last)
        dispute = _said_again(earlier, event, site) if is_newer else earlier
        others = tuple(each for each in job.disputes if each is not earlier)
    else:
        others = job.disputes
        dispute = Dispute(
            dispute_id=event.op_id,
            op_id=event.op_id,
            site=site,
            office=OfficeSide(state=job.state, at=_happened(job.said, job), by=job.said.by),
            opened_at=event.received_at,
            device=event.device,
            base_version=event.base_version,
            against=job.said.version,
        )
    with_event = _with(job, replace(event, dispute_id=dispute.dispute_id))
    return replace(with_event, disputes=(*others, dispute))


def _order(event: JobEvent) -> tuple[int, datetime]:
    """The order of one phone's events: its clock may have been put right in between, but it never
    forgets a version that it saw."""
    return event.base_version, event.at


def _said_again(dispute: Dispute, event: JobEvent, site: SiteSide) -> Dispute:
    """The dispute after the same phone said more: what it says last counts."""
    return replace(dispute, op_id=event.op_id, site=site, base_version=event.base_version)


def _happened(said: StateClaim, job: Job) -> datetime:
    return min(said.at, job.updated_at)
