"""The database reads for a phone's screen, by our query plan and by dynamodbgeo's, over the same
100,000 places: requests, items read for each one in the box, and read units. Nothing is queried:
both plans are ranges of keys, and the items in a range are counted. An item has the same size for
both, so that only the plans are compared.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import partial
from importlib import import_module
from random import Random
from statistics import mean
from typing import Any, NamedTuple

from bench.capacity import READ_BYTES
from bench.table import Row
from bench.views import places, screen
from chalicelib.catalogue.load import load
from chalicelib.geo.point import Box, Point
from chalicelib.geo.quadkey import FINEST, cover_box, key_of
from chalicelib.reports.keys import CELL_LENGTH

GROUP = "A phone's screen of 1.5 × 2.5 km read from the database, over {count:,} places"
KNOWN, SCREENS = 100_000, 100
ITEM_BYTES = 303
"""The size of a report in the index by tile, from the reads of `make bench` for a screen."""
BUDGET = 8


class ScreenRead(NamedTuple):
    """One screen: the number of requests, items read, and units."""

    requests: int
    items: int
    units: float


def rows(count: int = KNOWN, at: int = SCREENS) -> Iterator[Row]:
    """The rows for that many places and screens."""
    known = _random_places(load("demo").box, count)
    screens = [screen(place) for place in places()[:at]]
    ours, peer = Ours(known), Peer(known)
    read, theirs = [ours.read(each) for each in screens], [peer.read(each) for each in screens]
    hits = sum(each.contains(place) for each in screens for place in known)
    row = partial(_row, GROUP.format(count=count))
    for field, unit in (("requests", "requests"), ("units", "read units")):
        yield row(unit, unit, _mean(read, field), _mean(theirs, field))
    yield row(
        "items read for each that is shown", "items", _items(read) / hits, _items(theirs) / hits
    )


class Ours:
    """Ranges of quadkeys, as the repository queries them."""

    def __init__(self, places: Sequence[Point]) -> None:
        self._keys = sorted(key_of(place, FINEST) for place in places)

    def read(self, screen: Box) -> ScreenRead:
        parts = cover_box(screen, length=FINEST, at_least=CELL_LENGTH, budget=BUDGET)
        return _read(
            bisect_right(self._keys, part.high) - bisect_left(self._keys, part.low)
            for part in parts
        )


class Peer:
    """Ranges of geohashes, as dynamodbgeo plans them."""

    def __init__(self, places: Sequence[Point]) -> None:
        self._library: Any = import_module("dynamodbgeo")
        self._config = self._library.GeoDataManagerConfiguration(None, "places")
        cells, point = self._library.S2Manager(), self._library.GeoPoint
        self._hashes = sorted(
            int(cells.generateGeohash(point(place.lat, place.long))) for place in places
        )

    def read(self, screen: Box) -> ScreenRead:
        point = self._library.GeoPoint
        question = self._library.QueryRectangleRequest(
            point(screen.south, screen.west), point(screen.north, screen.east), {}
        )
        rectangle = self._library.S2Util().latLngRectFromQueryRectangleInput(question)
        cells = self._config.S2RegionCoverer().get_covering(rectangle)
        parts = self._library.Covering(cells).getGeoHashRanges(self._config.hashKeyLength)
        return _read(
            bisect_right(self._hashes, part.rangeMax) - bisect_left(self._hashes, part.rangeMin)
            for part in parts
        )


def _read(counts: Iterator[int]) -> ScreenRead:
    found = list(counts)
    units = sum(max(0.5, math.ceil(count * ITEM_BYTES / READ_BYTES) / 2) for count in found)
    return ScreenRead(len(found), sum(found), units)


def _mean(reads: Sequence[ScreenRead], field: str) -> float:
    return float(mean(getattr(each, field) for each in reads))


def _items(reads: Sequence[ScreenRead]) -> int:
    return sum(each.items for each in reads)


def _row(group: str, name: str, unit: str, ours: float, peer: float) -> Row:
    return Row(group=group, name=name, unit=unit, ours=ours, peer=peer, peer_name="dynamodbgeo")


def _random_places(box: Box, count: int) -> list[Point]:
    """Places around the middle of the council, sparser further out."""
    random = Random(7)
    lat, long = (box.south + box.north) / 2, (box.west + box.east) / 2
    found = (
        Point(lat=random.gauss(lat, 0.03), long=random.gauss(long, 0.05)) for _ in range(count)
    )
    return list(found)
