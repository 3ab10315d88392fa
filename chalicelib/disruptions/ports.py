"""The dependencies of disruptions."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from chalicelib.catalogue.model import Council
from chalicelib.disruptions.model import Disruption, DisruptionArea
from chalicelib.kernel.audit_entry import Action


class Disruptions(Protocol):
    """The store of disruptions. Every method raises UpstreamFailed."""

    def add(self, disruption: Disruption) -> Disruption:
        """Stores the disruption as version 1, unless one with its id is stored. Returns the stored
        one."""

    def save(self, disruption: Disruption) -> Disruption:
        """Replaces the stored disruption if it has `disruption.version`. Raises VersionConflict."""

    def get(self, disruption_id: str) -> Disruption | None:
        """The disruption as it is now (a consistent read)."""

    def all(self) -> Sequence[Disruption]:
        """All stored disruptions, including withdrawn and past ones (a consistent read)."""


class Ports(Struct, frozen=True):
    """The dependencies of the use cases. `ward_codes` gives the codes of the council's wards, and
    `wards_of` those that an area touches. `record_action` records an action in the audit log:
    actor, action, disruption and details. All raise UpstreamFailed."""

    disruptions: Disruptions
    council: Council
    ward_codes: Callable[[], Collection[str]]
    wards_of: Callable[[DisruptionArea], set[str]]
    record_action: Callable[[str, Action, str, str], None]
    now: Callable[[], datetime]


class PublishPorts(Struct, frozen=True):
    """The dependencies of publishing. `publish` replaces the published document. `purge`
    deletes the CDN's copies of it; the same reference purges once. Both raise UpstreamFailed."""

    disruptions: Disruptions
    publish: Callable[[bytes], None]
    purge: Callable[[str], None]
    now: Callable[[], datetime]
