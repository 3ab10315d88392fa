"""Apply the operations of crews and the office to rounds, at once, or days later when a phone is
online again."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.collections.ports import Ports
from chalicelib.collections.round_days import (
    OFFICE_KINDS,
    PREMISES_KINDS,
    REASONS,
    STREET_KINDS,
    LogKey,
    RoundLog,
    RoundOperation,
)
from chalicelib.collections.round_events import RoundOperationEffect, Sender, apply_operation
from chalicelib.kernel.observability import trace
from chalicelib.kernel.operations import Result, UnreadableOperation
from chalicelib.kernel.optimistic import VersionConflict, retry_on_conflict
from chalicelib.kernel.time import truncate_to_second

CALLED_OFF_AHEAD = timedelta(days=1)
"""How long before its day a round can be called off."""
ACCEPTED_FOR = timedelta(days=14)
"""How long after its day a round accepts the operations of phones that had no signal."""

SentOperation = RoundOperation | UnreadableOperation


class RoundOperationResult(Struct, frozen=True, kw_only=True):
    """The outcome of an operation. `log` is the present one; None if the operation was rejected
    before it was read."""

    op_id: str
    result: Result
    log: RoundLog | None = None
    reason: str | None = None


def apply_operations(
    operations: Sequence[SentOperation], sender: Sender, ports: Ports
) -> Sequence[RoundOperationResult]:
    """Apply operations, each once, however often it is sent. A rejected operation does not stop the
    others. The operations of one log are saved together. Returns one outcome for each operation,
    in the same order. Raises UpstreamFailed; all operations can then be sent again."""
    outcomes: dict[int, RoundOperationResult] = {}
    by_log: dict[LogKey, dict[int, RoundOperation]] = {}
    for place, each in enumerate(operations):
        if isinstance(each, UnreadableOperation):
            outcomes[place] = _rejection(each.op_id, each.reason)
        elif fault := fault_of(each, sender, ports):
            outcomes[place] = _rejection(each.op_id, fault)
        else:
            by_log.setdefault(each.key, {})[place] = each
    for key, of_log in by_log.items():
        outcomes |= _apply_to_log(key, of_log, sender, ports)
    return [outcomes[place] for place in range(len(operations))]


def _apply_to_log(
    key: LogKey, operations: Mapping[int, RoundOperation], sender: Sender, ports: Ports
) -> dict[int, RoundOperationResult]:
    """Apply the operations of one log. Returns their outcomes by their places in the call."""
    now = truncate_to_second(ports.now())

    def attempt() -> dict[int, RoundOperationResult]:
        before = ports.logs.get([key]).get(key) or RoundLog(**key._asdict(), updated_at=now)
        after, taken = before, dict[int, RoundOperationEffect]()
        for place, operation in operations.items():
            taken[place] = apply_operation(after, operation, sender, now)
            after = taken[place].log
        present = before if after is before else _save(after, ports)
        return {
            place: RoundOperationResult(
                op_id=operations[place].op_id, result=each.result, log=present, reason=each.reason
            )
            for place, each in taken.items()
        }

    return retry_on_conflict(attempt, what="this round")


def _save(after: RoundLog, ports: Ports) -> RoundLog:
    """Save the log. Raises VersionConflict, but not if only the reply was lost."""
    after = replace(after, request_id=trace.current_id())
    try:
        return ports.logs.save(after)
    except VersionConflict:
        present = ports.logs.get([after.key]).get(after.key)
        if present is not None and replace(present, version=after.version) == after:
            return present
        raise


def fault_of(operation: RoundOperation, sender: Sender, ports: Ports) -> str | None:
    """The reason to reject the operation without regard to the log; None if there is none."""
    kind = operation.kind
    if kind in OFFICE_KINDS and sender.by != "office":
        return f"kind: only the office says {kind}"
    reasons = REASONS.get(kind)
    if reasons and operation.reason not in reasons:
        return f"reason: choose one of {', '.join(reasons)}"
    return _fault_of_day(operation, ports) or _fault_of_place(operation, ports)


def _fault_of_day(operation: RoundOperation, ports: Ports) -> str | None:
    published = ports.rounds()
    if published is None or operation.round not in {each.round for each in published.items}:
        return "round: there is no such round"
    ahead = CALLED_OFF_AHEAD if operation.kind in ("off", "to_come") else timedelta()
    if not ports.today - ACCEPTED_FOR <= operation.day <= ports.today + ahead:
        days = ACCEPTED_FOR.days
        return (
            f"day: enter a day of the last {days} days, or tomorrow to call a round off or to "
            "withdraw that"
        )
    return None


def _fault_of_place(operation: RoundOperation, ports: Ports) -> str | None:
    """The reason to reject the operation if its street or premises is not on the round."""
    if operation.kind not in STREET_KINDS | PREMISES_KINDS:
        return None
    streets = ports.premises.streets_of_round(operation.round)
    if operation.kind in STREET_KINDS:
        if operation.street not in {each.street for each in streets}:
            return "street: name a street of this round, as the list of its streets does"
    elif operation.premises_id not in {
        each.premises_id for street in streets for each in street.premises
    }:
        return "premises_id: name premises that are on this round"
    return None


def _rejection(op_id: str, reason: str) -> RoundOperationResult:
    return RoundOperationResult(op_id=op_id, result="rejected", reason=reason)
