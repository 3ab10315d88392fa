"""Whether a place lies in a polygon.

A ring is its corners as (long, lat) in WGS84 degrees, GeoJSON's order (RFC 7946); the last one
may repeat the first. Edges are straight in degrees, which is exact enough for a town.
"""

from collections.abc import Sequence
from itertools import pairwise

from chalicelib.geo.point import Point

Ring = Sequence[tuple[float, float]]


def in_ring(point: Point, ring: Ring) -> bool:
    """True inside the ring, by the even-odd rule: a ray to the east crosses it an odd number of
    times. A point on an edge that two rings share lies in at most one of them. O(corners)."""
    crossings = 0
    for (long_a, lat_a), (long_b, lat_b) in pairwise([*ring, ring[0]]):
        if (lat_a > point.lat) == (lat_b > point.lat):
            continue
        edge = long_a + (point.lat - lat_a) * (long_b - long_a) / (lat_b - lat_a)
        crossings += point.long < edge
    return crossings % 2 == 1
