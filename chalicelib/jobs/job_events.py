"""Applies crews' operations to a job, and resolves conflicts with the office or another phone.

The rules, explained for people in docs/CREWS.md and with reasons in ADR 31:

- Every operation is kept, whatever version of the job the crew saw.
- The plan belongs to the office: no deed changes crew, day, order or minutes.
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
    MOST_DEEDS,
    MOST_TEXT_BYTES,
    ROOM_BYTES,
    Dispute,
    Job,
    JobEvent,
    OfficeSide,
    Operation,
    State,
    StateClaim,
    StreetSide,
)
from chalicelib.jobs.people import Operator

Result = Literal["applied", "duplicate", "conflict", "rejected"]
Verdict = Literal["stands", "kept", "disputed"]

DEED_BYTES = 1_000
"""What a deed takes beside what was sent, with the dispute that it may begin."""
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
    if earlier := job.deed(operation.op_id):
        same = earlier.says_the_same_as(operation)
        return Taken(job, "duplicate") if same else Taken(job, "rejected", TOLD_ANOTHER)
    if reason := _refusal(job, operation):
        return Taken(job, "rejected", reason)
    deed = _deed(job, operation, who, now)
    state = LEADS_TO.get(operation.kind)
    if state is None:
        return Taken(_with(job, deed), "applied")
    verdict = _verdict(job, deed, state)
    if verdict == "disputed":
        return Taken(_disputed(job, deed, state), "conflict")
    if verdict == "stands":
        return Taken(_moved(job, deed, state), "applied")
    return Taken(_with(job, deed), "applied")


def _refusal(job: Job, operation: Operation) -> str | None:
    """Why the job cannot take the operation. Operations that change its progress are taken as
    long as there is any room."""
    if operation.base_version > job.version:
        return NOT_SEEN_YET
    held = msgspec.json.encode((job.deeds, job.disputes, operation))
    if len(held) + DEED_BYTES > ROOM_BYTES:
        return NO_ROOM
    texts = [len(deed.text.encode()) for deed in job.deeds] + [len(operation.text.encode())]
    is_full = len(job.deeds) >= MOST_DEEDS or sum(texts) > MOST_TEXT_BYTES
    return FULL if is_full and operation.kind not in LEADS_TO else None


def _deed(job: Job, operation: Operation, who: Operator, now: datetime) -> JobEvent:
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


def _verdict(job: Job, deed: JobEvent, state: State) -> Verdict:
    """The effect of the deed on the state of the job, whether crew or office set it last."""
    said = job.said
    if said is None:
        return "stands"
    if said.by != "office" and said.device == deed.device:
        return "stands" if _is_later(deed, said) else "kept"
    if said.state == state:
        return "kept"
    if _own_dispute(job, deed):
        return "kept" if _only_goes_on(said, state) else "disputed"
    if deed.base_version >= said.version:
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


def _is_later(deed: JobEvent, said: StateClaim) -> bool:
    """True where the phone that said it says this later."""
    return deed.base_version >= said.version or _order(deed) >= (said.base_version, said.at)


def _own_dispute(job: Job, deed: JobEvent) -> Dispute | None:
    """The open dispute of this phone with what holds now."""
    against = job.said.version if job.said else None
    for dispute in job.disputes:
        is_own = dispute.device == deed.device and dispute.against == against
        if is_own and dispute.settled is None:
            return dispute
    return None


def _with(job: Job, deed: JobEvent) -> Job:
    return replace(job, deeds=(*job.deeds, deed), updated_at=deed.received_at)


def _moved(job: Job, deed: JobEvent, state: State) -> Job:
    said = StateClaim(
        version=deed.version,
        state=state,
        at=deed.at,
        by=deed.by,
        device=deed.device,
        base_version=deed.base_version,
    )
    moved = replace(
        _with(job, replace(deed, stands=True)),
        state=state,
        said=said,
        cancelled_because=None,
        closed_itself=False,
    )
    return moved.without_link(deed.received_at) if moved.is_over else moved


def _disputed(job: Job, deed: JobEvent, state: State) -> Job:
    assert job.said, "Nobody contradicts what nobody said."
    street = StreetSide(state=state, at=deed.happened_at)
    earlier = _own_dispute(job, deed)
    if earlier:
        last = job.deed(earlier.op_id)
        is_newer = last is None or _order(deed) >= _order(last)
        dispute = _said_again(earlier, deed, street) if is_newer else earlier
        others = tuple(each for each in job.disputes if each is not earlier)
    else:
        others = job.disputes
        dispute = Dispute(
            dispute_id=deed.op_id,
            op_id=deed.op_id,
            street=street,
            office=OfficeSide(state=job.state, at=_happened(job.said, job), by=job.said.by),
            opened_at=deed.received_at,
            device=deed.device,
            base_version=deed.base_version,
            against=job.said.version,
        )
    with_deed = _with(job, replace(deed, dispute_id=dispute.dispute_id))
    return replace(with_deed, disputes=(*others, dispute))


def _order(deed: JobEvent) -> tuple[int, datetime]:
    """The order of one phone's deeds: its clock may have been put right in between, but it never
    forgets a version that it saw."""
    return deed.base_version, deed.at


def _said_again(dispute: Dispute, deed: JobEvent, street: StreetSide) -> Dispute:
    """The dispute after the same phone said more: what it says last counts."""
    return replace(dispute, op_id=deed.op_id, street=street, base_version=deed.base_version)


def _happened(said: StateClaim, job: Job) -> datetime:
    return min(said.at, job.updated_at)
