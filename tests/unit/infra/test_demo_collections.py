"""The demo council's addresses and rounds."""

import csv
import gzip
from collections import Counter
from datetime import date, timedelta

import pytest

from chalicelib.collections.model import Round
from infra.demo.collections import PREMISES, address_rows, demo_rounds
from infra.premises import premises_of
from tests.support.councils import council_named

DEMO = council_named("demo")
TODAY = date(2026, 11, 23)
ROUNDS = demo_rounds(DEMO, TODAY)


def committed() -> list[list[str]]:
    return list(csv.reader(gzip.decompress(PREMISES.read_bytes()).decode().splitlines()))


def rounds(letter: str) -> list[Round]:
    return [each for each in ROUNDS.items if each.round.startswith(letter)]


def test_every_address_is_imported_with_a_round_of_its_own() -> None:
    premises, summary = premises_of(PREMISES, DEMO, ROUNDS)
    assert (len(premises), summary.without_rounds, summary.refused) == (8_876, 0, [])
    assert len({each.address for each in premises}) == len(premises)
    assert {code for each in premises for code in each.rounds} == {
        each.round for each in ROUNDS.items
    }
    in_a_postcode = Counter(each.postcode for each in premises)
    assert max(in_a_postcode.values()) > 90


@pytest.mark.exhaustive
def test_committed_addresses_equal_newly_made_ones() -> None:
    made = [[str(value) for value in row] for row in address_rows()]
    assert made == committed(), "run infra.demo.collections.write_addresses"


def test_rubbish_and_recycling_alternate_in_each_area() -> None:
    for rubbish, recycling in zip(rounds("R"), rounds("Y"), strict=True):
        assert rubbish.dates[1] - rubbish.dates[0] == timedelta(weeks=2)
        assert abs(recycling.dates[0] - rubbish.dates[0]) == timedelta(weeks=1)
        assert not set(rubbish.dates) & set(recycling.dates)


def test_collections_around_christmas_move_irregularly() -> None:
    moves = {move.planned: move.to for each in ROUNDS.items for move in each.moved}
    assert moves[date(2026, 12, 25)] == date(2026, 12, 23)
    assert moves[date(2026, 12, 31)] == date(2027, 1, 2)
    assert moves[date(2027, 1, 1)] is None
    days = {day for each in ROUNDS.items for day in each.dates}
    assert not days & {date(2026, 12, 25), date(2027, 1, 1)}


def test_garden_waste_is_collected_from_march_to_november() -> None:
    months = {day.month for each in rounds("G") for day in each.dates}
    assert months == set(range(3, 12))
