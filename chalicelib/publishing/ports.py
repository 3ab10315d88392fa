"""What publishing needs from outside."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol


class Moved(Exception):
    """The document was replaced or removed since it was read: start over."""


class Held(NamedTuple):
    """A published document as it stands."""

    body: bytes
    etag: str


class Document(NamedTuple):
    """What is to be published."""

    body: bytes
    content_type: str


class Documents(Protocol):
    """Where the published documents are. Every method raises UpstreamFailed."""

    def read(self, key: str) -> Held | None:
        """The document under that key, None where there is none."""

    def write(self, key: str, document: Document, held: Held | None) -> None:
        """Puts the document in the place of `held`. Raises Moved if it is not there any more."""

    def delete(self, key: str, held: Held) -> None:
        """Removes the document. Raises Moved if it is not `held` any more."""

    def keys(self, prefix: str) -> Iterator[str]:
        """Every key that begins with the prefix."""


class Update(Protocol):
    """One entry of a report's timeline."""

    @property
    def update_id(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def datetime(self) -> datetime: ...
    @property
    def by(self) -> str: ...


class PublicReport(Protocol):
    """What everybody may see of a report; its JSON is the published document."""

    @property
    def service_request_id(self) -> str: ...
    @property
    def service_code(self) -> str: ...
    @property
    def service_name(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def title(self) -> str | None: ...
    @property
    def description(self) -> str: ...
    @property
    def address(self) -> str | None: ...
    @property
    def lat(self) -> float: ...
    @property
    def long(self) -> float: ...
    @property
    def requested_datetime(self) -> datetime: ...
    @property
    def expected_datetime(self) -> datetime | None: ...
    @property
    def external_reference(self) -> str | None: ...
    @property
    def updates(self) -> Sequence[Update]: ...
    @property
    def followers(self) -> int: ...


class Reports(Protocol):
    """The reports as they are now."""

    def public(self, service_request_ids: Sequence[str]) -> Mapping[str, PublicReport]:
        """Those that everybody may see (consistent reads)."""

    def every_id(self) -> Iterator[str]:
        """The id of every stored report."""


class Pages(Protocol):
    """Makes the page of a report."""

    def report(self, report: PublicReport) -> bytes:
        """The page as HTML in UTF-8."""


@dataclass(frozen=True)
class Ports:
    """Everything that publishing reaches outside for. `fixed` are the documents made from
    configuration alone, by key."""

    documents: Documents
    reports: Reports
    pages: Pages
    fixed: Mapping[str, Any]
