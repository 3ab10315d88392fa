"""The exact nearest of many places: a grid in compressed-sparse-row form, read in place.

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

Places all over the world are found exactly. It is quick where they fill their box about evenly:
a town does. Where the answer lies beyond the antimeridian or round a pole, whole rows are read.

A twin in another language needs double precision, sin, cos, asin and sqrt; distances are whole
millimetres, so that the last bit of such a function decides nothing.
"""

import math
import struct
import sys
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from mmap import mmap
from typing import NamedTuple

from chalicelib.errors import FieldError, Invalid
from chalicelib.geo.point import EARTH_RADIUS_M, Point

MAGIC, VERSION = b"GNNI", 1
HEADER = struct.Struct("<4s4I2i2I")
UNIT = 1e-7 * (math.pi / 180)
A_CELL = 2
"""Places in a cell, on average."""
AXIS_M, E2 = 6_378_137.0, 0.00669437999014
"""WGS84: the half axis at the equator and the eccentricity squared."""
LEAST_RADIUS_M = AXIS_M * (1 - E2)
"""The smallest radius of curvature on the ellipsoid: along the meridian, at the equator."""

Keep = Callable[[int], bool]


class Found(NamedTuple):
    """A place by its number in the order of building, and its distance."""

    number: int
    distance_m: float


class Cells(NamedTuple):
    """A block of cells, ends included."""

    west: int
    east: int
    south: int
    north: int


class Limits(NamedTuple):
    """A box in units of 1e-7 degrees, ends included."""

    west: int
    east: int
    south: int
    north: int


WORLD = Limits(-1_800_000_000, 1_800_000_000, -900_000_000, 900_000_000)


class NearestIndex(NamedTuple):
    """The index that `opened` read; its parts are views of the bytes."""

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

    def wider(self, cells: Cells, by: int) -> Cells:
        """The block with that many more cells on each side."""
        return Cells(
            max(0, cells.west - by),
            min(self.columns - 1, cells.east + by),
            max(0, cells.south - by),
            min(self.rows - 1, cells.north + by),
        )

    def stretches(self, cells: Cells, but: Cells | None) -> Iterator[tuple[int, int]]:
        """The entries of the block's cells that are not in the inner block `but`."""
        west, east, south, north = cells
        for row in range(south, north + 1):
            first = row * self.columns
            if but is None or not but.south <= row <= but.north:
                yield self.starts[first + west], self.starts[first + east + 1]
                continue
            if west < but.west:
                yield self.starts[first + west], self.starts[first + but.west]
            if but.east < east:
                yield self.starts[first + but.east + 1], self.starts[first + east + 1]

    @staticmethod
    def _clamp(at: int, count: int) -> int:
        return max(0, min(count - 1, at))


def distance_mm(lat: int, long: int, point: Point) -> int:
    """From a place in units of 1e-7 degrees to the point, in whole millimetres.

    The straight line through the ellipsoid of WGS84, bent to an arc of the mean radius. It differs
    from the distance along the ellipsoid by at most 1 mm and 1e-6 up to 200 km, 0.6 % up to 10,000
    km, and 3 % near the antipodes.
    """
    ((mm, _),) = _measured([(lat, long, 0)], point, WORLD)
    return mm


def shown_m(one: Point, other: Point) -> float:
    """The displayed distance, in metres to a tenth; as exact as `distance_mm`."""
    return round(distance_mm(round(one.lat * 1e7), round(one.long * 1e7), other) / 1000, 1)


def built(points: Sequence[Point]) -> bytes:
    """The bytes of the index of these places; their numbers count from 0. O(n log n).

    Raises Invalid if a coordinate is not a number.
    """
    lats = [_units(point.lat, 90, "lat", at) for at, point in enumerate(points)]
    longs = [_units(point.long, 180, "long", at) for at, point in enumerate(points)]
    west, south = min(longs, default=0), min(lats, default=0)
    width, height = max(longs, default=0) - west + 1, max(lats, default=0) - south + 1
    wide, high = _cell(width, height, south + height // 2, len(points))
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
    return head + b"".join(_bytes(code, values) for code, values in numbers)


def opened(content: bytes | mmap) -> NearestIndex:
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


def nearest(index: NearestIndex, point: Point, k: int, keep: Keep | None = None) -> list[Found]:
    """The `k` nearest places, nearest first, by `distance_mm`; of equally near ones the one with
    the lower number. Fewer if there are fewer. `keep` says whether the place of a number counts.
    Exact: once a block of cells has given `k` places, the box `_within` the last one's distance
    contains every nearer place. Raises ValueError if the point is not valid.
    """
    if not (abs(point.lat) <= 90 and abs(point.long) <= 180):
        raise ValueError(f"{point} is no place: lat is -90 to 90, long is -180 to 180")
    found: list[tuple[int, int]] = []
    if not index.places or k <= 0:
        return []
    lat, long = round(point.lat * 1e7), round(point.long * 1e7)
    block, seen, by = index.cells(Limits(long, long, lat, lat)), None, 1
    while True:
        block = index.wider(block, by)
        found += _seen(index, point, index.stretches(block, seen), WORLD, keep)
        if seen == block or len(found) >= k:
            break
        seen, by = block, by * 2
    best = sorted(found)[:k]
    if len(best) == k:
        limits = _within(point, best[-1][0])
        whole = index.cells(limits)
        rest = index.stretches(_union(whole, block), block)
        best = sorted(best + _seen(index, point, rest, limits, keep))[:k]
    return [Found(number, mm / 1000) for mm, number in best]


def _seen(
    index: NearestIndex,
    point: Point,
    stretches: Iterable[tuple[int, int]],
    limits: Limits,
    keep: Keep | None,
) -> list[tuple[int, int]]:
    """Distance in millimetres and number of the entries in these ranges that lie within the
    limits."""
    found: list[tuple[int, int]] = []
    for begin, end in stretches:
        entries = zip(
            index.lats[begin:end].tolist(),
            index.longs[begin:end].tolist(),
            index.numbers[begin:end].tolist(),
            strict=True,
        )
        found += _measured(entries, point, limits)
    return found if keep is None else [entry for entry in found if keep(entry[1])]


def _measured(
    entries: Iterable[tuple[int, int, int]], point: Point, limits: Limits
) -> list[tuple[int, int]]:
    # A single loop: a call for each entry would double the time of a query.
    sin, cos, sqrt, asin = math.sin, math.cos, math.sqrt, math.asin
    west, east, south, north = limits
    here_lat, here_long = math.radians(point.lat), math.radians(point.long)
    sine = sin(here_lat)
    normal = AXIS_M / sqrt(1 - E2 * sine * sine)
    here_out, here_up = normal * cos(here_lat), normal * (1 - E2) * sine
    found = []
    for lat, long, number in entries:
        if not (south <= lat <= north and west <= long <= east):
            continue
        sine = sin(lat * UNIT)
        normal = AXIS_M / sqrt(1 - E2 * sine * sine)
        out, up = normal * cos(lat * UNIT), normal * (1 - E2) * sine - here_up
        aside = out - here_out
        half = sin((long * UNIT - here_long) / 2)
        line = sqrt(aside * aside + up * up + 4 * out * here_out * half * half)
        arc = 2 * EARTH_RADIUS_M * asin(min(1.0, line / (2 * EARTH_RADIUS_M)))
        found.append((int(arc * 1000 + 0.5), number))
    return found


def _within(point: Point, mm: int) -> Limits:
    """A box that contains every place within that distance, with more than 0.4 mm to spare.

    The line between two places is at least LEAST_RADIUS_M times that between the same degrees on
    the unit sphere: its part along the meridian is the integral of the radius of curvature, and
    both distances from the axis are at least LEAST_RADIUS_M * cos(lat). The rest is the circle's
    box on a sphere.
    """
    turn = (mm + 1) / 1000 / (2 * LEAST_RADIUS_M)
    if turn > 0.7:
        return WORLD
    angle = 2 * math.asin(turn)
    high, lat = math.degrees(angle), abs(point.lat)
    south, north = math.floor((point.lat - high) * 1e7), math.ceil((point.lat + high) * 1e7)
    if lat + high >= 90:
        return WORLD._replace(south=south, north=north)
    wide = math.degrees(math.asin(min(1.0, math.sin(angle) / math.cos(math.radians(lat)))))
    if abs(point.long) + wide >= 180:
        return WORLD._replace(south=south, north=north)
    west, east = math.floor((point.long - wide) * 1e7), math.ceil((point.long + wide) * 1e7)
    return Limits(west, east, south, north)


def _union(one: Cells, other: Cells) -> Cells:
    """The smallest block that contains both."""
    return Cells(
        min(one.west, other.west),
        max(one.east, other.east),
        min(one.south, other.south),
        max(one.north, other.north),
    )


def _units(degrees: float, most: int, name: str, at: int) -> int:
    if abs(degrees) <= most:
        return round(degrees * 1e7)
    message = f"place {at} has {degrees}: must be from -{most} to {most} degrees"
    raise Invalid(f"{name}: {message}", [FieldError(name, message)])


def _cell(width: int, height: int, middle: int, count: int) -> tuple[int, int]:
    """Width and height of a cell about as wide as it is high in metres, with A_CELL places."""
    narrow = max(0.01, math.cos(middle * UNIT))
    side = math.sqrt(width * narrow * height * A_CELL / max(1, count))
    # A row of places, or one place, would have infinitely many cells.
    share = A_CELL / max(1, count)
    wide, high = max(side / narrow, width * share), max(side, height * share)
    return math.ceil(wide), math.ceil(high)


def _bytes(code: str, values: Iterable[int]) -> bytes:
    numbers = array(code, values)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()
