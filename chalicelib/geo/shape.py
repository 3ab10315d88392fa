"""From a GeoJSON geometry (RFC 7946) to a polygon that can be relied on, or the reason why not."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from chalicelib.errors import Invalid
from chalicelib.geo.point import Box, Point
from chalicelib.geo.polygon import Corner, MultiPolygon, Polygon, Ring, edges, side_of

Edge = tuple[Corner, Corner]


def shape_of(geometry: Mapping[str, Any]) -> MultiPolygon:
    """The polygons of a Polygon or MultiPolygon, in degrees; a third coordinate is left out.

    Raises Invalid, naming the ring and the corner: too few corners, a number that is none or no
    degrees, or edges that cross.
    """
    kind, parts = geometry.get("type"), geometry.get("coordinates")
    if kind not in {"Polygon", "MultiPolygon"}:
        raise Invalid.field("geometry.type", f"must be Polygon or MultiPolygon, not {kind!r}")
    if not isinstance(parts, list | tuple) or not parts:
        raise Invalid.field("geometry.coordinates", "must be a list of rings")
    listed = [parts] if kind == "Polygon" else parts
    polygons = tuple(_polygon(rings, f"polygon {at}") for at, rings in enumerate(listed, 1))
    for at, polygon in enumerate(polygons, 1):
        if place := crossing(polygon):
            where = f"lat {place.lat}, long {place.long}"
            message = f"polygon {at}: edges cross or lie on each other near {where}"
            raise Invalid.field("geometry", message)
    return MultiPolygon(polygons)


def _polygon(rings: Any, name: str) -> Polygon:
    if not isinstance(rings, list | tuple) or not rings:
        raise Invalid.field("geometry.coordinates", f"{name}: must be a list of rings")
    outer, *holes = (_ring(ring, f"{name}, ring {at}") for at, ring in enumerate(rings, 1))
    return Polygon(outer, tuple(holes))


def _ring(ring: Any, name: str) -> Ring:
    if not isinstance(ring, list | tuple):
        raise Invalid.field("geometry.coordinates", f"{name}: must be a list of corners")
    corners = [_corner(corner, f"{name}, corner {at}") for at, corner in enumerate(ring, 1)]
    if len(set(corners)) < 3:
        raise Invalid.field("geometry.coordinates", f"{name}: must have at least 3 corners")
    return tuple(a for a, _ in edges(corners))


def _corner(corner: Any, name: str) -> Corner:
    try:
        long, lat, *_ = (float(value) for value in corner)
    except (TypeError, ValueError):
        long = lat = math.nan
    if abs(long) <= 180 and abs(lat) <= 90:
        return long, lat
    message = f"{name}: must be [long, lat] in degrees, not {corner!r}"
    raise Invalid.field("geometry.coordinates", message)


class _Entry(NamedTuple):
    """An edge with its box and the number of its ring."""

    west: float
    east: float
    south: float
    north: float
    edge: Edge
    ring: int


def crossing(polygon: Polygon) -> Point | None:
    """A place near which two edges cross or lie on each other, None where there is none.

    Rings that only touch, themselves or each other, at a corner of both pass: some that are
    published do, and what is inside stays plain. Exact. About O(corners), where not most of the
    edges are as long as the whole.
    """
    entries = [_entry(edge, at) for at, ring in enumerate(polygon.rings) for edge in edges(ring)]
    for members in _in_cells(entries, polygon.box):
        for one, other in _neighbours(members):
            if _clash(one, other):
                # Of two edges that meet, the shorter one says best where.
                a, b = min(one.edge, other.edge, key=lambda edge: math.dist(*edge))
                return Point(lat=(a[1] + b[1]) / 2, long=(a[0] + b[0]) / 2)
    return None


def _entry(edge: Edge, ring: int) -> _Entry:
    (ax, ay), (bx, by) = edge
    return _Entry(min(ax, bx), max(ax, bx), min(ay, by), max(ay, by), edge, ring)


def _neighbours(members: list[_Entry]) -> Iterator[tuple[_Entry, _Entry]]:
    """The pairs whose boxes meet."""
    members.sort()
    for at, one in enumerate(members):
        _, east, south, north, _, _ = one
        for other in members[at + 1 :]:
            if other[0] > east:
                break
            if other[2] <= north and other[3] >= south:
                yield one, other


def _in_cells(entries: list[_Entry], box: Box) -> Iterable[list[_Entry]]:
    """The edges that go through each cell of a grid, some ten cells for each edge."""
    wide = sum(one.east - one.west for one in entries) / len(entries) / FINER or 1.0
    high = sum(one.north - one.south for one in entries) / len(entries) / FINER or 1.0
    cells: dict[Corner, list[_Entry]] = defaultdict(list)
    for entry in entries:
        a, b = (((x - box.west) / wide, (y - box.south) / high) for x, y in entry.edge)
        for cell in _walk(a, b):
            cells[cell].append(entry)
    return cells.values()


FINER = 4
"""How many cells go into an edge of mean width and height."""
SLACK = 1e-6
"""Of a cell: an edge so near to the next cell counts as in both, whatever was rounded."""


def _walk(a: Corner, b: Corner) -> Iterator[Corner]:
    """The cells of side 1 that the line from `a` to `b` goes through, column by column."""
    (ax, ay), (bx, by) = sorted((a, b))
    slope = (by - ay) / (bx - ax) if bx - ax > SLACK else None
    for column in range(math.floor(ax - SLACK), math.floor(bx + SLACK) + 1):
        low, high = sorted((ay, by))
        if slope is not None:
            enter, leave = max(ax, column) - ax, min(bx, column + 1) - ax
            lower, upper = sorted((ay + enter * slope, ay + leave * slope))
            low, high = max(low, lower), min(high, upper)
        for row in range(math.floor(low - SLACK), math.floor(high + SLACK) + 1):
            yield column, row


def _clash(one: _Entry, other: _Entry) -> bool:
    """True where two edges share more than a corner of both."""
    (a, b), (c, d) = one.edge, other.edge
    ends = (side_of(a, b, c), side_of(a, b, d), side_of(c, d, a), side_of(c, d, b))
    if not any(ends):
        low, high = sorted((sorted((a, b)), sorted((c, d))))
        return high[0] < low[1]
    meet = ends[0] * ends[1] <= 0 and ends[2] * ends[3] <= 0
    return meet and not {a, b} & {c, d} and (one.ring == other.ring or all(ends))
