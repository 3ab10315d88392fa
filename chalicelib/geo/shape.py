"""Converts a GeoJSON geometry (RFC 7946) to a valid polygon, or gives the reason why not."""

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cmp_to_key
from itertools import chain, combinations, pairwise, product
from typing import Any, NamedTuple

from chalicelib.errors import Invalid
from chalicelib.geo.point import Point
from chalicelib.geo.polygon import Corner, MultiPolygon, Polygon, Ring, edges, side_of


def shape_of(geometry: Mapping[str, Any]) -> MultiPolygon:
    """The polygons of a Polygon or MultiPolygon, in degrees; a third coordinate is ignored. Raises
    Invalid, naming the ring and the corner: too few corners, an invalid coordinate, or edges that
    cross.
    """
    kind, parts = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon"):
        raise Invalid.field("geometry.type", f"must be Polygon or MultiPolygon, not {kind!r}")
    if not isinstance(parts, list | tuple) or not parts:
        raise Invalid.field("geometry.coordinates", "must be a list of rings")
    parts = [parts] if kind == "Polygon" else parts
    polygons = tuple(_read_polygon(rings, f"polygon {at}") for at, rings in enumerate(parts, 1))
    for at, polygon in enumerate(polygons, 1):
        if place := find_crossing(polygon):
            where = f"lat {place.lat}, long {place.long}"
            message = f"polygon {at}: edges cross or lie on each other near {where}"
            raise Invalid.field("geometry", message)
    return MultiPolygon(polygons)


def _read_polygon(rings: Any, name: str) -> Polygon:
    if not isinstance(rings, list | tuple) or not rings:
        raise Invalid.field("geometry.coordinates", f"{name}: must be a list of rings")
    outer, *holes = (_read_ring(ring, f"{name}, ring {at}") for at, ring in enumerate(rings, 1))
    return Polygon(outer, tuple(holes))


def _read_ring(ring: Any, name: str) -> Ring:
    if not isinstance(ring, list | tuple):
        raise Invalid.field("geometry.coordinates", f"{name}: must be a list of corners")
    corners = [_read_corner(corner, f"{name}, corner {at}") for at, corner in enumerate(ring, 1)]
    if len(set(corners)) < 3:
        raise Invalid.field("geometry.coordinates", f"{name}: must have at least 3 corners")
    return tuple(a for a, _ in edges(corners))


def _read_corner(corner: Any, name: str) -> Corner:
    try:
        long, lat, *_ = (float(value) for value in corner)
    except (TypeError, ValueError, OverflowError):
        long = lat = math.nan
    if abs(long) <= 180 and abs(lat) <= 90:
        return long, lat
    message = f"{name}: must be [long, lat] in degrees, not {corner!r}"
    raise Invalid.field("geometry.coordinates", message)


class _Edge(NamedTuple):
    """An edge by its corners, the western one first (if both are on one meridian, the southern
    one); and the number of its ring."""

    begin: Corner
    end: Corner
    ring: int


def find_crossing(polygon: Polygon) -> Point | None:
    """A place near which two edges cross or overlap, None if there is none. Rings that only touch
    themselves or each other at a common corner are accepted: some published ones do, and their
    inside stays well defined. Exact. O(corners * log(corners)), except for moving references in a
    list.

    Source: Shamos and Hoey, "Geometric intersection problems" (1976): a line sweeps over the plane
    and keeps the edges that it meets in order; the first two that cross were neighbours before.
    """
    starting = _edges_by_start(polygon)
    active: list[_Edge] = []
    for corner in sorted({corner for ring in polygon.rings for corner in ring}):
        for one, other in _advance_sweep(active, corner, starting.get(corner, [])):
            if _do_cross(one, other):
                # Of two crossing edges, the shorter one locates the crossing better.
                (ax, ay), (bx, by), _ = min(one, other, key=lambda edge: math.dist(*edge[:2]))
                return Point(lat=(ay + by) / 2, long=(ax + bx) / 2)
    return None


def _edges_by_start(polygon: Polygon) -> Mapping[Corner, list[_Edge]]:
    found: dict[Corner, list[_Edge]] = defaultdict(list)
    for at, ring in enumerate(polygon.rings):
        for edge in edges(ring):
            begin, end = sorted(edge)
            found[begin].append(_Edge(begin, end, at))
    return found


def _advance_sweep(
    active: list[_Edge], corner: Corner, starting: list[_Edge]
) -> Iterator[tuple[_Edge, _Edge]]:
    """Moves the sweep to the corner at which the edges `starting` begin; `active` are the edges
    that the sweep line meets, from the south. Yields the pairs that may cross there, or become
    neighbours."""
    first = last = bisect_left(active, 0.0, key=lambda edge: -_side(edge, corner))
    while last < len(active) and _side(active[last], corner) == 0:
        last += 1
    here = active[first:last]
    passing = [edge for edge in here if edge.end != corner]

    def upwards(one: _Edge, other: _Edge) -> int:
        turn = side_of(corner, other.end, one.end)
        return (turn > 0) - (turn < 0)

    after = sorted([*passing, *starting], key=cmp_to_key(upwards))
    active[first:last] = after
    others = [edge for edge in [*here, *starting] if edge not in passing]
    return chain(
        combinations(passing, 2),
        product(passing, others),
        pairwise(active[max(0, first - 1) : first + len(after) + 1]),
    )


def _side(edge: _Edge, corner: Corner) -> float:
    return side_of(edge.begin, edge.end, corner)


def _do_cross(one: _Edge, other: _Edge) -> bool:
    """True if two edges share more than a common corner."""
    (a, b, _), (c, d, _) = one, other
    ends = (side_of(a, b, c), side_of(a, b, d), side_of(c, d, a), side_of(c, d, b))
    if not any(ends):
        return max(a, c) < min(b, d)
    meet = ends[0] * ends[1] <= 0 and ends[2] * ends[3] <= 0
    return meet and not {a, b} & {c, d} and (one.ring == other.ring or all(ends))
