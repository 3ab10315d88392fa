"""The index of the nearest places: a grid in compressed-sparse-row form, read in place.

One block of bytes, little-endian, every number of 4 bytes at a multiple of 4:

    0   4 bytes  magic "GNNI"
    4   u32      version, 1
    8   u32      count: how many places
    12  u32      columns of the grid, from the west
    16  u32      rows of the grid, from the south
    20  i32      west edge of the grid, in units of 1e-7 degrees
    24  i32      south edge
    28  u32      width of a cell, in the same units
    32  u32      height of a cell
    36  u32      starts[columns * rows + 1]: cell row * columns + column has the entries from
                 starts[cell] up to starts[cell + 1]
    …   i32      lats[count], i32 longs[count], in 1e-7 degrees (1.1 cm), by entry
    …   u32      numbers[count]: which place in the order of building it is, by entry
"""

import math
import struct
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from mmap import mmap
from typing import NamedTuple

from chalicelib.errors import FieldError, Invalid
from chalicelib.geo.ellipsoid import UNIT, Limits
from chalicelib.geo.point import Point

MAGIC, VERSION = b"GNNI", 1
HEADER = struct.Struct("<4s4I2i2I")
PLACES_PER_CELL = 2
"""Places in a cell, on average."""


class Cells(NamedTuple):
    """A block of cells, ends included."""

    west: int
    east: int
    south: int
    north: int


class NearestIndex(NamedTuple):
    """The index that `open_index` read; its parts are views of the bytes."""

    places: int
    columns: int
    rows: int
    west: int
    south: int
    wide: int
    high: int
    starts: "memoryview[int]"
    lats: "memoryview[int]"
    longs: "memoryview[int]"
    numbers: "memoryview[int]"

    def cells(self, limits: Limits) -> Cells:
        """The cells that the limits touch; the nearest ones if they are outside the grid."""
        return Cells(
            self._clamp((limits.west - self.west) // self.wide, self.columns),
            self._clamp((limits.east - self.west) // self.wide, self.columns),
            self._clamp((limits.south - self.south) // self.high, self.rows),
            self._clamp((limits.north - self.south) // self.high, self.rows),
        )

    def widen(self, cells: Cells, by: int) -> Cells:
        """The block with that many more cells on each side."""
        return Cells(
            max(0, cells.west - by),
            min(self.columns - 1, cells.east + by),
            max(0, cells.south - by),
            min(self.rows - 1, cells.north + by),
        )

    def entry_ranges(self, cells: Cells, inner: Cells | None) -> Iterator[tuple[int, int]]:
        """The ranges of entries in the block's cells, without those of the inner block."""
        west, east, south, north = cells
        for row in range(south, north + 1):
            first = row * self.columns
            if inner is None or not inner.south <= row <= inner.north:
                yield self.starts[first + west], self.starts[first + east + 1]
                continue
            if west < inner.west:
                yield self.starts[first + west], self.starts[first + inner.west]
            if inner.east < east:
                yield self.starts[first + inner.east + 1], self.starts[first + east + 1]

    @staticmethod
    def _clamp(at: int, count: int) -> int:
        return max(0, min(count - 1, at))


def build_index(points: Sequence[Point]) -> bytes:
    """The bytes of the index of these places; their numbers count from 0. O(n log n).

    Raises Invalid if a coordinate is not a number.
    """
    lats = [_units_of(point.lat, 90, "lat", at) for at, point in enumerate(points)]
    longs = [_units_of(point.long, 180, "long", at) for at, point in enumerate(points)]
    west, south = min(longs, default=0), min(lats, default=0)
    width, height = max(longs, default=0) - west + 1, max(lats, default=0) - south + 1
    wide, high = _cell_size(width, height, south + height // 2, len(points))
    columns, rows = -(-width // wide), -(-height // high)
    cells = [
        (lat - south) // high * columns + (long - west) // wide
        for lat, long in zip(lats, longs, strict=True)
    ]
    order = sorted(range(len(points)), key=cells.__getitem__)
    counts = [0] * (columns * rows + 1)
    for cell in cells:
        counts[cell + 1] += 1
    head = HEADER.pack(MAGIC, VERSION, len(points), columns, rows, west, south, wide, high)
    numbers = (
        ("I", accumulate(counts)),
        ("i", (lats[at] for at in order)),
        ("i", (longs[at] for at in order)),
        ("I", order),
    )
    return head + b"".join(_bytes_of(code, values) for code, values in numbers)


def open_index(content: bytes | mmap) -> NearestIndex:
    """The index in these bytes or in this memory map, which must stay open. O(1).

    Raises ValueError if they are not a complete index.
    """
    view = memoryview(content)
    if len(view) < HEADER.size or bytes(view[:4]) != MAGIC:
        raise ValueError("this is no nearest index: build it anew")
    _, version, count, columns, rows, west, south, wide, high = HEADER.unpack_from(view)
    if version != VERSION:
        raise ValueError(f"this nearest index has version {version}, not {VERSION}: build it anew")
    sizes = (columns * rows + 1, count, count, count)
    ends = list(accumulate((4 * size for size in sizes), initial=HEADER.size))
    if len(view) != ends[-1]:
        raise ValueError(f"this nearest index has {len(view)} bytes, not {ends[-1]}: build it anew")
    begin, at_lats, at_longs, at_numbers, end = ends
    starts, numbers = view[begin:at_lats].cast("I"), view[at_numbers:end].cast("I")
    lats, longs = view[at_lats:at_longs].cast("i"), view[at_longs:at_numbers].cast("i")
    if starts[0] != 0 or starts[columns * rows] != count:
        raise ValueError("this nearest index is damaged: build it anew")
    return NearestIndex(count, columns, rows, west, south, wide, high, starts, lats, longs, numbers)


def _units_of(degrees: float, most: int, name: str, at: int) -> int:
    if abs(degrees) <= most:
        return round(degrees * 1e7)
    message = f"place {at} has {degrees}: must be from -{most} to {most} degrees"
    raise Invalid(f"{name}: {message}", [FieldError(name, message)])


def _cell_size(width: int, height: int, middle: int, count: int) -> tuple[int, int]:
    """Width and height of a cell about as wide as it is high in metres, with PLACES_PER_CELL
    places."""
    narrow = max(0.01, math.cos(middle * UNIT))
    side = math.sqrt(width * narrow * height * PLACES_PER_CELL / max(1, count))
    # A row of places, or one place, would have infinitely many cells.
    share = PLACES_PER_CELL / max(1, count)
    wide, high = max(side / narrow, width * share), max(side, height * share)
    return math.ceil(wide), math.ceil(high)


def _bytes_of(code: str, values: Iterable[int]) -> bytes:
    numbers = array(code, values)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()
