"""Where's my nearest."""

from collections.abc import Iterable, Mapping

import msgspec

from chalicelib.errors import Invalid, UpstreamFailed
from chalicelib.facilities.areas import FacilityDistance, nearest_areas
from chalicelib.facilities.model import Facility, KindEntry, SearchableFacilities
from chalicelib.facilities.open_now import OpenState, state_at
from chalicelib.facilities.ports import Ports
from chalicelib.geo.nearest import find_nearest
from chalicelib.geo.point import Point
from chalicelib.geo.quadkey import MAP_ZOOM, Tile, tile_of, tiles_in
from chalicelib.kernel.fields import copy_fields
from chalicelib.texts import Text


class NearFacility(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A facility and its distance. For an area, such as a park, `lat` and `long` are its nearest
    point. `open_now` is null if its opening hours are unknown or unclear; `closes_at` and
    `opens_at` are times HH:MM on the council's clock, within 24 hours. `open_report` is the
    reference of an open report about it."""

    facility_id: str
    kind: str
    name: str
    lat: float
    long: float
    distance_m: float
    address: str | None = None
    opening_hours: str | None = None
    open_now: bool | None = None
    closes_at: str | None = None
    opens_at: str | None = None
    accessible: bool | str | None = None
    phone: str | None = None
    url: str | None = None
    notes: str | None = None
    open_report: str | None = None


def list_kinds(ports: Ports) -> tuple[KindEntry, ...]:
    """The kinds with facilities. Raises UpstreamFailed."""
    return ports.facilities.kinds()


def nearest_of_kind(kind: str | None, point: Point, limit: int, ports: Ports) -> list[NearFacility]:
    """The nearest of a kind, nearest first; equally near ones in the order of their list.

    Exact. Raises Invalid for a kind without facilities, UpstreamFailed.
    """
    facilities = ports.facilities.facilities_of_kind(kind) if kind else None
    if facilities is None:
        there = ", ".join(each.kind for each in ports.facilities.kinds())
        raise Invalid.field(
            "kind",
            Text("must be one of: {known}", known=there)
            if there
            else Text("no facilities are published yet"),
        )
    return _nearest_facilities(facilities, point, limit, ports)


def _nearest_facilities(
    facilities: SearchableFacilities, point: Point, limit: int, ports: Ports
) -> list[NearFacility]:
    found = _distances(facilities, point, limit)
    reports = _open_reports(facilities, found, ports)
    return [_view_of(facilities.listed.items[each.number], each, reports, ports) for each in found]


def nearest_of_each(point: Point, ports: Ports) -> dict[str, NearFacility]:
    """The nearest of each kind, by kind; a kind whose list cannot be read is left out. Raises
    UpstreamFailed if the kinds cannot be read."""
    found: dict[str, NearFacility] = {}
    for entry in list_kinds(ports):
        try:
            facilities = ports.facilities.facilities_of_kind(entry.kind)
        except UpstreamFailed:
            continue
        for near in _nearest_facilities(facilities, point, 1, ports) if facilities else ():
            found[entry.kind] = near
    return found


def _distances(
    facilities: SearchableFacilities, point: Point, limit: int
) -> list[FacilityDistance]:
    if facilities.has_areas:
        return nearest_areas(facilities, point, limit)
    items = facilities.listed.items
    return [
        FacilityDistance(round(each.distance_m * 1000), each.number, items[each.number].point)
        for each in find_nearest(facilities.index, point, limit)
    ]


def _open_reports(
    facilities: SearchableFacilities, found: Iterable[FacilityDistance], ports: Ports
) -> Mapping[str, str]:
    """Open reports by the facility that they are about, if its kind can be reported."""
    service_code = facilities.listed.service_code
    tiles = {tile for each in found for tile in _tiles_of(facilities, each.number)}
    return ports.open_reports(tiles, service_code) if service_code else {}


def _tiles_of(facilities: SearchableFacilities, number: int) -> Iterable[Tile]:
    """The map tiles in which a report about it may be."""
    area = facilities.areas[number]
    if area is None:
        return (tile_of(facilities.listed.items[number].point, MAP_ZOOM),)
    return tiles_in(area.box, MAP_ZOOM)


def _view_of(
    item: Facility, near: FacilityDistance, reports: Mapping[str, str], ports: Ports
) -> NearFacility:
    state = state_at(item.opens, ports.now(), ports.zone, ports.holidays) if item.opens else None
    opening = state or OpenState(open_now=False)
    return copy_fields(
        NearFacility,
        item,
        lat=round(near.place.lat, 6),
        long=round(near.place.long, 6),
        distance_m=round(near.distance_mm / 1000, 1),
        open_now=opening.open_now if state else None,
        closes_at=opening.closes_at,
        opens_at=opening.opens_at,
        open_report=reports.get(item.facility_id),
    )
