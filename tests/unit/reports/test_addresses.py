"""A house number that was typed alone goes before its street."""

import pytest
from msgspec.structs import replace

from chalicelib.geo.point import Point
from chalicelib.reports.drafts import ReportChanges
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.location import complete_address
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
