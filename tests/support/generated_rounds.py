"""The rows of a file of collection rounds, generated to the proportions of a real city."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate, pairwise
from random import Random

COLUMNS = (
    *("round", "container", "dates", "weekday", "every_weeks", "from", "until", "resumes"),
    *("original", "new", "reason"),
)
CONTAINERS = {"B": "rubbish", "G": "recycling", "R": "garden"}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
WEEKLY = {"B": 0.33, "G": 0.19, "R": 0.0}
"""The share of the rounds that go out each week; the others go out every two weeks."""
REPEATED = 0.015
YEAR = timedelta(days=365)
MOVES: Mapping[tuple[int, int], tuple[int | None, str]] = {
    (12, 25): (-2, "Christmas"),
    (12, 26): (2, "Christmas"),
    (12, 28): (1, "Christmas"),
    (12, 29): (1, "Christmas"),
    (12, 30): (3, "Christmas"),
    (1, 1): (None, "New Year's Day"),
    (1, 4): (14, "Christmas"),
    (3, 26): (1, "Good Friday"),
    (3, 29): (1, "Easter Monday"),
    (5, 3): (-2, "Bank holiday"),
    (8, 30): (1, "Bank holiday"),
}
"""By month and day: by how many days a collection moves, None if it is cancelled, and why. 14 days
later, some rounds go out anyway."""

Row = dict[str, object]


def codes_for(rounds: int, lists: Mapping[str, int]) -> dict[str, list[str]]:
    """The codes of so many rounds by kind of bin, in the proportions of `lists`."""
    total = sum(lists.values())
    ends = [round(rounds * end / total) for end in accumulate(lists.values(), initial=0)]
    return {
        kind: [f"{kind}{number}" for number in range(1, after - before + 1)]
        for kind, (before, after) in zip(lists, pairwise(ends), strict=True)
    }


class RoundRows:
    """`short_lists`: nine rounds of ten give their dates for six or nine weeks only, which is usual
    for real councils; without them all rounds give a year."""

    def __init__(self, random: Random, today: date, *, short_lists: bool) -> None:
        self._random = random
        self._today = today
        self._short_lists = short_lists

    def rows(self, code: str) -> Iterator[Row]:
        """The rows of one round, in any order."""
        rows = list(self._rows(code[0]))
        self._random.shuffle(rows)
        for row in rows:
            yield {"round": code, "container": CONTAINERS[code[0]], **row}

    def _rows(self, kind: str) -> Iterator[Row]:
        weeks = 1 if self._random.random() < WEEKLY[kind] else 2
        weekday = self._random.randrange(len(WEEKDAYS))
        monday = self._today - timedelta(days=self._today.weekday())
        first = monday - timedelta(weeks=self._random.randrange(1, 7)) + timedelta(days=weekday)
        pattern: Row = {"weekday": WEEKDAYS[weekday], "every_weeks": weeks, "from": first}
        days = [first + timedelta(weeks=weeks * number) for number in range(60)]
        days = [day for day in days if day <= self._today + YEAR]
        if kind == "R":
            days = [day for day in days if (day.year, day.month) < (2026, 12)]
            yield from self._season(pattern)
        elif self._short_lists and self._random.random() < 0.9:
            horizon = timedelta(weeks=9 if self._random.random() < 0.15 else 6)
            days = [day for day in days if day <= self._today + horizon]
            yield {"dates": self._listed(days)}
        elif self._random.random() < 0.2:
            yield {"dates": self._listed(days)}
        else:
            yield pattern
        yield from self._moves(days)

    def _season(self, pattern: Row) -> Iterator[Row]:
        """Garden collections end in November. The next season has its dates, only its first day,
        or is not known."""
        yield {**pattern, "until": date(2026, 11, 30)}
        follows = self._random.choice(("dates", "first day", "nothing"))
        if follows != "nothing":
            yield {"resumes": date(2027, 3, 1)}
        if follows == "dates":
            yield {**pattern, "from": date(2027, 3, 1), "until": date(2027, 11, 30)}

    def _listed(self, days: Sequence[date]) -> str:
        """The dates in any order, written in both ways, some of them twice."""
        again = [day for day in days if self._random.random() < REPEATED]
        mixed = self._random.sample([*days, *again], len(days) + len(again))
        written = [f"{day:%d/%m/%Y}" if self._random.random() < 0.5 else f"{day}" for day in mixed]
        return self._random.choice((" ", ";", "; ")).join(written)

    def _moves(self, days: Sequence[date]) -> Iterator[Row]:
        for day in days:
            by, why = MOVES.get((day.month, day.day), (0, ""))
            if why and self._random.random() < 0.95:
                new = "" if by is None else day + timedelta(days=by)
                yield {"original": day, "new": new, "reason": why}
