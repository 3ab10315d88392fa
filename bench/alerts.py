"""Alert matching at a million subscriptions: counts the entries of the reverse index and the
entries read. Nothing is stored: it makes the entries of each subscription, and counts those that
the queries of some reports would find, and those that pass the exact test. Subscriptions are
everywhere within reach of the council, so that edges do not improve the figures.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from random import Random
from typing import NamedTuple

from bench.table import Row
from chalicelib.alerts.cells import MOST_CELLS, cover
from chalicelib.alerts.index import areas_at, areas_of_report
from chalicelib.alerts.model import LEAST_RADIUS_M, MOST_RADIUS_M
from chalicelib.catalogue.load import load
from chalicelib.geo.point import Box, Point, distance_m

GROUP = "Alert matching: {count:,} subscriptions"
COUNT, REPORTS, CHUNKS = 1_000_000, 100, 40
MOST_OVER_MATCH = 1.8
QUERIES = 6
"""Queries for three areas, a ward, the council, and the report itself."""
RADII: dict[str, Callable[[Random], float]] = {
    "0.5 km": lambda _: 500.0,
    "2 km": lambda _: 2_000.0,
    "10 km": lambda _: 10_000.0,
    "100 m to 10 km, log-uniform": lambda random: math.exp(
        random.uniform(math.log(LEAST_RADIUS_M), math.log(MOST_RADIUS_M))
    ),
}


class Tally(NamedTuple):
    """The totals for subscriptions of one kind of radius: how many have that many entries, how many
    entries the reports' queries find, and how many of them match."""

    entries: Counter[int]
    read: int
    matched: int

    def __add__(self, other: "Tally") -> "Tally":  # type: ignore[override]
        return Tally(
            self.entries + other.entries, self.read + other.read, self.matched + other.matched
        )

    @property
    def mean(self) -> float:
        return sum(each * times for each, times in self.entries.items()) / self.entries.total()

    @property
    def over_match(self) -> float:
        return self.read / self.matched


EMPTY_TALLY = Tally(Counter(), 0, 0)


def rows(count: int = COUNT) -> Iterator[Row]:
    tallies = _tallies(count)
    whole = sum(tallies.values(), EMPTY_TALLY)
    group = GROUP.format(count=count)
    row, read = partial(Row, group=group, unit="items"), "entries read for each that matches"
    yield row(name="entries of one, mean", ours=whole.mean)
    yield row(name="entries of one, most", ours=max(whole.entries), most=MOST_CELLS)
    asked = "queries for a report, most"
    yield Row(group=group, name=asked, unit="requests", ours=_queries(), most=QUERIES)
    yield row(name=read, ours=whole.over_match, most=MOST_OVER_MATCH)
    for name, part in tallies.items():
        yield row(name=f"entries of one at {name}, mean", ours=part.mean)
        yield row(name=f"{read} at {name}", ours=part.over_match)


def _tallies(count: int) -> dict[str, Tally]:
    """The tally of each radius, by its name."""
    tallies = dict.fromkeys(RADII, EMPTY_TALLY)
    names = [name for name in RADII for _ in range(CHUNKS)]
    counts = [count // len(names)] * len(names)
    with ProcessPoolExecutor(2) as pool:
        found = pool.map(tally, names, counts, range(len(names)))
        for name, part in zip(names, found, strict=True):
            tallies[name] += part
    return tallies


def tally(name: str, count: int, seed: int) -> Tally:
    """Counts some subscriptions against the reports."""
    random, box = Random(f"{name} {seed}"), load("demo").box
    reports, asked = _report_places(box)
    entries: Counter[int] = Counter()
    read = matched = 0
    for _ in range(count):
        radius_m = RADII[name](random)
        centre = _place(_widen(box, radius_m), random)
        cells = cover(centre, radius_m)
        entries[len(cells)] += 1
        for key, reach in cells:
            for at, low, high in asked.get(f"area#{key}", ()):
                if low <= reach + "#" <= high:
                    read += 1
                    matched += distance_m(centre, reports[at]) <= radius_m
    return Tally(entries, read, matched)


def _report_places(box: Box) -> tuple[list[Point], dict[str, list[tuple[int, str, str]]]]:
    """Places of reports, and by area those that query it, with the reaches."""
    random = Random(7)
    reports = [_place(box, random) for _ in range(REPORTS)]
    asked: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for at, place in enumerate(reports):
        for area in areas_at([place], None):
            asked[area.name].append((at, area.low, area.high))
    return reports, asked


def _widen(box: Box, by_m: float) -> Box:
    """The box with that much more at each side."""
    corners = (Point(lat=box.south, long=box.west), Point(lat=box.north, long=box.east))
    one, other = (Box.around(corner, by_m) for corner in corners)
    return Box(west=one.west, south=one.south, east=other.east, north=other.north)


def _place(box: Box, random: Random) -> Point:
    return Point(lat=random.uniform(box.south, box.north), long=random.uniform(box.west, box.east))


def _queries() -> int:
    return len(areas_of_report("7K3M2QXV9HTD", Point(lat=53.959, long=-1.0815), "a ward"))
