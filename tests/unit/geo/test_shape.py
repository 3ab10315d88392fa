"""Geometries that come in with an import: what is taken, and what is said of the rest."""

import json
import math
from itertools import combinations
from pathlib import Path
from random import Random
from typing import Any

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.errors import Invalid
from chalicelib.geo.polygon import Corner, Polygon, edges
from chalicelib.geo.shape import find_crossing, shape_of

SQUARE = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
HOLE = [[1, 1], [1, 3], [3, 3], [3, 1], [1, 1]]
NOTCHED = [[0, 0], [8, 0], [8, 8], [5, 8], [4, 0], [3, 8], [0, 8]]
"""Its notch reaches down to the middle of its southern edge, between two holes that do so too."""
BESIDE_NOTCH = ([[4, 0], [1, 0.5], [1, 1]], [[4, 0], [7, 0.5], [7, 1]])


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


@pytest.mark.parametrize(
    ("name", "count"), [("york_wards_2024", 21), ("york_wards_2013", 22), ("bath_wards_2018", 33)]
)
def test_every_real_ward_is_accepted(name: str, count: int, shared_data: Path) -> None:
    content = json.loads((shared_data / "boundaries" / f"{name}.geojson").read_bytes())
    assert len([shape_of(feature["geometry"]) for feature in content["features"]]) == count


def test_polygon_becomes_a_multipolygon_of_one_with_its_holes() -> None:
    (found,) = shape_of(polygon(SQUARE, HOLE)).polygons
    assert found.outer == ((0, 0), (4, 0), (4, 4), (0, 4))
    assert found.holes == (((1, 1), (1, 3), (3, 3), (3, 1)),)


def test_heights_and_repeated_corners_are_left_out() -> None:
    ring = [[0, 0, 17.5], [4, 0, 0], [4, 0, 0], [4, 4, 0], [0, 0, 17.5]]
    assert shape_of(polygon(ring)).polygons[0].outer == ((0, 0), (4, 0), (4, 4))


@pytest.mark.parametrize(
    ("geometry", "reason"),
    [
        ({"type": "Point", "coordinates": [0, 0]}, "must be Polygon or MultiPolygon, not 'Point'"),
        ({}, "must be Polygon or MultiPolygon"),
        (polygon(), "must be a list of rings"),
        ({"type": "MultiPolygon", "coordinates": [[]]}, "polygon 1: must be a list of rings"),
        (polygon(SQUARE, 7), "polygon 1, ring 2: must be a list of corners"),
        (polygon([[0, 0], [1, 1], [0, 0]]), "ring 1: must have at least 3 corners"),
        (polygon([[0, 0], [4, math.nan], [4, 4]]), "corner 2: must be .long, lat. in degrees"),
        (polygon([[0, 0], [4, 0], ["x", 4]]), "corner 3"),
        (polygon([[0, 0], [4], [4, 4]]), "corner 2"),
        (polygon([[0, 0], [4, 0], None]), "corner 3"),
        (polygon([[459689, 451747], [459690, 451747], [459690, 451748]]), "corner 1"),
        (polygon([[0, 0], [4, 4], [4, 0], [0, 4]]), "edges cross or lie on each other near"),
        (polygon(SQUARE, [[1, 1], [1, 3], [5, 2]]), "edges cross"),
        (polygon([[0, 0], [4, 0], [4, 4], [4, 2], [4, 5], [0, 4]]), "lie on each other"),
        (polygon([[0, 0], [4, 0], [4, 4], [2, 0], [0, 4]]), "lie on each other"),
        (polygon(NOTCHED, *BESIDE_NOTCH), "lie on each other"),
    ],
)
def test_geometry_is_refused_with_place_and_reason_when_it_is_bad(
    geometry: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Invalid, match=reason) as refused:
        shape_of(geometry)
    assert refused.value.errors[0].field.startswith("geometry")


@pytest.mark.parametrize(
    "rings",
    [
        (SQUARE, HOLE),
        # A hole that touches the outer ring at a corner, and in the middle of an edge.
        (SQUARE, [[0, 0], [1, 2], [2, 1]]),
        (SQUARE, [[2, 0], [3, 2], [1, 2]]),
        # A ring that touches itself at a corner.
        ([[0, 0], [4, 0], [2, 2], [4, 4], [0, 4], [2, 2]],),
    ],
)
def test_rings_that_only_touch_are_accepted(rings: tuple[Any, ...]) -> None:
    assert len(shape_of(polygon(*rings)).rings) == len(rings)


whole = st.integers(0, 12).map(float)


@settings(max_examples=400)
@given(st.lists(st.tuples(whole, whole), min_size=3, max_size=9, unique=True))
def test_self_crossing_ring_is_refused_as_shapely_does(ring: list[Corner]) -> None:
    found = find_crossing(Polygon(tuple(ring)))
    # Corners that no two edges share but neighbours: then touching is crossing for both.
    assert (found is None) == shapely.Polygon(ring).is_valid


rings_on_a_lattice = st.lists(
    st.lists(st.tuples(whole, whole), min_size=3, max_size=7, unique=True).map(tuple),
    min_size=1,
    max_size=3,
)


def clash(one: shapely.LineString, other: shapely.LineString, *, is_one_ring: bool) -> bool:
    """The rule of `find_crossing` in the terms of DE-9IM: interiors meet, or, within one ring, an
    end meets an interior."""
    relation = shapely.relate(one, other)
    return relation[0] != "F" or (is_one_ring and (relation[1], relation[3]) != ("F", "F"))


@settings(max_examples=400)
@given(rings_on_a_lattice)
def test_crossing_is_found_between_any_two_edges(
    rings: list[tuple[Corner, ...]],
) -> None:
    lines = [
        (shapely.LineString(edge), at) for at, ring in enumerate(rings) for edge in edges(ring)
    ]
    expected = any(
        clash(one, other, is_one_ring=at == its)
        for (one, at), (other, its) in combinations(lines, 2)
    )
    assert (find_crossing(Polygon(rings[0], tuple(rings[1:]))) is not None) == expected


@pytest.mark.parametrize("noise", [0, 0.001, 0.02])
def test_crossing_is_found_among_ten_thousand_corners_and_only_when_there_is_one(
    noise: float,
) -> None:
    random = Random(1)
    ring = [
        (
            (1 - noise * random.random()) * math.cos(2 * math.pi * at / 10_000),
            math.sin(2 * math.pi * at / 10_000),
        )
        for at in range(10_000)
    ]
    assert (find_crossing(Polygon(tuple(ring))) is None) == shapely.Polygon(ring).is_valid
    ring[100], ring[7000] = ring[7000], ring[100]
    assert find_crossing(Polygon(tuple(ring))) is not None


def test_crossing_is_located_when_two_corners_are_swapped() -> None:
    ring = [
        (math.cos(2 * math.pi * at / 1000), math.sin(2 * math.pi * at / 1000)) for at in range(1000)
    ]
    ring[100], ring[101] = ring[101], ring[100]
    place = find_crossing(Polygon(tuple(ring)))
    assert place is not None and math.dist((place.long, place.lat), ring[100]) < 0.02
