"""The dependencies of facilities."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from msgspec import Struct

from chalicelib.facilities.model import KindEntry, Known
from chalicelib.geo.quadkey import Tile


class Facilities(Protocol):
    """The council's published facilities. Every method raises UpstreamFailed."""

    def kinds(self) -> tuple[KindEntry, ...]:
        """The kinds that have facilities; empty if none are published."""

    def known(self, kind: str) -> Known | None:
        """All facilities of a kind; None if none are published."""


class Ports(Struct, frozen=True):
    """The dependencies of the use cases. `open_reports` gives the public open reports of a service
    in some tiles of the map, as asset_id → service_request_id; a tile that cannot be read has none.
    `holidays` are bank holidays."""

    facilities: Facilities
    open_reports: Callable[[Collection[Tile], str], Mapping[str, str]]
    now: Callable[[], datetime]
    zone: ZoneInfo
    holidays: Collection[date]
