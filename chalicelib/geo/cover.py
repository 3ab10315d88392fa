"""Covers of circles and polygons by ranges of quadkeys, as `quadkey.cover` has them for boxes.

An area does not cross the antimeridian, except a circle, whose part beyond is covered too.
"""

import math
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from chalicelib.geo.point import EARTH_RADIUS_M, Box, Point, distance_m
from chalicelib.geo.polygon import Corner, Shape, edges, side_of
from chalicelib.geo.quadkey import (
    FINEST,
    KeyRange,
    Tile,
    bounds,
    filled,
    merged,
    tile_of,
    useful_depth,
    within_budget,
)

SLACK = 1e-9
"""Degrees by which a cell is taken larger, whatever was rounded: 0.1 mm."""
SLACK_M = 0.001
WORLD = Box(west=-180.0, south=-90.0, east=180.0, north=90.0)

Share = Literal["none", "some", "all"]


class Area(Protocol):
    """What can be covered."""

    def depth(self) -> int:
        """The length of the finest quadkeys worth using."""
        ...

    def box(self) -> Box:
        """One that holds it."""
        ...

    def inside(self, cell: Box) -> "tuple[Share, Area]":
        """How much of the cell is in the area, `some` where in doubt; and an area that is the same
        within the cell."""
        ...


def cover_circle(
    centre: Point, radius_m: float, *, length: int, at_least: int, budget: int = 8
) -> list[KeyRange]:
    """Ranges that hold every point within `radius_m` by `distance_m`, with the rules of `cover`."""
    return _cover(_Circle(centre, radius_m), length, at_least, budget)


def cover_polygon(shape: Shape, *, length: int, at_least: int, budget: int = 8) -> list[KeyRange]:
    """Ranges that hold every point of the polygon, with the rules of `cover`."""
    lines = tuple(edge for ring in shape.rings for edge in edges(ring))
    return _cover(_Polygon(shape, lines), length, at_least, budget)


@dataclass(frozen=True, slots=True)
class _Circle:
    centre: Point
    radius_m: float

    def depth(self) -> int:
        """As for boxes: cells of about a sixth of what is covered."""
        round_the_world = 2 * math.pi * EARTH_RADIUS_M * math.cos(math.radians(self.centre.lat))
        return _depth(3 * round_the_world / max(self.radius_m, 1e-3))

    def box(self) -> Box:
        box = Box.around(self.centre, self.radius_m + 2 * SLACK_M)
        is_plain = max(-box.south, box.north) < 89 and max(-box.west, box.east) <= 180
        return box if is_plain else WORLD

    def inside(self, cell: Box) -> "tuple[Share, _Circle]":
        if all(self._off(place) > self.radius_m + SLACK_M for place in self._near_places(cell)):
            return "none", self
        corners = (
            Point(lat=lat, long=long)
            for lat in (cell.south, cell.north)
            for long in (cell.west, cell.east)
        )
        # Round a pole a side can be farther off than both its corners: more is read then.
        return ("all" if all(self._off(at) <= self.radius_m for at in corners) else "some"), self

    def _off(self, place: Point) -> float:
        return distance_m(self.centre, place)

    def _near_places(self, cell: Box) -> list[Point]:
        """One of them is the cell's nearest: it lies on the meridian that is nearest, where the
        great circle from the centre meets that squarely, or at an end."""
        long = self.centre.long
        if not cell.west <= long <= cell.east:
            long = min(cell.west, cell.east, key=lambda side: _apart(side, self.centre.long))
        across = math.cos(math.radians(_apart(long, self.centre.long)))
        if across <= 0:
            return [Point(lat=cell.south, long=long), Point(lat=cell.north, long=long)]
        up = math.radians(self.centre.lat)
        square = math.degrees(math.atan2(math.sin(up), math.cos(up) * across))
        return [Point(lat=max(cell.south, min(cell.north, square)), long=long)]


@dataclass(frozen=True, slots=True)
class _Polygon:
    """With those of its edges that are near."""

    shape: Shape
    lines: tuple[tuple[Corner, Corner], ...]

    def depth(self) -> int:
        return useful_depth(self.shape.box)

    def box(self) -> Box:
        return self.shape.box

    def inside(self, cell: Box) -> "tuple[Share, _Polygon]":
        near = tuple(line for line in self.lines if _touches(line, cell))
        if near:
            return "some", _Polygon(self.shape, near)
        middle = Point(lat=(cell.south + cell.north) / 2, long=(cell.west + cell.east) / 2)
        return ("all" if self.shape.contains(middle) else "none"), _Polygon(self.shape, near)


def _cover(area: Area, length: int, at_least: int, budget: int) -> list[KeyRange]:
    finest = max(at_least, min(length, area.depth()))
    found: dict[str, list[KeyRange]] = {}
    window = _Window.of(area.box(), finest)
    for part in _cells_in(area, Tile(0, 0, 0), "", at_least, window):
        found.setdefault(part.low[:at_least], []).append(part)
    return [
        filled(part, length)
        for parts in found.values()
        for part in within_budget(merged(parts), budget)
    ]


class _Window(NamedTuple):
    """The finest cells that a box touches, from the north-western to the south-eastern one."""

    first: Tile
    last: Tile

    @classmethod
    def of(cls, box: Box, z: int) -> "_Window":
        north_west = Point(lat=box.north + SLACK, long=box.west - SLACK)
        south_east = Point(lat=box.south - SLACK, long=box.east + SLACK)
        return cls(tile_of(north_west, z), tile_of(south_east, z))

    def touches(self, cell: Tile) -> bool:
        up = self.first.z - cell.z
        return (
            self.first.x >> up <= cell.x <= self.last.x >> up
            and self.first.y >> up <= cell.y <= self.last.y >> up
        )


def _cells_in(area: Area, cell: Tile, name: str, at_least: int, window: _Window) -> list[KeyRange]:
    if not window.touches(cell):
        return []
    share, area = area.inside(_reach(cell))
    if share == "none":
        return []
    finest = window.first.z
    if cell.z == finest or (share == "all" and cell.z >= at_least):
        return [KeyRange(name.ljust(finest, "0"), name.ljust(finest, "3"))]
    children = (
        (Tile(cell.z + 1, cell.x * 2 + dx, cell.y * 2 + dy), f"{name}{dx + 2 * dy}")
        for dy in (0, 1)
        for dx in (0, 1)
    )
    return [part for child in children for part in _cells_in(area, *child, at_least, window)]


def _reach(cell: Tile) -> Box:
    """All that has the cell's key: the outermost rows reach to the poles."""
    box, last = bounds(cell), (1 << cell.z) - 1
    return Box(
        west=box.west - SLACK,
        south=-90.0 if cell.y == last else box.south - SLACK,
        east=box.east + SLACK,
        north=90.0 if cell.y == 0 else box.north + SLACK,
    )


def _touches(line: tuple[Corner, Corner], cell: Box) -> bool:
    """True where the line and the cell meet: neither an axis nor the line itself parts them."""
    (ax, ay), (bx, by) = a, b = line
    if max(ax, bx) < cell.west or min(ax, bx) > cell.east:
        return False
    if max(ay, by) < cell.south or min(ay, by) > cell.north:
        return False
    corners = [(x, y) for x in (cell.west, cell.east) for y in (cell.south, cell.north)]
    sides = [side_of(a, b, corner) for corner in corners]
    return min(sides) <= 0 <= max(sides)


def _depth(cells_round: float) -> int:
    return max(0, min(FINEST, math.ceil(math.log2(max(cells_round, 1.0)))))


def _apart(one: float, other: float) -> float:
    """Degrees between two longitudes, the shorter way."""
    return abs((one - other + 180) % 360 - 180)
