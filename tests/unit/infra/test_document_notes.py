"""What an operator is told about parts of the council's document that end or grow old."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from chalicelib.catalogue.bank_holidays import read_bank_holidays
from chalicelib.collections.model import Rounds
from infra.document_notes import document_notes, round_notes
from tests.support.councils import council_named

DEMO = council_named("demo")
LAST = date(read_bank_holidays().last_year, 12, 31)
UNPRICED = replace(DEMO, services=tuple(each for each in DEMO.services if not each.price))
HALL = next(each for each in DEMO.services if each.service_code == "hall-hire")


@pytest.mark.parametrize(("days", "notes"), [(366, 0), (365, 1), (0, 1), (-400, 1)])
def test_bank_holidays_are_noted_when_they_end_within_a_year(days: int, notes: int) -> None:
    found = list(document_notes(UNPRICED, LAST - timedelta(days=days)))
    assert len(found) == notes
    assert all(f"known until {LAST}" in each for each in found)


def test_council_without_bank_holidays_gets_no_note_of_them() -> None:
    assert list(document_notes(replace(UNPRICED, bank_holidays=None), LAST)) == []


def test_prices_are_noted_when_their_newest_list_is_older_than_a_year() -> None:
    only_hall = replace(DEMO, services=(HALL,))
    assert HALL.price
    begins = max(each.begins for each in HALL.price.lists)
    assert list(document_notes(only_hall, begins + timedelta(days=365))) == []
    [note] = document_notes(only_hall, begins + timedelta(days=366))
    assert "`$.services[0].price.lists`: hall-hire" in note and f"{begins}" in note


def test_list_that_begins_later_is_the_newest_one() -> None:
    bulky = next(each for each in DEMO.services if each.service_code == "bulky-waste")
    assert bulky.price
    first, last = bulky.price.lists[0].begins, bulky.price.lists[-1].begins
    assert first + timedelta(days=366) <= last + timedelta(days=365)
    assert list(document_notes(replace(DEMO, services=(bulky,)), first + timedelta(days=366))) == []


@pytest.mark.parametrize(("days", "notes"), [(31, 0), (30, 1), (0, 1), (-9, 1)])
def test_dates_of_collections_are_noted_when_they_end_within_a_month(days: int, notes: int) -> None:
    rounds = Rounds(known_until=LAST, items=())
    found = list(round_notes(rounds, LAST - timedelta(days=days)))
    assert len(found) == notes
    assert all(f"known until {LAST}" in each for each in found)
