"""Facilities and their ports on documents in memory."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from chalicelib.facilities.model import (
    KINDS,
    Facility,
    FacilityList,
    KindEntry,
    KindList,
    digest,
    index_key,
    index_of,
    list_key,
)
from chalicelib.facilities.ports import Ports
from chalicelib.facilities.published import PublishedFacilities
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


def documents_of(listed: FacilityList) -> dict[str, bytes]:
    """The published documents of these facilities."""
    kind = KindEntry(
        kind=listed.kind,
        label=listed.label,
        plural=listed.plural,
        icon="book",
        count=len(listed.items),
        service_code=listed.service_code,
    )
    return {
        KINDS: msgspec.json.encode(KindList(items=(kind,))),
        list_key(listed.kind): msgspec.json.encode(listed),
        index_key(listed.kind): index_of(listed.items),
    }


class FacilitiesWorld:
    """Published facilities, open reports and a clock, set by hand. `reads` has the keys of the
    documents that were read, `asked` the tiles."""

    def __init__(self, listed: FacilityList, reported: Mapping[str, str] | None = None) -> None:
        self.documents = documents_of(listed)
        self.reported = reported or {}
        self.seconds = 0.0
        self.reads: list[str] = []
        self.asked: list[Tile] = []

    def read(self, key: str) -> bytes | None:
        self.reads.append(key)
        return self.documents.get(key)

    def reports_by_asset(self, tiles: Collection[Tile], service_code: str) -> Mapping[str, str]:
        self.asked += sorted(tiles)
        return self.reported

    def facilities(self) -> PublishedFacilities:
        return PublishedFacilities(self.read, lambda: self.seconds)

    def ports(self, now: datetime = NOON) -> Ports:
        return Ports(
            facilities=self.facilities(),
            open_reports=self.reports_by_asset,
            now=lambda: now,
            zone=ZoneInfo("Europe/London"),
            holidays=frozenset(),
        )
