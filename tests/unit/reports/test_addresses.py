"""A house number that was typed alone goes before its street."""

import pytest
from msgspec.structs import replace

from chalicelib.geo.point import Point
from chalicelib.reports.drafts import ReportChanges
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.location import complete_address, move_report
from chalicelib.reports.usecases.staff.case_changes import change_report
from chalicelib.reports.usecases.submission import submit
from tests.support.builders import MARKET_PLACE, draft, report
from tests.support.fakes import FakeAddressLookup, MemoryRepository

OFFICER = Author("officer-1", staff_in=EVERYWHERE, officer_in=EVERYWHERE)
THERE = Point(**MARKET_PLACE)


class OneStreet(FakeAddressLookup):
    """Every place is on this street."""

    def street(self, point: Point) -> str | None:
        return "Example Street"


@pytest.fixture
def on_a_street(ports: Ports) -> Ports:
    return replace(ports, address_lookup=OneStreet())


@pytest.mark.parametrize(
    ("typed", "whole"),
    [
        ("17", "17 Example Street"),
        (" 17a, ", "17a Example Street"),
        ("17-19", "17-19 Example Street"),
        ("17 Thread Street", "17 Thread Street"),
        ("outside the shop", "outside the shop"),
        (None, None),
    ],
)
def test_address_has_the_places_street_when_only_a_number_was_typed(
    typed: str | None, whole: str | None, on_a_street: Ports
) -> None:
    assert complete_address(typed, None, THERE, on_a_street) == whole


@pytest.mark.parametrize("before", ["Thread Street", "3 Thread Street", "3, Thread Street"])
def test_address_keeps_its_street_when_no_other_is_known(before: str, ports: Ports) -> None:
    assert complete_address("17", before, THERE, ports) == "17 Thread Street"
    assert complete_address("17", None, None, ports) == "17"


def test_typed_number_gets_the_street_for_residents_and_officers(
    on_a_street: Ports, repository: MemoryRepository
) -> None:
    assert submit(draft(address="17"), "k", Author(), on_a_street).address == "17 Example Street"
    known = repository.create(report(address="3 Thread Street")).service_request_id
    after = change_report(known, ReportChanges(address="17"), 1, OFFICER, on_a_street)
    assert after.address == "17 Example Street"


class TwoStreets(FakeAddressLookup):
    """Places west of the market place are on Candle Gate, all others on Dial Row."""

    def street(self, point: Point) -> str | None:
        return "Candle Gate" if point.long < THERE.long else "Dial Row"


FAR = Point(lat=THERE.lat, long=THERE.long - 0.01)
ON_THE_SAME_STREET = Point(lat=THERE.lat + 0.0003, long=THERE.long)
FURTHER_ON_THE_SAME_STREET = Point(lat=THERE.lat + 0.003, long=THERE.long)


@pytest.mark.parametrize(
    ("before", "point", "after"),
    [
        ("12 Dial Row", FAR, "Candle Gate"),
        ("By the bus stop, Dial Row", FAR, "Candle Gate"),
        (None, FAR, "Candle Gate"),
        ("12 Dial Row", ON_THE_SAME_STREET, "Dial Row"),
        ("Near 12a Dial Row", ON_THE_SAME_STREET, "Dial Row"),
        ("12, Dial Row", ON_THE_SAME_STREET, "Dial Row"),
        ("By the bus stop", ON_THE_SAME_STREET, "By the bus stop"),
        ("Opposite the mill, Dial Row", ON_THE_SAME_STREET, "Opposite the mill, Dial Row"),
        ("By the bus stop", FURTHER_ON_THE_SAME_STREET, "Dial Row"),
    ],
)
def test_address_is_that_of_the_new_place_when_the_pin_moves(
    before: str | None, point: Point, after: str, ports: Ports
) -> None:
    there = replace(ports, address_lookup=TwoStreets())
    assert move_report(report(address=before), point, there).address == after


def test_address_stays_when_the_pin_does_not_move_or_comes_to_a_described_place(
    ports: Ports,
) -> None:
    there = replace(ports, address_lookup=TwoStreets())
    assert move_report(report(address="12 Dial Row"), THERE, there).address == "12 Dial Row"
    described = report(address="Behind the mill", lat=None, long=None)
    assert move_report(described, FAR, there).address == "Behind the mill"


def test_typed_address_stands_when_the_officer_moves_the_pin_with_it(
    ports: Ports, repository: MemoryRepository
) -> None:
    there = replace(ports, address_lookup=TwoStreets())
    known = repository.create(report(address="12 Dial Row")).service_request_id
    changes = ReportChanges(lat=FAR.lat, long=FAR.long, address="3")
    assert change_report(known, changes, 1, OFFICER, there).address == "3 Candle Gate"
