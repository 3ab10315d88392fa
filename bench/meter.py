"""Counts the calls to AWS: every call of the SDK in this process."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

import boto3
from botocore.endpoint import Endpoint
from botocore.utils import determine_content_length

from bench.capacity import Index, Item, indexes_of, item_bytes, read_units, write_units

ItemKey = tuple[str, Item]
"""A table, and the key of an item in it."""
IN_TRANSACTION = {"dynamodb.TransactWriteItems"}
WRITES = IN_TRANSACTION | {
    f"dynamodb.{name}" for name in ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem")
}


class Change(NamedTuple):
    """An item before and after a write."""

    table: str
    old: Item | None
    new: Item | None


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call; `operation` is such as dynamodb.PutItem. `asked` and `answer` are decoded for
    DynamoDB only; `changes` are the items that it wrote. `trip` is its place, from 1, in the
    longest chain of calls that waited for each other up to it. `cpu_s`: of this thread, below the
    SDK, where moto answers."""

    operation: str
    url: str
    asked: dict[str, Any]
    sent_bytes: int
    received_bytes: int
    answer: dict[str, Any]
    trip: int = 1
    body: bytes = b""
    cpu_s: float = 0.0
    changes: tuple[Change, ...] = ()


class Trips(threading.local):
    """The number of calls that this thread has waited for, one after the other, without those of
    secrets, which a process keeps for minutes."""

    made = 0

    @contextmanager
    def follow_threads(self) -> Iterator[None]:
        """The threads of a pool begin with the number of the thread that started them; a thread
        that waits for their results goes on with the largest number."""
        submit, result = ThreadPoolExecutor.submit, Future.result

        def submit_followed(pool: Any, work: Any, /, *given: Any, **more: Any) -> Any:
            began, ends = self.made, []

            def run() -> Any:
                self.made = began
                try:
                    return work(*given, **more)
                finally:
                    ends.append(self.made)

            future: Any = submit(pool, run)
            future.ends = ends
            return future

        def result_followed(future: Any, timeout: float | None = None) -> Any:
            try:
                return result(future, timeout)
            finally:
                self.made = max([self.made, *getattr(future, "ends", ())])

        ThreadPoolExecutor.submit = submit_followed  # type: ignore[method-assign]
        Future.result = result_followed  # type: ignore[assignment, method-assign]
        try:
            yield
        finally:
            ThreadPoolExecutor.submit = submit  # type: ignore[method-assign]
            Future.result = result  # type: ignore[method-assign]


@dataclass
class Meter:
    """The calls so far. `sees_old`: each write is preceded and followed by reads of its items,
    which are not counted."""

    sees_old: bool = False
    calls: list[Call] = field(default_factory=list)
    looking: threading.local = field(default_factory=threading.local)
    trips: Trips = field(default_factory=Trips)

    @property
    def is_looking(self) -> bool:
        """Whether this thread reads for the meter."""
        return getattr(self.looking, "now", False)

    def items_written(
        self, operation: str, asked: Mapping[str, Any]
    ) -> list[tuple[ItemKey, Item | None]]:
        """The items that a call writes, as they are now."""
        if not self.sees_old:
            return []
        self.looking.now = True
        try:
            return [(each, _item_at(*each)) for each in written_items(operation, asked)]
        finally:
            self.looking.now = False

    def measure_call(
        self, operation: str, request: Mapping[str, Any], send: Callable[[], Any]
    ) -> Any:
        """Sends the request, and adds the call."""
        used, body = time.thread_time(), request["body"]
        # Sending moves a file that is sent to its end.
        asked, sent_bytes = _decode(operation, body), determine_content_length(body) or 0
        before = self.items_written(operation, asked)
        reply, parsed = send()
        if not operation.startswith("secretsmanager."):
            self.trips.made += 1
        both = zip(before, self.items_written(operation, asked), strict=True)
        self.calls.append(
            Call(
                operation=operation,
                url=request["url"],
                asked=asked,
                sent_bytes=sent_bytes,
                received_bytes=int(reply.headers.get("content-length", 0)),
                answer=_decode(operation, reply.content) if "Body" not in parsed else {},
                trip=self.trips.made,
                body=body if isinstance(body, bytes) else b"",
                cpu_s=time.thread_time() - used,
                changes=tuple(Change(table, old, new) for ((table, _), old), (_, new) in both),
            )
        )
        return reply, parsed


@contextmanager
def record(*, sees_old: bool = False) -> Iterator[list[Call]]:
    """Yields the list of the calls made inside."""
    meter = Meter(sees_old)
    make = Endpoint.make_request

    def measure_request(self: Endpoint, operation_model: Any, request_dict: Any) -> Any:
        if meter.is_looking:
            return make(self, operation_model, request_dict)
        operation = f"{operation_model.service_model.service_name}.{operation_model.name}"
        return meter.measure_call(
            operation, request_dict, lambda: make(self, operation_model, request_dict)
        )

    Endpoint.make_request = measure_request  # type: ignore[method-assign]
    try:
        with meter.trips.follow_threads():
            yield meter.calls
    finally:
        Endpoint.make_request = make  # type: ignore[method-assign]


def longest_chain(calls: Sequence[Call]) -> int:
    """The longest chain of calls that waited for each other: calls in parallel count once."""
    return max((call.trip for call in calls), default=0)


def items_read(call: Call) -> list[Item]:
    """The items in the response of a DynamoDB call."""
    answer = call.answer
    if "Item" in answer:
        return [answer["Item"]]
    if "Responses" in answer:
        return [item for items in answer["Responses"].values() for item in items]
    return list(answer.get("Items", []))


@cache
def describe_table(table: str) -> dict[str, Any]:
    """A table as the database describes it."""
    found: dict[str, Any] = dict(boto3.client("dynamodb").describe_table(TableName=table)["Table"])
    return found


def indexes_in(table: str) -> list[Index]:
    """The indexes of the table of that name."""
    return indexes_of(describe_table(table))


def units(
    call: Call, indexes: Callable[[str], Sequence[Index]] = indexes_in
) -> tuple[float, float]:
    """Read and write units of a call; `indexes` are those of the table of a name. Raises ValueError
    if the operation is unknown."""
    items = items_read(call)
    match call.operation:
        case "dynamodb.GetItem" | "dynamodb.Query" | "dynamodb.Scan":
            size = sum(map(item_bytes, items))
            return read_units(size, consistent=bool(call.asked.get("ConsistentRead"))), 0
        case "dynamodb.BatchGetItem":
            return sum(read_units(item_bytes(item), consistent=True) for item in items), 0
        case operation if operation in WRITES:
            times = 2 if operation in IN_TRANSACTION else 1
            written = (write_units(old, new, indexes(table)) for table, old, new in call.changes)
            return 0, times * sum(written)
    raise ValueError(f"The units of {call.operation} are not known here: add them.")


def written_items(operation: str, asked: Mapping[str, Any]) -> list[ItemKey]:
    """The items that a call writes or, in a transaction, checks: the same units."""
    if operation not in WRITES:
        return []
    if operation == "dynamodb.TransactWriteItems":
        actions = [action for each in asked["TransactItems"] for action in each.values()]
        return [(each["TableName"], _key_of(each)) for each in actions]
    if operation == "dynamodb.BatchWriteItem":
        return [
            (table, _key_of({"TableName": table, **action}))
            for table, requests in asked["RequestItems"].items()
            for request in requests
            for action in request.values()
        ]
    return [(asked["TableName"], _key_of(asked))]


def _key_of(action: Mapping[str, Any]) -> Item:
    if "Key" in action:
        return dict(action["Key"])
    names = [key["AttributeName"] for key in describe_table(action["TableName"])["KeySchema"]]
    return {name: action["Item"][name] for name in names}


def _item_at(table: str, key: Item) -> Item | None:
    found = boto3.client("dynamodb").get_item(TableName=table, Key=key, ConsistentRead=True)
    item: Item | None = found.get("Item")
    return item


def _decode(operation: str, content: Any) -> dict[str, Any]:
    if not operation.startswith("dynamodb."):
        return {}
    decoded: dict[str, Any] = json.loads(content or b"{}")
    return decoded
