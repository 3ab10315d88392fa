"""The queue of a reaction."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

Item_contra = TypeVar("Item_contra", contravariant=True)


class Queue(Protocol[Item_contra]):
    """Takes items that a reaction handles later."""

    def send(self, items: Sequence[Item_contra], /) -> None:
        """Queues the items. Raises UpstreamFailed if any was not taken."""
