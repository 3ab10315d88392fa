"""Apply crews' operations to a job, and resolve conflicts with the office or another phone.

docs/CREWS.md explains the rules for officers and crews, ADR 31 gives the reasons:

- Every operation is stored, whatever version of the job the phone showed.
- The plan belongs to the office: no event changes crew, day, order or minutes.
- A crew's event sets the state, unless the office or another phone gave another outcome that this
  phone had not seen. Then the state stays, and the office sees both and settles the dispute.
"""

from datetime import datetime
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from chalicelib.jobs.drafts import Operation
from chalicelib.jobs.model import MOST_EVENTS, MOST_TEXT_BYTES, ROOM_BYTES, Job
from chalicelib.jobs.parts import Dispute, JobEvent, OfficeSide, SiteSide, StateClaim
from chalicelib.jobs.people import Operator
from chalicelib.jobs.states import ENDED, LEADS_TO, State
from chalicelib.kernel.claims import (
    States,
    Verdict,
    order_of,
    verdict,
)
from chalicelib.kernel.operations import DIFFERENT_OPERATION, Result

STATES = States(begun="started", ended=ENDED, denied_by_begun={"cancelled"})
EVENT_BYTES = 1_000
"""The size of an event apart from its operation, with the dispute that it may open."""
NOT_SEEN_YET = (
    "base_version is newer than the job: send the version that the job had when you last read it."
)
FULL = (
    "This job has the most notes and photos that it can have. Call the office to add more. You "
    "can still send start, done, could_not and hand_over."
)
NO_ROOM = "This job can have no more entries. Call the office and ask for a new job."


class OperationEffect(NamedTuple):
    """The result of an operation: the job with it, or the unchanged job and the reason for the
    rejection."""

    job: Job
    result: Result
    reason: str | None = None


def apply_operation(
    job: Job, operation: Operation, who: Operator, now: datetime
) -> OperationEffect:
    """Apply an operation that arrives at `now` to the job. A repeated operation is applied once."""
    if earlier := job.event(operation.op_id):
        same = earlier.matches(operation)
        return (
            OperationEffect(job, "duplicate")
            if same
            else OperationEffect(job, "rejected", DIFFERENT_OPERATION)
        )
    if reason := _refusal(job, operation):
        return OperationEffect(job, "rejected", reason)
    event = _new_event(job, operation, who, now)
    state = LEADS_TO.get(operation.kind)
    if state is None:
        return OperationEffect(_with_event(job, event), "applied")
    effect = _verdict(job, event, state)
    if effect == "disputed":
        return OperationEffect(_with_dispute(job, event, state), "conflict")
    if effect == "stands":
        return OperationEffect(_with_state(job, event, state), "applied")
    return OperationEffect(_with_event(job, event), "applied")


def _refusal(job: Job, operation: Operation) -> str | None:
    """The reason why the job cannot accept the operation; None if it can. Operations that set the
    state are accepted until ROOM_BYTES are reached."""
    if operation.base_version > job.version:
        return NOT_SEEN_YET
    encoded = msgspec.json.encode((job.events, job.disputes, operation))
    if len(encoded) + EVENT_BYTES > ROOM_BYTES:
        return NO_ROOM
    texts = [len(event.text.encode()) for event in job.events] + [len(operation.text.encode())]
    is_full = len(job.events) >= MOST_EVENTS or sum(texts) > MOST_TEXT_BYTES
    return FULL if is_full and operation.kind not in LEADS_TO else None


def _new_event(job: Job, operation: Operation, who: Operator, now: datetime) -> JobEvent:
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
        day=operation.day,
        photo_ids=operation.photo_ids,
    )


def _verdict(job: Job, event: JobEvent, state: State) -> Verdict:
    """The effect of the event on the job's state, given the last claim by crew or office."""
    has_own_dispute = _own_dispute(job, event) is not None
    return verdict(job.said, event, state, STATES, has_own_dispute=has_own_dispute)


def _own_dispute(job: Job, event: JobEvent) -> Dispute | None:
    """This phone's open dispute with the present claim."""
    against = job.said.version if job.said else None
    for dispute in job.disputes:
        is_own = dispute.device == event.device and dispute.against == against
        if is_own and dispute.settled is None:
            return dispute
    return None


def _with_event(job: Job, event: JobEvent) -> Job:
    return replace(job, events=(*job.events, event), updated_at=event.received_at)


def _with_state(job: Job, event: JobEvent, state: State) -> Job:
    claim = StateClaim(
        version=event.version,
        state=state,
        at=event.at,
        by=event.by,
        device=event.device,
        base_version=event.base_version,
    )
    after = replace(
        _with_event(job, replace(event, stands=True)),
        state=state,
        said=claim,
        cancelled_because=None,
        closed_itself=False,
    )
    return after.without_link(event.received_at) if after.is_over else after


def _with_dispute(job: Job, event: JobEvent, state: State) -> Job:
    assert job.said, "A dispute needs an earlier claim."
    site = SiteSide(state=state, at=event.happened_at)
    earlier = _own_dispute(job, event)
    if earlier:
        last = job.event(earlier.op_id)
        is_newer = last is None or order_of(event) >= order_of(last)
        dispute = _update_dispute(earlier, event, site) if is_newer else earlier
        others = tuple(each for each in job.disputes if each is not earlier)
    else:
        others = job.disputes
        dispute = Dispute(
            dispute_id=event.op_id,
            op_id=event.op_id,
            site=site,
            office=OfficeSide(state=job.state, at=_time_of(job.said, job), by=job.said.by),
            opened_at=event.received_at,
            device=event.device,
            base_version=event.base_version,
            against=job.said.version,
        )
    with_event = _with_event(job, replace(event, dispute_id=dispute.dispute_id))
    return replace(with_event, disputes=(*others, dispute))


def _update_dispute(dispute: Dispute, event: JobEvent, site: SiteSide) -> Dispute:
    """The dispute after another event of the same phone: its last event counts."""
    return replace(dispute, op_id=event.op_id, site=site, base_version=event.base_version)


def _time_of(claim: StateClaim, job: Job) -> datetime:
    return min(claim.at, job.updated_at)
