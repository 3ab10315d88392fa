"""The queue of deliveries to be sent."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from chalicelib.kernel.observability import trace
from chalicelib.outbound.model import Wake

if TYPE_CHECKING:
    from chalicelib.aws.sqs import SqsReaction


class SendQueue:
    """The queue of the sender: each message names a delivery and the request behind it."""

    def __init__(self, queue: "SqsReaction") -> None:
        self._queue = queue

    def send(self, delivery_ids: Sequence[str]) -> None:
        behind = trace.current()
        self._queue.send([Wake(delivery_id=each, request_id=behind) for each in delivery_ids])
