"""Apply operations to the log of a round's day, by the rule of ADR 31: every event from a crew is
stored, and sets the state unless somebody else gave another outcome that the phone had not
seen."""

from datetime import datetime
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from chalicelib.collections.round_days import (
    STREET_KINDS,
    By,
    RoundEvent,
    RoundLog,
    RoundOperation,
)
from chalicelib.kernel.claims import States, verdict
from chalicelib.kernel.operations import DIFFERENT_OPERATION, Result

OUTCOMES = States(
    begun="out",
    ended={
        *("finished", "off", "street_missed", "street_reached", "not_emptied", "emptied"),
    },
    denied_by_begun={"off"},
)
ROOM_BYTES = 300_000
"""The largest size of a log, since a DynamoDB item is limited."""
NOT_SEEN_YET = (
    "base_version is newer than the round: send the version that it had when you last read it."
)
NO_ROOM = "This round can have no more entries for the day. Call the office."


class Sender(NamedTuple):
    """The sender of an operation. `device` tells one phone from another."""

    actor: str
    device: str
    by: By = "crew"


class RoundOperationEffect(NamedTuple):
    """The result of an operation: the log with it, or the unchanged log and the reason for the
    rejection."""

    log: RoundLog
    result: Result
    reason: str | None = None


def apply_operation(
    log: RoundLog, operation: RoundOperation, sender: Sender, now: datetime
) -> RoundOperationEffect:
    """Apply an operation that arrives at `now`. A repeated operation is applied once."""
    if earlier := log.event(operation.op_id):
        same = earlier.matches(operation)
        return (
            RoundOperationEffect(log, "duplicate")
            if same
            else RoundOperationEffect(log, "rejected", DIFFERENT_OPERATION)
        )
    # A phone may know no version of the premises, only that of their round.
    if operation.base_version > log.version and not log.premises_id:
        return RoundOperationEffect(log, "rejected", NOT_SEEN_YET)
    event = _new_event(log, operation, sender, now)
    after = replace(log, events=(*log.events, event), updated_at=now)
    if len(msgspec.json.encode(after.events)) > ROOM_BYTES:
        return RoundOperationEffect(log, "rejected", NO_ROOM)
    return RoundOperationEffect(after, "conflict" if event.verdict == "disputed" else "applied")


def _new_event(
    log: RoundLog, operation: RoundOperation, sender: Sender, now: datetime
) -> RoundEvent:
    event = RoundEvent(
        op_id=operation.op_id,
        kind=operation.kind,
        at=operation.at,
        received_at=now,
        by=sender.by,
        actor=sender.actor,
        device=sender.device,
        base_version=min(operation.base_version, log.version),
        version=log.version + 1,
        verdict="stands",
        street=operation.street if operation.kind in STREET_KINDS else None,
        reason=operation.reason,
        text=operation.text,
    )
    return _as_office_decision(log, event) if sender.by == "office" else _as_crew_claim(log, event)


def _as_office_decision(log: RoundLog, event: RoundEvent) -> RoundEvent:
    """The event as the office's decision: it contests an earlier outcome unless it is an outcome
    itself."""
    claim = log.claim(event.street)
    was_ended = claim is not None and claim.kind in OUTCOMES.ended
    return replace(event, contests=was_ended and event.kind not in OUTCOMES.ended)


def _as_crew_claim(log: RoundLog, event: RoundEvent) -> RoundEvent:
    """The event of a crew with its verdict, given the present claim."""
    claim = log.claim(event.street)
    has_own_dispute = any(
        each.device == event.device and claim is not None and each.version > claim.version
        for each in log.open_disputes(event.street)
    )
    effect = verdict(claim, event, event.kind, OUTCOMES, has_own_dispute=has_own_dispute)
    return replace(event, verdict=effect)
