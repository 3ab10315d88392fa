"""The dependencies of the documents of crews."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Protocol

from msgspec import Meta

from chalicelib.catalogue.model import Council
from chalicelib.jobs.model import Job
from chalicelib.jobs.ports import Jobs
from chalicelib.jobs.views import JobView
from chalicelib.kernel.stored_document import StoredDocument


class Documents(Protocol):
    """The private store of the crews' documents. Every method except `address` raises
    UpstreamFailed."""

    def read(self, key: str) -> StoredDocument | None:
        """The document with that key; None if there is none."""

    def write(self, key: str, body: bytes, held: StoredDocument | None) -> None:
        """Replaces the document `held` with JSON. Raises VersionConflict if it has changed."""

    def address(self, key: str, expires_at: datetime) -> str:
        """The address at which anybody can read the document until then; makes no call."""


@dataclass(frozen=True, kw_only=True)
class PushTo:
    """The address of a phone's browser, and the keys that encrypt messages to it (RFC 8291;
    base64url)."""

    endpoint: Annotated[str, Meta(max_length=2000)] = field(repr=False)
    p256dh: Annotated[str, Meta(max_length=100)] = field(repr=False)
    auth: Annotated[str, Meta(max_length=40)] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Device:
    """A phone that is notified when its crew's day changes."""

    crew: str
    device_id: str
    push: PushTo
    expires_at: datetime


class Devices(Protocol):
    """The store of crews' phones. Every method raises UpstreamFailed."""

    def add(self, device: Device) -> None:
        """Stores the phone, and replaces its earlier entry."""

    def remove(self, crew: str, device_id: str) -> None:
        """Deletes the phone; does nothing if it is not stored."""

    def of(self, crew: str) -> Sequence[Device]:
        """The phones of the crew, including expired ones (a consistent read)."""


class CrewNotifier(Protocol):
    """Sends notifications to phones."""

    def check(self, to: PushTo) -> None:
        """Checks an address before it is stored. Raises AddressRefused, UpstreamFailed."""

    def ring(self, content: bytes, to: PushTo) -> None:
        """Sends the content. Raises Gone (the address no longer exists), AddressRefused,
        UpstreamFailed."""


@dataclass(frozen=True)
class CrewPorts:
    """The dependencies of the documents. `views` shows jobs as staff see them, with pictures at
    addresses that are valid until then; it raises UpstreamFailed."""

    jobs: Jobs
    council: Council
    views: Callable[[Sequence[Job], datetime], Sequence[JobView]]
    documents: Documents
    devices: Devices
    bell: CrewNotifier
    now: Callable[[], datetime]
