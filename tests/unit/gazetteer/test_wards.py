"""Which ward a place belonged to on a day, and which street it is on."""

from datetime import date

import msgspec
import pytest
from geopy.distance import geodesic

from chalicelib.errors import UpstreamFailed
from chalicelib.gazetteer.address_lookup import PublishedAddressLookup
from chalicelib.gazetteer.streets import STREETS, StreetMap
from chalicelib.gazetteer.wards import WARDS, Wards, WardSet, ward_of
from chalicelib.geo.point import Point
from chalicelib.geo.polygon import MultiPolygon, Polygon
from chalicelib.geo.ward import Ward
from infra.demo.gazetteer import COMMITTED
from tests.support.councils import council_named

DAY = date(2026, 6, 1)


def square(code: str, west: float) -> Ward:
    """A ward of one degree from there."""
    ring = ((west, 50.0), (west + 1, 50.0), (west + 1, 51.0), (west, 51.0))
    return ward_of(code, code.title(), MultiPolygon((Polygon(ring),)))


def one_set(year: int, *wards: Ward) -> WardSet:
    return WardSet(items=wards, valid_from=date(year, 5, 1))


BEFORE = one_set(2013, square("old", 0.0))
NOW = one_set(2023, square("west", 0.0), square("east", 1.0))
INSIDE = Point(lat=50.5, long=0.5)


def code_on(wards: Wards, point: Point, year: int) -> str | None:
    found = wards.set_on(date(year, 6, 1)).ward_at(point)
    return found.code if found else None


def test_ward_is_that_of_the_day_when_boundaries_have_changed() -> None:
    wards = Wards().with_set(NOW).with_set(BEFORE)
    assert [code_on(wards, INSIDE, year) for year in (2010, 2014, 2024)] == ["old", "old", "west"]
    assert wards.items == NOW.items
    assert wards.earlier == (BEFORE,)


def test_set_is_replaced_when_another_of_the_same_day_comes() -> None:
    wards = Wards().with_set(NOW).with_set(one_set(2023, square("new", 0.0)))
    assert [ward.code for ward in wards.items] == ["new"]
    assert wards.earlier == ()


def test_place_belongs_to_one_ward_when_it_is_on_a_shared_edge() -> None:
    on_edge = Point(lat=50.5, long=1.0)
    assert sum(ward.shape.contains(on_edge) for ward in NOW.items) == 1


@pytest.mark.parametrize(
    ("metres", "is_outside"), [(-1_000, False), (0, False), (49, False), (51, True), (5_000, True)]
)
@pytest.mark.parametrize("year", [2014, 2024])
def test_place_is_outside_when_it_is_more_than_fifty_metres_from_every_ward(
    metres: int, is_outside: bool, year: int
) -> None:
    wards = Wards().with_set(NOW).with_set(BEFORE)
    # So long is a degree east at 50.5 degrees north.
    west_of_all = Point(lat=50.5, long=-metres / 70_947)
    assert wards.is_outside(west_of_all, date(year, 6, 1)) is is_outside


def test_place_is_judged_by_the_wards_of_the_day() -> None:
    wards = Wards().with_set(NOW).with_set(BEFORE)
    in_east = Point(lat=50.5, long=1.5)
    assert wards.is_outside(in_east, date(2014, 6, 1))
    assert not wards.is_outside(in_east, date(2024, 6, 1))


def test_no_place_is_outside_when_no_wards_are_known() -> None:
    assert not Wards().is_outside(INSIDE, DAY)
    assert not Shelf().address_lookup().is_outside(INSIDE, DAY)


def test_wards_of_the_demo_town_have_every_place_within_seven_kilometres() -> None:
    demo = council_named("demo")
    town = msgspec.json.decode(COMMITTED[WARDS].read_bytes(), type=Wards)
    middle = Point(lat=53.959, long=-1.0815)
    for metres in range(0, 7_001, 500):
        for degrees in range(0, 360, 2):
            place = geodesic(meters=metres).destination((middle.lat, middle.long), degrees)
            point = Point(lat=place.latitude, long=place.longitude)
            assert town.ward_at(point), (metres, degrees)
            assert demo.neighbour_at(point) is None, (metres, degrees)


def test_wards_stay_the_same_when_they_are_written_and_read() -> None:
    wards = Wards().with_set(BEFORE).with_set(NOW)
    assert msgspec.json.decode(msgspec.json.encode(wards), type=Wards) == wards


def test_street_is_the_nearest_line_when_its_middle_is_far() -> None:
    streets = StreetMap(
        {
            "Long Lane": [((-1.0, 50.0), (-1.0, 50.02))],
            "Short Row": [((-1.0005, 50.019), (-1.002, 50.019))],
        }
    )
    assert streets.name_at(Point(lat=50.001, long=-1.0005)) == "Long Lane"
    assert streets.name_at(Point(lat=50.0191, long=-1.001)) == "Short Row"
    assert streets.name_at(Point(lat=50.01, long=-1.002)) is None


class Shelf:
    """Published documents that fail while `fails`; counts its readings."""

    def __init__(self, **documents: bytes) -> None:
        self.documents = documents
        self.fails = False
        self.seconds = 0.0
        self.reads = 0

    def read(self, key: str) -> bytes | None:
        self.reads += 1
        if self.fails:
            raise UpstreamFailed("The store did not answer.")
        return self.documents.get(key)

    def address_lookup(self) -> PublishedAddressLookup:
        return PublishedAddressLookup(self.read, lambda: self.seconds)


def test_ward_and_street_are_unknown_without_an_error_when_files_are_missing() -> None:
    here = Shelf().address_lookup()
    assert (here.ward_code(INSIDE, DAY), here.street(INSIDE)) == (None, None)


def test_store_is_asked_once_a_minute_when_it_fails() -> None:
    shelf = Shelf()
    shelf.fails = True
    here = shelf.address_lookup()
    for _ in range(10):
        assert here.ward_code(INSIDE, DAY) is None
    assert shelf.reads == 1
    shelf.fails, shelf.seconds = False, 60.0
    shelf.documents[WARDS] = msgspec.json.encode(Wards().with_set(NOW))
    shelf.documents[STREETS] = b'{"streets": {"Row": [[[0.5, 50.5], [0.51, 50.5]]]}}'
    assert here.ward_code(INSIDE, DAY) == "west"
    assert here.street(INSIDE) == "Row"


def test_ward_and_street_are_unknown_when_a_document_cannot_be_read() -> None:
    shelf = Shelf()
    shelf.documents[WARDS] = b"{"
    assert shelf.address_lookup().ward_code(INSIDE, DAY) is None
