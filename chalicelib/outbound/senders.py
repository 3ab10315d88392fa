"""Destinations of deliveries, and the interface of the senders of all kinds."""

from typing import NamedTuple, Protocol, TypeVar

from chalicelib.outbound.model import Delivery

NOT_PASSED_ON = "not_to_be_passed_on"
"""The error code of a report that, in its present state, must not be sent to the destination."""


class DeliveryRefused(Exception):
    """The destination, or a rule of ours, will never accept the delivery; `code` is one of our
    error codes."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class DeliveryUnclear(Exception):
    """It was sent and may have arrived: the sender looks for it before it sends it again, after the
    requested wait."""

    def __init__(self, code: str, retry_after_s: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after_s = retry_after_s


class SendResult(NamedTuple):
    """The destination accepted it; `external_id` is its id there, if it gave one."""

    external_id: str | None = None


To_contra = TypeVar("To_contra", contravariant=True)


class DeliverySender(Protocol[To_contra]):
    """Sends deliveries of one kind. It reads the present content itself."""

    def send(self, delivery: Delivery, destination: To_contra) -> SendResult:
        """Sends the delivery.

        Raises DeliveryRefused (never send it again), DeliveryUnclear or NoReply (it may have
        arrived), NotNow or another UpstreamFailed (it did not arrive, or the report could not be
        read)."""

    def find(self, delivery: Delivery, destination: To_contra) -> SendResult | None:
        """Looks for a delivery that may have arrived; None if it did not, or if nobody can tell and
        a second copy does no harm. Raises DeliveryUnclear, UpstreamFailed."""
