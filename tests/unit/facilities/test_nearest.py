"""The nearest of a kind: exact, with its hours and what is reported about it."""

from random import Random

import pytest

from chalicelib.errors import Invalid
from chalicelib.facilities.model import Facility, list_key
from chalicelib.facilities.usecases import nearest_of_each, nearest_of_kind
from chalicelib.geo.ellipsoid import distance_mm
from chalicelib.geo.point import Point
from chalicelib.geo.polygon import Polygon
from chalicelib.geo.polygon_edge import nearest_on_edge
from infra.opening_hours import parse_hours
from tests.support.builders import MARKET_PLACE
from tests.support.fakes_facilities import FacilitiesWorld, facility, facility_list
from tests.support.geodesic import geodesic_m

HERE = Point(**MARKET_PLACE)
SQUARE = ((0.0, 0.0), (0.002, 0.0), (0.002, 0.001), (0.0, 0.001))


def park(number: int, east: float, north: float) -> Facility:
    """A park 130 m by 110 m so many degrees from the market place."""
    ring = tuple((HERE.long + east + x, HERE.lat + north + y) for x, y in SQUARE)
    return facility(
        number, lat=HERE.lat + north + 0.0005, long=HERE.long + east + 0.001, polygon=((ring,),)
    )


def test_unknown_kind_is_refused_with_the_known_ones() -> None:
    ports = FacilitiesWorld(facility_list([facility()])).ports()
    for kind in ("castle", "", None):
        with pytest.raises(Invalid) as refused:
            nearest_of_kind(kind, HERE, 5, ports)
        assert refused.value.detail == "kind: must be one of: library"


def test_facilities_come_nearest_first_and_as_listed_when_they_are_equally_near() -> None:
    far, near, twin = (facility(n, lat=HERE.lat + d) for n, d in ((1, 0.02), (2, 0.01), (3, 0.01)))
    found = nearest_of_kind(
        "library", HERE, 5, FacilitiesWorld(facility_list([far, near, twin])).ports()
    )
    assert [each.facility_id for each in found] == ["library-2", "library-3", "library-1"]
    assert found[0].distance_m == round(geodesic_m(HERE, near.point), 1)


def test_area_is_0_m_away_from_inside() -> None:
    around, beside = park(1, -0.001, -0.0005), park(2, 0.01, 0.0)
    ports = FacilitiesWorld(facility_list([beside, around])).ports()
    inside, outside = nearest_of_kind("library", HERE, 5, ports)
    assert (inside.facility_id, inside.distance_m) == ("library-1", 0.0)
    assert (inside.lat, inside.long) == (HERE.lat, HERE.long)
    assert outside.long == round(HERE.long + 0.01, 6), "the place on its edge, not its middle"
    assert outside.distance_m == pytest.approx(656, abs=2)


def test_nearest_areas_equal_a_search_of_all() -> None:
    rng = Random(54)
    parks = [park(n, rng.uniform(-0.1, 0.1), rng.uniform(-0.06, 0.06)) for n in range(60)]
    listed = facility_list([*parks, facility(99)])
    ports = FacilitiesWorld(listed).ports()
    for _ in range(50):
        point = Point(
            lat=HERE.lat + rng.uniform(-0.1, 0.1), long=HERE.long + rng.uniform(-0.2, 0.2)
        )
        found = nearest_of_kind("library", point, 5, ports)
        everything = sorted((_edge_mm(item, point), n) for n, item in enumerate(listed.items))
        assert [each.distance_m for each in found] == [
            round(mm / 1000, 1) for mm, _ in everything[:5]
        ]


def _edge_mm(item: Facility, point: Point) -> int:
    place = item.point
    if item.polygon:
        area = Polygon(item.polygon[0][0])
        place = point if area.contains(point) else nearest_on_edge(area, point).point
    return distance_mm(round(place.lat * 1e7), round(place.long * 1e7), point)


def test_hours_give_open_or_closed_when_they_are_certain() -> None:
    sure = facility(1, opening_hours="9am-5pm", opens=parse_hours("9am-5pm"))
    unsure = facility(2, opening_hours="Ring the bell")
    found = nearest_of_kind(
        "library", HERE, 5, FacilitiesWorld(facility_list([sure, unsure])).ports()
    )
    assert (found[0].open_now, found[0].closes_at, found[0].opening_hours) == (
        True,
        "17:00",
        "9am-5pm",
    )
    assert (found[1].open_now, found[1].opening_hours) == (None, "Ring the bell")


def test_facility_has_its_open_report() -> None:
    listed = facility_list([facility(1), facility(2)], service_code="pothole")
    shelf = FacilitiesWorld(listed, {"library-2": "R1", "another": "R2"})
    assert [each.open_report for each in nearest_of_kind("library", HERE, 5, shelf.ports())] == [
        None,
        "R1",
    ]
    assert len(shelf.asked) == 1, "both lie in one tile"


def test_no_tile_is_read_when_nothing_can_be_reported_about_the_kind() -> None:
    shelf = FacilitiesWorld(facility_list([facility()]), {"library-1": "R1"})
    (found,) = nearest_of_kind("library", HERE, 5, shelf.ports())
    assert found.open_report is None and shelf.asked == []


def test_tiles_of_a_whole_area_are_read_when_it_lies_in_several() -> None:
    wide = ((HERE.long - 0.05, HERE.lat), (HERE.long, HERE.lat + 0.001), (HERE.long, HERE.lat))
    item = facility(1, polygon=((wide,),))
    shelf = FacilitiesWorld(facility_list([item], service_code="pothole"))
    nearest_of_kind("library", HERE, 1, shelf.ports())
    assert len(shelf.asked) > 1


def test_nearest_of_each_kind_is_one_facility() -> None:
    ports = FacilitiesWorld(facility_list([facility(1), facility(2)])).ports()
    assert {kind: near.facility_id for kind, near in nearest_of_each(HERE, ports).items()} == {
        "library": "library-1"
    }


@pytest.mark.parametrize("published", [None, b"torn"])
def test_kind_is_left_out_of_nearest_of_each_when_its_list_cannot_be_read(
    published: bytes | None,
) -> None:
    shelf = FacilitiesWorld(facility_list([facility()]))
    del shelf.documents[list_key("library")]
    if published is not None:
        shelf.documents[list_key("library")] = published
    assert nearest_of_each(HERE, shelf.ports()) == {}
