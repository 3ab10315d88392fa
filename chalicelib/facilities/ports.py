"""The dependencies of facilities."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from msgspec import Struct

from chalicelib.facilities.published import PublishedFacilities
from chalicelib.geo.quadkey import Tile


class Ports(Struct, frozen=True):
    """The dependencies of the use cases. `open_reports` gives the public open reports of a service
    in some tiles of the map, as asset_id → service_request_id; a tile that cannot be read has none.
    `holidays` are bank holidays."""

    facilities: PublishedFacilities
    open_reports: Callable[[Collection[Tile], str], Mapping[str, str]]
    now: Callable[[], datetime]
    zone: ZoneInfo
    holidays: Collection[date]
