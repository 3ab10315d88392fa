"""Polygons with holes, and whether a place is inside one.

A ring is its corners as (long, lat) in WGS84 degrees, GeoJSON's order (RFC 7946); the last one
may repeat the first. Edges are straight in degrees, which is exact enough for a town, and do not
cross the antimeridian.

A boundary belongs to the polygon east of it, or north of it where it runs due east. The side of an
edge on which a point lies is computed exactly. So where polygons tile a plane, exactly one of them
contains each point, regardless of the order of their corners.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import chain, pairwise

from msgspec import Struct

from chalicelib.geo.point import Box, Point

Corner = tuple[float, float]
Ring = Sequence[Corner]

ROUNDING = 4e-16
"""An upper bound of the rounding error in the determinant of `side_of`, relative to its terms:
Shewchuk, "Adaptive Precision Floating-Point Arithmetic" (1997), bound A of orient2d."""
UNDERFLOW = 1e-300


class Polygon(Struct, frozen=True, dict=True):
    """An outer ring and the holes in it."""

    outer: Ring
    holes: tuple[Ring, ...] = ()

    @cached_property
    def box(self) -> Box:
        """The smallest box that contains it."""
        longs, lats = zip(*self.outer, strict=True)
        return Box(west=min(longs), south=min(lats), east=max(longs), north=max(lats))

    @property
    def rings(self) -> tuple[Ring, ...]:
        return (self.outer, *self.holes)

    @property
    def polygons(self) -> tuple["Polygon", ...]:
        """The polygon itself, as in a MultiPolygon."""
        return (self,)

    def contains(self, point: Point) -> bool:
        """By the boundary rule above; the edge of a hole also belongs to one side only."""
        if not self.box.contains(point):
            return False
        return sum(is_in_ring(point, ring) for ring in self.rings) % 2 == 1


class MultiPolygon(Struct, frozen=True, dict=True):
    """Several polygons, at least one, that do not overlap."""

    polygons: tuple[Polygon, ...]

    @cached_property
    def box(self) -> Box:
        """The smallest box that contains them all."""
        boxes = [polygon.box for polygon in self.polygons]
        return Box(
            west=min(box.west for box in boxes),
            south=min(box.south for box in boxes),
            east=max(box.east for box in boxes),
            north=max(box.north for box in boxes),
        )

    @property
    def rings(self) -> tuple[Ring, ...]:
        return tuple(chain.from_iterable(polygon.rings for polygon in self.polygons))

    def contains(self, point: Point) -> bool:
        return any(polygon.contains(point) for polygon in self.polygons)


Shape = Polygon | MultiPolygon


def is_in_ring(point: Point, ring: Ring) -> bool:
    """True inside the ring, by the even-odd rule: a ray to the east crosses it an odd number of
    times. O(corners)."""
    is_inside = False
    lat, long = point.lat, point.long
    a = ring[-1]
    for b in ring:
        if (a[1] > lat) != (b[1] > lat) and (a[0] > long or b[0] > long):
            low, high = (a, b) if a[1] < b[1] else (b, a)
            # Of upward edges, the ray from the point crosses those with the point on their left.
            is_inside ^= side_of(low, high, (long, lat)) > 0
        a = b
    return is_inside


def side_of(a: Corner, b: Corner, c: Corner) -> float:
    """The side of the line from `a` to `b` on which the corner `c` is: 1 left, -1 right, 0 on it.
    Exact, whatever the magnitude."""
    one, other = (a[0] - c[0]) * (b[1] - c[1]), (a[1] - c[1]) * (b[0] - c[0])
    if abs(one - other) > ROUNDING * (abs(one) + abs(other)) + UNDERFLOW:
        return one - other
    if c in (a, b):
        return 0
    (ax, ay), (bx, by), (cx, cy) = ((Fraction(x), Fraction(y)) for x, y in (a, b, c))
    exact = (ax - cx) * (by - cy) - (ay - cy) * (bx - cx)
    return (exact > 0) - (exact < 0)


def edges(ring: Ring) -> Iterator[tuple[Corner, Corner]]:
    """Each edge of the ring once, except those without length."""
    return ((a, b) for a, b in pairwise([*ring, ring[0]]) if a != b)


def representative_point(shape: Shape) -> Point:
    """A place inside: the middle of the widest stretch, half-way up the largest polygon. Raises
    ValueError if no place is inside.
    """
    polygon = max(shape.polygons, key=lambda one: abs(_area(one.outer)))
    lats = sorted({lat for ring in polygon.rings for _, lat in ring})
    middle = (polygon.box.south + polygon.box.north) / 2
    # Between two corners' latitudes there is no corner; those nearest to the middle come first.
    heights = sorted(((a + b) / 2 for a, b in pairwise(lats)), key=lambda at: abs(at - middle))
    for lat in heights:
        found = _middle_of_widest(polygon, lat)
        if found and polygon.contains(found):
            return found
    raise ValueError("no place lies inside the polygon")


def _middle_of_widest(polygon: Polygon, lat: float) -> Point | None:
    crossings = sorted(
        a[0] + (lat - a[1]) * (b[0] - a[0]) / (b[1] - a[1])
        for ring in polygon.rings
        for a, b in edges(ring)
        if (a[1] > lat) != (b[1] > lat)
    )
    stretches = list(zip(crossings[::2], crossings[1::2], strict=True))
    if not stretches:
        return None
    west, east = max(stretches, key=lambda stretch: stretch[1] - stretch[0])
    return Point(lat=lat, long=(west + east) / 2)


def _area(ring: Ring) -> float:
    """The area in square degrees, positive if the ring runs anticlockwise."""
    x0, y0 = ring[0]
    return sum((a[0] - x0) * (b[1] - y0) - (b[0] - x0) * (a[1] - y0) for a, b in edges(ring)) / 2
