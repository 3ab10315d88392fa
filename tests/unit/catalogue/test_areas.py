from random import Random

import msgspec
import pytest

from chalicelib.catalogue.areas import Area
from chalicelib.geo.point import Box, Point, distance_m
from chalicelib.geo.polygon import is_in_ring
from tests.support.councils import council_named

COUNCIL = council_named("demo")
MARKET = Point(lat=53.959, long=-1.0815)
TRUNK_ROAD = Point(lat=53.9, long=-1.0102)
SQUARE = ((0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0))


@pytest.mark.parametrize(
    ("service_code", "point", "team"),
    [
        ("litter", MARKET, "town-centre"),
        ("litter", Point(lat=53.97, long=-1.0815), "cleansing"),
        ("pothole", MARKET, "highways"),
        ("litter", None, "cleansing"),
    ],
)
def test_team_is_that_of_the_place_when_the_place_has_one(
    service_code: str, point: Point | None, team: str
) -> None:
    assert COUNCIL.team_for(service_code, point) == team


@pytest.mark.parametrize(
    ("service_code", "point", "name"),
    [
        ("pothole", TRUNK_ROAD, "Trunk road"),
        ("litter", TRUNK_ROAD, None),
        ("litter", Point(lat=53.9, long=-1.19), "Eskerby Retail Park"),
        ("pothole", Point(lat=54.02, long=-0.97), "Wold District Council"),
        ("litter", MARKET, None),
    ],
)
def test_other_organisation_is_named_when_it_is_responsible_for_the_place(
    service_code: str, point: Point, name: str | None
) -> None:
    area = COUNCIL.area_of_other_body(service_code, point)
    assert (area.name if area else None) == name


def test_other_organisation_is_responsible_even_if_a_team_has_the_place_too() -> None:
    """As the published list has it, which knows no teams."""
    ring = tuple((long, lat) for long, lat in ((-1.2, 53.89), (-0.963, 53.89), (-1.08, 54.028)))
    everywhere = Area(name="Everywhere", polygons=(ring,), team="highways")
    council = msgspec.structs.replace(COUNCIL, areas=(everywhere, *COUNCIL.areas))
    area = council.area_of_other_body("pothole", TRUNK_ROAD)
    assert area and area.name == "Trunk road"


def test_everything_within_seven_kilometres_of_the_centre_is_the_councils() -> None:
    rng = Random(7)
    here = Box.around(MARKET, 7000)
    for _ in range(3000):
        point = Point(
            lat=rng.uniform(here.south, here.north), long=rng.uniform(here.west, here.east)
        )
        if distance_m(MARKET, point) <= 7000:
            assert COUNCIL.box.contains(point)
            assert all(COUNCIL.area_of_other_body(code, point) is None for code in COUNCIL.by_code)


@pytest.mark.parametrize(
    ("lat", "long", "inside"),
    [(1, 1, True), (1, 3, False), (1, -1, False), (3, 1, False), (0.001, 1.999, True)],
)
def test_point_is_inside_a_ring_when_it_is(lat: float, long: float, inside: bool) -> None:
    assert is_in_ring(Point(lat=lat, long=long), SQUARE) is inside
    assert is_in_ring(Point(lat=lat, long=long), (*SQUARE, SQUARE[0])) is inside


def test_point_on_a_shared_edge_is_in_exactly_one_of_two_rings() -> None:
    neighbour = tuple((long + 2, lat) for long, lat in SQUARE)
    point = Point(lat=1, long=2)
    assert is_in_ring(point, SQUARE) != is_in_ring(point, neighbour)


def test_point_in_the_bay_of_a_ring_is_outside() -> None:
    horseshoe = ((0, 0), (4, 0), (4, 4), (3, 4), (3, 1), (1, 1), (1, 4), (0, 4))
    assert not is_in_ring(Point(lat=3, long=2), horseshoe)
    assert is_in_ring(Point(lat=3, long=0.5), horseshoe)
