"""What publishing needs from outside."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from chalicelib.geo.point import Box, Point
from chalicelib.geo.quadkey import Tile
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.reports.published import Outcome, ReportView


class Document(NamedTuple):
    """What is to be published."""

    body: bytes
    content_type: str


class Documents(Protocol):
    """Where the published documents are. Every method raises UpstreamFailed."""

    def read(self, key: str) -> StoredDocument | None:
        """The document under that key, None where there is none."""

    def write(self, key: str, document: Document, held: StoredDocument | None) -> None:
        """Puts the document in the place of `held`. Raises VersionConflict if that is gone."""

    def delete(self, key: str, held: StoredDocument) -> None:
        """Removes the document. Raises VersionConflict if it is not `held` any more."""

    def keys(self, prefix: str) -> Iterator[str]:
        """Every key that begins with the prefix."""


class PublicPhotos(Protocol):
    """The photos that everybody can fetch, copied from where all are kept. Every method raises
    UpstreamFailed, and does nothing where there is nothing left to do."""

    def keys(self, service_request_id: str) -> frozenset[str]:
        """The published files of a report's photos."""

    def service_request_ids(self) -> frozenset[str]:
        """The reports that have published photos."""

    def show(self, key: str) -> None:
        """Publishes the file; nothing happens where the photo itself is not there."""

    def hide(self, key: str) -> None:
        """Removes the file."""


class Reports(Protocol):
    """The reports as they are now."""

    def public(self, service_request_ids: Sequence[str]) -> Mapping[str, ReportView]:
        """Those that everybody may see (consistent reads)."""

    def every_id(self) -> Iterator[str]:
        """The id of every stored report."""

    def of_month(self, month: str) -> Iterator[str]:
        """The ids of those that everybody may see and that were requested in the month (YYYY-MM in
        UTC); may lag a second behind."""

    def promised(self, since: datetime, until: datetime) -> Iterator[str]:
        """The ids of those that are open and were to be done in that time, public or not; may lag
        a second behind."""

    def changed_since(self, moment: datetime) -> Iterator[str]:
        """The ids of those that everybody may see and that were updated since; may lag a second
        behind."""


class Outcomes(Protocol):
    """What became of the public reports. Every method raises UpstreamFailed."""

    def every(self) -> Iterator[Outcome]:
        """Of all of them, in one pass over the store."""

    def of_month(self, month: str) -> Iterator[Outcome]:
        """Of those that were requested in the month, as they are now."""

    def months_changed_since(self, moment: datetime) -> frozenset[str]:
        """The months of whose reports, public or not, any has changed since; may lag a second
        behind."""


class WardArea(Protocol):
    """A ward of today."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def bounds(self) -> Box: ...
    @property
    def said(self) -> dict[str, Any]:
        """What its document says besides its reports."""

    def contains(self, point: Point) -> bool:
        """True of a place in it."""


class Publisher(NamedTuple):
    """Who publishes, and where; `services` are the names of those whose reports may be public, by
    service_code. `security_contact`: the email address for faults in security, None for none."""

    name: str
    site_url: str
    services: Mapping[str, str]
    security_contact: str | None = None


@dataclass(frozen=True)
class Ports:
    """Everything that publishing reaches outside for.

    `fixed` makes the documents that follow from configuration alone, by key: only when it is asked
    to, for they hold a key that follows from a secret. `whole` is the one tile that holds the
    council, where its counts are published; the map shows what was closed for as long as
    `closed_shown` says; `entry` is a report as Open311 lists it; `wards` are those of today.
    """

    documents: Documents
    photos: PublicPhotos
    purge: Callable[[Collection[str], str], None]
    reports: Reports
    page: Callable[[ReportView], bytes]
    now: Callable[[], datetime]
    fixed: Callable[[], Mapping[str, Any]]
    whole: Tile
    closed_shown: timedelta
    publisher: Publisher
    entry: Callable[[ReportView], Mapping[str, Any]]
    wards: Callable[[], Sequence[WardArea]] = tuple


@dataclass(frozen=True)
class FiguresPorts:
    """Everything that published figures reach outside for. `services` and `wards` are the names of
    those of today, by code."""

    documents: Documents
    outcomes: Outcomes
    services: Callable[[], Mapping[str, str]]
    wards: Callable[[], Mapping[str, str]]
    now: Callable[[], datetime]
