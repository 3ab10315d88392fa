"""The dependencies of deliveries to other systems."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from msgspec import Struct

from chalicelib.catalogue.destinations import Destination
from chalicelib.kernel.queue import Queue
from chalicelib.outbound.model import Case, Delivery, Kind, Reopening, State
from chalicelib.outbound.receivers import Receiver
from chalicelib.outbound.senders import DeliverySender
from chalicelib.reports.published import Report, ReportView

MOST_COUNTED = 1_000
"""How far deliveries are counted."""


class Mark(NamedTuple):
    """The moment until which a destination was asked for updates, and the moment before which some
    of them could not be read."""

    until: datetime
    missed_until: datetime | None = None


class DeliveryPage(NamedTuple):
    """One page of a list. `next` is where the next page starts, None at the end."""

    deliveries: Sequence[Delivery]
    next: str | None


class Deliveries(Protocol):
    """The store of deliveries. Every method raises UpstreamFailed when the store does not answer;
    lists may lag a second behind."""

    def create(self, delivery: Delivery) -> Delivery:
        """Stores a new delivery, as version 1. Raises AlreadyExists."""

    def save(self, delivery: Delivery) -> Delivery:
        """Replaces the stored delivery if it has `delivery.version`. Raises VersionConflict."""

    def get(self, delivery_id: str) -> Delivery | None:
        """The delivery as it is now (a consistent read)."""

    def find_by_external_id(self, destination: str, external_id: str) -> Delivery | None:
        """The delivery with this id at its destination."""

    def due(self, now: datetime, *, limit: int) -> Sequence[str]:
        """Ids of deliveries whose next try is due, and of those whose sender did not finish; the
        longest waiting first."""

    def in_state(
        self, state: State, destination: str | None, *, limit: int, after: str | None
    ) -> DeliveryPage:
        """Deliveries in the state, of one destination or of all, newest first."""

    def ended_between(
        self, state: State, destination: str, *, since: datetime, until: datetime, limit: int
    ) -> Sequence[Delivery]:
        """Deliveries that reached the state from `since` (inclusive) until `until` (exclusive),
        oldest first."""

    def count(self, destination: str, state: State) -> int:
        """The number of the destination's deliveries in the state; MOST_COUNTED + 1 if there are
        more."""

    def with_token(self, destination: str) -> Sequence[str]:
        """Ids of the destination's deliveries that have only a token so far."""


class Receivers(Protocol):
    """The store of receivers. Every method raises UpstreamFailed."""

    def create(self, receiver: Receiver) -> Receiver:
        """Stores a new receiver, as version 1. Raises AlreadyExists."""

    def save(self, receiver: Receiver) -> Receiver:
        """Replaces the stored receiver if it has `receiver.version`. Raises VersionConflict."""

    def get(self, receiver_id: str) -> Receiver | None:
        """The receiver as it is now."""

    def all(self) -> Sequence[Receiver]:
        """All receivers, ordered by id (a consistent read)."""

    def remove(self, receiver_id: str) -> None:
        """Deletes the receiver; does nothing if it is not stored."""


class Marks(Protocol):
    """The store of marks. Every method raises UpstreamFailed."""

    def get(self, destination: str) -> Mark | None:
        """The destination's mark; None if it was never asked."""

    def put(self, destination: str, mark: Mark) -> None:
        """Replaces the mark."""


class ReportsToSend(Protocol):
    """The reports, as deliveries see them. Every method raises UpstreamFailed."""

    def many(self, service_request_ids: Sequence[str]) -> Mapping[str, Report]:
        """The reports with these ids that are stored, as they are now."""

    def public(self, service_request_id: str) -> ReportView | None:
        """The report as everybody may see it; None if it is not public."""

    def case(self, service_request_id: str) -> Case | None:
        """The report for another body; None if it may not be passed on."""

    def current_case(self, service_request_id: str) -> Case | None:
        """The case as a body that knows it may know it now, open or closed; None if no other body
        may know it."""

    def current_case_at(self, service_request_id: str, destination: str) -> Case | None:
        """The same, None also if its service is not forwarded to this destination."""

    def find_reopening(self, service_request_id: str) -> Reopening | None:
        """The text of the resident who last reopened the report; None if no resident did, or it may
        not be passed on."""

    def note_passed_on(
        self, service_request_id: str, to: str, reference: str | None, delivery_id: str
    ) -> None:
        """Adds to the report, once for each delivery, that it was passed on to the body `to`, with
        that body's reference."""


class Ports(Struct, frozen=True):
    """The dependencies of the use cases. `destinations` are the council's, by code; `forward_to`
    gives the code of the destination for a service_code; `service_codes` are the council's;
    `check_url` raises Invalid if nothing may be sent to the address; `publish` replaces the
    document about deliveries that get through; `chance` is a random number from 0 to 1."""

    deliveries: Deliveries
    receivers: Receivers
    marks: Marks
    reports: ReportsToSend
    senders: Mapping[Kind, DeliverySender[Any]]
    queue: Queue[str]
    destinations: Mapping[str, Destination]
    forward_to: Callable[[str], str | None]
    service_codes: Collection[str]
    check_url: Callable[[str], None]
    publish: Callable[[bytes], None]
    random_bytes: Callable[[int], bytes]
    chance: Callable[[], float]
    now: Callable[[], datetime]
