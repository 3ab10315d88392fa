"""Finds the street at a place, from the published lines of streets."""

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import msgspec

from chalicelib.geo.point import Box, Point

STREETS = "data/streets.json"
"""The key of the published document of streets' lines."""
NEAR_M = 100.0
METRES_PER_DEGREE = 111_320.0

Line = tuple[tuple[float, float], ...]
"""Corners as (long, lat)."""


class Streets(msgspec.Struct, frozen=True):
    """The published document: the lines of each street by its name."""

    streets: dict[str, tuple[Line, ...]] = {}


class _Piece(NamedTuple):
    west: float
    south: float
    east: float
    north: float
    name: str
    line: Line


class StreetMap:
    """Prepared once for many queries. O(pieces) per query, most of them only by their box."""

    def __init__(self, streets: Mapping[str, Sequence[Line]]) -> None:
        self._pieces = [_piece(name, line) for name, lines in streets.items() for line in lines]

    def name_at(self, point: Point) -> str | None:
        """The name of the nearest street within 100 m; of equally near ones the first."""
        box = Box.around(point, NEAR_M)
        near = [
            (_distance_m(point, piece.line), piece.name)
            for piece in self._pieces
            if piece.west <= box.east
            and piece.east >= box.west
            and piece.south <= box.north
            and piece.north >= box.south
        ]
        distance_m, name = min(near, default=(math.inf, None))
        return name if distance_m <= NEAR_M else None


def _piece(name: str, line: Line) -> _Piece:
    longs, lats = zip(*line, strict=True)
    return _Piece(min(longs), min(lats), max(longs), max(lats), name, line)


def _distance_m(point: Point, line: Line) -> float:
    """The distance from the point to the line, on a plane: within a few centimetres up to 100 m."""
    wide = math.cos(math.radians(point.lat))
    at = [((long - point.long) * wide, lat - point.lat) for long, lat in line]
    return METRES_PER_DEGREE * min(_distance_from_origin(a, b) for a, b in pairwise([*at, at[-1]]))


def _distance_from_origin(a: tuple[float, float], b: tuple[float, float]) -> float:
    dx, dy = b[0] - a[0], b[1] - a[1]
    square = dx * dx + dy * dy
    along = -(a[0] * dx + a[1] * dy) / square if square else 0.0
    part = min(1.0, max(0.0, along))
    return math.hypot(a[0] + part * dx, a[1] + part * dy)
