"""The invented town: inside the bounds of its council, and believable enough to use."""

import json
from itertools import pairwise
from random import Random

import pytest

from infra.demo.town import Town, features, load_town, point_on_street
from tests.support.councils import council_named

LAYER_KINDS = {
    "roads": {"major", "minor", "path"},
    "water": {"river", "lake"},
    "green": {"park", "wood"},
    "places": {"town", "suburb", "village"},
}


@pytest.fixture(scope="module")
def town() -> Town:
    return load_town()


def test_street_names_are_unique(town: Town) -> None:
    names = [street.name for street in town.streets]
    assert 600 <= len(names) <= 1_200
    assert len(set(names)) == len(names)
    assert all(name.strip() and name[0].isupper() for name in names)


def test_streets_lie_within_the_bounds_of_the_council_when_they_leave_the_town(town: Town) -> None:
    west, south, east, north = council_named("demo").box
    points = [point for street in town.streets for point in street.line]
    assert all(west < long < east and south < lat < north for long, lat in points)


def test_only_main_roads_cross_the_river_when_streets_grow(town: Town) -> None:
    river = next(area.ring for area in town.waters if area.kind == "river")
    wet = [s for s in town.streets if any(_inside(point, river) for point in _dense(s.line, 2))]
    assert {street.kind for street in wet} == {"major"}
    assert len(wet) == 3


def test_features_carry_name_and_kind_when_made_for_the_map(town: Town) -> None:
    layers = features(town)
    assert set(layers) == set(LAYER_KINDS)
    for layer, kinds in LAYER_KINDS.items():
        assert {feature["properties"]["kind"] for feature in layers[layer]} == kinds
        assert all(feature["properties"]["name"] for feature in layers[layer])
    assert len(layers["roads"]) == len(town.streets)
    json.dumps(layers)


def test_areas_are_closed_rings_when_drawn(town: Town) -> None:
    for area in (*town.waters, *town.greens):
        assert len(area.ring) > 3
        assert area.ring[0] == area.ring[-1]


def test_point_lies_on_its_carriageway_when_drawn_at_random(town: Town) -> None:
    rng = Random(5)
    for _ in range(100):
        street, lat, long = point_on_street(town, rng)
        assert street.kind != "path"
        assert min(abs(x - long) + abs(y - lat) for x, y in _dense(street.line, 5)) < 0.0002


def _dense(line: tuple[tuple[float, float], ...], parts: int) -> list[tuple[float, float]]:
    """The points of the line and those that cut each of its segments into equal parts."""
    return [
        (a[0] + (b[0] - a[0]) * i / parts, a[1] + (b[1] - a[1]) * i / parts)
        for a, b in pairwise(line)
        for i in range(parts + 1)
    ]


def _inside(point: tuple[float, float], ring: tuple[tuple[float, float], ...]) -> bool:
    inside = False
    for (x0, y0), (x1, y1) in pairwise(ring):
        level = (y0 > point[1]) != (y1 > point[1])
        if level and point[0] < (x1 - x0) * (point[1] - y0) / (y1 - y0) + x0:
            inside = not inside
    return inside
