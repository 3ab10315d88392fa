"""Where deliveries go, and the one port through which they leave, whatever their kind."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol, TypeVar

from chalicelib.outbound.model import Case, Delivery, Kind, Reopening

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


class Destination(Protocol):
    """Where deliveries go."""

    @property
    def destination(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> Kind: ...


class OwnDestination(Destination, Protocol):
    """One of the council's document."""

    @property
    def passes_on_partners(self) -> bool:
        """True where it gets also what came from other systems through Open311."""


class ServiceMapping(Protocol):
    """What a service of ours is called there; `attributes` from their code to ours."""

    @property
    def service_code(self) -> str: ...
    @property
    def attributes(self) -> Mapping[str, str]: ...


class Open311Destination(OwnDestination, Protocol):
    """Another body's GeoReport v2 server: `endpoint` such as https://example.org/open311/v2."""

    @property
    def endpoint(self) -> str: ...
    @property
    def jurisdiction_id(self) -> str | None: ...
    @property
    def services(self) -> Mapping[str, ServiceMapping]: ...
    @property
    def passes_contact(self) -> bool: ...


class MailboxDestination(OwnDestination, Protocol):
    """A team's mailbox."""

    @property
    def to(self) -> str: ...
    @property
    def passes_contact(self) -> bool: ...


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


class Cases(Protocol):
    """The reports as the forwarding senders see them."""

    def __call__(self, service_request_id: str, /) -> Case | None:
        """The report as it is passed on; None where it may not be, by now. Raises
        UpstreamFailed."""


class Reopenings(Protocol):
    """The reports as the sender of reopening updates sees them."""

    def __call__(self, service_request_id: str, /) -> Reopening | None:
        """The text of the resident who last opened the report again; None where no resident did,
        or where it may not be passed on. Raises UpstreamFailed."""
