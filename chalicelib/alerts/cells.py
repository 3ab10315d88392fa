"""Covers a circle with a few cells of three levels, and computes its reach within each.

Of all covers with at most nine cells, this takes the one with the least area outside the circle. A
reach states where the circle begins or ends within a cell, from west to east. The reaches that
include a place sort next to each other:
    a…0 ……… a…far ‖ ……… b ……… ‖ c…far ……… c…0        far: from the place to the eastern edge
              └─────── one query ───────┘

`a`: from where the circle begins to the eastern edge; `c`: from the western edge to where it ends;
`b`: across the whole cell. Exact to a centimetre: every place of the circle is covered.
"""

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from chalicelib.geo.point import EARTH_RADIUS_M, Point
from chalicelib.geo.quadkey import Tile, quadkey, tile_bounds, tile_of

LEVELS = (11, 13, 15)
"""Zooms of the cells, the coarsest first: 11.5, 2.9 and 0.7 km at 54° N."""
MOST_CELLS = 9
WHOLE_REACH = "b"
STEPS = 0x10000
"""The number of steps that a cell's width is divided into."""
SLACK_M = 0.01
"""Metres that are added to a circle's radius, to make up for rounding."""


def cover(centre: Point, radius_m: float) -> Sequence[tuple[str, str]]:
    """The quadkeys and reaches of at most nine cells that together contain the circle; `radius_m`
    is in metres. Empty if that takes more than nine of the coarsest cells, because the circle is
    large, or near a pole."""
    circle = _Circle.of(centre, (radius_m + SLACK_M) / EARTH_RADIUS_M)
    covers = _best_covers(circle, circle.cells(LEVELS[0], None), MOST_CELLS)
    return [(cell.key, cell.reach) for cell in covers[-1].cells] if covers else ()


def reaches_at(place: Point, z: int) -> tuple[str, str, str]:
    """The quadkey of the place's cell at zoom `z`, and the lowest and highest reach, both included,
    of the circles that include the place."""
    tile = tile_of(place, z)
    far = _hex_of(math.floor((1 - _column_of(place.long, z) + tile.x) * STEPS))
    return quadkey(tile), f"a{far}", f"c{far}~"


def _hex_of(steps: int) -> str:
    """A share of a cell's width as text. The texts sort in the same order as the shares."""
    return f"{max(0, min(STEPS - 1, steps)):04x}"


def _column_of(long: float, z: int) -> float:
    """The fractional column of tiles at that zoom. It continues beyond ±180° of longitude."""
    return (long + 180) / 360 * (1 << z)


class _Cell(NamedTuple):
    """A cell that a circle touches between `begin` and `end`, in shares of its width. `x` continues
    beyond ±180° of longitude."""

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
            return "a" + _hex_of(math.ceil((1 - self.begin) * STEPS))
        return "c" + _hex_of(math.floor((1 - self.end) * STEPS))

    @property
    def cost(self) -> float:
        """The area that its reach covers, in tiles of zoom 0."""
        return min(1 - self.begin, self.end) * 0.25**self.z


class _Cover(NamedTuple):
    """Cells that contain a part of a circle, and the area that they cover."""

    cost: float
    cells: tuple[_Cell, ...]


class _Circle(NamedTuple):
    """A circle. In radians: the latitude of its centre, its radius, and the latitude at which it is
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
        """The cells of that zoom that the circle touches, within the cell `inside`. If there are
        more than MOST_CELLS, the list is not complete."""
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
        west, east = _column_of(self.centre.long - wide, z), _column_of(self.centre.long + wide, z)
        first, last = math.floor(west), math.floor(east)
        if inside:
            up = z - inside.z
            first, last = max(first, inside.x << up), min(last, (inside.x + 1 << up) - 1)
        return [
            _Cell(z, x, y, max(0.0, west - x), min(1.0, east - x))
            for x in range(first, min(last, first + MOST_CELLS) + 1)
        ]

    def _half_width(self, south: float, north: float) -> float | None:
        """Half the width of the circle between these latitudes (radians), in degrees of longitude;
        None if it does not reach there."""
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
    """The southern and northern latitude of that row of tiles, in radians. Places beyond the map's
    edges belong to its first and last rows."""
    row = tile_bounds(Tile(z, 0, y))
    south = -90.0 if y == (1 << z) - 1 else row.south
    north = 90.0 if y == 0 else row.north
    return math.radians(south), math.radians(north)


def _best_covers(circle: _Circle, cells: Sequence[_Cell], most: int) -> list[_Cover]:
    """The best covers of the circle's part in these cells, from the fewest cells to at most `most`.
    Each covers less area than the one before."""
    if len(cells) > most:
        return []
    covers = [_Cover(0.0, ())]
    for at, cell in enumerate(cells, 1):
        room = most - (len(cells) - at)
        own = _covers_of_cell(circle, cell, room - at + 1)
        covers = _keep_best(
            _Cover(one.cost + other.cost, one.cells + other.cells)
            for one in covers
            for other in own
            if len(one.cells) + len(other.cells) <= room
        )
    return covers


def _covers_of_cell(circle: _Circle, cell: _Cell, most: int) -> list[_Cover]:
    """The best covers of one cell: the cell itself, or cells of the next level in it."""
    whole = [_Cover(cell.cost, (cell,))]
    if cell.z == LEVELS[-1] or most == 1:
        return whole
    finer = LEVELS[LEVELS.index(cell.z) + 1]
    return _keep_best([*whole, *_best_covers(circle, circle.cells(finer, cell), most)])


def _keep_best(covers: Iterable[_Cover]) -> list[_Cover]:
    """The covers with less area than all covers with as few cells or fewer."""
    best: list[_Cover] = []
    for each in sorted(covers, key=lambda each: (len(each.cells), each.cost)):
        if not best or each.cost < best[-1].cost:
            best.append(each)
    return best
