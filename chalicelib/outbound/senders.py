"""Where deliveries go, and the one port through which they leave, whatever their kind."""

from typing import NamedTuple, Protocol, TypeVar

from chalicelib.outbound.model import Delivery

NOT_PASSED_ON = "not_to_be_passed_on"
"""The code of a report that is not to be passed on there, as it is by now."""


class Refused(Exception):
    """The destination, or a rule of ours, will never take this; `code` is a fixed word of ours."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Unclear(Exception):
    """It was sent and may have arrived: look there before it is sent again, and not before the
    time that was asked for."""

    def __init__(self, code: str, retry_after_s: int = 0) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after_s = retry_after_s


class Sent(NamedTuple):
    """The destination took it, and calls it this, if it said so."""

    external_id: str | None = None


To_contra = TypeVar("To_contra", contravariant=True)


class Sender(Protocol[To_contra]):
    """How deliveries of one kind leave. It reads what it sends itself, as it is now."""

    def send(self, delivery: Delivery, destination: To_contra) -> Sent:
        """Sends it.

        Raises Refused (never send it again), Unclear or NoReply (it may have arrived), NotNow or
        another UpstreamFailed (it did not; also where the report could not be read).
        """

    def find(self, delivery: Delivery, destination: To_contra) -> Sent | None:
        """Looks there for what may have arrived; None where it did not, or nobody can tell and
        the destination can bear it twice. Raises Unclear, UpstreamFailed."""
