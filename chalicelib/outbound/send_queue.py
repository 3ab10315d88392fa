"""The queue of deliveries to be sent."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from chalicelib.kernel.observability import trace
from chalicelib.outbound.model import Wake

if TYPE_CHECKING:
    from chalicelib.aws.sqs import SqsReaction


class SendQueue:
    """The Queue port with SQS: each message names a delivery and the request that caused it."""

    def __init__(self, queue: "SqsReaction") -> None:
        self._queue = queue

    def send(self, delivery_ids: Sequence[str], *, delay_s: int = 0) -> None:
        request_id = trace.current_id()
        wakes = [Wake(delivery_id=each, request_id=request_id) for each in delivery_ids]
        self._queue.send(wakes, delay_s=delay_s)
