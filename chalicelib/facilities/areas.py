"""The nearest of areas such as parks, by their edge."""

from heapq import nsmallest
from typing import NamedTuple

from chalicelib.facilities.model import SearchableFacilities
from chalicelib.geo.ellipsoid import distance_mm
from chalicelib.geo.point import Box, Point
from chalicelib.geo.polygon import MultiPolygon
from chalicelib.geo.polygon_edge import nearest_on_edge

TOLERANCE = 0.99
"""A tolerance: a box's nearest place is computed on a plane, with a smaller error than this."""


class FacilityDistance(NamedTuple):
    """A facility by its number in the list, its distance, and its nearest place."""

    distance_mm: int
    number: int
    place: Point


def nearest_areas(facilities: SearchableFacilities, point: Point, k: int) -> list[FacilityDistance]:
    """The `k` nearest, nearest first, 0 m from inside; facilities without an area by their point.
    As exact as `nearest_on_edge`. O(facilities), plus the corners of near areas."""
    order = sorted(
        (_distance_to_box(_box_of(facilities, number), point), number)
        for number in range(len(facilities.areas))
    )
    found: list[FacilityDistance] = []
    for at_least, number in order:
        if len(found) >= k and at_least * TOLERANCE > found[-1].distance_mm:
            break
        found = nsmallest(k, [*found, _measure(facilities, number, point)])
    return found


def _box_of(facilities: SearchableFacilities, number: int) -> Box:
    area, item = facilities.areas[number], facilities.listed.items[number]
    return area.box if area else Box(west=item.long, south=item.lat, east=item.long, north=item.lat)


def _distance_to_box(box: Box, point: Point) -> int:
    """The distance to the box in millimetres, 0 inside."""
    lat = max(box.south, min(box.north, point.lat))
    long = max(box.west, min(box.east, point.long))
    return _distance_mm(Point(lat=lat, long=long), point)


def _measure(facilities: SearchableFacilities, number: int, point: Point) -> FacilityDistance:
    area: MultiPolygon | None = facilities.areas[number]
    if area is None:
        place = facilities.listed.items[number].point
    elif area.contains(point):
        return FacilityDistance(0, number, point)
    else:
        place = nearest_on_edge(area, point).point
    return FacilityDistance(_distance_mm(place, point), number, place)


def _distance_mm(place: Point, point: Point) -> int:
    return distance_mm(round(place.lat * 1e7), round(place.long * 1e7), point)
