"""What a back office says of rounds: which rows are taken, and what they are stored as."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from chalicelib.collections.round_days import LogKey, MissedStreet, reason_not_emptied
from chalicelib.collections.today import today_document
from infra.round_days import Summary, apply_round_days, read_round_days
from tests.support.fakes_collections import HOME, STREET, TODAY, CollectionsWorld, round_of

HEADER = "round,day,state,street,uprn,reason"


class Office(NamedTuple):
    """A council with one home on the round R1, and an import of rows."""

    depot: CollectionsWorld
    imported: Callable[..., Summary]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    depot = CollectionsWorld((round_of("R1", TODAY),))

    def imported(*rows: str) -> Summary:
        file = tmp_path / "days.csv"
        file.write_text("\n".join((HEADER, *rows)), encoding="utf-8")
        operations, summary = read_round_days(file, depot.ports)
        assert list(apply_round_days(operations, depot.ports)) == []
        return summary

    return Office(depot, imported)


def test_state_of_a_round_is_stored(office: Office) -> None:
    assert office.imported(f"R1,{TODAY},Off,,,Weather").taken == 1
    (found,) = today_document(office.depot.ports).items
    assert (found.state, found.reason) == ("off", "weather")


@pytest.mark.parametrize("typed", ["dial row", "DIAL ROW", "dial row, eskerby", " Dial  Row "])
def test_street_is_found_in_any_case_and_without_its_locality(office: Office, typed: str) -> None:
    summary = office.imported(f'R1,{TODAY:%d/%m/%Y},,"{typed}",,Parked cars')
    assert summary.refused == []
    (found,) = today_document(office.depot.ports).items
    assert found.streets == (MissedStreet(STREET, "parked_cars"),)


def test_reason_in_other_words_is_kept_for_officers_and_said(office: Office) -> None:
    summary = office.imported(f"R1,{TODAY},,,{HOME},Dog in garden")
    assert list(summary.others.values()) == [[2]]
    log = office.depot.logs.stored[LogKey("R1", TODAY, HOME)]
    assert (reason_not_emptied(log), log.events[0].text) == ("other", "Dog in garden")


def test_repeated_import_changes_nothing(office: Office) -> None:
    for _ in range(2):
        office.depot.now += timedelta(minutes=1)
        office.imported(f"R1,{TODAY},out,,,", f"R1,{TODAY},finished,,,")
    assert office.depot.logs.stored[LogKey("R1", TODAY)].version == 1


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (f"R9,{TODAY},out,,,", "line 2: round: there is no such round"),
        ("R1,,out,,,", "line 2: day: '' is no date, such as 2026-12-01"),
        ("R1,2020-01-01,out,,,", "line 2: day: enter a day of the last 14 days"),
        (f"R1,{TODAY},late,,,", "line 2: state: choose one of to_come, out, finished, off"),
        (f"R1,{TODAY},,,,", "line 2: state: choose one of"),
        (f"R1,{TODAY},,Elsewhere,,", "line 2: street: 'Elsewhere' is no street of the round R1"),
        (f"R1,{TODAY},,,999,", "line 2: premises_id: name premises that are on this round"),
        (f"R1,{TODAY},,Dial Row,{HOME},", "line 2: uprn: give a street or a uprn, not both"),
    ],
)
def test_row_that_cannot_be_placed_is_refused_with_the_reason(
    office: Office, row: str, reason: str
) -> None:
    summary = office.imported(row)
    assert (summary.taken, len(summary.refused)) == (0, 1)
    assert summary.refused[0].startswith(reason)
    assert office.depot.logs.stored == {}
