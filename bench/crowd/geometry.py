"""Distances and wards, computed with another method than the product's."""

import math
from collections.abc import Callable
from functools import cache
from typing import Any

EARTH_M = 6_371_008.8
WardAt = Callable[[float, float], str | None]


def metres(lat: float, long: float, other_lat: float, other_long: float) -> float:
    """Along the sphere, by the angle between two unit vectors."""
    one, other = _vector(lat, long), _vector(other_lat, other_long)
    chord = math.dist(one, other)
    return 2 * EARTH_M * math.asin(chord / 2)


@cache
def _vector(lat: float, long: float) -> tuple[float, float, float]:
    north, east = math.radians(lat), math.radians(long)
    return math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north)


def ward_finder(document: Any) -> WardAt:
    """The ward of a place, by the published document of wards: counts how often a line to the east
    crosses the ward's edges."""
    wards = document["items"]

    def at(lat: float, long: float) -> str | None:
        for ward in wards:
            rings = [ring for polygon in ward["polygons"] for ring in polygon]
            if sum(_crossings(ring, lat, long) for ring in rings) % 2:
                return str(ward["code"])
        return None

    return at


def _crossings(ring: list[tuple[float, float]], lat: float, long: float) -> int:
    count = 0
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y1 > lat) != (y2 > lat) and long < x1 + (lat - y1) / (y2 - y1) * (x2 - x1):
            count += 1
    return count
