"""A plain reading of the files of collections, to compare the import with.

It shares no code with the import: it goes through the rows as docs/COLLECTIONS.md describes them,
and decides for each day of a year if a round goes out.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date as Day  # noqa: N812  PlainNext has a field of that name
from datetime import datetime, timedelta
from pathlib import Path

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ONE_DAY = timedelta(days=1)


@dataclass
class PlainRound:
    """One round. `planned`: its days in the file. `moves`: the new day and the reason of each
    planned day that moves. `said_until`: the last day that its rows speak of."""

    container: str = ""
    planned: set[Day] = field(default_factory=set)
    moves: dict[Day, tuple[Day | None, str]] = field(default_factory=dict)
    resumes: Day | None = None
    said_until: Day = Day.min

    def collects_on(self, day: Day) -> bool:
        """Whether the round goes out on the day."""
        if any(new == day for new, _ in self.moves.values()):
            return True
        return day in self.planned and day not in self.moves

    def moved_to(self, day: Day) -> tuple[Day, str] | None:
        """The planned day of a collection that moved to the day, and why."""
        for planned, (new, why) in self.moves.items():
            if new == day:
                return planned, why
        return None


@dataclass(frozen=True)
class PlainNext:
    """The next collection, in the words of the API."""

    state: str
    date: Day | None
    original_date: Day | None = None
    why: str | None = None


def read_rounds(file: Path, today: Day) -> dict[str, PlainRound]:
    """The rounds of a file by code."""
    found: dict[str, PlainRound] = defaultdict(PlainRound)
    with file.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            _read(row, found[row["round"]], today + timedelta(days=365))
    return found


def _read(row: dict[str, str], into: PlainRound, in_a_year: Day) -> None:
    into.container = row["container"] or into.container
    if row["original"]:
        new = _day(row["new"]) if row["new"] else None
        into.moves[_day(row["original"])] = new, row["reason"]
        return
    days = {_day(text) for text in re.split("[; ]+", row["dates"]) if text}
    said = max(days, default=Day.min)
    if row["weekday"]:
        days = set(_pattern(row, in_a_year))
        said = in_a_year
    if row["resumes"]:
        into.resumes = _day(row["resumes"])
        said = max(said, into.resumes)
    into.planned |= days
    into.said_until = max(into.said_until, said)


def _pattern(row: dict[str, str], in_a_year: Day) -> Iterator[Day]:
    """Each day of the pattern: the right weekday, in the right week after the first one."""
    last = _day(row["until"]) if row["until"] else in_a_year
    day, passed = _day(row["from"]), 0
    while day <= last:
        if DAYS[day.weekday()] == row["weekday"]:
            if passed % int(row["every_weeks"]) == 0:
                yield day
            passed += 1
        day += ONE_DAY


def _day(text: str) -> Day:
    form = "%d/%m/%Y" if "/" in text else "%Y-%m-%d"
    return datetime.strptime(text, form).date()


def plain_next_collection(of: PlainRound, day: Day, known_until: Day) -> PlainNext:
    """What the API has to say on a day. `known_until`: the earliest `said_until` of all rounds. It
    counts for a round that says nothing later."""
    latest = max([*of.planned, *(new for new, _ in of.moves.values() if new)], default=day)
    ahead = day
    while ahead <= latest:
        if of.collects_on(ahead):
            planned, why = of.moved_to(ahead) or (None, None)
            return PlainNext("to_come", ahead, planned, why)
        ahead += ONE_DAY
    if of.resumes and of.resumes >= day:
        return PlainNext("out_of_season", of.resumes)
    return PlainNext(
        "out_of_season" if day <= max(known_until, of.said_until) else "not_known", None
    )
