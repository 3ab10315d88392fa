"""The dependencies of publishing."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from msgspec import Struct

from chalicelib.geo.point import Box, Point
from chalicelib.geo.quadkey import Tile
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.publishing.counters import (
    CountedLine,
    CountedReport,
    LineKey,
    Marks,
    ReportKey,
)
from chalicelib.reports.published import (
    PresentOutcome,
    ReportOutcome,
    ReportOutline,
    ReportView,
)


class Document(NamedTuple):
    """A document to publish. Without a `cache_control` the CDN keeps it for a minute."""

    body: bytes
    content_type: str
    cache_control: str | None = None


class Documents(Protocol):
    """The store of published documents. Every method raises UpstreamFailed."""

    def read(self, key: str) -> StoredDocument | None:
        """The document with that key; None if there is none."""

    def write(self, key: str, document: Document, held: StoredDocument | None) -> None:
        """Replaces the document `held`. Raises VersionConflict if it has changed."""

    def delete(self, key: str, held: StoredDocument) -> None:
        """Deletes the document `held`. Raises VersionConflict if it has changed."""

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys with this prefix."""


class PublicPhotos(Protocol):
    """The public copies of photos. Every method raises UpstreamFailed; a repeat changes nothing."""

    def keys(self, service_request_id: str) -> frozenset[str]:
        """The published files of a report's photos."""

    def service_request_ids(self) -> frozenset[str]:
        """The reports that have published photos."""

    def show(self, key: str) -> None:
        """Publishes the file; does nothing if the photo does not exist."""

    def hide(self, key: str) -> None:
        """Deletes the published file."""


class ReportsToPublish(Protocol):
    """The reports as they are now."""

    def public_views(self, service_request_ids: Sequence[str]) -> Mapping[str, ReportView]:
        """The public reports among these (consistent reads)."""

    def outlines(self) -> Iterator[ReportOutline]:
        """An outline of every stored report (consistent reads)."""

    def ids_of_day(self, day: str) -> Iterator[str]:
        """The ids of the public reports that were requested on the day (YYYY-MM-DD in UTC); may lag
        a second behind."""

    def ids_promised(self, since: datetime, until: datetime) -> Iterator[str]:
        """The ids of the open reports with a target in that time, public or not; may lag a second
        behind."""


class Outcomes(Protocol):
    """The outcomes of reports. Every method raises UpstreamFailed."""

    def present_outcomes(self, service_request_ids: Sequence[str]) -> Mapping[str, PresentOutcome]:
        """The outcomes of these reports as they are now (consistent reads), by id."""

    def outcomes_of_month(self, month: str) -> Iterator[tuple[str, ReportOutcome]]:
        """The ids and outcomes of the public reports that were requested in the month; may lag a
        second behind."""

    def newly_due(self, since: datetime) -> Iterator[ReportKey]:
        """The reports, public or not, whose target came after that moment while they were open; may
        lag a second behind."""

    def months(self) -> frozenset[str]:
        """The months of request of all reports; may lag a second behind."""


class Counters(Protocol):
    """The store of the counters (consistent reads). Every method raises UpstreamFailed."""

    def get_reports(self, keys: Collection[ReportKey]) -> Mapping[ReportKey, CountedReport]:
        """The counted outcomes of these reports, without reports that were never counted."""

    def get_lines(self, keys: Collection[LineKey]) -> Mapping[LineKey, CountedLine]:
        """The lines with these keys, without lines that are not stored."""

    def save(self, reports: Sequence[CountedReport], lines: Sequence[CountedLine]) -> None:
        """Stores all of these in one transaction, at most 100 together. Raises VersionConflict if
        another writer has changed one of them."""

    def lines_of_month(self, month: str) -> Sequence[CountedLine]:
        """All lines of the month."""

    def reports_of_month(self, month: str) -> Iterator[CountedReport]:
        """The counted outcomes of the month's reports."""

    def mark_changed(self, months: Collection[str]) -> None:
        """Marks the months as changed."""

    def months(self) -> Mapping[str, Marks]:
        """The marks of each month that was ever marked as changed."""

    def set_published(self, month: str, changed: int) -> None:
        """Records that the month was published with all changes up to that mark."""


class WardArea(Protocol):
    """A present ward."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def bounds(self) -> Box: ...
    @property
    def content(self) -> dict[str, Any]:
        """The content of the ward's document except for its reports."""

    def contains(self, point: Point) -> bool:
        """True if the ward contains the place."""


class Publisher(NamedTuple):
    """The publisher of the documents. `services` are the names of the services whose reports may be
    public, by service_code. `security_contact` is the email address for security faults, if there
    is one."""

    name: str
    site_url: str
    services: Mapping[str, str]
    security_contact: str | None = None


class Ports(Struct, frozen=True):
    """The dependencies of publishing.

    `purge` deletes the CDN's copies of some paths of the site, once for each reference; raises
    UpstreamFailed. `pages` make the page of a report in each language that
    the council offers, by its code, as HTML in UTF-8. `fixed_documents` makes the documents
    that depend on the configuration alone, by key; it reads a secret, so call it only to publish
    them. `council_tile` is the tile that contains the council, where its counts are published; the
    map shows closed reports for `closed_shown`. `open311_entry` gives a report as Open311 lists it;
    `wards` gives the present wards.
    """

    documents: Documents
    photos: PublicPhotos
    purge: Callable[[Collection[str], str], None]
    reports: ReportsToPublish
    pages: Mapping[str, Callable[[ReportView], bytes]]
    now: Callable[[], datetime]
    fixed_documents: Callable[[], Mapping[str, Any]]
    council_tile: Tile
    closed_shown: timedelta
    publisher: Publisher
    open311_entry: Callable[[ReportView], Mapping[str, Any]]
    wards: Callable[[], Sequence[WardArea]] = tuple


class CountingPorts(Struct, frozen=True):
    """The dependencies of counting for figures."""

    outcomes: Outcomes
    counters: Counters
    now: Callable[[], datetime]


class FiguresPorts(Struct, frozen=True):
    """The dependencies of published figures. `services` and `wards` are the present names, by
    code."""

    documents: Documents
    counting: CountingPorts
    services: Callable[[], Mapping[str, str]]
    wards: Callable[[], Mapping[str, str]]
    now: Callable[[], datetime]
