"""What the reports slice needs from outside."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from chalicelib.geo.point import Box
from chalicelib.reports.model import ServiceRequest, Summary, Update
from chalicelib.reports.states import Status


class Exists(Exception):
    """A report with this id is stored already."""


class Stale(Exception):
    """The stored report has another version than the one that was to be replaced."""


class Page(NamedTuple):
    """Some of a list; `next` is where to go on, None at its end."""

    reports: Sequence[Summary]
    next: str | None


class Filters(NamedTuple):
    """What a list leaves out; None leaves out nothing."""

    status: Status | None = None
    service_code: str | None = None


class Repository(Protocol):
    """Where reports are kept. Every method raises UpstreamFailed when the store does not answer."""

    def create(self, report: ServiceRequest) -> ServiceRequest:
        """Stores a new report, as version 1. Raises Exists."""

    def save(self, report: ServiceRequest) -> ServiceRequest:
        """Replaces the stored report if it has `report.version`. Raises Stale."""

    def get(self, service_request_id: str) -> ServiceRequest | None:
        """The report as it is now (a consistent read)."""

    def many(self, service_request_ids: Sequence[str]) -> Mapping[str, ServiceRequest]:
        """Those of the reports that are stored, as they are now (consistent reads)."""

    def archive(self, service_request_id: str, updates: Sequence[Update], *, first: int) -> None:
        """Keeps updates outside the report, the first of them as number `first` of its whole
        timeline; one that is kept already stays as it is."""

    def archived(self, service_request_id: str) -> Sequence[Update]:
        """The updates kept outside the report, oldest first."""

    def in_box(self, box: Box, filters: Filters, *, limit: int, after: str | None) -> Page:
        """Public reports in the box, edges included, in Z-order; may lag a second behind."""

    def ids(self) -> Iterator[str]:
        """Every stored report's id, in no order."""


class Ids(Protocol):
    """Ids and fingerprints derived from what the client sent, under a pinned secret."""

    def service_request_id(self, scope: str, key: str) -> str:
        """The id of the report that this caller makes with this Idempotency-Key."""

    def update_id(self, scope: str, service_request_id: str, key: str) -> str:
        """The id of the update that this caller adds with this Idempotency-Key."""

    def fingerprint(self, draft: bytes) -> str:
        """A keyed digest of a canonical draft: equal drafts, equal fingerprints."""


class Service(Protocol):
    """What reports need to know of a service."""

    @property
    def service_name(self) -> str: ...
    @property
    def team(self) -> str: ...
    def due(self, requested: datetime) -> datetime:
        """The promise date of something reported then."""


@dataclass(frozen=True)
class Ports:
    """Everything that the use cases reach outside for."""

    repository: Repository
    ids: Ids
    services: Mapping[str, Service]
    bounds: Box
    council_name: str
    site_url: str
    now: Callable[[], datetime]
