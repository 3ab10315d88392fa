"""The collections of a generated city: what is stored and answered for each of its premises equals
a plain reading of the files."""

import csv
import json
import re
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from random import Random

import msgspec
import pytest

from chalicelib.collections.model import NextCollection, next_collection
from chalicelib.collections.premises import (
    CURRENT,
    CurrentVersion,
    Part,
    Premises,
    part_count,
)
from chalicelib.collections.stored_premises import StoredPremises
from chalicelib.collections.usecases import collections_of, premises_at_postcode
from infra.premises import documents_of, premises_of
from infra.rounds import rounds_of
from tests.support.effort import EXHAUSTIVE, effort
from tests.support.fakes_collections import ports_of
from tests.support.generated_city import City, write_city
from tests.support.plain_collections import PlainNext, plain_next_collection, read_rounds

SHORT_LISTS = (190_000, 569) if EXHAUSTIVE else (1_500, 30)
WHOLE_YEAR = (400_000, 600) if EXHAUSTIVE else (500, 30)


class DecodedOnce(StoredPremises):
    """The stored premises, with each decoded once and not with each look."""

    def __init__(self, documents: Mapping[str, bytes]) -> None:
        super().__init__(documents.get, lambda: 0.0)
        self.by_id = {
            premises_id: found
            for key, body in documents.items()
            if "/parts/" in key
            for premises_id, found in msgspec.json.decode(body, type=Part).items()
        }

    def get(self, premises_id: str) -> Premises | None:
        return self.by_id.get(premises_id)


class Imported:
    """A generated city after its import, beside a plain reading of its files."""

    def __init__(self, city: City) -> None:
        self.today = city.today
        self.days = [city.today + timedelta(days=number) for number in range(365)]
        self.rounds, summary = rounds_of(city.rounds, city.council, city.today)
        premises, taken = premises_of(city.premises, city.council, self.rounds)
        assert (summary.refused, taken.refused) == ([], [])
        current = CurrentVersion(version="1", parts=part_count(len(premises)))
        documents = {CURRENT: msgspec.json.encode(current)} | documents_of(premises, current)
        self.stored = StoredPremises(documents.get, lambda: 0.0)
        self.premises = DecodedOnce(documents)
        self.plain = read_rounds(city.rounds, city.today)
        self.known_until = min(each.said_until for each in self.plain.values())
        with city.premises.open(encoding="utf-8", newline="") as stream:
            self.rows = list(csv.DictReader(stream))
        self.plain_next = cache(
            lambda code, day: plain_next_collection(self.plain[code], day, self.known_until)
        )


def at_dawn(day: date) -> datetime:
    """Before any round of the day is out."""
    return datetime.combine(day, time(4), UTC)


@pytest.fixture(scope="module", params=[(*SHORT_LISTS, True), (*WHOLE_YEAR, False)])
def city(
    request: pytest.FixtureRequest, shared_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> Imported:
    premises, rounds, short_lists = request.param
    folder = tmp_path_factory.mktemp("city")
    return Imported(write_city(shared_data, folder, premises, rounds, short_lists=short_lists))


def said(found: NextCollection) -> PlainNext:
    return PlainNext(found.state, found.date, found.original_date, found.why)


def test_every_round_has_the_right_next_collection_on_each_day_of_a_year(city: Imported) -> None:
    assert city.rounds.known_until == city.known_until
    for of in city.rounds.items:
        for day in city.days:
            found = said(next_collection(of, day, city.rounds.known_until))
            assert found == city.plain_next(of.round, day), (of.round, day)


def test_every_premises_has_its_dates_of_a_year(city: Imported) -> None:
    published = {of.round: set(of.dates) & set(city.days) for of in city.rounds.items}
    containers = {of.round: of.container for of in city.rounds.items}
    plain = {
        code: {day for day in city.days if of.collects_on(day)} for code, of in city.plain.items()
    }
    assert len(city.premises.by_id) == len(city.rows)
    for row in city.rows:
        found = {
            containers[code]: published[code] for code in city.premises.by_id[row["uprn"]].rounds
        }
        expected = {city.plain[code].container: plain[code] for code in row["rounds"].split()}
        assert found == expected, row


def test_every_premises_is_answered_what_its_rounds_say_on_a_day(city: Imported) -> None:
    random = Random(2)
    for row in city.rows:
        day = random.choice(city.days)
        answer = collections_of(
            row["uprn"],
            ports_of(city.premises, city.rounds, at_dawn(day)),
        )
        found = sorted((each.container, said(each)) for each in answer.next)
        codes = row["rounds"].split()
        expected = [(city.plain[code].container, city.plain_next(code, day)) for code in codes]
        assert found == sorted(expected), (row, day)
        dates = [each.date or date.max for each in answer.next]
        assert dates == sorted(dates), (row, day)


def test_every_postcode_lists_its_addresses_by_number(city: Imported) -> None:
    by_postcode = defaultdict(list)
    for row in city.rows:
        by_postcode[row["postcode"]].append((row["address"], row["uprn"]))
    ports = ports_of(city.premises, city.rounds, at_dawn(city.today))
    for postcode, expected in by_postcode.items():
        listed = premises_at_postcode(postcode, ports)
        assert sorted((each.address, each.premises_id) for each in listed) == sorted(expected)
        numbers = [int(found[0]) for each in listed if (found := re.match(r"\d+", each.address))]
        assert numbers == sorted(numbers), postcode


def test_premises_are_found_by_their_id_in_the_stored_documents(city: Imported) -> None:
    for row in city.rows[:: len(city.rows) // effort(20, 1_000)]:
        found = city.stored.get(row["uprn"])
        assert found and (found.address, found.postcode) == (row["address"], row["postcode"])
        assert sorted(found.rounds) == sorted(row["rounds"].split())
    assert city.stored.get("1") is None


def test_generated_city_has_the_proportions_of_a_real_one(
    city: Imported, shared_data: Path
) -> None:
    shape = json.loads((shared_data / "bins" / "shape.json").read_text(encoding="utf-8"))
    total = len(city.rows)
    named = sum(not re.match(r"\d+ ", row["address"]) for row in city.rows)
    collected = sum(bool(row["rounds"]) for row in city.rows)
    assert named / total == pytest.approx(shape["house_names_that_are_no_numbers"], abs=0.06)
    assert collected / total == pytest.approx(
        shape["premises_with_a_schedule"] / shape["premises"], abs=0.05
    )
    for kind, count in shape["premises_with_bin"].items():
        having = sum(kind in row["rounds"] for row in city.rows)
        assert having / total == pytest.approx(count / shape["premises"], abs=0.08)
