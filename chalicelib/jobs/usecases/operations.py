"""Apply the operations of crews' phones, sent at once, or days later when a phone is online
again."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from chalicelib.errors import Invalid
from chalicelib.jobs.drafts import Operation
from chalicelib.jobs.job_events import OperationEffect, apply_operation
from chalicelib.jobs.model import Job
from chalicelib.jobs.people import Operator
from chalicelib.jobs.ports import Ports
from chalicelib.jobs.usecases.job_updates import save_job
from chalicelib.kernel.operations import MOST_OPERATIONS, Result, UnreadableOperation
from chalicelib.kernel.optimistic import retry_on_conflict
from chalicelib.kernel.time import truncate_to_second

MOST_REASON = 300
"""The longest reason for a new date, as everybody reads it."""
OUTSIDE_REMIT = (
    "This job is not in your teams and wards. Keep what you recorded, and call the office."
)
"""The reason for a job that does not exist and for one outside the caller's remit: the caller
cannot tell the two apart."""


class OperationResult(Struct, frozen=True, kw_only=True):
    """The outcome of an operation. `job` is the present job; None if the caller may not see it or
    the operation was rejected before the job was read."""

    op_id: str
    result: Result
    job: Job | None = None
    reason: str | None = None


SentOperation = Operation | UnreadableOperation


def apply_operations(
    operations: Sequence[SentOperation], who: Operator, ports: Ports
) -> Sequence[OperationResult]:
    """Apply operations, each once, however often it is sent. A rejected operation does not stop the
    others. The operations of one job are saved together.

    Returns: one outcome for each operation, in the same order.

    Raises: Invalid (too many in one call), UpstreamFailed; some operations may then have been
    applied, and all can be sent again.
    """
    if len(operations) > MOST_OPERATIONS:
        raise Invalid.field("operations", f"send at most {MOST_OPERATIONS} operations in one call")
    outcomes: dict[int, OperationResult] = {}
    by_job: dict[str, dict[int, Operation]] = {}
    for place, each in enumerate(operations):
        if isinstance(each, Operation):
            by_job.setdefault(each.job_id, {})[place] = each
        else:
            outcomes[place] = _rejection(each.op_id, each.reason)
    for job_id, of_job in by_job.items():
        outcomes |= _apply_to_job(job_id, of_job, who, ports)
    return [outcomes[place] for place in range(len(operations))]


def _apply_to_job(
    job_id: str, operations: Mapping[int, Operation], who: Operator, ports: Ports
) -> dict[int, OperationResult]:
    """Apply the operations of one job. Returns: their outcomes by their places in the call."""

    def attempt() -> dict[int, OperationResult]:
        job = ports.jobs.get(job_id)
        if job is None:
            return {
                place: _rejection(each.op_id, OUTSIDE_REMIT) for place, each in operations.items()
            }
        if not who.may_work_on(job, ports.now()):
            return {place: _outcome_outside_remit(each, job) for place, each in operations.items()}
        taken, after = _apply_all(job, operations, who, ports)
        present = job if after is job else save_job(after, ports)
        return {
            place: OperationResult(
                op_id=operations[place].op_id, result=each.result, job=present, reason=each.reason
            )
            for place, each in taken.items()
        }

    return retry_on_conflict(attempt, what="this job")


def _apply_all(
    job: Job, operations: Mapping[int, Operation], who: Operator, ports: Ports
) -> tuple[dict[int, OperationEffect], Job]:
    taken: dict[int, OperationEffect] = {}
    after = job
    for place, operation in operations.items():
        is_new = after.event(operation.op_id) is None
        if is_new and (reason := _fault_of(operation, who, ports)):
            taken[place] = OperationEffect(after, "rejected", reason)
            continue
        taken[place] = apply_operation(after, operation, who, truncate_to_second(ports.now()))
        after = taken[place].job
    return taken, after


def _fault_of(operation: Operation, who: Operator, ports: Ports) -> str | None:
    """The reason to reject the operation without regard to the job; None if there is none."""
    if operation.kind == "could_not" and operation.reason is None:
        return "reason: enter why it could not be done"
    if operation.kind == "note" and not operation.text.strip():
        return "text: enter the note"
    if operation.kind == "new_date":
        return _fault_of_new_date(operation, who)
    if operation.kind == "photo" and not operation.photo_ids:
        return "photo_ids: name the photo"
    for photo_id in operation.photo_ids:
        if not ports.is_requested_photo(who.scope, operation.op_id, photo_id):
            return (
                f"photo_ids: {photo_id} does not belong to this operation; ask for each with POST "
                "/api/photos and the Idempotency-Key op_id/1, op_id/2 and so on"
            )
    return None


def _fault_of_new_date(operation: Operation, who: Operator) -> str | None:
    if who.by != "crew":
        return "kind: only the council's own crews give a new date"
    if operation.day is None or operation.day < operation.at.date():
        return "day: enter a day from today on"
    if not operation.text.strip() or len(operation.text) > MOST_REASON:
        return f"text: enter the reason, at most {MOST_REASON} characters"
    return "photo_ids: a new date has no photos" if operation.photo_ids else None


def _outcome_outside_remit(operation: Operation, job: Job) -> OperationResult:
    """The outcome for a job that the operator may not work on. A repeat of an operation that was
    accepted before is a duplicate."""
    earlier = job.event(operation.op_id)
    if earlier and earlier.matches(operation):
        return OperationResult(op_id=operation.op_id, result="duplicate")
    return _rejection(operation.op_id, OUTSIDE_REMIT)


def _rejection(op_id: str, reason: str) -> OperationResult:
    return OperationResult(op_id=op_id, result="rejected", reason=reason)
