"""Stream handlers: a record that cannot be read goes to dead letters and the others are followed.

A stream is ordered, so a record that fails for ever would stop its shard. Only a service of AWS
that does not answer is a reason to try again: then the batch is delivered again, in order, until
Lambda gives it up.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import msgspec
from chalice.app import DynamoDBEvent

from chalicelib.bootstrap import container
from chalicelib.errors import AppError
from chalicelib.handlers.http.event import BatchAnswer, batch, batch_failures
from chalicelib.kernel.observability import logs

T = TypeVar("T")
Record = dict[str, Any]


class UnreadRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A record of a stream that could not be read: where it is in the stream, the key of its item,
    and the kind of the error. It has none of the item's other values."""

    function: str
    stream: str
    sequence_number: str
    event_id: str
    keys: dict[str, Any]
    error: str


class StreamBatch:
    """The records of a stream that a handler was given."""

    def __init__(self, function: str, records: Sequence[Record], line: logs.Fields) -> None:
        self.records = records
        self.line = line
        self._function = function
        self._unread: list[UnreadRecord] = []

    def read(self, parse: Callable[[Record], T | None]) -> list[T]:
        """What `parse` finds in the records, without None. A record for which it fails is set
        aside."""
        found = [self.attempt([record], parse, record) for record in self.records]
        return [each for each in found if each is not None]

    def attempt(
        self, records: Sequence[Record], work: Callable[..., T], *arguments: Any
    ) -> T | None:
        """What `work` returns. Sets the records aside, and returns None, if it fails for another
        reason than that AWS does not answer. Raises AppError."""
        try:
            return work(*arguments)
        except AppError:
            raise
        except Exception as error:
            self._set_aside(records, error)
            return None

    def send_unread(self) -> None:
        """Sends the records that were set aside to dead letters. Raises UpstreamFailed."""
        container.queue("unread").send(list(self._unread))
        self._unread.clear()

    def _set_aside(self, records: Sequence[Record], error: Exception) -> None:
        for record in records:
            change = record["dynamodb"]
            unread = UnreadRecord(
                function=self._function,
                stream=record["eventSourceARN"],
                sequence_number=change["SequenceNumber"],
                event_id=record["eventID"],
                keys=change["Keys"],
                error=type(error).__name__,
            )
            logs.failure("a record of a stream was not read", error, message_id=unread.event_id)
            if unread not in self._unread:
                self._unread.append(unread)
        self.line["unread"] = len(self._unread)


def follow_stream(
    function: str, event: DynamoDBEvent, follow: Callable[[StreamBatch], None]
) -> BatchAnswer:
    """Handles a batch of a stream. If AWS does not answer, all of it is delivered again from its
    first record. Raises HandlerFailed."""
    records: list[Record] = event.to_dict()["Records"]
    with batch(function, records) as line:
        found = StreamBatch(function, records, line)
        try:
            follow(found)
            found.send_unread()
        except AppError as error:
            logs.failure("changes were not followed, they will come again", error)
            line["failed"] = len(records)
            return batch_failures([records[0]["dynamodb"]["SequenceNumber"]])
        return batch_failures([])
