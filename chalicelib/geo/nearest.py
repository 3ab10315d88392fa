"""The exact nearest of many places, from the grid of `nearest_index`.

Places all over the world are found exactly. It is quick where they fill their box about evenly:
a town does. Where the answer lies beyond the antimeridian or round a pole, whole rows are read.
"""

import math
from collections.abc import Callable, Iterable
from typing import NamedTuple

from chalicelib.geo.ellipsoid import LEAST_RADIUS_M, WORLD, Limits, measure_distances
from chalicelib.geo.nearest_index import Cells, NearestIndex
from chalicelib.geo.point import Point

Keep = Callable[[int], bool]


class NearestPlace(NamedTuple):
    """A place by its number in the order of building, and its distance."""

    number: int
    distance_m: float


def find_nearest(
    index: NearestIndex, point: Point, k: int, keep: Keep | None = None
) -> list[NearestPlace]:
    """The `k` nearest places, nearest first, by `distance_mm`; of equally near ones the one with
    the lower number. Fewer if there are fewer. `keep` says whether the place of a number counts.
    Exact: once a block of cells has given `k` places, the box within the last one's distance
    contains every nearer place. Raises ValueError if the point is not valid.
    """
    if not (abs(point.lat) <= 90 and abs(point.long) <= 180):
        raise ValueError(f"{point} is no place: lat is -90 to 90, long is -180 to 180")
    found: list[tuple[int, int]] = []
    if not index.places or k <= 0:
        return []
    lat, long = round(point.lat * 1e7), round(point.long * 1e7)
    block, searched, by = index.cells(Limits(long, long, lat, lat)), None, 1
    while True:
        block = index.widen(block, by)
        found += _measure_ranges(index, point, index.entry_ranges(block, searched), WORLD, keep)
        if searched == block or len(found) >= k:
            break
        searched, by = block, by * 2
    best = sorted(found)[:k]
    if len(best) == k:
        limits = _limits_within(point, best[-1][0])
        whole = index.cells(limits)
        rest = index.entry_ranges(_union(whole, block), block)
        best = sorted(best + _measure_ranges(index, point, rest, limits, keep))[:k]
    return [NearestPlace(number, mm / 1000) for mm, number in best]


def _measure_ranges(
    index: NearestIndex,
    point: Point,
    ranges: Iterable[tuple[int, int]],
    limits: Limits,
    keep: Keep | None,
) -> list[tuple[int, int]]:
    """Distance in millimetres and number of the entries in these ranges that lie within the
    limits."""
    found: list[tuple[int, int]] = []
    for begin, end in ranges:
        entries = zip(
            index.lats[begin:end].tolist(),
            index.longs[begin:end].tolist(),
            index.numbers[begin:end].tolist(),
            strict=True,
        )
        found += measure_distances(entries, point, limits)
    return found if keep is None else [entry for entry in found if keep(entry[1])]


def _limits_within(point: Point, mm: int) -> Limits:
    """A box that contains every place within that distance, with more than 0.4 mm to spare.

    The line between two places is at least LEAST_RADIUS_M times that between the same degrees on
    the unit sphere: its part along the meridian is the integral of the radius of curvature, and
    both distances from the axis are at least LEAST_RADIUS_M * cos(lat). The rest is the circle's
    box on a sphere.
    """
    turn = (mm + 1) / 1000 / (2 * LEAST_RADIUS_M)
    if turn > 0.7:
        return WORLD
    angle = 2 * math.asin(turn)
    high, lat = math.degrees(angle), abs(point.lat)
    south, north = math.floor((point.lat - high) * 1e7), math.ceil((point.lat + high) * 1e7)
    if lat + high >= 90:
        return WORLD._replace(south=south, north=north)
    wide = math.degrees(math.asin(min(1.0, math.sin(angle) / math.cos(math.radians(lat)))))
    if abs(point.long) + wide >= 180:
        return WORLD._replace(south=south, north=north)
    west, east = math.floor((point.long - wide) * 1e7), math.ceil((point.long + wide) * 1e7)
    return Limits(west, east, south, north)


def _union(one: Cells, other: Cells) -> Cells:
    """The smallest block that contains both."""
    return Cells(
        min(one.west, other.west),
        max(one.east, other.east),
        min(one.south, other.south),
        max(one.north, other.north),
    )
