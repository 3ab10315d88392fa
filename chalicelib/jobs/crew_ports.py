"""What the days of crews need from outside."""

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
    """Where the documents are, out of sight. Every method but `address` raises UpstreamFailed."""

    def read(self, key: str) -> StoredDocument | None:
        """The document under that key, None where there is none."""

    def write(self, key: str, body: bytes, held: StoredDocument | None) -> None:
        """Puts JSON in the place of `held`. Raises VersionConflict if it is not there any more."""

    def address(self, key: str, expires_at: datetime) -> str:
        """The address at which anybody can read it until then; makes no call."""


@dataclass(frozen=True, kw_only=True)
class PushTo:
    """Where a phone's browser can be reached, and what only it can read what is sent there with
    (RFC 8291; base64url)."""

    endpoint: Annotated[str, Meta(max_length=2000)] = field(repr=False)
    p256dh: Annotated[str, Meta(max_length=100)] = field(repr=False)
    auth: Annotated[str, Meta(max_length=40)] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Device:
    """A phone that is told when its crew's day changes."""

    crew: str
    device_id: str
    push: PushTo
    expires_at: datetime


class Devices(Protocol):
    """The phones of crews. Every method raises UpstreamFailed."""

    def add(self, device: Device) -> None:
        """Stores it, in the place of what is stored of it."""

    def remove(self, crew: str, device_id: str) -> None:
        """Forgets it; nothing happens where it is not known."""

    def of(self, crew: str) -> Sequence[Device]:
        """The crew's (a consistent read), those too whose time is over."""


class CrewNotifier(Protocol):
    """The way to phones."""

    def check(self, to: PushTo) -> None:
        """For an address that is to be kept. Raises AddressRefused, UpstreamFailed."""

    def ring(self, content: bytes, to: PushTo) -> None:
        """Sends it. Raises Gone (nobody is there any more), AddressRefused, UpstreamFailed."""


@dataclass(frozen=True)
class CrewPorts:
    """Everything that the documents reach outside for. `views` shows jobs as staff see them, with
    pictures at addresses that hold until then; it raises UpstreamFailed."""

    jobs: Jobs
    council: Council
    views: Callable[[Sequence[Job], datetime], Sequence[JobView]]
    documents: Documents
    devices: Devices
    bell: CrewNotifier
    now: Callable[[], datetime]
