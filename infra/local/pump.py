"""Stands in for AWS between a stream, a queue or the clock and a handler. It reads the real stream
and queues, calls the real handlers with Lambda's events, and respects their partial batch
responses: failed records are delivered again. The running thread keeps the schedules; without it
they run on request.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any, Protocol

import boto3
from botocore.config import Config
from chalice.app import Chalice, DynamoDBEventConfig, ScheduledEventConfig, SQSEventConfig

from chalicelib.kernel.observability import logs
from chalicelib.kernel.time import utc_now
from infra.local.schedules import Handler, Schedule, handler_named

PAUSE_S = 0.02
LONGEST_PAUSE_S = 0.3
"""The interval between two checks of idle sources: checking eight sources costs 40 ms."""
RETRY_AFTER_S = 1.0
IDLE_ROUNDS = 2
MOST_IN_A_REQUEST = 10


class Source(Protocol):
    """A source of events for a handler."""

    def step(self, now: float, *, is_hurried: bool = False) -> bool:
        """Delivers the events due at `now` (monotonic seconds), and those that wait for the end of
        a batching window if it `is_hurried`; returns False if nothing is left to do."""

    def begin_anew(self) -> None:
        """Drops everything that it has read."""


class Peeking(Protocol):
    """Whether there may be anything to read, without a call of AWS. `infra.local.peeking` is for
    moto in this process, `ALWAYS` for an AWS in another one."""

    def has_messages(self, queue_arn: str) -> bool: ...

    def has_records(self, stream_arn: str, iterator: str) -> bool: ...


class _Always:
    def has_messages(self, queue_arn: str) -> bool:
        return True

    def has_records(self, stream_arn: str, iterator: str) -> bool:
        return True


ALWAYS: Peeking = _Always()


class StreamSource:
    """A DynamoDB stream's records, in order."""

    def __init__(
        self,
        config: DynamoDBEventConfig,
        stream_arn: str,
        client: Any,
        handler: Handler,
        peeking: Peeking,
    ) -> None:
        self._client = client
        self._handler = handler
        self._peeking = peeking
        self._arn = stream_arn
        self._batch_size = config.batch_size
        shard = self._client.describe_stream(StreamArn=stream_arn)["StreamDescription"]["Shards"][0]
        self._first_iterator = self._client.get_shard_iterator(
            StreamArn=stream_arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        self.begin_anew()

    def begin_anew(self) -> None:
        """Reads the stream from its beginning."""
        self._iterator = self._first_iterator
        self._waiting: list[dict[str, Any]] = []
        self._not_before = 0.0

    def step(self, now: float, *, is_hurried: bool = False) -> bool:
        self._read()
        if not self._waiting:
            return False
        if now < self._not_before:
            return True
        batch = self._waiting[: self._batch_size]
        failed = _deliver(self._handler, batch)
        numbers = [record["dynamodb"]["SequenceNumber"] for record in batch]
        done = min((numbers.index(n) for n in failed if n in numbers), default=len(batch))
        if failed == {""}:
            done = 0
        del self._waiting[:done]
        if done < len(batch):
            self._not_before = now + RETRY_AFTER_S
        return True

    def _read(self) -> None:
        if not self._peeking.has_records(self._arn, self._iterator):
            return
        answer = self._client.get_records(ShardIterator=self._iterator)
        self._iterator = answer["NextShardIterator"]
        for record in answer["Records"]:
            change = dict(record["dynamodb"])
            change["ApproximateCreationDateTime"] = time.time()
            self._waiting.append({**record, "dynamodb": change, "eventSourceARN": self._arn})


class QueueSource:
    """An SQS queue's messages, gathered for the handler's batching window."""

    def __init__(
        self,
        config: SQSEventConfig,
        queue_arn: str,
        client: Any,
        handler: Handler,
        peeking: Peeking,
    ) -> None:
        self._client = client
        self._handler = handler
        self._peeking = peeking
        self._arn = queue_arn
        self._url = self._client.get_queue_url(QueueName=queue_arn.rsplit(":", 1)[1])["QueueUrl"]
        self._batch_size = config.batch_size
        self._window_s = config.maximum_batching_window_in_seconds
        self.begin_anew()

    def begin_anew(self) -> None:
        """Drops the messages that wait for the end of the batching window."""
        self._gathered: list[dict[str, Any]] = []
        self._due = 0.0

    def step(self, now: float, *, is_hurried: bool = False) -> bool:
        if len(self._gathered) < self._batch_size:
            self._receive(now)
        if not self._gathered:
            return False
        is_early = now < self._due and not is_hurried
        if is_early and len(self._gathered) < self._batch_size:
            return True
        batch, self._gathered = self._gathered, []
        failed = _deliver(self._handler, batch)
        done = [
            {"Id": record["messageId"], "ReceiptHandle": record["receiptHandle"]}
            for record in batch
            if "" not in failed and record["messageId"] not in failed
        ]
        for start in range(0, len(done), MOST_IN_A_REQUEST):
            some = done[start : start + MOST_IN_A_REQUEST]
            self._client.delete_message_batch(QueueUrl=self._url, Entries=some)
        return True

    def _receive(self, now: float) -> None:
        if not self._peeking.has_messages(self._arn):
            return
        answer = self._client.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=min(MOST_IN_A_REQUEST, self._batch_size - len(self._gathered)),
            MessageSystemAttributeNames=["All"],
        )
        messages = answer.get("Messages", [])
        if messages and not self._gathered:
            self._due = now + self._window_s
        self._gathered += [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message.get("Attributes", {}),
                "messageAttributes": {},
                "md5OfBody": message["MD5OfBody"],
                "eventSource": "aws:sqs",
                "eventSourceARN": self._arn,
                "awsRegion": self._arn.split(":")[3],
            }
            for message in messages
        ]


class Pump:
    """All sources of an app, stepped by a thread or by hand, and its schedules."""

    def __init__(
        self,
        app: Chalice,
        arns: Mapping[str, str],
        clock: Callable[[], datetime] = utc_now,
        *,
        handler_of: Callable[[str], Handler] = handler_named,
        peeking: Peeking | None = None,
    ) -> None:
        """`handler_of` finds the handler of a module's dotted name; without `peeking` moto is in
        this process."""
        self._clock = clock
        self._scheduled = [
            (config, handler_of(config.handler_string))
            for config in app.event_sources
            if isinstance(config, ScheduledEventConfig)
        ]
        self._sources = _sources(app, arns, handler_of, peeking or _of_moto())
        self._schedules_lock = threading.Lock()
        self._begin()

    def begin_anew(self) -> None:
        """Stops, and resets the sources and the schedules: the resources were emptied."""
        self.stop()
        for source in self._sources:
            source.begin_anew()
        self._begin()

    def _begin(self) -> None:
        started = self._clock()
        self._schedules = [Schedule(config, started, run) for config, run in self._scheduled]
        self._rounds = 0
        self._last_busy_round = 0
        self._is_hurried = False
        self._stopping = threading.Event()
        self._hurry = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pump", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._hurry.set()
        if self._thread.is_alive():
            self._thread.join()

    def run_schedules(self, now: datetime | None = None) -> int:
        """Calls the handlers due at `now`, or by the clock. Returns the number of calls."""
        moment = now or self._clock()
        return sum([schedule.run(moment) for schedule in self._schedules])

    @contextmanager
    def without_schedules(self) -> Iterator[None]:
        """Keeps the running thread from calling schedules: they would rebuild documents that were
        put into the bucket by hand."""
        with self._schedules_lock:
            yield

    def run_until_idle(self) -> None:
        """Delivers everything, without waiting for batching windows; for use without a running
        thread. Schedules wait for `run_schedules`."""
        while self.step(float("inf")):
            pass

    def wait_until_idle(self, timeout_s: float = 300.0) -> None:
        """Waits until the running thread has nothing left, however much there is: `timeout_s`
        limits one round. Meanwhile nothing waits for the end of a batching window. Raises
        TimeoutError.
        """
        first = rounds = self._rounds
        deadline = time.monotonic() + timeout_s
        self._is_hurried = True
        self._hurry.set()
        try:
            while self._rounds - max(first, self._last_busy_round) < IDLE_ROUNDS:
                if rounds != self._rounds:
                    rounds, deadline = self._rounds, time.monotonic() + timeout_s
                elif time.monotonic() > deadline:
                    raise TimeoutError(f"The pump did nothing for {timeout_s} s and was not idle.")
                time.sleep(PAUSE_S)
        finally:
            self._is_hurried = False

    def step(self, now: float) -> bool:
        """Delivers once what each source has due at `now` (monotonic seconds); False where nothing
        is left to do."""
        is_hurried = self._is_hurried
        busy = True in [source.step(now, is_hurried=is_hurried) for source in self._sources]
        if busy:
            self._last_busy_round = self._rounds + 1
        self._rounds += 1
        return busy

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._run_schedules_unless_held()
                self.step(time.monotonic())
            except Exception as error:
                logs.failure("a source could not be read, it is tried again", error)
                self._stopping.wait(RETRY_AFTER_S)
            idle_rounds = self._rounds - self._last_busy_round
            self._hurry.wait(min(PAUSE_S * (1 + idle_rounds), LONGEST_PAUSE_S))
            self._hurry.clear()

    def _run_schedules_unless_held(self) -> None:
        if self._schedules_lock.acquire(blocking=False):
            try:
                self.run_schedules()
            finally:
                self._schedules_lock.release()


def _sources(
    app: Chalice, arns: Mapping[str, str], handler_of: Callable[[str], Handler], peeking: Peeking
) -> list[Source]:
    client = cache(_client)
    return [
        _source(config, arns, client, handler_of(config.handler_string), peeking)
        for config in app.event_sources
        if not isinstance(config, ScheduledEventConfig)
    ]


def _of_moto() -> Peeking:
    # Imported on use: a process whose AWS is elsewhere does not need moto.
    from infra.local import peeking

    return peeking


def _client(service: str) -> Any:
    # With moto the client must not put the account into the host name.
    config = Config(account_id_endpoint_mode="disabled")
    return boto3.client(service, config=config)  # type: ignore[call-overload]


def _source(
    config: Any,
    arns: Mapping[str, str],
    client: Callable[[str], Any],
    handler: Handler,
    peeking: Peeking,
) -> Source:
    if isinstance(config, DynamoDBEventConfig):
        arn, of = arns[config.stream_arn], client("dynamodbstreams")
        return StreamSource(config, arn, of, handler, peeking)
    if isinstance(config, SQSEventConfig) and config.queue_arn:
        return QueueSource(config, arns[config.queue_arn], client("sqs"), handler, peeking)
    raise RuntimeError(f"The pump does not know how to feed {config.handler_string}.")


def _deliver(handler: Handler, records: list[dict[str, Any]]) -> set[str]:
    """The identifiers to be delivered again; an empty one means the whole batch, as for Lambda."""
    try:
        answer = handler({"Records": records}, None) or {}
    except Exception as error:
        logs.failure("a handler failed, its batch comes again", error, records=len(records))
        return {""}
    return {failure["itemIdentifier"] for failure in answer.get("batchItemFailures", [])}
