"""What pages say of the bins of a premises. The page with JavaScript says the same:
web/src/shared/collections/bin-days.ts."""

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import date
from typing import NamedTuple

from chalicelib.collections.model import NextCollection, Round, cancelled_before, next_collection
from chalicelib.kernel.languages import Language

EMPTY: Mapping[str, Set[date]] = {}


class BinDay(NamedTuple):
    """One bin. `date` is the day of the next collection; None if it is not known."""

    name: str
    colour: str
    date: date | None
    headline: str
    notes: Sequence[str]


def bin_days(
    rounds: Sequence[Round],
    today: date,
    known_until: date,
    names: Mapping[str, str],
    language: Language,
    *,
    over: Mapping[str, Set[date]] = EMPTY,
) -> Sequence[BinDay]:
    """The bins of a premises, the next one first and those without a date last. `names` are those
    of the containers in the language; `over` are the days on which each round is over."""
    found = [
        (each, next_collection(each, today, known_until, over=over.get(each.round, frozenset())))
        for each in rounds
    ]
    found.sort(key=lambda each: (each[1].date or date.max, each[1].container))
    wording = _Wording(today, known_until, language)
    return [
        BinDay(
            name=names.get(coming.container, coming.name),
            colour=coming.colour,
            date=coming.date,
            headline=wording.headline(coming),
            notes=[*wording.moves(of, coming), *wording.distance(coming)],
        )
        for of, coming in found
    ]


class _Wording:
    """The sentences of one day."""

    def __init__(self, today: date, known_until: date, language: Language) -> None:
        self._today = today
        self._known_until = known_until
        self._language = language
        self.say = language.say

    def headline(self, coming: NextCollection) -> str:
        if coming.state == "not_known":
            return self.say("Not known yet")
        if coming.date is None:
            return self.say("No collection up to {day}", day=self._language.day(self._known_until))
        if coming.state == "out_of_season":
            return self.say("Starts again on {day}", day=self._language.day(coming.date))
        return self._day_from_today(coming.date)

    def moves(self, of: Round, coming: NextCollection) -> Iterator[str]:
        if coming.original_date:
            yield self.say(
                "Moved from {day}. Reason: {reason}",
                day=self._weekday(coming.original_date),
                reason=coming.why,
            )
        for each in cancelled_before(of, self._today, coming.date):
            yield self.say(
                "No collection on {day}. Reason: {reason}",
                day=self._weekday(each.planned),
                reason=each.why,
            )

    def distance(self, coming: NextCollection) -> Iterator[str]:
        if coming.state == "not_known":
            last = self._language.day(self._known_until)
            yield self.say("We have published the days up to {day}.", day=last)
        elif coming.state == "to_come" and coming.date:
            days = (coming.date - self._today).days
            if days > 1:
                yield self._language.say_many(days, "In 1 day", "In {count} days")

    def _day_from_today(self, day: date) -> str:
        text = self._weekday(day)
        match (day - self._today).days:
            case 0:
                return self.say("Today, {day}", day=text)
            case 1:
                return self.say("Tomorrow, {day}", day=text)
            case _:
                return text

    def _weekday(self, day: date) -> str:
        """Such as Tuesday 24 November."""
        return f"{self._language.weekday(day)} {day.day} {self._language.month(day)}"
