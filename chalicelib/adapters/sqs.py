"""Facts on their way to a reaction: an SQS queue."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import UpstreamFailed
from chalicelib.events import Event

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

MOST_IN_A_BATCH = 10


class SqsReaction:
    """One reaction's queue."""

    def __init__(self, client: "SQSClient", queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def send(self, events: Sequence[Event]) -> None:
        """Queues all of the facts, in batches. Raises UpstreamFailed if any was not taken."""
        for start in range(0, len(events), MOST_IN_A_BATCH):
            self._send_batch(events[start : start + MOST_IN_A_BATCH])

    def _send_batch(self, events: Sequence[Event]) -> None:
        entries = [
            {"Id": str(at), "MessageBody": msgspec.json.encode(event).decode()}
            for at, event in enumerate(events)
        ]
        try:
            answer = self._client.send_message_batch(QueueUrl=self._queue_url, Entries=entries)  # type: ignore[arg-type]
        except (BotoCoreError, ClientError) as error:
            raise UpstreamFailed("The queue did not answer.") from error
        if answer.get("Failed"):
            raise UpstreamFailed(f"The queue refused {len(answer['Failed'])} facts.")
