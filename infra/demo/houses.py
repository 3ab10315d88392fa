"""Puts houses along the invented town's streets: their outlines and numbers, the same each time.
Odd numbers are on the left of a street, even ones on the right, as its line runs.
"""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count, pairwise
from typing import Any, NamedTuple
from zlib import crc32

from chalicelib.geo.point import Point
from chalicelib.geo.polygon import Polygon
from infra.demo.town import Line, Street, Town, feature, load_town

METRES_A_DEGREE = 111_320.0
CELL_M = 40.0
CLEAR_M = 9.0
"""The least between the front of a house and the middle of a street."""
STEP_M = 6.0
APART_M = 17.0
"""The least between the middles of two houses."""
SIZES = ((14.0, 9.0, 22.0), (9.0, 9.0, 20.0), (17.0, 10.0, 27.0))
"""Width, depth, and the distance to the next house in metres. A street has one of them."""
SET_BACK_M = {"minor": 11.0, "major": 15.0}
START_M = 14.0


class Metres(NamedTuple):
    """A position in metres from the town's own origin."""

    x: float
    y: float


Cell = tuple[int, int]


@dataclass(frozen=True)
class House:
    number: int
    street: str
    ring: Line
    middle: tuple[float, float]


@cache
def houses() -> tuple[House, ...]:
    return tuple(_Builder(load_town()).build())


def house_features() -> dict[str, list[dict[str, Any]]]:
    """GeoJSON features by layer: buildings and house_numbers."""
    numbers = [feature("Point", each.middle, str(each.number), "house_number") for each in houses()]
    for each, number in zip(houses(), numbers, strict=True):
        number["properties"]["street"] = each.street
    return {
        "buildings": [feature("Polygon", (each.ring,), "", "building") for each in houses()],
        "house_numbers": numbers,
    }


class _Builder:
    def __init__(self, town: Town) -> None:
        self.town = town
        self.long, self.lat = town.streets[0].line[0]
        self.across = METRES_A_DEGREE * math.cos(math.radians(self.lat))
        self.ways: dict[Cell, list[Metres]] = defaultdict(list)
        """Positions along the streets, a few metres apart."""
        self.built: dict[Cell, list[Metres]] = defaultdict(list)
        self.unbuilt = [Polygon(area.ring) for area in (*town.waters, *town.greens)]

    def build(self) -> Iterator[House]:
        for street in self.town.streets:
            for at, _ in self._walk(street, STEP_M, 0.0):
                self.ways[_cell(at)].append(at)
        for street in self.town.streets:
            if street.kind in SET_BACK_M:
                yield from self._along(street)

    def _along(self, street: Street) -> Iterator[House]:
        width, depth, pitch = SIZES[crc32(street.name.encode()) % len(SIZES)]
        away = SET_BACK_M[street.kind] + depth / 2
        for side, first in ((1, 1), (-1, 2)):
            numbers = count(first, 2)
            for at, (east, north) in self._walk(street, pitch, START_M):
                middle = Metres(at.x - north * away * side, at.y + east * away * side)
                if not self._is_free(middle, depth):
                    continue
                corners = [
                    Metres(
                        middle.x + east * width / 2 * along - north * depth / 2 * up,
                        middle.y + north * width / 2 * along + east * depth / 2 * up,
                    )
                    for along, up in ((-1, -1), (1, -1), (1, 1), (-1, 1))
                ]
                self.built[_cell(middle)].append(middle)
                ring = tuple(self._degrees(corner) for corner in (*corners, corners[0]))
                yield House(next(numbers), street.name, ring, self._degrees(middle))

    def _is_free(self, middle: Metres, depth: float) -> bool:
        """True if neither a house, a street, water nor a park is there."""
        if any(math.dist(middle, other) < APART_M for other in _neighbours(self.built, middle)):
            return False
        if any(
            math.dist(middle, way) < CLEAR_M + depth / 2 for way in _neighbours(self.ways, middle)
        ):
            return False
        long, lat = self._degrees(middle)
        return not any(area.contains(Point(lat=lat, long=long)) for area in self.unbuilt)

    def _walk(
        self, street: Street, step: float, start: float
    ) -> Iterator[tuple[Metres, tuple[float, float]]]:
        """Positions along a street, each with the direction (east, north) of the street there."""
        corners = [self._metres(corner) for corner in street.line]
        left = start
        for one, two in pairwise(corners):
            length = math.dist(one, two)
            if not length:
                continue
            east, north = (two.x - one.x) / length, (two.y - one.y) / length
            while left <= length:
                yield Metres(one.x + east * left, one.y + north * left), (east, north)
                left += step
            left -= length

    def _metres(self, point: tuple[float, float]) -> Metres:
        return Metres((point[0] - self.long) * self.across, (point[1] - self.lat) * METRES_A_DEGREE)

    def _degrees(self, at: Metres) -> tuple[float, float]:
        return (
            round(self.long + at.x / self.across, 6),
            round(self.lat + at.y / METRES_A_DEGREE, 6),
        )


def _cell(at: Metres) -> Cell:
    return int(at.x // CELL_M), int(at.y // CELL_M)


def _neighbours(grid: dict[Cell, list[Metres]], at: Metres) -> Iterator[Metres]:
    x, y = _cell(at)
    for column in (x - 1, x, x + 1):
        for row in (y - 1, y, y + 1):
            yield from grid.get((column, row), ())
