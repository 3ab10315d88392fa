"""Covers of circles and polygons: nothing of the area is left out, and the budget is kept."""

import json
import math
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chalicelib.geo.cover import cover_circle, cover_polygon
from chalicelib.geo.point import Box, Point, distance_m
from chalicelib.geo.polygon import Polygon
from chalicelib.geo.quadkey import FINEST, KeyRange, cover, key_of
from chalicelib.geo.shape import shape_of

CELL = 10

points = st.builds(
    lambda lat, long: Point(lat=lat, long=long), st.floats(-90, 90), st.floats(-180, 180)
)
budgets = st.integers(1, 12)


def holds(ranges: list[KeyRange], point: Point) -> bool:
    key = key_of(point)
    return any(part.low <= key <= part.high for part in ranges)


def keys_in(ranges: list[KeyRange]) -> int:
    return sum(int(part.high, 4) - int(part.low, 4) + 1 for part in ranges)


def assert_rules_are_kept(ranges: list[KeyRange], budget: int) -> None:
    assert ranges == sorted(ranges)
    assert all(a.high < b.low for a, b in pairwise(ranges))
    assert all(len(key) == FINEST for part in ranges for key in part)
    assert all(part.low[:CELL] == part.high[:CELL] for part in ranges)
    cells = [part.low[:CELL] for part in ranges]
    assert all(cells.count(cell) <= budget for cell in set(cells))


@settings(max_examples=200)
@given(points, st.floats(0, 30_000), st.floats(0, 1), st.floats(0, 2 * math.pi), budgets)
def test_cover_holds_every_point_of_the_circle_within_its_budget(
    centre: Point, radius_m: float, out: float, turn: float, budget: int
) -> None:
    assume(abs(centre.lat) < 88)
    ranges = cover_circle(centre, radius_m, length=FINEST, at_least=CELL, budget=budget)
    assert_rules_are_kept(ranges, budget)
    far = math.degrees(radius_m / 6_371_008.8) * out
    lat = centre.lat + far * math.sin(turn)
    long = centre.long + far * math.cos(turn) / math.cos(math.radians(centre.lat))
    # The circle reaches over the antimeridian.
    inside = Point(lat=lat, long=(long + 180) % 360 - 180)
    assume(distance_m(centre, inside) <= radius_m)
    assert holds(ranges, inside)


@given(points, st.floats(0, 5000), points)
@settings(max_examples=200)
def test_cover_holds_its_centre_wherever_the_circle_is(
    centre: Point, radius_m: float, other: Point
) -> None:
    ranges = cover_circle(centre, radius_m, length=FINEST, at_least=6)
    assert holds(ranges, centre)
    assert distance_m(centre, other) > radius_m or holds(ranges, other)


@pytest.mark.parametrize("long", [180.0, -180.0, 179.99999])
def test_cover_holds_both_sides_when_the_circle_crosses_the_antimeridian(long: float) -> None:
    ranges = cover_circle(Point(lat=52, long=long), 2000, length=FINEST, at_least=CELL)
    assert holds(ranges, Point(lat=52, long=-179.98)) and holds(ranges, Point(lat=52, long=179.98))


def test_cover_of_a_circle_reads_less_than_that_of_its_box() -> None:
    centre = Point(lat=53.959, long=-1.0815)
    for radius_m in (500, 2000, 10_000):
        circle = cover_circle(centre, radius_m, length=FINEST, at_least=12)
        box = cover(Box.around(centre, radius_m), length=FINEST, at_least=12)
        assert keys_in(circle) < keys_in(box)


@settings(max_examples=100)
@given(points, st.integers(0, 2**32), budgets)
def test_cover_holds_every_point_of_the_polygon_within_its_budget(
    middle: Point, seed: int, budget: int
) -> None:
    assume(abs(middle.lat) < 84 and abs(middle.long) < 179)
    random = Random(seed)
    size = 10 ** random.uniform(-4, -0.5)
    polygon = Polygon(star(middle, size, 1, random), (star(middle, size, 0.2, random),))
    ranges = cover_polygon(polygon, length=FINEST, at_least=CELL, budget=budget)
    assert_rules_are_kept(ranges, budget)
    for _ in range(40):
        inside = Point(
            lat=middle.lat + size * random.uniform(-1, 1),
            long=middle.long + size * random.uniform(-1, 1),
        )
        assert not polygon.contains(inside) or holds(ranges, inside)
    for long, lat in polygon.outer:
        assert holds(ranges, Point(lat=lat, long=long))


def star(
    middle: Point, size: float, part: float, random: Random
) -> tuple[tuple[float, float], ...]:
    corners = random.randint(3, 12)
    radii = [size * part * random.uniform(0.4, 1) for _ in range(corners)]
    turns = [2 * math.pi * at / corners for at in range(corners)]
    return tuple(
        (middle.long + radius * math.cos(turn), middle.lat + radius * math.sin(turn))
        for radius, turn in zip(radii, turns, strict=True)
    )


def test_cover_of_a_ward_holds_it_and_reads_less_than_that_of_its_box(shared_data: Path) -> None:
    content = json.loads((shared_data / "boundaries" / "york_wards_2013.geojson").read_bytes())
    random = Random(4)
    for feature in content["features"][:8]:
        ward = shape_of(feature["geometry"])
        ranges = cover_polygon(ward, length=FINEST, at_least=12)
        assert keys_in(ranges) < keys_in(cover(ward.box, length=FINEST, at_least=12))
        for _ in range(300):
            point = Point(
                lat=random.uniform(ward.box.south, ward.box.north),
                long=random.uniform(ward.box.west, ward.box.east),
            )
            assert not ward.contains(point) or holds(ranges, point)
