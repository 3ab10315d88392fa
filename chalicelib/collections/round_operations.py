"""Applies what crews and the office say of rounds, at once, or days later when a phone is online
again."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.collections.ports import Ports
from chalicelib.collections.round_days import (
    OF_OFFICE,
    OF_PREMISES,
    OF_STREET,
    REASONS,
    LogKey,
    RoundLog,
    RoundOperation,
)
from chalicelib.collections.round_events import Sender, Taken, take
from chalicelib.kernel.observability import trace
from chalicelib.kernel.operations import Result, Unreadable
from chalicelib.kernel.optimistic import VersionConflict, retry_on_conflict
from chalicelib.kernel.time import to_the_second

LATEST = timedelta(days=1)
"""How long before its day a round can be called off."""
OLDEST = timedelta(days=14)
"""How long after its day a phone without a signal can say what happened."""

Sent = RoundOperation | Unreadable


class OperationResult(Struct, frozen=True, kw_only=True):
    """The outcome of an operation. `log` is the present one; None if the operation was rejected
    before it was read."""

    op_id: str
    result: Result
    log: RoundLog | None = None
    reason: str | None = None


def operate(operations: Sequence[Sent], sender: Sender, ports: Ports) -> Sequence[OperationResult]:
    """Applies operations, each once, however often it is sent. A rejected operation does not stop
    the others; those of one round are saved together. Returns one outcome for each, in the same
    order. Raises UpstreamFailed; then all can be sent again."""
    outcomes: dict[int, OperationResult] = {}
    by_log: dict[LogKey, dict[int, RoundOperation]] = {}
    for place, each in enumerate(operations):
        if isinstance(each, Unreadable):
            outcomes[place] = _rejected(each.op_id, each.reason)
        elif fault := fault_of(each, sender, ports):
            outcomes[place] = _rejected(each.op_id, fault)
        else:
            by_log.setdefault(each.key, {})[place] = each
    for key, of_log in by_log.items():
        outcomes |= _operate_on(key, of_log, sender, ports)
    return [outcomes[place] for place in range(len(operations))]


def _operate_on(
    key: LogKey, operations: Mapping[int, RoundOperation], sender: Sender, ports: Ports
) -> dict[int, OperationResult]:
    """Applies the operations of one log. Returns their outcomes by their places in the call."""
    now = to_the_second(ports.now())

    def attempt() -> dict[int, OperationResult]:
        before = ports.logs.get([key]).get(key) or RoundLog(**key._asdict(), updated_at=now)
        after, taken = before, dict[int, Taken]()
        for place, operation in operations.items():
            taken[place] = take(after, operation, sender, now)
            after = taken[place].log
        present = before if after is before else _save(after, ports)
        return {
            place: OperationResult(
                op_id=operations[place].op_id, result=each.result, log=present, reason=each.reason
            )
            for place, each in taken.items()
        }

    return retry_on_conflict(attempt, what="this round")


def _save(after: RoundLog, ports: Ports) -> RoundLog:
    """Raises VersionConflict, but not if only the reply was lost."""
    after = replace(after, request_id=trace.current())
    try:
        return ports.logs.save(after)
    except VersionConflict:
        present = ports.logs.get([after.key]).get(after.key)
        if present is not None and replace(present, version=after.version) == after:
            return present
        raise


def fault_of(operation: RoundOperation, sender: Sender, ports: Ports) -> str | None:
    """The reason to reject the operation, whatever was said of the round; None if there is none."""
    kind = operation.kind
    if kind in OF_OFFICE and sender.by != "office":
        return f"kind: only the office says {kind}"
    wanted = REASONS.get(kind)
    if wanted and operation.reason not in wanted:
        return f"reason: choose one of {', '.join(wanted)}"
    return _fault_of_day(operation, ports) or _fault_of_place(operation, ports)


def _fault_of_day(operation: RoundOperation, ports: Ports) -> str | None:
    published = ports.rounds()
    if published is None or operation.round not in {each.round for each in published.items}:
        return "round: there is no such round"
    ahead = LATEST if operation.kind == "off" else timedelta()
    if not ports.today - OLDEST <= operation.day <= ports.today + ahead:
        return f"day: enter a day of the last {OLDEST.days} days, or tomorrow to call a round off"
    return None


def _fault_of_place(operation: RoundOperation, ports: Ports) -> str | None:
    """A street is checked because it is published, and premises because they are kept."""
    if operation.kind not in OF_STREET | OF_PREMISES:
        return None
    streets = ports.premises.on_round(operation.round)
    if operation.kind in OF_STREET:
        if operation.street not in {each.street for each in streets}:
            return "street: name a street of this round, as the list of its streets does"
    elif operation.premises_id not in {each.premises_id for of in streets for each in of.premises}:
        return "premises_id: name premises that are on this round"
    return None


def _rejected(op_id: str, reason: str) -> OperationResult:
    return OperationResult(op_id=op_id, result="rejected", reason=reason)
