"""Distances, beside geopy's geodesic on WGS84."""

import ast
import math
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.geo.point import Point, distance_m
from tests.support.geodesic import geodesic_m

HAVERSINE_OFF = 0.0057
"""What the docstring of `distance_m` promises."""

points = st.builds(
    lambda lat, long: Point(lat=lat, long=long), st.floats(-90, 90), st.floats(-180, 180)
)
YORK = Point(lat=53.959, long=-1.0815)
EXTREMES = {
    "0 m": (YORK, YORK, 0.0),
    "1 cm": (YORK, Point(lat=53.959 + 0.01 / 111_300, long=-1.0815), 0.01),
    "pole to pole": (Point(lat=90, long=0), Point(lat=-90, long=0), 20_003_931.459),
    "a pole by two names": (Point(lat=90, long=10), Point(lat=90, long=-170), 0.0),
    "across the antimeridian": (Point(lat=0, long=179.5), Point(lat=0, long=-179.5), 111_319.491),
    "the antimeridian by two names": (Point(lat=5, long=180), Point(lat=5, long=-180), 0.0),
    "antipodes on the equator": (Point(lat=0, long=0), Point(lat=0, long=180), 20_003_931.459),
    "nearly antipodes": (Point(lat=0, long=0), Point(lat=0.5, long=179.7), 19_944_127.421),
}


@pytest.mark.parametrize("name", EXTREMES)
def test_geodesic_is_the_known_one_when_the_pair_is_extreme(name: str) -> None:
    one, other, known = EXTREMES[name]
    assert geodesic_m(one, other) == pytest.approx(known, abs=2e-3)


@pytest.mark.parametrize("name", EXTREMES)
def test_haversine_keeps_its_bound_when_the_pair_is_extreme(name: str) -> None:
    one, other, known = EXTREMES[name]
    assert distance_m(one, other) == pytest.approx(known, rel=HAVERSINE_OFF, abs=1e-6)


def test_haversine_keeps_its_bound_when_pairs_are_random() -> None:
    random = Random(1)
    for _ in range(2000):
        one, other = (
            Point(lat=random.uniform(-90, 90), long=random.uniform(-180, 180)) for _ in range(2)
        )
        exact = geodesic_m(one, other)
        assert abs(distance_m(one, other) - exact) <= HAVERSINE_OFF * exact


def test_haversine_keeps_its_bound_when_pairs_are_near_anywhere() -> None:
    random = Random(2)
    for _ in range(2000):
        one = Point(lat=random.uniform(-90, 90), long=random.uniform(-180, 180))
        apart = 10 ** random.uniform(-7, 0)
        north = one.lat + apart * random.uniform(-1, 1)
        other = Point(
            lat=max(-90.0, min(90.0, north)), long=one.long + apart * random.uniform(-1, 1)
        )
        exact = geodesic_m(one, other)
        assert abs(distance_m(one, other) - exact) <= HAVERSINE_OFF * exact + 1e-6


@given(points, points)
def test_distances_are_numbers_and_the_same_both_ways(one: Point, other: Point) -> None:
    for measure in (distance_m, geodesic_m):
        there = measure(one, other)
        assert math.isfinite(there) and there >= 0
        assert measure(other, one) == pytest.approx(there, abs=1e-6)


@pytest.mark.parametrize("folder", ["chalicelib", "infra", "bench"])
def test_points_and_boxes_need_keywords_so_that_axes_cannot_be_swapped(folder: str) -> None:
    root = Path(__file__).resolve().parents[3]
    for path in (root / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                is_either = node.func.id in {"Point", "Box"}
                assert not (is_either and node.args), f"{path}:{node.lineno}"
