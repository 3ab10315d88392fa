"""When the waste of a premises is collected next, and what a postcode finds."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

import pytest
from msgspec.structs import replace

from chalicelib.collections.model import Move, NextCollection, Period, Round, Rounds
from chalicelib.collections.premises import Premises
from chalicelib.collections.usecases import collections_of, premises_at_postcode
from chalicelib.errors import Invalid, NotFound
from tests.support.fakes_collections import (
    HOME,
    KNOWN_UNTIL,
    TODAY,
    CollectionsWorld,
    one_home,
    round_of,
)


def next_of(*rounds: Round, today: date = TODAY) -> list[NextCollection]:
    morning = datetime.combine(today, time(6), UTC)
    depot = CollectionsWorld((*rounds, round_of("other", TODAY)), now=morning)
    return list(collections_of(HOME, depot.ports).next)


def only(of: Round, today: date = TODAY) -> NextCollection:
    (found,) = next_of(of, today=today)
    return found


def test_collection_of_today_is_the_next_one() -> None:
    of = round_of("R1", date(2026, 12, 14), TODAY, date(2026, 12, 28))
    assert only(of).date == TODAY
    assert only(of, today=date(2026, 12, 22)).date == date(2026, 12, 28)


def test_moved_collection_says_when_it_was_planned_and_why() -> None:
    move = Move(date(2026, 12, 25), date(2026, 12, 23), "Christmas")
    found = only(round_of("R1", date(2026, 12, 23), date(2027, 1, 1), moved=(move,)))
    assert (found.date, found.original_date, found.why) == (move.to, move.planned, "Christmas")


def test_cancelled_collection_is_not_the_next_one() -> None:
    cancelled = Move(date(2026, 12, 25), None, "Christmas")
    found = only(round_of("R1", date(2027, 1, 1), moved=(cancelled,)))
    assert (found.date, found.original_date) == (date(2027, 1, 1), None)


def test_round_out_of_season_says_when_it_resumes() -> None:
    found = only(round_of("R1", date(2026, 11, 30), resumes=date(2027, 3, 1)))
    assert (found.state, found.date) == ("out_of_season", date(2027, 3, 1))


def test_round_without_dates_is_out_of_season_while_dates_are_known() -> None:
    assert only(round_of("R1")).state == "out_of_season"
    assert only(round_of("R1"), today=KNOWN_UNTIL).state == "out_of_season"


def test_date_is_not_known_after_the_known_ones() -> None:
    later = date(2027, 2, 1)
    assert only(round_of("R1", TODAY), today=later).state == "not_known"
    stale = only(round_of("R1", resumes=date(2027, 1, 20)), today=later)
    assert (stale.state, stale.date) == ("not_known", None)


def test_dates_are_known_as_long_as_those_of_the_rounds_at_the_address() -> None:
    longer = replace(round_of("R1", TODAY), known_until=date(2027, 6, 30))
    ended = round_of("elsewhere", date(2026, 11, 2))
    at_home = Rounds(known_until=KNOWN_UNTIL, items=(longer, ended))
    assert at_home.known_until_of([longer]) == date(2027, 6, 30)
    assert at_home.known_until_of([longer, ended]) == KNOWN_UNTIL
    later = date(2027, 3, 1)
    assert only(longer, today=later).state == "out_of_season"
    assert only(ended, today=later).state == "not_known"


def test_containers_are_in_the_order_of_their_days_and_undated_ones_last() -> None:
    found = next_of(
        round_of("G1", container="garden"),
        round_of("R1", date(2026, 12, 28), container="rubbish"),
        round_of("Y1", date(2026, 12, 22), container="recycling"),
    )
    assert [each.container for each in found] == ["recycling", "rubbish", "garden"]


def test_two_containers_of_one_day_are_both_listed() -> None:
    found = next_of(round_of("R1", TODAY), round_of("Y1", TODAY, container="recycling"))
    assert [(each.container, each.date) for each in found] == [
        ("recycling", TODAY),
        ("rubbish", TODAY),
    ]


def test_premises_has_no_dates_before_rounds_are_published() -> None:
    found = collections_of(HOME, CollectionsWorld((round_of("R1"),), is_published=False).ports)
    assert (found.rounds, found.next, found.known_until) == (("R1",), (), None)


def test_unknown_premises_is_not_found() -> None:
    ports = CollectionsWorld().ports
    with pytest.raises(NotFound):
        collections_of("1", ports)


@pytest.mark.parametrize("text", ["ZZ1 1AA", "zz11aa", " zz1  1aa "])
def test_premises_are_found_by_a_postcode_in_any_case_and_spacing(text: str) -> None:
    ports = CollectionsWorld().ports
    assert [each.premises_id for each in premises_at_postcode(text, ports)] == [HOME]
    assert premises_at_postcode("ZZ1 1AB", ports) == ()


@pytest.mark.parametrize("text", [None, "", "ZZ1", "ZZ1 1A", "Dial Row", "ZZ1 1AAA"])
def test_part_of_a_postcode_is_refused(text: str | None) -> None:
    ports = CollectionsWorld().ports
    with pytest.raises(Invalid, match="full postcode"):
        premises_at_postcode(text, ports)


def test_periods_of_rounds_do_not_say_for_long_since_when_an_address_is_served() -> None:
    last, next_year = date(2027, 11, 30), Period(date(2028, 3, 1), date(2028, 11, 30))
    periods = {"R1": (Period(date(2025, 3, 1), last), next_year)}

    def limited(found: Mapping[str, Premises]) -> Mapping[str, Premises]:
        return {key: replace(each, only_within=periods) for key, each in found.items()}

    depot = CollectionsWorld((round_of("R1", TODAY),))
    ports = depot.ports._replace(premises=one_home("R1", adjust=limited))
    assert collections_of(HOME, ports).only_within == {
        "R1": (Period(TODAY - timedelta(days=14), last), next_year)
    }
