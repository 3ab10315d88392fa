"""Collection rounds and their dates.

A round empties one kind of container. Its dates are the ones that the council has published, and
are never worked out from a pattern when they are read: a date after `known_until` that is not
listed is not known yet.
"""

from collections.abc import Iterator, Sequence, Set
from datetime import date, timedelta

from msgspec import Struct, field

ROUNDS = "data/collections/rounds.json"


class Pattern(Struct, frozen=True, kw_only=True):
    """Every n weeks on one weekday, Monday being 0, from the first such day at or after `first` to
    `last`."""

    weekday: int
    every_weeks: int
    first: date
    last: date

    def dates(self) -> Iterator[date]:
        """The dates, in order."""
        day = self.first + timedelta(days=(self.weekday - self.first.weekday()) % 7)
        while day <= self.last:
            yield day
            day += timedelta(weeks=self.every_weeks)


class Move(Struct, frozen=True):
    """A collection that was planned for `planned` and takes place on `to`; None if it is cancelled.
    `why` is for residents."""

    planned: date = field(name="from")
    to: date | None
    why: str


class Round(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One round. `dates`: the days on which it really goes out, in order; the moved ones are on
    their new days. `resumes`: the first day after a season without collections, if it is known.
    `name` and `colour` are the container's."""

    round: str
    container: str
    name: str
    colour: str
    dates: tuple[date, ...]
    moved: tuple[Move, ...]
    resumes: date | None = None


class Rounds(Struct, frozen=True, kw_only=True):
    """The published document. Until `known_until`, a day without a date has no collection."""

    known_until: date
    items: tuple[Round, ...]


def with_moves(planned: Set[date], moves: Sequence[Move]) -> tuple[date, ...]:
    """The days on which a round really goes out, in order."""
    staying = planned - {move.planned for move in moves}
    return tuple(sorted(staying | {move.to for move in moves if move.to}))
