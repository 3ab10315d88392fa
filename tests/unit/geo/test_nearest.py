"""The nearest index, beside brute force with the same distance, and that beside geopy's."""

import math
import mmap
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import Invalid
from chalicelib.geo.ellipsoid import distance_mm
from chalicelib.geo.nearest import Keep, NearestPlace, find_nearest
from chalicelib.geo.nearest_index import HEADER, build_index, open_index
from chalicelib.geo.point import Point
from tests.support.geodesic import geodesic_m

YORK = Point(lat=53.959, long=-1.0815)


def by_brute_force(
    points: Sequence[Point], query: Point, k: int, keep: Keep = lambda number: True
) -> list[NearestPlace]:
    measured = sorted(
        (distance_mm(round(point.lat * 1e7), round(point.long * 1e7), query), number)
        for number, point in enumerate(points)
        if keep(number)
    )
    return [NearestPlace(number, mm / 1000) for mm, number in measured[:k]]


def spread(count: int, seed: int, *, degrees: float = 0.2) -> list[Point]:
    random = Random(seed)
    return [
        Point(
            lat=YORK.lat + degrees * random.uniform(-1, 1),
            long=YORK.long + degrees * random.uniform(-1, 1),
        )
        for _ in range(count)
    ]


anywhere = st.builds(
    lambda lat, long: Point(lat=lat, long=long), st.floats(-90, 90), st.floats(-180, 180)
)
in_town = st.builds(
    lambda lat, long: Point(lat=53.9 + lat / 1000, long=-1.1 + long / 1000),
    st.integers(0, 30),
    st.integers(0, 30),
)
"""On a lattice: many in one place, many equally far off."""


@settings(max_examples=200)
@given(st.lists(in_town, max_size=60), in_town | anywhere, st.integers(1, 70))
def test_nearest_is_what_brute_force_finds_when_places_are_in_a_town(
    points: list[Point], query: Point, k: int
) -> None:
    assert find_nearest(open_index(build_index(points)), query, k) == by_brute_force(
        points, query, k
    )


@settings(max_examples=200)
@given(st.lists(anywhere, max_size=60), anywhere, st.integers(1, 70))
def test_nearest_is_what_brute_force_finds_when_places_are_all_over_the_world(
    points: list[Point], query: Point, k: int
) -> None:
    assert find_nearest(open_index(build_index(points)), query, k) == by_brute_force(
        points, query, k
    )


@settings(max_examples=100)
@given(
    st.lists(in_town | anywhere, max_size=60),
    in_town | anywhere,
    st.integers(1, 20),
    st.sets(st.integers(0, 59)),
)
def test_nearest_is_what_brute_force_finds_when_some_do_not_count(
    points: list[Point], query: Point, k: int, wanted: set[int]
) -> None:
    found = find_nearest(open_index(build_index(points)), query, k, keep=wanted.__contains__)
    assert found == by_brute_force(points, query, k, wanted.__contains__)


def test_nearest_is_what_brute_force_finds_when_there_are_ten_thousand() -> None:
    points = spread(10_000, seed=1)
    index = open_index(build_index(points))
    # Some of the queries lie outside of the grid.
    for query in spread(20, seed=2, degrees=0.3):
        for k in (1, 5, 40):
            assert find_nearest(index, query, k) == by_brute_force(points, query, k)
    assert find_nearest(index, YORK, 10_000) == by_brute_force(points, YORK, 10_000)
    rare = lambda number: number % 997 == 0  # noqa: E731
    assert find_nearest(index, YORK, 5, rare) == by_brute_force(points, YORK, 5, rare)


@pytest.mark.parametrize(
    "query",
    [
        Point(lat=90, long=0),
        Point(lat=-90, long=77),
        Point(lat=0, long=180),
        Point(lat=0, long=-180),
        Point(lat=89.9999, long=-179.9999),
        Point(lat=-0.0, long=179.99999999),
    ],
)
def test_nearest_is_exact_when_the_place_is_a_pole_or_on_the_antimeridian(query: Point) -> None:
    random = Random(3)
    points = [
        Point(lat=lat, long=random.uniform(-180, 180))
        for lat in (*(random.uniform(-90, 90) for _ in range(2000)), 90, -90, 89.99, -89.99)
    ]
    points += [Point(lat=random.uniform(-1, 1), long=long) for long in (180, -180, 179.9, -179.9)]
    index = open_index(build_index(points))
    for k in (1, 5, 50):
        assert find_nearest(index, query, k) == by_brute_force(points, query, k)


def test_lower_number_comes_first_when_places_are_equally_near() -> None:
    around = [Point(lat=0, long=0.01), Point(lat=0, long=-0.01), Point(lat=1, long=1)]
    index = open_index(build_index([*around, *around]))
    found = find_nearest(index, Point(lat=0, long=0), 4)
    assert [one.number for one in found] == [0, 1, 3, 4]
    assert len({one.distance_m for one in found}) == 1


@pytest.mark.parametrize("k", [-1, 0, 1, 5])
def test_nothing_is_found_when_there_are_no_places(k: int) -> None:
    assert find_nearest(open_index(build_index([])), YORK, k) == []


def test_nothing_is_found_when_none_is_requested_or_none_counts() -> None:
    index = open_index(build_index(spread(100, seed=4)))
    assert find_nearest(index, YORK, 0) == []
    assert find_nearest(index, YORK, 3, keep=lambda number: False) == []


@pytest.mark.parametrize("count", [1, 2, 500])
def test_all_are_found_when_places_coincide(count: int) -> None:
    index = open_index(build_index([YORK] * count))
    assert find_nearest(index, YORK, 1000) == [NearestPlace(number, 0.0) for number in range(count)]


@pytest.mark.parametrize(("north", "east"), [(0, 1), (1, 0)])
def test_index_stays_small_when_places_stand_in_a_row(north: int, east: int) -> None:
    points = [Point(lat=89 * north * at / 1000, long=170 * east * at / 1000) for at in range(1000)]
    content = build_index(points)
    assert len(content) < 25 * len(points)
    query = Point(lat=44.5 * north, long=85.3 * east)
    assert find_nearest(open_index(content), query, 7) == by_brute_force(points, query, 7)


def test_index_takes_at_most_25_bytes_a_place_when_there_are_many() -> None:
    assert len(build_index(spread(20_000, seed=5))) <= 25 * 20_000


def test_index_is_the_same_when_it_is_read_through_a_memory_map(tmp_path: Path) -> None:
    points = spread(500, seed=6)
    path = tmp_path / "nearest"
    path.write_bytes(build_index(points))
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        index = open_index(content)
        assert find_nearest(index, YORK, 5) == by_brute_force(points, YORK, 5)
        del index


def test_layout_is_as_documented() -> None:
    points = spread(50, seed=9)
    content = build_index(points)
    magic, version, count, columns, rows, west, south, wide, high = HEADER.unpack_from(content)
    assert (magic, version, count) == (b"GNNI", 1, 50) and HEADER.size == 36
    values = memoryview(content)[HEADER.size :].cast("i").tolist()
    starts, entries = values[: columns * rows + 1], values[columns * rows + 1 :]
    lats, longs, numbers = entries[:50], entries[50:100], entries[100:]
    assert sorted(numbers) == list(range(50))
    for cell, (begin, end) in enumerate(pairwise(starts)):
        row, column = divmod(cell, columns)
        for entry in range(begin, end):
            place = points[numbers[entry]]
            assert (lats[entry], longs[entry]) == (round(place.lat * 1e7), round(place.long * 1e7))
            assert (lats[entry] - south) // high == row
            assert (longs[entry] - west) // wide == column


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda content: b"", "no nearest index"),
        (lambda content: b"PK" + content[2:], "no nearest index"),
        (lambda content: content[:4] + b"\2" + content[5:], "version 2"),
        (lambda content: content[:-4], "bytes, not"),
        (lambda content: content + b"\0\0\0\0", "bytes, not"),
        (lambda content: content[:36] + b"\1" + content[37:], "damaged"),
    ],
)
def test_bytes_are_refused_with_the_reason_when_they_are_not_a_complete_index(
    spoil: Callable[[bytes], bytes], reason: str
) -> None:
    with pytest.raises(ValueError, match=reason):
        open_index(spoil(build_index(spread(20, seed=7))))


@pytest.mark.parametrize(
    ("lat", "long", "field"),
    [(math.nan, 0, "lat"), (90.1, 0, "lat"), (0, -180.1, "long"), (0, math.inf, "long")],
)
def test_place_is_refused_with_its_number_when_it_is_invalid(
    lat: float, long: float, field: str
) -> None:
    with pytest.raises(Invalid, match="place 1 has") as refused:
        build_index([YORK, Point(lat=lat, long=long)])
    assert [error.field for error in refused.value.errors] == [field]


@pytest.mark.parametrize("query", [Point(lat=math.nan, long=0), Point(lat=0, long=180.5)])
def test_query_is_refused_when_it_is_not_a_place(query: Point) -> None:
    with pytest.raises(ValueError, match="is no place"):
        find_nearest(open_index(build_index([YORK])), query, 1)


@pytest.mark.parametrize(
    ("reach_m", "share"), [(0.01, 1e-6), (1000, 1e-6), (200_000, 1e-6), (1e7, 0.006), (2e7, 0.03)]
)
def test_distance_is_geopys_to_its_bound_when_pairs_are_random(
    reach_m: float, share: float
) -> None:
    random = Random(8)
    for _ in range(1000):
        lat, long = random.randint(-900_000_000, 900_000_000), random.randint(-(10**9), 10**9)
        one = Point(lat=lat / 1e7, long=long / 1e7)
        turn, way = random.uniform(0, 2 * math.pi), random.uniform(0, reach_m) / 111_300
        other = Point(
            lat=max(-90.0, min(90.0, one.lat + way * math.sin(turn))),
            long=one.long + way * math.cos(turn),
        )
        exact = geodesic_m(one, other)
        assert abs(distance_mm(lat, long, other) / 1000 - exact) <= share * exact + 0.001
