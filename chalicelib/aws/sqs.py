"""An SQS queue of a reaction: facts and other messages."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import UpstreamFailed
from chalicelib.texts import Text

if TYPE_CHECKING:
    from types import UnionType

    from mypy_boto3_sqs import SQSClient

MOST_IN_A_BATCH = 10


class SqsReaction:
    """One reaction's queue; it accepts only messages of these kinds, and of these only those for
    which `only` is true."""

    def __init__(
        self,
        client: "SQSClient",
        queue_url: str,
        kinds: "UnionType | type" = object,
        only: Callable[[object], bool] | None = None,
    ) -> None:
        self._client = client
        self._queue_url = queue_url
        self._kinds = kinds
        self._only = only

    def send(self, messages: Sequence[object], *, delay_s: int = 0) -> None:
        """Queues messages as JSON, in batches, that nobody receives for that many seconds. Raises
        UpstreamFailed if any was not accepted."""
        accepted = [each for each in messages if isinstance(each, self._kinds)]
        if self._only:
            accepted = list(filter(self._only, accepted))
        for start in range(0, len(accepted), MOST_IN_A_BATCH):
            self._send_batch(accepted[start : start + MOST_IN_A_BATCH], delay_s)

    def _send_batch(self, messages: Sequence[object], delay_s: int) -> None:
        delay = {"DelaySeconds": delay_s} if delay_s else {}
        entries = [
            {"Id": str(at), "MessageBody": msgspec.json.encode(each).decode(), **delay}
            for at, each in enumerate(messages)
        ]
        try:
            answer = self._client.send_message_batch(QueueUrl=self._queue_url, Entries=entries)  # type: ignore[arg-type]
        except (BotoCoreError, ClientError) as error:
            raise UpstreamFailed("The queue did not answer.") from error
        if answer.get("Failed"):
            raise UpstreamFailed(
                Text("The queue refused {count} messages.", count=len(answer["Failed"]))
            )
