"""The nearest five places, beside scipy's cKDTree and a plain loop with geopy.

Cold is a fresh process that imports, opens what was stored and answers once, minus an empty
process; the tree is built from an array, which is faster than unpickling one.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from heapq import nsmallest
from importlib import import_module
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from bench.process import FRESH_ROUNDS, Fresh, cpu_ms_of_each, cpu_us_a_call, peak_kb_of_fresh
from bench.table import Row
from chalicelib.catalogue.load import load
from chalicelib.geo.nearest import find_nearest
from chalicelib.geo.nearest_index import NearestIndex, build_index, open_index
from chalicelib.geo.point import Point

GROUP = "The nearest 5 of {count:,} places of the council"
COUNTS = (10_000, 100_000, 1_000_000)
K, QUERIES = 5, 1000
COLD_RATIO, QUERY_RATIO, BYTES_A_PLACE = 0.05, 2.5, 25
OURS = """
import mmap, sys
from chalicelib.geo.nearest import find_nearest
from chalicelib.geo.nearest_index import open_index
from chalicelib.geo.point import Point
with open(sys.argv[1], "rb") as file:
    index = open_index(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
find_nearest(index, Point(lat=53.959, long=-1.0815), 5)
"""
PEER = """
import sys
import numpy
from scipy.spatial import cKDTree
cKDTree(numpy.load(sys.argv[2])).query((0.0, 0.0), 5)
"""


def rows(
    counts: Sequence[int] = COUNTS, *, asked: int = QUERIES, rounds: int = FRESH_ROUNDS
) -> Iterator[Row]:
    """The number of places, of queries and of fresh processes."""
    with TemporaryDirectory() as folder:
        for count in counts:
            points, queries = _places(count, seed=1), _places(asked, seed=2)
            yield from _rows_at(points, queries, Path(folder), rounds)
            if count == min(counts):
                yield from _beside_geopy(points, queries)


def _rows_at(points: list[Point], queries: list[Point], folder: Path, rounds: int) -> Iterator[Row]:
    count, content = len(points), build_index(points)
    tree, group = _tree(points), GROUP.format(count=count)
    row = partial(Row, group=group, peer_name="cKDTree")
    ours, theirs = _query_times(open_index(content), tree, queries)
    yield row(name="a query", unit="µs of CPU", ours=ours, peer=theirs, most_ratio=QUERY_RATIO)
    paths = _files(content, tree, folder)
    ours, theirs = _cold(paths, rounds)
    yield row(name="cold", unit="ms of CPU", ours=ours, peer=theirs, most_ratio=COLD_RATIO)
    bare, ours, theirs = (peak_kb_of_fresh(code, *paths) / 1000 for code in ("", OURS, PEER))
    name = "memory above a bare Python"
    yield row(name=name, unit="MB", ours=ours - bare, peer=theirs - bare)
    size = len(content) / count
    yield Row(group=group, name="size", unit="bytes a place", ours=size, most=BYTES_A_PLACE)


def _query_times(index: NearestIndex, tree: Any, queries: list[Point]) -> tuple[float, float]:
    """The time of a query, ours and theirs."""
    planes = [_plane(query) for query in queries]
    return (
        _time_each(queries, lambda query: find_nearest(index, query, K)),
        _time_each(planes, lambda plane: tree.query(plane, K)),
    )


def _beside_geopy(points: list[Point], queries: list[Point]) -> Iterator[Row]:
    distances: Any = import_module("geopy.distance")
    index = open_index(build_index(points))
    for name in ("great_circle", "geodesic"):
        measure = getattr(distances, name)
        here = queries[0]
        began = time.process_time()
        nsmallest(K, (measure((here.lat, here.long), (at.lat, at.long)).m for at in points))
        yield Row(
            group=GROUP.format(count=len(points)),
            name=f"a query, beside a loop with {name}",
            unit="µs of CPU",
            ours=_time_each(queries, lambda query: find_nearest(index, query, K)),
            peer=(time.process_time() - began) * 1e6,
            peer_name="geopy",
        )


def _time_each(queries: list[Any], ask: Callable[[Any], object]) -> float:
    def all_of_them() -> None:
        for query in queries:
            ask(query)

    return cpu_us_a_call(all_of_them, calls=1) / len(queries)


def _files(content: bytes, tree: Any, folder: Path) -> tuple[str, str]:
    ours, theirs = folder / "nearest", folder / "points.npy"
    ours.write_bytes(content)
    import_module("numpy").save(theirs, tree.data)
    return str(ours), str(theirs)


def _cold(paths: tuple[str, str], rounds: int) -> tuple[float, float]:
    every = [Fresh(["-c", code, *paths], {}) for code in ("pass", OURS, PEER)]
    bare, *both = cpu_ms_of_each(every, rounds=rounds)
    return both[0] - bare, both[1] - bare


def _tree(points: list[Point]) -> Any:
    return import_module("scipy.spatial").cKDTree([_plane(point) for point in points])


def _plane(point: Point) -> tuple[float, float]:
    """Good enough for its time."""
    return point.long * 0.588, point.lat


def _places(count: int, *, seed: int) -> list[Point]:
    box, random = load("demo").box, Random(seed)
    return [
        Point(lat=random.uniform(box.south, box.north), long=random.uniform(box.west, box.east))
        for _ in range(count)
    ]
