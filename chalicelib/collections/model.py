"""Collection rounds and their dates.

A round empties one kind of container. Its dates are the published ones; none is derived from a
pattern later. After `known_until`, a day that is not listed is not known yet.
"""

from collections.abc import Iterable, Iterator, Sequence, Set
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

ROUNDS = "data/collections/rounds.json"

Day = date
"""A day on the council's clock."""


class Pattern(Struct, frozen=True, kw_only=True):
    """Every n weeks on one weekday, Monday being 0, from the first such day at or after `first` to
    `last`."""

    weekday: int
    every_weeks: int
    first: Day
    last: Day

    def dates(self) -> Iterator[Day]:
        """The dates, in order."""
        day = self.first + timedelta(days=(self.weekday - self.first.weekday()) % 7)
        while day <= self.last:
            yield day
            day += timedelta(weeks=self.every_weeks)


class Move(Struct, frozen=True):
    """A collection that was planned for `planned` and takes place on `to`; None if it is cancelled.
    `why` is for residents."""

    planned: Day = field(name="from")
    to: Day | None
    why: str


class Round(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One round. `dates`: the days on which it really goes out, in order; the moved ones are on
    their new days. `resumes`: the first day after a season without collections, if it is known.
    `name` and `colour` are the container's. `known_until`: until then, a day without a date has no
    collection; None if that is the day of the document."""

    round: str
    container: str
    name: str
    colour: str
    dates: tuple[Day, ...]
    moved: tuple[Move, ...]
    resumes: Day | None = None
    known_until: Day | None = None


class Rounds(Struct, frozen=True, kw_only=True):
    """The published document. `known_until` is the earliest one of its rounds."""

    known_until: Day
    items: tuple[Round, ...]

    def known_until_of(self, rounds: Iterable[Round]) -> Day:
        """The last day until which all dates of these rounds are known; that of the document if
        there are none."""
        days = (each.known_until or self.known_until for each in rounds)
        return min(days, default=self.known_until)


class Period(Struct, frozen=True):
    """Days from `first` to `last`, both included."""

    first: Day
    last: Day

    def has(self, day: Day) -> bool:
        return self.first <= day <= self.last


def within_periods(round_: Round, periods: Sequence[Period]) -> Round:
    """The round with the collections that were planned for days of the periods, wherever they were
    moved."""
    planned_days = {move.to: move.planned for move in round_.moved if move.to}
    resumes = round_.resumes if round_.resumes and _is_in(round_.resumes, periods) else None
    return replace(
        round_,
        dates=tuple(each for each in round_.dates if _is_in(planned_days.get(each, each), periods)),
        moved=tuple(each for each in round_.moved if _is_in(each.planned, periods)),
        resumes=resumes,
    )


def _is_in(day: Day, periods: Sequence[Period]) -> bool:
    return any(each.has(day) for each in periods)


def with_moves(planned: Set[Day], moves: Sequence[Move]) -> tuple[Day, ...]:
    """The planned days of a round after its moves, in order."""
    unmoved = planned - {move.planned for move in moves}
    return tuple(sorted(unmoved | {move.to for move in moves if move.to}))


CollectionState = Literal["to_come", "out", "out_of_season", "not_known"]


class NextCollection(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The next collection of a container. The state `out` means that its round is on its way today.
    `date` is None if no date is known; out of season, it is the first day of the next season.
    `original_date` is the planned day of a collection that was moved, and `why` the reason."""

    container: str
    name: str
    colour: str
    state: CollectionState
    date: Day | None
    original_date: Day | None = None
    why: str | None = None


def next_collection(
    round_: Round,
    today: Day,
    known_until: Day,
    *,
    over_days: Set[Day] = frozenset(),
    out_days: Set[Day] = frozenset(),
) -> NextCollection:
    """The next collection of a round. `over_days` are the days on which the round is over, so that
    they no longer count, and `out_days` the days on which it is on its way."""
    collection = NextCollection(
        container=round_.container,
        name=round_.name,
        colour=round_.colour,
        state="to_come",
        date=None,
    )
    day = next((day for day in round_.dates if day >= today and day not in over_days), None)
    if day is None:
        resumes = round_.resumes if round_.resumes and round_.resumes >= today else None
        is_over = resumes is not None or today <= (round_.known_until or known_until)
        return replace(collection, state="out_of_season" if is_over else "not_known", date=resumes)
    collection = replace(collection, date=day, state="out" if day in out_days else "to_come")
    move = next((move for move in round_.moved if move.to == day), None)
    if move is None:
        return collection
    return replace(collection, original_date=move.planned, why=move.why)


def cancelled_before(round_: Round, today: Day, until: Day | None) -> tuple[Move, ...]:
    """The cancelled collections of a round from today until the day of the next one; `until` is
    None if that day is not known."""
    last = until or Day.max
    return tuple(each for each in round_.moved if each.to is None and today <= each.planned < last)
