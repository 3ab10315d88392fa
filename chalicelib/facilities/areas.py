"""The nearest of areas such as parks, by their edge."""

from heapq import nsmallest
from typing import NamedTuple

from chalicelib.facilities.model import Known
from chalicelib.geo.ellipsoid import distance_mm
from chalicelib.geo.point import Box, Point
from chalicelib.geo.polygon import MultiPolygon
from chalicelib.geo.polygon_edge import nearest_on_edge

SPARE = 0.99
"""A tolerance: a box's nearest place is computed on a plane, with a smaller error than this."""


class Near(NamedTuple):
    """A facility by its number in the list, its distance, and its nearest place."""

    distance_mm: int
    number: int
    place: Point


def nearest_areas(known: Known, point: Point, k: int) -> list[Near]:
    """The `k` nearest, nearest first, 0 m from inside; facilities without an area by their point.
    As exact as `nearest_on_edge`. O(facilities), plus the corners of near areas."""
    order = sorted(
        (_to_box(_box(known, number), point), number) for number in range(len(known.areas))
    )
    found: list[Near] = []
    for at_least, number in order:
        if len(found) >= k and at_least * SPARE > found[-1].distance_mm:
            break
        found = nsmallest(k, [*found, _measured(known, number, point)])
    return found


def _box(known: Known, number: int) -> Box:
    area, item = known.areas[number], known.listed.items[number]
    return area.box if area else Box(west=item.long, south=item.lat, east=item.long, north=item.lat)


def _to_box(box: Box, point: Point) -> int:
    """The distance to the box in millimetres, 0 inside."""
    lat = max(box.south, min(box.north, point.lat))
    long = max(box.west, min(box.east, point.long))
    return _apart(Point(lat=lat, long=long), point)


def _measured(known: Known, number: int, point: Point) -> Near:
    area: MultiPolygon | None = known.areas[number]
    if area is None:
        place = known.listed.items[number].point
    elif area.contains(point):
        return Near(0, number, point)
    else:
        place = nearest_on_edge(area, point).point
    return Near(_apart(place, point), number, place)


def _apart(place: Point, point: Point) -> int:
    return distance_mm(round(place.lat * 1e7), round(place.long * 1e7), point)
