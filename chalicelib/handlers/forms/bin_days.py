"""What pages say of the bins of a premises. The page with JavaScript says the same:
web/src/shared/collections/bin-days.ts."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from chalicelib.collections.model import NextCollection, Round, cancelled_before, next_collection
from chalicelib.collections.round_days import Reason, RoundStatus, State
from chalicelib.kernel.languages import Language
from chalicelib.texts import Text

REASONS: Mapping[Reason, str] = {
    "parked_cars": Text("Parked cars"),
    "road_closed": Text("Road closed"),
    "weather": Text("Bad weather"),
    "breakdown": Text("Vehicle broken down"),
    "no_crew": Text("Not enough people"),
    "no_time": Text("Not enough time"),
    "other": Text("Another reason"),
}

FAR_DAYS = 60
"""A day so far ahead is said with its year."""


class Rounds(NamedTuple):
    """What is known of the rounds of a premises. `today` is the council's day at `now`; `statuses`
    are of days around it."""

    rounds: Sequence[Round]
    statuses: Sequence[RoundStatus]
    known_until: date
    today: date
    now: datetime

    def of(self, round_code: str) -> Sequence[RoundStatus]:
        """The statuses of a round."""
        return [each for each in self.statuses if each.round == round_code]

    def state_of(self, status: RoundStatus) -> State:
        """The state now: a round is over at its hour."""
        is_closed = status.state != "off" and status.is_over(self.now)
        return "finished" if is_closed else status.state

    def next_of(self, of: Round) -> NextCollection:
        states = {each.day: self.state_of(each) for each in self.of(of.round)}
        return next_collection(
            of,
            self.today,
            self.known_until,
            over={day for day, state in states.items() if state in ("finished", "off")},
            out={day for day, state in states.items() if state == "out"},
        )


class BinDay(NamedTuple):
    """One bin. `date` is the day of the next collection; None if it is not known."""

    name: str
    colour: str
    date: date | None
    headline: str
    notes: Sequence[str]


class CollectionDay(NamedTuple):
    """A day on which bins are collected, and the day in words."""

    day: date
    text: str
    bins: Sequence[str]


class MissedStreet(NamedTuple):
    """A street that a round did not reach, and what to say of it."""

    street: str
    text: str


class BinWords:
    """Says when the bins of a premises are collected. `names` are those of containers in the
    language, `street` is the premises' street as rounds name it."""

    def __init__(
        self, known: Rounds, names: Mapping[str, str], street: str, language: Language
    ) -> None:
        self._known = known
        self._names = names
        self._street = street
        self._language = language
        self.say = language.say

    def bins(self) -> Sequence[BinDay]:
        """The next one first, and those without a date last."""
        found = [(each, self._known.next_of(each)) for each in self._known.rounds]
        found.sort(key=lambda each: (each[1].date or date.max, each[1].container))
        return [
            BinDay(
                name=self._name_of(of),
                colour=of.colour,
                date=coming.date,
                headline=self._headline(coming),
                notes=[*self._news(of), *self._moves(of, coming), *self._distance(coming)],
            )
            for of, coming in found
        ]

    def known_days(self) -> str:
        """Up to which day collections are known."""
        last = self._long(self._known.known_until)
        return self.say("We have published the days up to {day}.", day=last)

    def collection_days(self) -> Sequence[CollectionDay]:
        """All known collections from today on, in the order of days."""
        bins: dict[date, list[str]] = defaultdict(list)
        for of in self._known.rounds:
            for day in of.dates:
                if day >= self._known.today:
                    bins[day].append(self._collection(of, day))
        return [CollectionDay(day, self._long(day), sorted(bins[day])) for day in sorted(bins)]

    def _collection(self, of: Round, day: date) -> str:
        name = self._name_of(of)
        move = next((each for each in of.moved if each.to == day), None)
        if move is None:
            return name
        moved_from = self._weekday(move.planned)
        return self.say("{bin} (moved from {day})", bin=name, day=moved_from)

    def missed_streets(self) -> Iterator[MissedStreet]:
        """The other streets that the rounds did not reach today and yesterday."""
        for of in self._known.rounds:
            name = self._name_of(of)
            for status in self._known.of(of.round):
                for street, reason in self._recently_missed(status):
                    if street != self._street:
                        yield MissedStreet(street, self._missed(status.day, name, reason))

    def _recently_missed(self, status: RoundStatus) -> Iterator[tuple[str, str]]:
        """Streets with reasons."""
        if (self._known.today - status.day).days in (0, 1):
            yield from ((each.street, self._reason(each.reason)) for each in status.streets)

    def _missed(self, day: date, name: str, reason: str) -> str:
        if day < self._known.today:
            return self.say("{bin}, yesterday. Reason: {reason}", bin=name, reason=reason)
        return self.say("{bin}, today. Reason: {reason}", bin=name, reason=reason)

    def _headline(self, coming: NextCollection) -> str:
        if coming.state == "not_known":
            return self.say("Not known yet")
        if coming.date is None:
            return self.say("No collection up to {day}", day=self._long(self._known.known_until))
        if coming.state == "out_of_season":
            return self.say("Starts again on {day}", day=self._long(coming.date))
        return self._from_today(coming.date)

    def _news(self, of: Round) -> Iterator[str]:
        for status in self._known.of(of.round):
            yield from self._state_news(status)
            for street, reason in self._recently_missed(status):
                if street == self._street:
                    yield self._own_street(status.day, reason)

    def _state_news(self, status: RoundStatus) -> Iterator[str]:
        reason = self._reason(status.reason)
        match self._known.state_of(status), (self._known.today - status.day).days:
            case "off", 1:
                yield self.say("Yesterday’s round was cancelled. Reason: {reason}", reason=reason)
            case "off", 0:
                yield self.say("Today’s round is cancelled. Reason: {reason}", reason=reason)
            case "off", -1:
                yield self.say("Tomorrow’s round is cancelled. Reason: {reason}", reason=reason)
            case "out", 0:
                yield self.say("The crew is out now.")
            case "finished", 0:
                yield self.say("Today’s round has finished.")

    def _own_street(self, day: date, reason: str) -> str:
        if day < self._known.today:
            return self.say(
                "Your street was not reached yesterday. Reason: {reason}", reason=reason
            )
        return self.say("Your street was not reached today. Reason: {reason}", reason=reason)

    def _moves(self, of: Round, coming: NextCollection) -> Iterator[str]:
        if coming.original_date:
            day = self._weekday(coming.original_date)
            yield self.say("Moved from {day}. Reason: {reason}", day=day, reason=coming.why)
        for each in cancelled_before(of, self._known.today, coming.date):
            day = self._weekday(each.planned)
            yield self.say("No collection on {day}. Reason: {reason}", day=day, reason=each.why)

    def _distance(self, coming: NextCollection) -> Iterator[str]:
        if coming.state == "not_known":
            yield self.known_days()
        elif coming.state == "to_come" and coming.date:
            days = (coming.date - self._known.today).days
            if 1 < days < FAR_DAYS:
                yield self._language.say_many(days, "In 1 day", "In {count} days")

    def _from_today(self, day: date) -> str:
        text = self._weekday(day)
        match (day - self._known.today).days:
            case 0:
                return self.say("Today, {day}", day=text)
            case 1:
                return self.say("Tomorrow, {day}", day=text)
            case days:
                return text if days < FAR_DAYS else self._long(day)

    def _reason(self, reason: Reason | None) -> str:
        return self.say(REASONS.get(reason or "other", REASONS["other"]))

    def _name_of(self, of: Round) -> str:
        return self._names.get(of.container, of.name)

    def _long(self, day: date) -> str:
        return self._language.day(day)

    def _weekday(self, day: date) -> str:
        """Such as Tuesday 24 November."""
        return f"{self._language.weekday(day)} {day.day} {self._language.month(day)}"
