"""The outbound slice's ports in memory."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from msgspec.structs import replace

from chalicelib.catalogue.destinations import (
    Destination,
    MailboxDestination,
    Open311Destination,
    ServiceMapping,
)
from chalicelib.kernel.optimistic import AlreadyExists, VersionConflict
from chalicelib.outbound.model import Case, Delivery, Reopening, State
from chalicelib.outbound.ports import MOST_COUNTED, DeliveryPage, Ports
from chalicelib.outbound.receivers import Filter, Receiver
from chalicelib.outbound.senders import SendResult
from chalicelib.reports.published import Report
from tests.support.builders import NOON, known_report
from tests.support.fakes import Clock, MemoryQueue
from tests.support.fakes_forwarding import MemoryMarks

COUNTY = Open311Destination(
    destination="county",
    name="Eskershire County Council",
    endpoint="https://county.example/open311/v2",
    services={"pothole": ServiceMapping(service_code="RD-01", attributes={"how_big": "size"})},
)
PARKS_MAILBOX = MailboxDestination(
    destination="parks", name="Parks team", to="parks@council.example"
)
FORWARDED = {"pothole": "county", "fallen-tree": "parks"}


def delivery(**values: Any) -> Delivery:
    return Delivery(
        **{
            "delivery_id": "d" * 32,
            "destination": "county",
            "kind": "open311",
            "event": "forwarded",
            "service_request_id": "7K3M2QXV9HTD",
            "occurred_at": NOON,
            "updated_at": NOON,
            "next_try_at": NOON,
            **values,
        }
    )


def receiver(**values: Any) -> Receiver:
    return Receiver(
        **{
            "receiver_id": "a" * 32,
            "name": "Data warehouse",
            "url": "https://warehouse.example/hook",
            "secret": "whsec_" + "QUFB" * 11,
            "filter": Filter(),
            "enabled": True,
            "created_at": NOON,
            **values,
        }
    )


def outbound_report(**values: Any) -> Report:
    return known_report(**{"ward_code": "E05000001", **values})


class MemoryDeliveries:
    """Deliveries in a dictionary."""

    def __init__(self) -> None:
        self.stored: dict[str, Delivery] = {}

    def create(self, delivery: Delivery) -> Delivery:
        if delivery.delivery_id in self.stored:
            raise AlreadyExists
        return self._put(delivery)

    def save(self, delivery: Delivery) -> Delivery:
        present = self.stored.get(delivery.delivery_id)
        if present is None or present.version != delivery.version:
            raise VersionConflict
        return self._put(delivery)

    def get(self, delivery_id: str) -> Delivery | None:
        return self.stored.get(delivery_id)

    def find_by_external_id(self, destination: str, external_id: str) -> Delivery | None:
        named = ((each.destination, each.external_id, each) for each in self.stored.values())
        return next((each for *names, each in named if names == [destination, external_id]), None)

    def due(self, now: datetime, *, limit: int) -> Sequence[str]:
        waiting = [
            (each.due_at, each.delivery_id)
            for each in self.stored.values()
            if each.state in ("waiting", "sending") and each.due_at <= now
        ]
        return [delivery_id for _, delivery_id in sorted(waiting)[:limit]]

    def in_state(
        self, state: State, destination: str | None, *, limit: int, after: str | None
    ) -> DeliveryPage:
        found = self._sorted(state, destination)[::-1]
        rest = [each for each in found if after is None or _place(each) < after]
        following = _place(rest[limit - 1]) if len(rest) > limit else None
        return DeliveryPage(rest[:limit], following)

    def ended_between(
        self, state: State, destination: str, *, since: datetime, until: datetime, limit: int
    ) -> Sequence[Delivery]:
        found = self._sorted(state, destination)
        return [each for each in found if since <= each.updated_at < until][:limit]

    def count(self, destination: str, state: State) -> int:
        return min(len(self._sorted(state, destination)), MOST_COUNTED + 1)

    def with_token(self, destination: str) -> Sequence[str]:
        named = [each for each in self.stored.values() if each.destination == destination]
        return sorted(
            each.delivery_id for each in named if each.external_id and not each.their_reference
        )

    def _put(self, delivery: Delivery) -> Delivery:
        stored = replace(delivery, version=delivery.version + 1)
        self.stored[delivery.delivery_id] = stored
        return stored

    def _sorted(self, state: State, destination: str | None) -> list[Delivery]:
        found = [
            each
            for each in self.stored.values()
            if each.state == state and destination in (None, each.destination)
        ]
        return sorted(found, key=_place)


class MemoryReceivers:
    """Receivers in a dictionary."""

    def __init__(self) -> None:
        self.stored: dict[str, Receiver] = {}

    def create(self, receiver: Receiver) -> Receiver:
        if receiver.receiver_id in self.stored:
            raise AlreadyExists
        return self._put(receiver)

    def save(self, receiver: Receiver) -> Receiver:
        present = self.stored.get(receiver.receiver_id)
        if present is None or present.version != receiver.version:
            raise VersionConflict
        return self._put(receiver)

    def get(self, receiver_id: str) -> Receiver | None:
        return self.stored.get(receiver_id)

    def all(self) -> Sequence[Receiver]:
        return [self.stored[each] for each in sorted(self.stored)]

    def remove(self, receiver_id: str) -> None:
        self.stored.pop(receiver_id, None)

    def _put(self, receiver: Receiver) -> Receiver:
        stored = replace(receiver, version=receiver.version + 1)
        self.stored[receiver.receiver_id] = stored
        return stored


class FakeReports:
    """Reports for the outbound slice; `notes` are the notes that it added."""

    def __init__(self) -> None:
        self.known: dict[str, Report] = {}
        self.notes: dict[str, tuple[str, str, str | None]] = {}
        self.fails: Exception | None = None

    def many(self, service_request_ids: Sequence[str]) -> Mapping[str, Report]:
        return {each: self.known[each] for each in service_request_ids if each in self.known}

    def public(self, service_request_id: str) -> Any | None:
        found = self.known.get(service_request_id)
        if found is None or not found.is_public:
            return None
        return {"service_request_id": service_request_id}

    def case(self, service_request_id: str) -> Case | None:
        return None

    def current_case(self, service_request_id: str) -> Case | None:
        return None

    def current_case_at(self, service_request_id: str, destination: str) -> Case | None:
        return None

    def find_reopening(self, service_request_id: str) -> Reopening | None:
        return None

    def note_passed_on(
        self, service_request_id: str, to: str, reference: str | None, delivery_id: str
    ) -> None:
        if self.fails:
            raise self.fails
        self.notes[delivery_id] = (service_request_id, to, reference)


class FakeSender:
    """Accepts all deliveries, except those for which `raises` has an error; `there` has the arrived
    deliveries, in order. An error with the attribute `arrived` is raised after the delivery
    arrived. `forgets` hides them from `find`."""

    def __init__(self) -> None:
        self.there: list[str] = []
        self.raises: list[Exception | None] = []
        self.looked_for: list[str] = []
        self.forgets = False

    def send(self, delivery: Delivery, destination: Any) -> SendResult:
        error = self.raises.pop(0) if self.raises else None
        if error and not getattr(error, "arrived", False):
            raise error
        self.there.append(delivery.delivery_id)
        if error:
            raise error
        return SendResult(f"X-{delivery.delivery_id[:4]}")

    def find(self, delivery: Delivery, destination: Any) -> SendResult | None:
        self.looked_for.append(delivery.delivery_id)
        arrived = delivery.delivery_id in self.there and not self.forgets
        return SendResult(f"X-{delivery.delivery_id[:4]}") if arrived else None


@dataclass
class OutboundWorld:
    """The slice's ports in memory, each with its own type."""

    clock: Clock
    deliveries: MemoryDeliveries = field(default_factory=MemoryDeliveries)
    receivers: MemoryReceivers = field(default_factory=MemoryReceivers)
    marks: MemoryMarks = field(default_factory=MemoryMarks)
    reports: FakeReports = field(default_factory=FakeReports)
    sender: FakeSender = field(default_factory=FakeSender)
    queue: MemoryQueue[str] = field(default_factory=MemoryQueue)
    published: list[bytes] = field(default_factory=list)
    chance: float = 1.0
    check_url: Callable[[str], None] = lambda url: None

    def ports(self) -> Ports:
        numbers = count(1)
        destinations: Mapping[str, Destination] = {"county": COUNTY, "parks": PARKS_MAILBOX}
        return Ports(
            deliveries=self.deliveries,
            receivers=self.receivers,
            marks=self.marks,
            reports=self.reports,
            senders=dict.fromkeys(("open311", "mailbox", "update", "webhook"), self.sender),
            queue=self.queue,
            destinations=destinations,
            forward_to=FORWARDED.get,
            service_codes=("pothole", "fallen-tree", "graffiti"),
            check_url=self.check_url,
            publish=self.published.append,
            random_bytes=lambda size: next(numbers).to_bytes(size, "big"),
            chance=lambda: self.chance,
            now=self.clock,
        )


def _place(delivery: Delivery) -> str:
    return f"{delivery.due_at:%Y-%m-%dT%H:%M:%SZ}#{delivery.delivery_id}"
