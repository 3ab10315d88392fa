"""The disruptions slice's ports in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from msgspec.structs import asdict, replace

from chalicelib.disruptions.model import Disruption, DisruptionArea, DisruptionDraft
from chalicelib.disruptions.ports import Disruptions, Ports, PublishPorts
from chalicelib.disruptions.usecases import Officer
from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.optimistic import VersionConflict
from tests.support.builders import MARKET_PLACE, NOON
from tests.support.councils import council_named
from tests.support.fakes import Clock
from tests.support.fakes_alerts import GUILDHALL

OFFICER = Officer("an-officer")
CENTRE: dict[str, Any] = dict(MARKET_PLACE)
"""The middle of the council."""


def disruption_draft(**values: Any) -> DisruptionDraft:
    return DisruptionDraft(
        **{
            "title": "No bin collections today",
            "text": "A lorry has broken down.",
            "area": DisruptionArea(**CENTRE, radius_m=1_000),
            "begins": NOON,
            "ends": NOON + timedelta(hours=6),
            **values,
        }
    )


def disruption(number: int = 1, **values: Any) -> Disruption:
    return Disruption(
        **{
            "disruption_id": f"{number:032x}",
            **asdict(disruption_draft()),
            "posted_at": NOON,
            "updated_at": NOON,
            "fingerprint": "fingerprint",
            "request_id": "r1",
            **values,
        }
    )


class MemoryDisruptions:
    """Disruptions in a dictionary."""

    def __init__(self) -> None:
        self.stored: dict[str, Disruption] = {}

    def add(self, disruption: Disruption) -> Disruption:
        return self.stored.setdefault(disruption.disruption_id, replace(disruption, version=1))

    def save(self, disruption: Disruption) -> Disruption:
        present = self.stored.get(disruption.disruption_id)
        if (present.version if present else 0) != disruption.version:
            raise VersionConflict
        saved = replace(disruption, version=disruption.version + 1)
        self.stored[disruption.disruption_id] = saved
        return saved

    def get(self, disruption_id: str) -> Disruption | None:
        return self.stored.get(disruption_id)

    def all(self) -> Sequence[Disruption]:
        return list(self.stored.values())


@dataclass
class DisruptionsWorld:
    """The whole slice in memory, with a clock that stands still. `noted` is the audit log,
    `published` are the published documents in order, `purged` the CDN's invalidations."""

    clock: Clock = field(default_factory=Clock)
    disruptions: Disruptions = field(default_factory=MemoryDisruptions)
    noted: list[tuple[str, str, str, str]] = field(default_factory=list)
    published: list[bytes] = field(default_factory=list)
    purged: list[str] = field(default_factory=list)
    cdn_fails: bool = False

    def ports(self) -> Ports:
        return Ports(
            disruptions=self.disruptions,
            council=council_named("demo"),
            ward_codes=lambda: {GUILDHALL},
            wards_of=lambda area: {area.ward_code or GUILDHALL},
            record_action=lambda *entry: self.noted.append(entry),
            now=self.clock,
        )

    def publishing(self) -> PublishPorts:
        return PublishPorts(
            disruptions=self.disruptions,
            publish=self.published.append,
            purge=self._purge,
            now=self.clock,
        )

    def _purge(self, reference: str) -> None:
        if self.cdn_fails:
            raise UpstreamFailed("The CDN did not answer.")
        self.purged.append(reference)
