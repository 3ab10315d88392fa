"""Plane geometry for the invented town: metres east and north of its centre."""

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random

Point = tuple[float, float]
Line = tuple[Point, ...]

CENTRE_LAT = 53.959
CENTRE_LONG = -1.0815
METRES_PER_DEGREE = 111_320.0
CELL = 60.0


def to_degrees(line: Sequence[Point]) -> Line:
    """Metres from the centre as (longitude, latitude), rounded to about 10 cm."""
    per_long = METRES_PER_DEGREE * math.cos(math.radians(CENTRE_LAT))
    return tuple(
        (round(CENTRE_LONG + x / per_long, 6), round(CENTRE_LAT + y / METRES_PER_DEGREE, 6))
        for x, y in line
    )


def ahead(point: Point, heading: float, metres: float) -> Point:
    """The point that many metres on, rounded so that no platform's last digit matters."""
    x = point[0] + math.cos(heading) * metres
    y = point[1] + math.sin(heading) * metres
    return (round(x, 2), round(y, 2))


def bearing(start: Point, end: Point) -> float:
    return math.atan2(end[1] - start[1], end[0] - start[0])


def length(line: Sequence[Point]) -> float:
    return sum(math.dist(a, b) for a, b in pairwise(line))


def along(line: Sequence[Point], step: float) -> Iterator[tuple[Point, float]]:
    """Points every `step` metres along the line, each with the heading there."""
    due = 0.0
    for a, b in pairwise(line):
        span, heading = math.dist(a, b), bearing(a, b)
        while due <= span:
            yield ahead(a, heading, due), heading
            due += step
        due -= span


def meeting(a: Sequence[Point], b: Sequence[Point]) -> tuple[int, Point] | None:
    """Where line `a` first crosses line `b`: the index of the segment of `a`, and the point."""
    for i, (p, q) in enumerate(pairwise(a)):
        for r, s in pairwise(b):
            point = _segments(p, q, r, s)
            if point:
                return i, point
    return None


def _segments(p: Point, q: Point, r: Point, s: Point) -> Point | None:
    px, py, rx, ry = q[0] - p[0], q[1] - p[1], s[0] - r[0], s[1] - r[1]
    cross = px * ry - py * rx
    if cross == 0:
        return None
    t = ((r[0] - p[0]) * ry - (r[1] - p[1]) * rx) / cross
    u = ((r[0] - p[0]) * py - (r[1] - p[1]) * px) / cross
    if 0 <= t <= 1 and 0 <= u <= 1:
        return (round(p[0] + t * px, 2), round(p[1] + t * py, 2))
    return None


def wobbly(rng: Random, start: Point, end: Point, sway: float, step: float = 60.0) -> Line:
    """A gently bending line between two points that leaves the straight by at most `sway`."""
    span, heading = math.dist(start, end), bearing(start, end)
    count = max(2, int(span / step))
    sizes = [rng.uniform(-1, 1) / (k + 1) for k in range(3)]
    points = [start]
    for i in range(1, count):
        t = i / count
        off = sum(s * math.sin(math.pi * t * (k + 1)) for k, s in enumerate(sizes)) * sway / 2
        points.append(ahead(ahead(start, heading, span * t), heading + math.pi / 2, off))
    return (*points, end)


@dataclass
class Draft:
    """A street before it has its name; its role decides the name."""

    kind: str
    role: str
    line: Line
    dead_end: bool = False
    name: str = ""


@dataclass(frozen=True)
class Blob:
    """A rounded patch of land or water: star-shaped round its centre."""

    centre: Point
    radii: tuple[float, ...]

    @property
    def reach(self) -> float:
        return max(self.radii)

    def contains(self, point: Point, margin: float = 0.0) -> bool:
        away = math.dist(self.centre, point)
        if away > self.reach + margin:
            return False
        turn = bearing(self.centre, point) / math.tau % 1 * len(self.radii)
        low, part = int(turn) % len(self.radii), turn % 1
        edge = self.radii[low] * (1 - part) + self.radii[(low + 1) % len(self.radii)] * part
        return away <= edge + margin

    def ring(self) -> Line:
        count = len(self.radii)
        points = [ahead(self.centre, math.tau * i / count, r) for i, r in enumerate(self.radii)]
        return (*points, points[0])


def blob(rng: Random, centre: Point, radius: float, wobble: float = 0.22) -> Blob:
    waves = [(k, rng.uniform(0.3, 1) * wobble / (k - 1), rng.uniform(0, 7)) for k in (2, 3, 4)]
    radii = [
        round(radius * (1 + sum(a * math.sin(k * i * math.tau / 32 + p) for k, a, p in waves)), 2)
        for i in range(32)
    ]
    return Blob(centre, tuple(radii))


@dataclass
class Index:
    """Sample points of lines in a grid, to ask what lies close by."""

    cells: dict[tuple[int, int], list[tuple[Point, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, line: Sequence[Point], owner: int, step: float = 12.0) -> None:
        for point, _ in along(line, step):
            self.cells[int(point[0] // CELL), int(point[1] // CELL)].append((point, owner))

    def near(self, point: Point, radius: float) -> Iterator[tuple[float, Point, int]]:
        """Samples within the radius: distance, point and the line's owner."""
        reach = int(radius // CELL) + 1
        column, row = int(point[0] // CELL), int(point[1] // CELL)
        for i in range(column - reach, column + reach + 1):
            for j in range(row - reach, row + reach + 1):
                for sample, owner in self.cells.get((i, j), ()):
                    away = math.dist(point, sample)
                    if away <= radius:
                        yield away, sample, owner
