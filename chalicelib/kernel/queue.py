"""The queue of a reaction."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

Item_contra = TypeVar("Item_contra", contravariant=True)

LONGEST_DELAY_S = 900
"""How long a queue can hold an item back (SQS, DelaySeconds)."""


class Queue(Protocol[Item_contra]):
    """Takes items that a reaction handles later."""

    def send(self, items: Sequence[Item_contra], /, *, delay_s: int = 0) -> None:
        """Queues the items so that they are handled in `delay_s` seconds, at most LONGEST_DELAY_S.
        Raises UpstreamFailed if any was not taken."""
