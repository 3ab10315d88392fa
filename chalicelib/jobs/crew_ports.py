"""The dependencies of the documents of crews."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from chalicelib.catalogue.model import Council
from chalicelib.jobs.model import Job
from chalicelib.jobs.ports import Jobs
from chalicelib.jobs.views import JobView
from chalicelib.kernel.push_address import PushAddress
from chalicelib.kernel.stored_document import StoredDocument


class CrewDocuments(Protocol):
    """The private store of the crews' documents. Every method except `address` raises
    UpstreamFailed."""

    def read(self, key: str) -> StoredDocument | None:
        """The document with that key; None if there is none."""

    def write(self, key: str, body: bytes, held: StoredDocument | None) -> None:
        """Replaces the document `held` with JSON. Raises VersionConflict if it has changed."""

    def address(self, key: str, expires_at: datetime) -> str:
        """The address at which anybody can read the document until then; makes no call."""


class Device(Struct, frozen=True, kw_only=True):
    """A phone that is notified when its crew's day changes."""

    crew: str
    device_id: str
    push: PushAddress
    expires_at: datetime


class Devices(Protocol):
    """The store of crews' phones. Every method raises UpstreamFailed."""

    def add(self, device: Device) -> None:
        """Stores the phone, and replaces its earlier entry."""

    def remove(self, crew: str, device_id: str) -> None:
        """Deletes the phone; does nothing if it is not stored."""

    def of_crew(self, crew: str) -> Sequence[Device]:
        """The phones of the crew, including expired ones (a consistent read)."""


class CrewPorts(Struct, frozen=True):
    """The dependencies of the documents. `views` shows jobs as staff see them, with pictures at
    addresses that are valid until then; it raises UpstreamFailed. `check_push` checks the address
    of a phone before it is stored, and raises AddressRefused or UpstreamFailed. `notify` sends
    content to a phone, and raises Gone (the address no longer exists), AddressRefused or
    UpstreamFailed."""

    jobs: Jobs
    council: Council
    views: Callable[[Sequence[Job], datetime], Sequence[JobView]]
    documents: CrewDocuments
    devices: Devices
    check_push: Callable[[PushAddress], None]
    notify: Callable[[bytes, PushAddress], None]
    now: Callable[[], datetime]
