"""Counts the calls to AWS: every call of the SDK in this process."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import boto3
from botocore.endpoint import Endpoint
from botocore.utils import determine_content_length

from bench.capacity import Index, Item, indexes_of, item_bytes, read_units, write_units


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call; `operation` is such as dynamodb.PutItem. `asked` and `answer` are decoded for
    DynamoDB only; `old` is the item that a put replaced."""

    operation: str
    url: str
    asked: dict[str, Any]
    sent_bytes: int
    received_bytes: int
    answer: dict[str, Any]
    began: float
    ended: float
    old: Item | None


@dataclass
class Meter:
    """The calls so far. `sees_old`: each put is preceded by a read, which is not counted."""

    sees_old: bool = False
    calls: list[Call] = field(default_factory=list)
    is_looking: bool = False

    def old_image(self, put: dict[str, Any]) -> Item | None:
        """The item that a PutItem will replace."""
        self.is_looking = True
        try:
            keys = [key["AttributeName"] for key in described(put["TableName"])["KeySchema"]]
            found = boto3.client("dynamodb").get_item(
                TableName=put["TableName"],
                Key={name: put["Item"][name] for name in keys},
                ConsistentRead=True,
            )
        finally:
            self.is_looking = False
        item: Item | None = found.get("Item")
        return item


@contextmanager
def record(*, sees_old: bool = False) -> Iterator[list[Call]]:
    """Yields the list of the calls made inside."""
    meter = Meter(sees_old)
    make = Endpoint.make_request

    def metered(self: Endpoint, operation_model: Any, request_dict: Any) -> Any:
        if meter.is_looking:
            return make(self, operation_model, request_dict)
        operation = f"{operation_model.service_model.service_name}.{operation_model.name}"
        body = request_dict["body"]
        # Sending moves a file that is sent to its end.
        asked, sent_bytes = _decoded(operation, body), determine_content_length(body) or 0
        is_put = meter.sees_old and operation == "dynamodb.PutItem"
        old = meter.old_image(asked) if is_put else None
        began = time.perf_counter()
        reply, parsed = make(self, operation_model, request_dict)
        meter.calls.append(
            Call(
                operation=operation,
                url=request_dict["url"],
                asked=asked,
                sent_bytes=sent_bytes,
                received_bytes=int(reply.headers.get("content-length", 0)),
                answer=_decoded(operation, reply.content) if "Body" not in parsed else {},
                began=began,
                ended=time.perf_counter(),
                old=old,
            )
        )
        return reply, parsed

    Endpoint.make_request = metered  # type: ignore[method-assign]
    try:
        yield meter.calls
    finally:
        Endpoint.make_request = make  # type: ignore[method-assign]


def serial(calls: Sequence[Call]) -> int:
    """The longest chain of calls that waited for each other: concurrent calls count once."""
    trips, free_at = 0, 0.0
    for call in sorted(calls, key=lambda call: call.ended):
        if call.began >= free_at:
            trips, free_at = trips + 1, call.ended
    return trips


def items_read(call: Call) -> list[Item]:
    """The items in the response of a DynamoDB call."""
    answer = call.answer
    if "Item" in answer:
        return [answer["Item"]]
    if "Responses" in answer:
        return [item for items in answer["Responses"].values() for item in items]
    return list(answer.get("Items", []))


@cache
def described(table: str) -> dict[str, Any]:
    """A table as the database describes it."""
    found: dict[str, Any] = dict(boto3.client("dynamodb").describe_table(TableName=table)["Table"])
    return found


def indexes_in(table: str) -> list[Index]:
    """The indexes of the table of that name."""
    return indexes_of(described(table))


def units(
    call: Call, indexes: Callable[[str], Sequence[Index]] = indexes_in
) -> tuple[float, float]:
    """Read and write units of a call; `indexes` are those of the table of a name. Raises ValueError
    if the operation is unknown."""
    items = items_read(call)
    match call.operation:
        case "dynamodb.GetItem":
            size = sum(map(item_bytes, items))
            return read_units(size, consistent=bool(call.asked.get("ConsistentRead"))), 0
        case "dynamodb.BatchGetItem":
            return sum(read_units(item_bytes(item), consistent=True) for item in items), 0
        case "dynamodb.Query":
            size = sum(map(item_bytes, items))
            return read_units(size, consistent=bool(call.asked.get("ConsistentRead"))), 0
        case "dynamodb.PutItem":
            return 0, write_units(call.old, call.asked["Item"], indexes(call.asked["TableName"]))
    raise ValueError(f"The units of {call.operation} are not known here: add them.")


def _decoded(operation: str, content: Any) -> dict[str, Any]:
    if not operation.startswith("dynamodb."):
        return {}
    decoded: dict[str, Any] = json.loads(content or b"{}")
    return decoded
