"""A circle as a few cells of three levels, and from which side each of them is reached.

Of all ways to hold the circle in at most nine cells the one is taken that holds least beside it.
Within a cell a reach tells where the circle begins or ends, from west to east, such that those that
reach a place sort next to each other:

    a…0 ……… a…far ‖ ……… b ……… ‖ c…far ……… c…0        far: from the place to the eastern edge
              └─────── one query ───────┘

`a`: from where the circle begins on to the eastern edge; `c`: from the western edge to where it
ends; `b`: all along. Pure, and exact but for a centimetre: no place of the circle is left out.
"""

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from chalicelib.geo.point import EARTH_RADIUS_M, Point
from chalicelib.geo.quadkey import Tile, bounds, quadkey, tile_of

LEVELS = (11, 13, 15)
"""Zooms of the cells, the coarsest first: 11.5, 2.9 and 0.7 km at 54° N."""
MOST_CELLS = 9
WHOLE_REACH = "b"
STEPS = 0x10000
"""In how many steps a cell's width is told."""
SLACK_M = 0.01
"""By which a circle is taken larger, whatever was rounded."""


def cover(centre: Point, radius_m: float) -> Sequence[tuple[str, str]]:
    """Quadkeys and reaches of at most nine cells that together hold the circle; none where that
    takes more of the coarsest: the circle is large, or near a pole."""
    circle = _Circle.of(centre, (radius_m + SLACK_M) / EARTH_RADIUS_M)
    ways = _ways(circle, circle.cells(LEVELS[0], None), MOST_CELLS)
    return [(cell.key, cell.reach) for cell in ways[-1].cells] if ways else ()


def reaches_at(place: Point, z: int) -> tuple[str, str, str]:
    """The quadkey of the place's cell, and between which reaches those are that reach it, both
    included."""
    tile = tile_of(place, z)
    far = _told(math.floor((1 - _across(place.long, z) + tile.x) * STEPS))
    return quadkey(tile), f"a{far}", f"c{far}~"


def _told(steps: int) -> str:
    """A share of a cell's width, such that texts sort as shares do."""
    return f"{max(0, min(STEPS - 1, steps)):04x}"


def _across(long: float, z: int) -> float:
    """The place's column at that zoom with what is left of it; from one end of the world on it
    counts on."""
    return (long + 180) / 360 * (1 << z)


class _Cell(NamedTuple):
    """A cell that a circle touches between `begin` and `end`, in shares of its width; `x` counts
    on across the ends of the world."""

    z: int
    x: int
    y: int
    begin: float
    end: float

    @property
    def key(self) -> str:
        return quadkey(Tile(self.z, self.x % (1 << self.z), self.y))

    @property
    def reach(self) -> str:
        if self.begin <= 0 and self.end >= 1:
            return WHOLE_REACH
        if 1 - self.begin <= self.end:
            return "a" + _told(math.ceil((1 - self.begin) * STEPS))
        return "c" + _told(math.floor((1 - self.end) * STEPS))

    @property
    def cost(self) -> float:
        """How much ground its reach holds."""
        return min(1 - self.begin, self.end) * 0.25**self.z


class _Way(NamedTuple):
    """Cells that hold a part of a circle, and how much ground they hold with it."""

    cost: float
    cells: tuple[_Cell, ...]


class _Circle(NamedTuple):
    """A circle. In radians: the latitude of its middle, its radius, and the latitude at which it is
    widest, where a meridian touches it."""

    centre: Point
    lat: float
    radius: float
    widest: float

    @classmethod
    def of(cls, centre: Point, radius: float) -> "_Circle":
        lat = math.radians(centre.lat)
        return cls(
            centre, lat, radius, math.asin(max(-1.0, min(1.0, math.sin(lat) / math.cos(radius))))
        )

    def cells(self, z: int, inside: _Cell | None) -> list[_Cell]:
        """Those of that zoom that it touches, within that one; more than MOST_CELLS say no more
        than that."""
        high = math.degrees(self.radius)
        north = tile_of(Point(lat=self.centre.lat + high, long=0.0), z).y
        south = tile_of(Point(lat=self.centre.lat - high, long=0.0), z).y
        if inside:
            up = z - inside.z
            north, south = max(north, inside.y << up), min(south, (inside.y + 1 << up) - 1)
        found: list[_Cell] = []
        for y in range(north, south + 1):
            found += self._row(z, y, inside)
            if len(found) > MOST_CELLS:
                break
        return found

    def _row(self, z: int, y: int, inside: _Cell | None) -> list[_Cell]:
        wide = self._half_width(*_edges_of_row(z, y))
        if wide is None:
            return []
        west, east = _across(self.centre.long - wide, z), _across(self.centre.long + wide, z)
        first, last = math.floor(west), math.floor(east)
        if inside:
            up = z - inside.z
            first, last = max(first, inside.x << up), min(last, (inside.x + 1 << up) - 1)
        return [
            _Cell(z, x, y, max(0.0, west - x), min(1.0, east - x))
            for x in range(first, min(last, first + MOST_CELLS) + 1)
        ]

    def _half_width(self, south: float, north: float) -> float | None:
        """How far it reaches to either side between these, in degrees; None where it does not reach
        there."""
        south, north = max(south, self.lat - self.radius), min(north, self.lat + self.radius)
        if south > north:
            return None
        if abs(self.lat) + self.radius >= math.pi / 2:
            return 180.0
        # By the haversine formula.
        at = max(south, min(north, self.widest))
        left = math.sin(self.radius / 2) ** 2 - math.sin((self.lat - at) / 2) ** 2
        half = math.sqrt(max(0.0, left) / (math.cos(self.lat) * math.cos(at)))
        return 2 * math.degrees(math.asin(min(1.0, half)))


@lru_cache(maxsize=10_000)
def _edges_of_row(z: int, y: int) -> tuple[float, float]:
    """From where to where the places of that row lie, in radians; those beyond the map's edges
    count to its first and last rows."""
    row = bounds(Tile(z, 0, y))
    south = -90.0 if y == (1 << z) - 1 else row.south
    north = 90.0 if y == 0 else row.north
    return math.radians(south), math.radians(north)


def _ways(circle: _Circle, cells: Sequence[_Cell], most: int) -> list[_Way]:
    """The best ways to hold the circle's part in these cells: from that with the fewest cells to
    that with `most` of them at most, each holding less than the one before."""
    if len(cells) > most:
        return []
    ways = [_Way(0.0, ())]
    for at, cell in enumerate(cells, 1):
        room = most - (len(cells) - at)
        own = _ways_of(circle, cell, room - at + 1)
        ways = _best(
            _Way(one.cost + other.cost, one.cells + other.cells)
            for one in ways
            for other in own
            if len(one.cells) + len(other.cells) <= room
        )
    return ways


def _ways_of(circle: _Circle, cell: _Cell, most: int) -> list[_Way]:
    """The same of one cell: by itself, or by the cells of the next level in it."""
    whole = [_Way(cell.cost, (cell,))]
    if cell.z == LEVELS[-1] or most == 1:
        return whole
    finer = LEVELS[LEVELS.index(cell.z) + 1]
    return _best([*whole, *_ways(circle, circle.cells(finer, cell), most)])


def _best(ways: Iterable[_Way]) -> list[_Way]:
    """Those that hold less than all with as few cells or fewer."""
    best: list[_Way] = []
    for way in sorted(ways, key=lambda way: (len(way.cells), way.cost)):
        if not best or way.cost < best[-1].cost:
            best.append(way)
    return best
