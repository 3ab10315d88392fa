"""Collection rounds: which dates the rows of a council's file give, and which rows are refused."""

import gzip
import random
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from chalicelib.collections.model import Move, Round, Rounds
from chalicelib.errors import ConfigurationError
from infra.rounds import COLUMNS, Summary, rounds_of
from tests.support.councils import council_named

TODAY = date(2026, 11, 23)
DEMO = council_named("demo")
HEADER = ",".join(COLUMNS)

Read = Callable[..., tuple[Rounds, Summary]]


def row(**values: str) -> str:
    return ",".join(values.get(column.replace("from", "first"), "") for column in COLUMNS)


def weekly(weeks: int = 1, **values: str) -> str:
    usual = {"round": "MON-1", "container": "rubbish", "weekday": "Monday", "first": "2026-11-23"}
    return row(**(usual | {"every_weeks": str(weeks)} | values))


def moved(original: str, new: str, reason: str = "Christmas", code: str = "MON-1") -> str:
    return row(round=code, original=original, new=new, reason=reason)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def read(*rows: str, header: str = HEADER) -> tuple[Rounds, Summary]:
        file = tmp_path / "rounds.csv"
        file.write_text("\n".join((header, *rows)), encoding="utf-8")
        return rounds_of(file, DEMO, TODAY)

    return read


def only(found: tuple[Rounds, Summary]) -> Round:
    document, summary = found
    assert summary.refused == []
    (item,) = document.items
    return item


def test_listed_dates_are_published_in_order_with_the_container(read: Read) -> None:
    found = only(
        read(row(round="R1", container="garden", dates="08/12/2026 2026-11-24;22/12/2026"))
    )
    assert found.dates == (date(2026, 11, 24), date(2026, 12, 8), date(2026, 12, 22))
    assert (found.container, found.name) == ("garden", "Brown bin: garden waste")
    assert found.colour == "#7a4a21"


def test_pattern_starts_on_the_first_such_weekday_and_gives_a_year(read: Read) -> None:
    found = only(read(weekly(2, weekday="wednesday")))
    assert found.dates[:2] == (date(2026, 11, 25), date(2026, 12, 9))
    assert found.dates[-1] == date(2027, 11, 10)
    assert len(found.dates) == 26


def test_season_ends_and_the_next_one_follows(read: Read) -> None:
    found = only(
        read(
            weekly(2, until="2026-12-11", resumes="2027-03-01"),
            weekly(2, first="2027-03-01", until="2027-03-20"),
        )
    )
    assert found.dates == (
        *(date(2026, 11, 23), date(2026, 12, 7)),
        *(date(2027, 3, 1), date(2027, 3, 15)),
    )
    assert found.resumes == date(2027, 3, 1)


def test_dates_are_known_until_the_round_with_the_fewest_says(read: Read) -> None:
    rows = (weekly(), row(round="R2", container="garden", dates="2026-11-24 2027-01-05"))
    assert read(*rows)[0].known_until == date(2027, 1, 5)
    rows = (weekly(), weekly(round="R2", until="2026-11-30"))
    assert read(*rows)[0].known_until == TODAY + timedelta(days=365)
    rows = (weekly(), row(round="R2", container="garden", resumes="2027-03-02"))
    assert read(*rows)[0].known_until == date(2027, 3, 2)


def test_round_says_until_when_its_own_dates_are_known(read: Read) -> None:
    rows = (weekly(), row(round="R2", container="garden", dates="2026-11-24 2027-01-05"))
    found, _ = read(*rows)
    assert [each.known_until for each in found.items] == [TODAY + timedelta(days=365), None]


def test_collections_move_in_a_chain_and_can_be_cancelled(read: Read) -> None:
    found = only(
        read(
            moved("2026-12-21", "2026-12-19"),
            moved("2026-12-28", "2026-12-30"),
            moved("2027-01-04", "", "Staff training"),
            moved("2026-12-14", "2026-12-21", "Road closed"),
            weekly(until="2027-01-15"),
        )
    )
    assert found.dates == tuple(
        date.fromisoformat(day)
        for day in (
            *("2026-11-23", "2026-11-30", "2026-12-07", "2026-12-19", "2026-12-21", "2026-12-30"),
            "2027-01-11",
        )
    )
    assert found.moved[0] == Move(date(2026, 12, 14), date(2026, 12, 21), "Road closed")
    assert found.moved[-1] == Move(date(2027, 1, 4), None, "Staff training")


def test_move_is_published_with_the_documented_names(read: Read) -> None:
    document, _ = read(weekly(until="2026-12-30"), moved("2026-12-28", ""))
    (item,) = msgspec.json.decode(msgspec.json.encode(document))["items"]
    assert item["moved"] == [{"from": "2026-12-28", "to": None, "why": "Christmas"}]
    assert set(item) == {"round", "container", "name", "colour", "dates", "moved"}


def test_old_dates_and_moves_are_counted_and_left_out(read: Read) -> None:
    document, summary = read(
        row(round="R1", container="garden", dates="2026-09-01 2026-11-20 2026-11-24"),
        moved("2026-08-04", "2026-08-05", code="R1"),
    )
    assert document.items[0].dates == (date(2026, 11, 20), date(2026, 11, 24))
    assert (summary.past, summary.dates, summary.moved) == (2, 2, 0)


def test_repeated_date_is_counted_and_published_once(read: Read) -> None:
    document, summary = read(row(round="R1", container="garden", dates="2026-11-24 24/11/2026"))
    assert document.items[0].dates == (date(2026, 11, 24),)
    assert summary.repeated == 1


def test_rows_that_go_out_on_a_bank_holiday_are_listed(read: Read) -> None:
    friday = weekly(weekday="friday", until="2027-01-01")
    _, summary = read(friday, moved("2026-12-25", "2026-12-24"))
    assert summary.holidays == {"goes out on a bank holiday, 2027-01-01": [2]}


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (weekly(round=""), "round: '' is no code of a round"),
        (weekly(round="A,B".replace(",", ";")), "round: 'A;B' is no code of a round"),
        (
            weekly(round="R2", container="bin"),
            "container: 'bin' is none of rubbish, recycling, garden",
        ),
        (weekly(container="garden"), "container: 'garden' differs from 'rubbish' of line 2"),
        (weekly(weekday="Mo"), "weekday: 'Mo' is none, such as Monday"),
        (weekly(0), "every_weeks: '0' is no number from 1 to 52"),
        (weekly(53), "every_weeks: '53' is no number from 1 to 52"),
        (weekly(first=""), "from: '' is no date, such as 2026-12-01 or 01/12/2026"),
        (weekly(until="2026-11-01"), "until: 2026-11-01 is before 2026-11-23"),
        (weekly(dates="2026-11-24"), "weekday: give either dates or a weekday, in two rows"),
        (weekly(weekday=""), "dates: give dates, a weekday, or an original date that moves"),
        (row(round="R2", container="garden", dates="2026-02-30"), "dates: '2026-02-30' is no date"),
        (
            row(round="R2", container="garden", dates="2062-12-01"),
            "dates: 2062-12-01 is more than two years away: is the year right?",
        ),
        (weekly(resumes="March"), "resumes: 'March' is no date"),
        (moved("2026-12-28", "2026-12-29", code="R9"), "round: no row gives dates of 'R9'"),
        (moved("2026-12-25", "2026-12-24"), "original: the round does not go out on 2026-12-25"),
        (moved("2026-12-28", "2026-12-29", ""), "reason: is empty"),
        (moved("2026-12-28", "soon"), "new: 'soon' is no date"),
    ],
)
def test_row_is_refused_with_its_line_the_column_and_the_fix(
    read: Read, bad: str, said: str
) -> None:
    document, summary = read(weekly(), bad)
    (refused,) = summary.refused
    assert refused.startswith(f"line 3: {said}")
    assert [each.round for each in document.items] == ["MON-1"]


def test_second_move_of_a_date_or_to_a_date_is_refused(read: Read) -> None:
    _, summary = read(
        weekly(),
        moved("2026-12-28", "2026-12-29"),
        moved("2026-12-28", "2026-12-30"),
        moved("2027-01-04", "2026-12-29"),
    )
    assert summary.refused == [
        "line 4: original: 2026-12-28 was moved before; remove one",
        "line 5: new: another collection moves to 2026-12-29 already",
    ]


def test_refused_row_adds_nothing_to_its_round(read: Read) -> None:
    bad = row(round="MON-1", dates="2026-11-24 2062-12-01")
    document, summary = read(weekly(until="2026-11-30"), bad)
    assert len(summary.refused) == 1
    assert document.items[0].dates == (date(2026, 11, 23), date(2026, 11, 30))


def test_file_without_a_round_is_an_error_with_the_reason(read: Read) -> None:
    with pytest.raises(ConfigurationError, match="line 2: container: 'bin' is none of rubbish"):
        read(weekly(container="bin"))
    with pytest.raises(ConfigurationError, match="has no column 'round'"):
        read("x", header="dates")


def test_file_may_lack_columns_that_it_does_not_use(read: Read) -> None:
    found = only(read("R1,garden,2026-11-24", header="round,container,dates"))
    assert found.dates == (date(2026, 11, 24),)


def test_council_without_containers_is_told_to_name_them(read: Read, tmp_path: Path) -> None:
    council = msgspec.structs.replace(DEMO, containers=())
    with pytest.raises(ConfigurationError, match="add `containers` to its document"):
        rounds_of(tmp_path / "rounds.csv", council, TODAY)


def test_document_of_600_rounds_and_a_year_takes_at_most_12_kb_compressed(read: Read) -> None:
    """Half of the rounds every week, the others every two; the weeks of Christmas and of two more
    bank holidays move, in each depot's own way."""
    chosen = random.Random(21)
    rows = []
    for number in range(600):
        code = f"{'RYG'[number % 3]}{number // 3:03}"
        container = ("rubbish", "recycling", "garden")[number % 3]
        first = TODAY + timedelta(days=chosen.randrange(14))
        weekday = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday")[number % 6]
        weeks = chosen.choice((1, 2))
        rows.append(
            weekly(weeks, round=code, container=container, weekday=weekday, first=f"{first}")
        )
    document, _ = read(*rows)
    moves = [
        moved(f"{day}", f"{day + timedelta(days=1 + number % 2)}", "Christmas", item.round)
        for number, item in enumerate(document.items)
        for day in item.dates
        if date(2026, 12, 24) <= day <= date(2027, 1, 2)
    ]
    document, summary = read(*rows, *moves)
    assert (summary.refused, len(document.items)) == ([], 600)
    assert len(moves) > 400
    assert len(gzip.compress(msgspec.json.encode(document), mtime=0)) <= 12_000
