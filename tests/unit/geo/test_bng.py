"""The British National Grid, beside NaPTAN's stops, which carry both systems."""

import csv
import math
from pathlib import Path
from random import Random
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Invalid
from chalicelib.geo.bng import EAST_END, NORTH_END, GridPoint, from_grid, to_grid
from chalicelib.geo.point import Point
from tests.support.geodesic import geodesic_m


@pytest.fixture(scope="module")
def stops(shared_data: Path) -> list[tuple[Point, GridPoint]]:
    path = shared_data / "facilities" / "york_bus_stops_naptan.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return [
            (
                Point(lat=float(row["Latitude"]), long=float(row["Longitude"])),
                GridPoint(float(row["Easting"]), float(row["Northing"])),
            )
            for row in csv.DictReader(file)
        ]


def test_grid_is_naptans_to_18_cm_when_the_place_is_one_of_its_stops(
    stops: list[tuple[Point, GridPoint]],
) -> None:
    off = [math.dist(to_grid(point), place) for point, place in stops]
    assert len(off) == 1267
    assert median(off) < 0.18 and max(off) < 0.18


def test_degrees_are_naptans_to_18_cm_when_the_place_is_one_of_its_stops(
    stops: list[tuple[Point, GridPoint]],
) -> None:
    off = [geodesic_m(from_grid(place), point) for point, place in stops]
    assert median(off) < 0.18 and max(off) < 0.18


def test_place_is_within_5_m_when_the_survey_says_where_it_is() -> None:
    # Caister water tower, the worked example of the guide's annexes: OSGB36 and ETRS89.
    there = Point(lat=52 + 39 / 60 + 28.8282 / 3600, long=1 + 42 / 60 + 57.8663 / 3600)
    assert math.dist(to_grid(there), (651_409.903, 313_177.270)) < 5


def test_place_is_the_same_to_3_mm_when_it_is_on_the_mainland() -> None:
    random = Random(1)
    for _ in range(3000):
        place = GridPoint(random.uniform(134_000, 660_000), random.uniform(1, NORTH_END - 1))
        assert math.dist(to_grid(from_grid(place)), place) < 0.003


@given(st.floats(1, EAST_END - 1), st.floats(1, NORTH_END - 1))
def test_place_is_the_same_to_12_mm_when_it_is_anywhere_in_the_grid(
    easting: float, northing: float
) -> None:
    place = GridPoint(easting, northing)
    assert math.dist(to_grid(from_grid(place)), place) < 0.012


@pytest.mark.parametrize(
    ("easting", "northing", "fields"),
    [
        (-1, 5000, ["easting"]),
        (460_000, 1_300_001, ["northing"]),
        (math.nan, 450_000, ["easting"]),
        (math.inf, -math.inf, ["easting", "northing"]),
        (53.9, -1.08, ["northing"]),
    ],
)
def test_grid_place_is_refused_with_its_field_when_it_is_outside(
    easting: float, northing: float, fields: list[str]
) -> None:
    with pytest.raises(Invalid, match="from 0 to") as refused:
        from_grid(GridPoint(easting, northing))
    assert [error.field for error in refused.value.errors] == fields


@pytest.mark.parametrize(
    ("lat", "long"),
    [
        (48.85, 2.35),
        (53.35, -11),
        (0, 0),
        (-53.9, -1.08),
        (-1.08, 53.9),
        (90, 0),
        (1e300, 0),
        (53.9, 358.92),
        (math.nan, 0),
        (54, math.nan),
        (math.inf, 0),
    ],
)
def test_degrees_are_refused_when_they_are_outside_the_grid(lat: float, long: float) -> None:
    with pytest.raises(Invalid, match="outside the British National Grid") as refused:
        to_grid(Point(lat=lat, long=long))
    assert [error.field for error in refused.value.errors] == ["lat", "long"]
