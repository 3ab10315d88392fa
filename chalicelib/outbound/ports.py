"""What the outbound slice needs from outside."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from chalicelib.catalogue.destinations import Destination
from chalicelib.kernel.queue import Queue
from chalicelib.net.safe_http_client import Reply
from chalicelib.outbound.model import Case, Delivery, Kind, Reopening, State
from chalicelib.outbound.receivers import Receiver
from chalicelib.outbound.senders import Sender
from chalicelib.reports.published import Report, ReportView

MOST_COUNTED = 1_000
"""How far deliveries are counted."""


class Mark(NamedTuple):
    """Until when a destination was asked for its updates, and before when some of them could not
    be had."""

    until: datetime
    missed_until: datetime | None = None


class Listed(NamedTuple):
    """Some of a list; `next` is where to go on, None at its end."""

    deliveries: Sequence[Delivery]
    next: str | None


class Deliveries(Protocol):
    """Where deliveries are kept. Every method raises UpstreamFailed when the store does not
    answer; lists may lag a second behind."""

    def create(self, delivery: Delivery) -> Delivery:
        """Stores a new delivery, as version 1. Raises AlreadyExists."""

    def save(self, delivery: Delivery) -> Delivery:
        """Replaces the stored delivery if it has `delivery.version`. Raises VersionConflict."""

    def get(self, delivery_id: str) -> Delivery | None:
        """The delivery as it is now (a consistent read)."""

    def called(self, destination: str, external_id: str) -> Delivery | None:
        """The delivery that is called this at its destination."""

    def due(self, now: datetime, *, limit: int) -> Sequence[str]:
        """Ids of those whose next try is due, and of those whose sender did not come back; those
        that wait longest first."""

    def in_state(
        self, state: State, destination: str | None, *, limit: int, after: str | None
    ) -> Listed:
        """Those in the state, of one destination or of all, the latest first."""

    def finished(
        self, state: State, destination: str, *, since: datetime, until: datetime, limit: int
    ) -> Sequence[Delivery]:
        """Those that came into that state between then (inclusive) and then (exclusive), the
        earliest first."""

    def count(self, destination: str, state: State) -> int:
        """How many of the destination's are in the state; MOST_COUNTED + 1 where there are more."""

    def with_token(self, destination: str) -> Sequence[str]:
        """Ids of the destination's for which there is but a token."""


class Receivers(Protocol):
    """Where receivers are kept. Every method raises UpstreamFailed."""

    def create(self, receiver: Receiver) -> Receiver:
        """Stores a new receiver, as version 1. Raises AlreadyExists."""

    def save(self, receiver: Receiver) -> Receiver:
        """Replaces the stored receiver if it has `receiver.version`. Raises VersionConflict."""

    def get(self, receiver_id: str) -> Receiver | None:
        """The receiver as it is now."""

    def all(self) -> Sequence[Receiver]:
        """Every receiver, in the order of their ids (a consistent read)."""

    def remove(self, receiver_id: str) -> None:
        """Forgets the receiver; nothing happens where it is not known."""


class Marks(Protocol):
    """Until when destinations were asked for updates. Every method raises UpstreamFailed."""

    def get(self, destination: str) -> Mark | None:
        """Until then; None where it never was."""

    def put(self, destination: str, mark: Mark) -> None:
        """Keeps that."""


class Reports(Protocol):
    """The reports, as deliveries see them. Every method raises UpstreamFailed."""

    def many(self, service_request_ids: Sequence[str]) -> Mapping[str, Report]:
        """Those of the reports that are stored, as they are now."""

    def public(self, service_request_id: str) -> ReportView | None:
        """The report as everybody may see it; None if it is not public."""

    def case(self, service_request_id: str) -> Case | None:
        """The report as it is passed on; None where it may not be, by now."""

    def reopening(self, service_request_id: str) -> Reopening | None:
        """The text of the resident who last opened the report again; None where no resident did,
        or where it may not be passed on."""

    def passed_on(
        self, service_request_id: str, to: str, reference: str | None, delivery_id: str
    ) -> None:
        """Notes on the report, once for each delivery, that it was passed on to a body of that
        name, which calls it that."""


class HttpClient(Protocol):
    """The way to an address that somebody gave us."""

    def post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str],
        *,
        most_bytes: int,
        timeout_s: float,
    ) -> Reply:
        """Raises AddressRefused, UpstreamFailed (nothing was sent), NoReply."""


@dataclass(frozen=True)
class Ports:
    """Everything that the use cases reach outside for. `destinations` are the council's own by
    code, `forward_to` says for a service_code which of them it is passed on to; `chance` is a
    random number from 0 to 1; `check_url` raises Invalid for an address that nothing is sent to;
    `publish` puts the document of what gets through in the place of the last one."""

    deliveries: Deliveries
    receivers: Receivers
    marks: Marks
    reports: Reports
    senders: Mapping[Kind, Sender[Any]]
    queue: Queue[str]
    destinations: Mapping[str, Destination]
    forward_to: Callable[[str], str | None]
    check_url: Callable[[str], None]
    publish: Callable[[bytes], None]
    random_bytes: Callable[[int], bytes]
    chance: Callable[[], float]
    now: Callable[[], datetime]
