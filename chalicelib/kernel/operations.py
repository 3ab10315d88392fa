"""Operations that a phone records without a signal, and sends together when it has one."""

from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta

from chalicelib.errors import Invalid, NotFound, TooLarge
from chalicelib.kernel.parsing import parse

Result = Literal["applied", "duplicate", "conflict", "rejected"]
"""The outcome of an operation."""
OpId = Annotated[
    str,
    Meta(
        pattern=r"^[A-Za-z0-9_-]{8,64}$",
        description="an id that the phone made up, such as a UUID: 8 to 64 letters, digits, _ or -",
    ),
]
MOST_OPERATIONS = 100
"""The largest number of operations in one call."""
MOST_BYTES = 2_000_000
"""The most that MOST_OPERATIONS can have, each with the longest text."""
LONGEST_OP_ID = 64
DIFFERENT_OPERATION = (
    "Something else was sent with this op_id before, and is unchanged. To send this as well, use "
    "a new op_id."
)

Operation = TypeVar("Operation")


class UnreadableOperation(msgspec.Struct, frozen=True, kw_only=True):
    """An operation that could not be read; `op_id` is empty if it could not be read either."""

    op_id: str
    reason: str


class _Batch(msgspec.Struct, frozen=True, kw_only=True):
    """Operations before validation: a missing value in one does not affect the others."""

    operations: Annotated[list[Any], Meta(max_length=MOST_OPERATIONS)]


def parse_operations(
    body: bytes, read: Callable[[dict[str, Any]], Operation]
) -> list[Operation | UnreadableOperation]:
    """The operations of a JSON body `{"operations": […]}`, in order; `read` makes one of what was
    sent, and raises Invalid or NotFound. Raises Invalid, TooLarge for the body as a whole."""
    if len(body) > MOST_BYTES:
        raise TooLarge(f"The body has {len(body)} bytes: send fewer operations at a time.")
    try:
        sent = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid.field("body", f"must be a JSON object ({error})") from error
    if not isinstance(sent, dict):
        raise Invalid.field("body", 'must be a JSON object: {"operations": […]}')
    return [_parse_operation(each, read) for each in parse(sent, _Batch).operations]


def _parse_operation(
    sent: Any, read: Callable[[dict[str, Any]], Operation]
) -> Operation | UnreadableOperation:
    if not isinstance(sent, dict):
        return UnreadableOperation(op_id="", reason="operations: each must be an object")
    op_id = sent.get("op_id")
    known = op_id[:LONGEST_OP_ID] if isinstance(op_id, str) else ""
    try:
        return read(sent)
    except (Invalid, NotFound) as error:
        return UnreadableOperation(op_id=known, reason=str(error.detail))
