"""Facilities and their ports in memory."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.facilities.model import (
    Facility,
    FacilityList,
    KindEntry,
    Known,
    digest,
    index_of,
)
from chalicelib.facilities.ports import Ports
from chalicelib.geo.quadkey import Tile
from tests.support.builders import MARKET_PLACE, NOON


def facility(number: int = 1, **values: Any) -> Facility:
    """A library in the market place."""
    ordinary = {"facility_id": f"library-{number}", "kind": "library", "name": "Library"}
    return Facility(**{**ordinary, **MARKET_PLACE, **values})


def facility_list(items: Sequence[Facility], service_code: str | None = None) -> FacilityList:
    return FacilityList(
        kind="library",
        label="Library",
        plural="Libraries",
        service_code=service_code,
        attribution="",
        index=digest(index_of(items)),
        items=tuple(items),
    )


@dataclass
class MemoryFacilities:
    """The published facilities and the open reports; `asked` are the requested tiles."""

    listed: FacilityList
    reported: dict[str, str] = field(default_factory=dict)
    asked: list[Tile] = field(default_factory=list)

    def kinds(self) -> tuple[KindEntry, ...]:
        listed = self.listed
        return (
            KindEntry(
                kind=listed.kind,
                label=listed.label,
                plural=listed.plural,
                icon="book",
                count=len(listed.items),
                service_code=listed.service_code,
            ),
        )

    def known(self, kind: str) -> Known | None:
        return Known(self.listed, None) if kind == self.listed.kind else None

    def about_assets(self, tiles: Collection[Tile], service_code: str) -> Mapping[str, str]:
        self.asked += sorted(tiles)
        return self.reported

    def ports(self, now: datetime = NOON) -> Ports:
        return Ports(
            facilities=self,
            open_reports=self.about_assets,
            now=lambda: now,
            zone=ZoneInfo("Europe/London"),
            holidays=frozenset(),
        )
