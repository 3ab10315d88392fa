"""Handlers of batches: each names the failed records, finishes the others, and logs one line.

A blueprint's event handler is deployed by its own module's name and runs without app.py.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar

import msgspec
from chalice.app import SQSEvent

from chalicelib.events import EntryBooked, Event, JobChanged, OfNotice, RoundDayChanged
from chalicelib.kernel.observability import logs, trace

BatchAnswer = dict[str, list[dict[str, str]]]
QueueHandler = Callable[[SQSEvent], BatchAnswer]
T = TypeVar("T")


class HandlerFailed(Exception):
    """The error that Lambda gets from a failed handler, and logs: our own log has the details."""


@contextmanager
def batch(function: str, records: Sequence[Any] = ()) -> Iterator[logs.Fields]:
    """Logs one line for a handler's run, which is a new request unless `trace_facts` gives its
    origin. Raises HandlerFailed in place of any error."""
    count = len(records)
    with (
        trace.request_context(None),
        logs.line("handled", logs.BATCHES, function=function, records=count, failed=0) as line,
    ):
        try:
            yield line
        except Exception as error:
            line["failed"] = line["failed"] or max(count, 1)
            logs.failure("a handler broke", error)
            # Lambda prints the message of an exception that leaves a handler.
            said = f"{type(error).__name__}; the log has it under {trace.current_id()}"
            raise HandlerFailed(said) from None


def attempt_each(*attempts: Callable[[], T]) -> list[T]:
    """Makes each attempt, also after one that failed. Returns what they return. Raises the first
    failure at the end."""
    done: list[T] = []
    failed: list[Exception] = []
    for attempt in attempts:
        try:
            done.append(attempt())
        except Exception as error:
            logs.failure("a part of a run failed, the others go on", error)
            failed.append(error)
    if failed:
        raise failed[0]
    return done


def one_by_one(
    function: str, event: SQSEvent, is_done: Callable[[dict[str, Any], logs.Fields], bool]
) -> BatchAnswer:
    """Handles a queue's records one at a time; failed ones are delivered again. Raises
    HandlerFailed."""
    records = event.to_dict()["Records"]
    with batch(function, records) as line:
        failed = [record["messageId"] for record in records if not _is_done(record, line, is_done)]
        line["failed"] = len(failed)
        return batch_failures(failed)


def _is_done(
    record: dict[str, Any],
    line: logs.Fields,
    is_done: Callable[[dict[str, Any], logs.Fields], bool],
) -> bool:
    try:
        return is_done(record, line)
    except Exception as error:
        logs.failure("a message broke its handler", error, message_id=record["messageId"])
        return False


def alone_if_broken(handler: QueueHandler) -> QueueHandler:
    """A queue's handler that is called for each record alone after a batch broke it: only those
    that break it alone are delivered again."""

    @wraps(handler)
    def handle(event: SQSEvent) -> BatchAnswer:
        records = event.to_dict()["Records"]
        try:
            return handler(event)
        except HandlerFailed:
            if len(records) == 1:
                raise
        return batch_failures(
            record["messageId"] for record in records if _breaks(handler, record, event.context)
        )

    return handle


def _breaks(handler: QueueHandler, record: dict[str, Any], context: Any) -> bool:
    """True if the handler fails with the record alone."""
    try:
        return bool(handler(SQSEvent({"Records": [record]}, context))["batchItemFailures"])
    except HandlerFailed:
        return True


class FactBatch:
    """The facts in a queue's records, by message; a record that tells none has failed."""

    def __init__(self, records: Sequence[Any], kind: Any, line: logs.Fields) -> None:
        self.line = line
        self._found: dict[str, Any] = {
            record["messageId"]: parse_fact(record, kind) for record in records
        }

    @property
    def facts(self) -> list[Any]:
        return [fact for fact in self._found.values() if fact]

    def answer(self, has_failed: Callable[[Any], bool]) -> BatchAnswer:
        """Lambda's partial batch response, with the messages that failed."""
        again = [
            message for message, fact in self._found.items() if fact is None or has_failed(fact)
        ]
        self.line["failed"] = len(again)
        return batch_failures(again)


@contextmanager
def fact_batch(function: str, event: SQSEvent, kind: Any) -> Iterator[FactBatch]:
    """Handles a queue's records together, as `batch` does."""
    records = event.to_dict()["Records"]
    with batch(function, records) as line:
        yield FactBatch(records, kind, line)


def parse_fact(record: dict[str, Any], kind: Any) -> Any:
    """The fact of that kind in a queue's record; None if it tells none, which is logged."""
    try:
        return msgspec.json.decode(record["body"], type=kind)
    except msgspec.DecodeError as error:
        logs.failure("a message tells no fact", error, message_id=record["messageId"])
        return None


def trace_facts(facts: Sequence[Event | EntryBooked], line: logs.Fields) -> None:
    """Notes which reports these facts are about; the run continues under the request that they come
    from, or names all their requests."""
    line["service_request_ids"] = sorted({fact.service_request_id for fact in facts})
    follow_requests(facts, line)


def follow_requests(facts: Iterable[Event | EntryBooked | JobChanged], line: logs.Fields) -> None:
    """Continues the run under the request that these facts come from, or names all their
    requests."""
    ids = sorted({fact.request_id for fact in facts if fact.request_id})
    if len(ids) == 1:
        trace.adopt_id(ids[0])
    elif ids:
        line["request_ids"] = ids


def measure_age(
    facts: Iterable[Event | EntryBooked | OfNotice | JobChanged | RoundDayChanged],
    line: logs.Fields,
) -> None:
    """Notes the age of the oldest of these changes, if any of them has a time."""
    stored = [fact.stored_at_ms for fact in facts if fact.stored_at_ms]
    if stored:
        line["age_ms"] = max(0, int(time.time() * 1000) - min(stored))


def batch_failures(identifiers: Iterable[str]) -> BatchAnswer:
    """Lambda's partial batch response: the records to be delivered again."""
    return {"batchItemFailures": [{"itemIdentifier": each} for each in identifiers]}
