"""Which polygon has a place, beside shapely, and on edges and corners exactly one."""

import json
import math
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
import shapely
from hypothesis import assume, given
from hypothesis import strategies as st

from chalicelib.geo.point import Box, Point
from chalicelib.geo.polygon import (
    Corner,
    MultiPolygon,
    Polygon,
    edges,
    is_in_ring,
    representative_point,
    side_of,
)
from chalicelib.geo.polygon_edge import nearest_on_edge
from chalicelib.geo.shape import shape_of
from tests.support.effort import effort
from tests.support.geodesic import geodesic_m

FILES = {"york_wards_2024": 21, "york_wards_2013": 22, "bath_wards_2018": 33}
SQUARE = ((0.0, 0.0), (4.0, 0.0), (4.0, 4.0), (0.0, 4.0))
COURT = Polygon(SQUARE, (((1, 1), (1, 3), (3, 3), (3, 1)),))
PAIR = MultiPolygon((COURT, Polygon(((10, 0), (12, 0), (11, 2)))))
Wards = list[tuple[MultiPolygon, shapely.Geometry]]


def wards_of(folder: Path, name: str) -> Wards:
    content = json.loads((folder / "boundaries" / f"{name}.geojson").read_bytes())
    geometries = [feature["geometry"] for feature in content["features"]]
    return [
        (shape_of(geometry), shapely.from_geojson(json.dumps(geometry))) for geometry in geometries
    ]


@pytest.mark.parametrize("name", FILES)
def test_ward_of_a_place_is_shapelys_when_places_are_random(name: str, shared_data: Path) -> None:
    wards = wards_of(shared_data, name)
    assert len(wards) == FILES[name]
    boxes = [ward.box for ward, _ in wards]
    west, south = min(box.west for box in boxes), min(box.south for box in boxes)
    east, north = max(box.east for box in boxes), max(box.north for box in boxes)
    random = Random(name)
    places = [
        (random.uniform(west, east), random.uniform(south, north))
        for _ in range(effort(3_000, 34_000))
    ]
    longs, lats = zip(*places, strict=True)
    points = [Point(lat=lat, long=long) for long, lat in places]
    for ward, peer in wards:
        theirs = shapely.contains_xy(peer, longs, lats).tolist()
        assert [ward.contains(point) for point in points] == theirs


@pytest.mark.parametrize("name", FILES)
def test_exactly_one_ward_has_a_place_when_it_is_on_an_edge_that_two_share(
    name: str, shared_data: Path
) -> None:
    wards = [ward for ward, _ in wards_of(shared_data, name)]
    places = list(shared_places(wards))
    assert len(places) > 200
    for long, lat in Random(1).sample(places, min(3000, len(places))):
        point = Point(lat=lat, long=long)
        assert sum(ward.contains(point) for ward in wards) == 1


def shared_places(wards: list[MultiPolygon]) -> Iterator[Corner]:
    """Corners whose every edge has a ward on both sides, and middles of such edges."""
    sides = Counter(
        frozenset(edge) for ward in wards for ring in ward.rings for edge in edges(ring)
    )
    single = {corner for edge, count in sides.items() if count != 2 for corner in edge}
    for edge in (edge for edge, count in sides.items() if count == 2):
        yield from edge - single
        (ax, ay), (bx, by) = edge
        # Where the file's wards overlap elsewhere the middle is no test of the edge.
        if not edge & single:
            yield (ax + bx) / 2, (ay + by) / 2


degrees = st.floats(-3, 3) | st.integers(-3, 3).map(float)
corners = st.tuples(degrees, degrees)


@given(st.lists(corners, min_size=1, max_size=1), corners, st.floats(0, 1))
def test_exactly_one_triangle_has_a_place_when_four_tile_a_square(
    middle: list[Corner], place: Corner, along: float
) -> None:
    inner = middle[0]
    outer: list[Corner] = [(-4, -4), (4, -4), (4, 4), (-4, 4)]
    tiles = [
        Polygon((outer[0], outer[1], inner)),
        Polygon((inner, outer[2], outer[1])),
        Polygon((outer[2], outer[3], inner)),
        Polygon((outer[0], inner, outer[3])),
    ]
    on_edge = (outer[0][0] + along * (inner[0] + 4), outer[0][1] + along * (inner[1] + 4))
    for long, lat in (place, inner, on_edge):
        assume((long, lat) != (-4, -4))
        assert sum(tile.contains(Point(lat=lat, long=long)) for tile in tiles) == 1


def test_edge_is_the_same_when_the_corners_come_the_other_way_round() -> None:
    random = Random(5)
    for _ in range(3000):
        a, b = ((random.uniform(-2, -1), random.uniform(53, 54)) for _ in range(2))
        share = random.random()
        c = (a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]))
        left, right = side_of(a, b, c), side_of(b, a, c)
        assert (left > 0) == (right < 0) and (left == 0) == (right == 0)


@pytest.mark.parametrize(
    ("lat", "long", "inside"),
    [
        (0.5, 0.5, True),
        (2, 2, False),
        (2, 0, True),
        (2, 4, False),
        (0, 2, True),
        (4, 2, False),
        (0, 0, True),
        (4, 4, False),
        (2, 1, False),
        (2, 3, True),
        (1, 11, True),
        (1, 9, False),
        (math.nan, 1, False),
    ],
)
def test_place_is_inside_by_the_boundary_rule_when_there_are_holes_and_parts(
    lat: float, long: float, inside: bool
) -> None:
    assert PAIR.contains(Point(lat=lat, long=long)) is inside


def test_hole_and_its_filling_tile_the_square_when_a_place_is_on_the_holes_edge() -> None:
    filling = Polygon(COURT.holes[0])
    for step in range(41):
        for place in (Point(lat=1, long=step / 10), Point(lat=step / 10, long=3)):
            whole = is_in_ring(place, SQUARE)
            assert COURT.contains(place) + filling.contains(place) == whole


def test_box_is_that_of_all_parts_when_there_are_several() -> None:
    assert PAIR.box == Box(west=0, south=0, east=12, north=4)


@given(st.lists(corners, min_size=3, max_size=12, unique=True))
def test_representative_place_is_inside_any_ring(ring: list[Corner]) -> None:
    assume(shapely.Polygon(ring).is_valid and shapely.Polygon(ring).area > 1e-9)
    polygon = Polygon(tuple(ring))
    assert polygon.contains(representative_point(polygon))


def test_representative_place_is_inside_a_real_ward(shared_data: Path) -> None:
    for name in FILES:
        for ward, peer in wards_of(shared_data, name):
            place = representative_point(ward)
            assert ward.contains(place) and shapely.contains_xy(peer, place.long, place.lat)


def test_representative_place_is_not_in_the_hole_when_the_middle_is() -> None:
    assert COURT.contains(representative_point(COURT)) and PAIR.contains(representative_point(PAIR))


def test_representative_place_is_refused_when_the_polygon_has_no_inside() -> None:
    with pytest.raises(ValueError, match="no place"):
        representative_point(Polygon(((0, 0), (1, 1), (2, 2))))


@pytest.mark.parametrize(
    ("lat", "long", "nearest"),
    [
        (53.995, -1.12, (53.995, -1.1)),
        (54.02, -1.09, (54.01, -1.09)),
        (54.02, -1.0, (54.01, -1.08)),
        (54.0001, -1.09, (54, -1.09)),
    ],
)
def test_nearest_place_on_the_edge_is_the_foot_or_the_corner(
    lat: float, long: float, nearest: Corner
) -> None:
    park = Polygon(((-1.1, 53.99), (-1.08, 53.99), (-1.08, 54.01), (-1.1, 54.01)))
    park = Polygon(park.outer, (((-1.095, 54), (-1.085, 54), (-1.09, 53.995)),))
    found = nearest_on_edge(park, Point(lat=lat, long=long))
    assert (found.point.lat, found.point.long) == pytest.approx(nearest, abs=1e-5)


@pytest.mark.parametrize(("reach_m", "share"), [(5_000, 0.001), (100_000, 0.02)])
def test_nearest_place_on_the_edge_is_as_near_as_promised(reach_m: float, share: float) -> None:
    random = Random(6)
    for _ in range(20):
        here = Point(lat=random.uniform(50, 58), long=random.uniform(-5, 1))
        wide, high = reach_m / 65_000, reach_m / 111_300
        ring = tuple(
            (here.long + wide * random.uniform(-1, 1), here.lat + high * random.uniform(-1, 1))
            for _ in range(3)
        )
        found = nearest_on_edge(Polygon(ring), here)
        least = min(geodesic_m(here, place) for place in along_the_edges(ring, 100))
        assert geodesic_m(here, found.point) <= least * (1 + share) + 0.01
        assert found.distance_m == pytest.approx(geodesic_m(here, found.point), rel=0.0057)


def along_the_edges(ring: tuple[Corner, ...], steps: int) -> Iterator[Point]:
    for (ax, ay), (bx, by) in edges(ring):
        for step in range(steps + 1):
            part = step / steps
            yield Point(lat=ay + part * (by - ay), long=ax + part * (bx - ax))
