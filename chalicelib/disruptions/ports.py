"""What disruptions need from outside."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from chalicelib.catalogue.model import Council
from chalicelib.disruptions.model import Disruption

Action = Literal["disruptions.post", "disruptions.change", "disruptions.withdraw"]


class Disruptions(Protocol):
    """Where disruptions are kept. Every method raises UpstreamFailed."""

    def add(self, disruption: Disruption) -> Disruption:
        """Stores it, as version 1, unless there is one of that id. Answers the one that is
        stored."""

    def save(self, disruption: Disruption) -> Disruption:
        """Replaces the stored one if it has `disruption.version`. Raises VersionConflict."""

    def get(self, disruption_id: str) -> Disruption | None:
        """The disruption as it is now (a consistent read)."""

    def all(self) -> Sequence[Disruption]:
        """Every one that is kept, withdrawn ones and those that are over too (a consistent
        read)."""


@dataclass(frozen=True)
class Ports:
    """Everything that the use cases reach outside for. `ward_codes` gives the codes of the
    council's wards; `note` writes into the audit log that
    somebody is about to do something with a disruption. Each raises UpstreamFailed."""

    disruptions: Disruptions
    council: Council
    ward_codes: Callable[[], Collection[str]]
    note: Callable[[str, Action, str, str], None]
    now: Callable[[], datetime]


@dataclass(frozen=True)
class PublishPorts:
    """What publishing them needs: `publish` puts a document in the place of the one that is
    published, `purge` drops what the CDN holds of it, once for each reference. Both raise
    UpstreamFailed."""

    disruptions: Disruptions
    publish: Callable[[bytes], None]
    purge: Callable[[str], None]
    now: Callable[[], datetime]
