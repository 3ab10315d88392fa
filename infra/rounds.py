"""Makes the document of collection rounds from CSV files of a council or its contractor.

Each row says one thing of a round: its `dates`; or a `weekday` with `every_weeks` and `from`, and
`until` where a season ends; or that a collection moves from its `original` date to a `new` one
because of a `reason`, and is cancelled if `new` is empty. `resumes` is the first day of the next
season. The first row of a round names its `container`. Dates are written 2026-12-01 or 01/12/2026;
between several there are spaces or semicolons.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from msgspec.structs import replace

from chalicelib.catalogue.containers import Container
from chalicelib.catalogue.model import Council
from chalicelib.catalogue.phone_line import WEEKDAYS
from chalicelib.collections.model import Move, Pattern, Round, Rounds, with_moves
from chalicelib.errors import ConfigurationError, Invalid
from infra.days import parse_day
from infra.rows import RefusedRow, Row, Table, read_rows

COLUMNS = (
    *("round", "container", "dates", "weekday", "every_weeks", "from", "until", "resumes"),
    *("original", "new", "reason"),
)
"""A file may lack those that none of its rows needs, except the first."""
HORIZON = timedelta(days=365)
"""The time ahead for which a pattern without an end gives dates."""
FAR = timedelta(days=2 * 365)
"""A date that is further away is taken for a mistyped year."""
PUBLISHED_FOR = timedelta(days=31)
"""The time for which a past date stays in the document."""
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,39}")


@dataclass
class Summary:
    """The result for the rows. `past`: dates and moves that are too old to publish; `repeated`:
    dates that were given before. `holidays`: by sentence, the lines of the rows that send a round
    out on a bank holiday, which is allowed. `refused` are sentences."""

    rounds: int = 0
    dates: int = 0
    moved: int = 0
    past: int = 0
    repeated: int = 0
    holidays: dict[str, list[int]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


@dataclass
class RoundPlan:
    """The rows of one round. `lines`: the row of each planned date. `known_until`: the
    last day of which the rows say whether the round goes out."""

    container: Container
    line: int
    lines: dict[date, int] = field(default_factory=dict)
    moves: dict[date, Move] = field(default_factory=dict)
    known_until: date = date.min
    resumes: date | None = None


def rounds_of(
    file: Path,
    council: Council,
    today: date,
    progress: Callable[[int], None] = lambda rows: None,
) -> tuple[Rounds, Summary]:
    """The document of all rounds of a file; `progress` is called with 1 for each row. Raises
    ConfigurationError for the file as a whole."""
    if not council.containers:
        raise ConfigurationError(
            f"{council.name} has no containers: add `containers` to its document."
        )
    table = read_rows(file, needs=COLUMNS[:1], placed=False)
    reading = _RoundsReader(council, today)
    rows = [Row(row.number, {**dict.fromkeys(COLUMNS, ""), **row.values}) for row in table.rows]
    # A move may stand before the dates that it is about.
    for row in sorted(rows, key=lambda each: bool(each.values["original"])):
        progress(1)
        try:
            reading.take(row)
        except Invalid as error:
            table.refused.append(RefusedRow(row.number, error.detail))
    return reading.document(table), reading.summary


class _RoundsReader:
    """The rounds as far as they have been read."""

    def __init__(self, council: Council, today: date) -> None:
        self.summary = Summary()
        self._holidays = council.calendar.holidays
        self._containers = {each.container: each for each in council.containers}
        self._today = today
        self._plans: dict[str, RoundPlan] = {}

    def take(self, row: Row) -> None:
        """Raises Invalid, naming the column."""
        values = row.values
        if values["original"]:
            self._take_move(row)
            return
        dates, known_until = self._dates(values)
        plan = self._plan(row)
        for day in dates:
            self.summary.repeated += day in plan.lines
            plan.lines.setdefault(day, row.number)
        resumes = self._day(values, "resumes") if values["resumes"] else plan.resumes
        plan.resumes = resumes
        plan.known_until = max(plan.known_until, known_until, resumes or date.min)

    def document(self, table: Table) -> Rounds:
        """Raises ConfigurationError if no round is left."""
        items = tuple(self._round(code, plan) for code, plan in sorted(self._plans.items()))
        self.summary.refused = table.refusals()
        if not items:
            raise ConfigurationError(f"No row can be imported: {self.summary.refused[0]}.")
        self.summary.rounds = len(items)
        known_until = min(plan.known_until for plan in self._plans.values())
        own = {code: each.known_until for code, each in self._plans.items()}
        return Rounds(
            known_until=known_until,
            items=tuple(
                replace(each, known_until=own[each.round])
                if own[each.round] > known_until
                else each
                for each in items
            ),
        )

    def _plan(self, row: Row) -> RoundPlan:
        """The round of that row. Raises Invalid."""
        code, named = row.values["round"], row.values["container"]
        if not _CODE.fullmatch(code):
            raise Invalid.field("round", f"{code!r} is no code of a round, such as MON-1")
        plan = self._plans.get(code)
        if plan is None:
            if named not in self._containers:
                known = ", ".join(self._containers)
                raise Invalid.field("container", f"{named!r} is none of {known}")
            plan = self._plans[code] = RoundPlan(self._containers[named], row.number)
        elif named not in ("", plan.container.container):
            raise Invalid.field(
                "container",
                f"{named!r} differs from {plan.container.container!r} of line {plan.line}: give "
                "each container a round of its own",
            )
        return plan

    def _dates(self, values: Mapping[str, str]) -> tuple[list[date], date]:
        """The dates of a row, and until when it says them. Raises Invalid."""
        if values["dates"] and values["weekday"]:
            raise Invalid.field("weekday", "give either dates or a weekday, in two rows")
        if values["weekday"]:
            return self._pattern_dates(values)
        if values["dates"]:
            days = [
                self._parse_near_day("dates", text) for text in re.split(r"[\s;]+", values["dates"])
            ]
            return days, max(days)
        if values["resumes"]:
            return [], date.min
        raise Invalid.field("dates", "give dates, a weekday, or an original date that moves")

    def _pattern_dates(self, values: Mapping[str, str]) -> tuple[list[date], date]:
        weekday = values["weekday"].lower()
        if weekday not in WEEKDAYS:
            raise Invalid.field("weekday", f"{values['weekday']!r} is none, such as Monday")
        weeks = values["every_weeks"]
        if not re.fullmatch("[1-9]|[1-4][0-9]|5[0-2]", weeks):
            raise Invalid.field("every_weeks", f"{weeks!r} is no number from 1 to 52")
        first = self._day(values, "from")
        horizon = self._today + HORIZON
        last = self._day(values, "until") if values["until"] else horizon
        if last < first:
            raise Invalid.field("until", f"{last} is before {first}")
        pattern = Pattern(
            weekday=WEEKDAYS.index(weekday), every_weeks=int(weeks), first=first, last=last
        )
        return list(pattern.dates()), horizon

    def _take_move(self, row: Row) -> None:
        values = row.values
        planned = self._day(values, "original")
        to = self._day(values, "new") if values["new"] else None
        if max(planned, to or planned) < self._oldest:
            self.summary.past += 1
            return
        plan = self._plans.get(values["round"])
        if plan is None:
            raise Invalid.field("round", f"no row gives dates of {values['round']!r}")
        self._check_move(plan, planned, to)
        if not values["reason"]:
            raise Invalid.field("reason", "is empty: residents are told why the day moves")
        plan.moves[planned] = Move(planned, to, values["reason"])
        self.summary.moved += 1

    def _check_move(self, plan: RoundPlan, planned: date, to: date | None) -> None:
        if planned not in plan.lines:
            raise Invalid.field("original", f"the round does not go out on {planned}")
        if planned in plan.moves:
            raise Invalid.field("original", f"{planned} was moved before; remove one")
        if to and to in {move.to for move in plan.moves.values()}:
            raise Invalid.field("new", f"another collection moves to {to} already")

    def _round(self, code: str, plan: RoundPlan) -> Round:
        """The round with the dates that are recent enough to publish."""
        moves = tuple(sorted(plan.moves.values(), key=lambda move: move.planned))
        all_days = with_moves(plan.lines.keys(), moves)
        days = tuple(day for day in all_days if day >= self._oldest)
        self.summary.past += len(all_days) - len(days)
        self.summary.dates += len(days)
        self._note_holidays(code, plan, days)
        container = plan.container
        return Round(
            round=code,
            container=container.container,
            name=container.name,
            colour=container.colour,
            dates=days,
            moved=moves,
            resumes=plan.resumes,
        )

    def _note_holidays(self, code: str, plan: RoundPlan, days: tuple[date, ...]) -> None:
        for day in sorted(self._holidays.intersection(days)):
            if day in plan.lines and day >= self._today:
                lines = self.summary.holidays.setdefault(f"goes out on a bank holiday, {day}", [])
                lines.append(plan.lines[day])

    @property
    def _oldest(self) -> date:
        return self._today - PUBLISHED_FOR

    def _day(self, values: Mapping[str, str], column: str) -> date:
        return self._parse_near_day(column, values[column])

    def _parse_near_day(self, column: str, text: str) -> date:
        """Raises Invalid if the text is no date, or one so far away that its year is a mistake."""
        day = parse_day(text)
        if day is None:
            raise Invalid.field(column, f"{text!r} is no date, such as 2026-12-01 or 01/12/2026")
        if abs(day - self._today) > FAR:
            raise Invalid.field(column, f"{day} is more than two years away: is the year right?")
        return day
