"""Quadkeys: the cells of Web Mercator tiles in Z-order, from index to map.

A quadkey of length z names the tile (x, y) at zoom z; a prefix names the tile that holds it, so
the strings of one length sort in Z-order and a tile is one contiguous range of them.

Source: Web Mercator tiles (EPSG:3857), y downwards from the north; quadkeys as in Microsoft's
"Bing Maps Tile System".
"""

import math
from itertools import pairwise
from typing import NamedTuple

from chalicelib.geo.point import Box, Point

MAX_LAT = 85.05112878
FINEST = 24
"""Length of a point's own quadkey: about 1.4 m at 54° N."""
MAP_ZOOM = 14
"""Zoom of the published map's tiles: about 1.4 km at 54° N."""


class Tile(NamedTuple):
    """A Web Mercator tile: zoom, column from the west, row from the north."""

    z: int
    x: int
    y: int


class KeyRange(NamedTuple):
    """Quadkeys of one length from `low` to `high`, both included."""

    low: str
    high: str


def tile_of(point: Point, z: int) -> Tile:
    """The tile at zoom `z` that contains the point; latitudes past ±85.05° count as the edge."""
    lat = math.radians(max(-MAX_LAT, min(MAX_LAT, point.lat)))
    side = 1 << z
    x = (point.long + 180.0) / 360.0 * side
    y = (1.0 - math.asinh(math.tan(lat)) / math.pi) / 2.0 * side
    return Tile(z, _clamp(math.floor(x), side), _clamp(math.floor(y), side))


def quadkey(tile: Tile) -> str:
    """The tile's name: one base-4 digit per zoom level, the coarsest first."""
    digits = []
    for level in range(tile.z - 1, -1, -1):
        digits.append(str((tile.x >> level & 1) + 2 * (tile.y >> level & 1)))
    return "".join(digits)


def tile_of_key(key: str) -> Tile:
    """The tile that a quadkey names."""
    x = y = 0
    for digit in key:
        x = x << 1 | int(digit) & 1
        y = y << 1 | int(digit) >> 1
    return Tile(len(key), x, y)


def key_of(point: Point, length: int = FINEST) -> str:
    """The quadkey of `length` digits that contains the point."""
    return quadkey(tile_of(point, length))


def tile_bounds(tile: Tile) -> Box:
    """The tile's edges in degrees."""
    side = 1 << tile.z
    return Box(
        west=tile.x / side * 360.0 - 180.0,
        east=(tile.x + 1) / side * 360.0 - 180.0,
        north=_lat_of_row(tile.y, side),
        south=_lat_of_row(tile.y + 1, side),
    )


def count_tiles(box: Box, z: int) -> int:
    """The number of tiles of that zoom that the box touches."""
    low, high = _corner_tiles(box, z)
    return (high.x - low.x + 1) * (high.y - low.y + 1)


def tiles_in(box: Box, z: int) -> list[Tile]:
    """The tiles of that zoom that the box touches, column by column."""
    low, high = _corner_tiles(box, z)
    return [Tile(z, x, y) for x in range(low.x, high.x + 1) for y in range(low.y, high.y + 1)]


def cover_box(box: Box, *, length: int, at_least: int, budget: int = 8) -> list[KeyRange]:
    """Ranges of quadkeys of `length` digits that together contain every point of the box. Sorted
    and disjoint, and none crosses a cell of `at_least` digits (the index's partition). At most
    `budget` ranges for each such cell. O(cells at the finest level used).
    """
    finest = max(at_least, min(length, _useful_zoom(box)))
    corners = _corner_tiles(box, finest)
    return [
        _pad_keys(part, length)
        for cell in sorted(tiles_in(box, at_least), key=quadkey)
        for part in _join_to_budget(_join_adjacent(_cells_in(corners, cell, quadkey(cell))), budget)
    ]


def _useful_zoom(box: Box) -> int:
    """The zoom whose cells are about a sixth of the box's short side: finer costs more ranges
    than it saves in rows read (measured on 100,000 points around a city). A thin box gets coarser
    ones, so that its length is at most some 64 cells."""
    middle = math.cos(math.radians((box.north + box.south) / 2))
    sides = ((box.north - box.south) / max(middle, 1e-6), box.east - box.west)
    cell = max(min(sides) / 6, max(sides) / 64)
    if cell <= 0:
        return FINEST
    return max(0, min(FINEST, math.ceil(math.log2(360.0 / cell))))


def _join_adjacent(ranges: list[KeyRange]) -> list[KeyRange]:
    """The same keys with adjacent ranges joined; sorted before and after."""
    found: list[KeyRange] = []
    for part in ranges:
        if found and int(part.low, 4) == int(found[-1].high, 4) + 1:
            found[-1] = KeyRange(found[-1].low, part.high)
        else:
            found.append(part)
    return found


def _join_to_budget(ranges: list[KeyRange], budget: int) -> list[KeyRange]:
    """At most `budget` ranges: the narrowest gaps are included."""
    ranges = list(ranges)
    while len(ranges) > budget:
        gaps = [int(b.low, 4) - int(a.high, 4) for a, b in pairwise(ranges)]
        at = gaps.index(min(gaps))
        ranges[at : at + 2] = [KeyRange(ranges[at].low, ranges[at + 1].high)]
    return ranges


def _pad_keys(part: KeyRange, length: int) -> KeyRange:
    """The same range in keys of `length` digits."""
    return KeyRange(part.low.ljust(length, "0"), part.high.ljust(length, "3"))


def _clamp(index: int, side: int) -> int:
    return max(0, min(side - 1, index))


def _lat_of_row(y: int, side: int) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / side))))


def _corner_tiles(box: Box, z: int) -> tuple[Tile, Tile]:
    return (
        tile_of(Point(lat=box.north, long=box.west), z),
        tile_of(Point(lat=box.south, long=box.east), z),
    )


def _cells_in(corners: tuple[Tile, Tile], cell: Tile, name: str) -> list[KeyRange]:
    """The parts of the named cell between these corners, in cells of the finest zoom."""
    low, high = corners
    up = low.z - cell.z
    west, north, east, south = low.x >> up, low.y >> up, high.x >> up, high.y >> up
    if not (west <= cell.x <= east and north <= cell.y <= south):
        return []
    if up == 0 or (west < cell.x < east and north < cell.y < south):
        return [KeyRange(name.ljust(low.z, "0"), name.ljust(low.z, "3"))]
    children = (
        (Tile(cell.z + 1, cell.x * 2 + dx, cell.y * 2 + dy), f"{name}{dx + 2 * dy}")
        for dy in (0, 1)
        for dx in (0, 1)
    )
    return [found for child in children for found in _cells_in(corners, *child)]
