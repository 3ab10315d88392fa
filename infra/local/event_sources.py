"""The sources of events on this machine: DynamoDB streams and SQS queues."""

import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import boto3
from botocore.config import Config
from chalice.app import DynamoDBEventConfig, SQSEventConfig

from chalicelib.kernel.observability import logs
from infra.local.schedules import Handler
from infra.local.stream_filters import passes, patterns_of

RETRY_AFTER_S = 1.0
MOST_IN_A_REQUEST = 10


class Source(Protocol):
    """A source of events for a handler."""

    window_s: int
    """The batching window, 0 without one."""

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
    """A DynamoDB stream's records that pass the handler's filter, in order."""

    window_s = 0

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
        self._patterns = patterns_of(config.handler_string.rpartition(".")[2])
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
        failed = deliver(self._handler, batch)
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
        for record in (each for each in answer["Records"] if passes(each, self._patterns)):
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
        self.window_s = config.maximum_batching_window_in_seconds
        self.begin_anew()

    def begin_anew(self) -> None:
        """Drops the messages that wait for the end of the batching window."""
        self._gathered: list[dict[str, Any]] = []
        self._due = 0.0

    def step(self, now: float, *, is_hurried: bool = False) -> bool:
        while len(self._gathered) < self._batch_size and self._receive(now):
            pass
        if not self._gathered:
            return False
        is_early = now < self._due and not is_hurried
        if is_early and len(self._gathered) < self._batch_size:
            return True
        batch, self._gathered = self._gathered, []
        failed = deliver(self._handler, batch)
        done = [
            {"Id": record["messageId"], "ReceiptHandle": record["receiptHandle"]}
            for record in batch
            if "" not in failed and record["messageId"] not in failed
        ]
        for start in range(0, len(done), MOST_IN_A_REQUEST):
            some = done[start : start + MOST_IN_A_REQUEST]
            self._client.delete_message_batch(QueueUrl=self._url, Entries=some)
        return True

    def _receive(self, now: float) -> bool:
        """False if the queue has no more messages at present."""
        if not self._peeking.has_messages(self._arn):
            return False
        answer = self._client.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=min(MOST_IN_A_REQUEST, self._batch_size - len(self._gathered)),
            MessageSystemAttributeNames=["All"],
        )
        messages = answer.get("Messages", [])
        if messages and not self._gathered:
            self._due = now + self.window_s
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
        return len(messages) == MOST_IN_A_REQUEST


def client_of(service: str) -> Any:
    # With moto the client must not put the account into the host name.
    config = Config(account_id_endpoint_mode="disabled")
    return boto3.client(service, config=config)  # type: ignore[call-overload]


def source_of(
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


def deliver(handler: Handler, records: list[dict[str, Any]]) -> set[str]:
    """The identifiers to be delivered again; an empty one means the whole batch, as for Lambda."""
    try:
        answer = handler({"Records": records}, None) or {}
    except Exception as error:
        logs.failure("a handler failed, its batch comes again", error, records=len(records))
        return {""}
    return {failure["itemIdentifier"] for failure in answer.get("batchItemFailures", [])}
