"""The words about the bins of a premises. web/src/shared/collections/bin-days.ts has the same words
for the page with JavaScript."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple

from chalicelib.collections.model import NextCollection, Round, cancelled_before, next_collection
from chalicelib.collections.round_days import CollectionReason, RoundState, RoundStatus
from chalicelib.kernel.languages import Language
from chalicelib.texts import Text

REASONS: Mapping[CollectionReason, str] = {
    "parked_cars": Text("Parked cars"),
    "road_closed": Text("Road closed"),
    "weather": Text("Bad weather"),
    "breakdown": Text("Vehicle broken down"),
    "no_crew": Text("Not enough people"),
    "no_time": Text("Not enough time"),
    "other": Text("Another reason"),
}

FAR_DAYS = 60
"""From how many days ahead a day is written with its year."""


class PremisesRounds(NamedTuple):
    """The rounds of a premises. `today` is the council's day at `now`; `statuses` are of days
    around it."""

    rounds: Sequence[Round]
    statuses: Sequence[RoundStatus]
    known_until: date
    today: date
    now: datetime

    def statuses_of(self, round_code: str) -> Sequence[RoundStatus]:
        """The statuses of a round."""
        return [each for each in self.statuses if each.round == round_code]

    def state_of(self, status: RoundStatus) -> RoundState:
        """The state now: a round is over at its hour."""
        is_closed = status.state != "off" and status.is_over(self.now)
        return "finished" if is_closed else status.state

    def next_collection_of(self, round_: Round) -> NextCollection:
        states = {each.day: self.state_of(each) for each in self.statuses_of(round_.round)}
        return next_collection(
            round_,
            self.today,
            self.known_until,
            over_days={day for day, state in states.items() if state in ("finished", "off")},
            out_days={day for day, state in states.items() if state == "out"},
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
    """A street that a round did not reach, and the words about it."""

    street: str
    text: str


class BinWords:
    """The words about the collections of a premises. `names` are those of containers in the
    language, `street` is the premises' street as rounds name it."""

    def __init__(
        self, known: PremisesRounds, names: Mapping[str, str], street: str, language: Language
    ) -> None:
        self._known = known
        self._names = names
        self._street = street
        self._language = language
        self.say = language.say

    def bins(self) -> Sequence[BinDay]:
        """The next one first, and those without a date last."""
        found = [(each, self._known.next_collection_of(each)) for each in self._known.rounds]
        found.sort(key=lambda each: (each[1].date or date.max, each[1].container))
        return [
            BinDay(
                name=self._name_of(round_),
                colour=round_.colour,
                date=coming.date,
                headline=self._headline_words(round_, coming),
                notes=[
                    *self._round_news(round_),
                    *self._move_notes(round_, coming),
                    *self._distance_note(coming),
                ],
            )
            for round_, coming in found
        ]

    def known_days(self) -> str:
        """The sentence about the last day for which collections are known."""
        last = self._long_date(self._known.known_until)
        return self.say("We have published the days up to {day}.", day=last)

    def collection_days(self) -> Sequence[CollectionDay]:
        """All known collections from today on, in the order of days."""
        bins: dict[date, list[str]] = defaultdict(list)
        for round_ in self._known.rounds:
            for day in round_.dates:
                if day >= self._known.today:
                    bins[day].append(self._collection_words(round_, day))
        return [CollectionDay(day, self._long_date(day), sorted(bins[day])) for day in sorted(bins)]

    def _collection_words(self, round_: Round, day: date) -> str:
        name = self._name_of(round_)
        if self._is_off(round_, day):
            return self.say("{bin} (cancelled)", bin=name)
        move = next((each for each in round_.moved if each.to == day), None)
        if move is None:
            return name
        moved_from = self._weekday_date(move.planned)
        return self.say("{bin} (moved from {day})", bin=name, day=moved_from)

    def _is_off(self, round_: Round, day: date) -> bool:
        statuses = self._known.statuses_of(round_.round)
        return any(each.day == day and each.state == "off" for each in statuses)

    def missed_streets(self) -> Iterator[MissedStreet]:
        """The other streets that the rounds did not reach today and yesterday."""
        for round_ in self._known.rounds:
            name = self._name_of(round_)
            for status in self._known.statuses_of(round_.round):
                for street, reason in self._missed_lately(status):
                    if street != self._street:
                        yield MissedStreet(street, self._missed_words(status.day, name, reason))

    def _missed_lately(self, status: RoundStatus) -> Iterator[tuple[str, str]]:
        """The streets that a round missed today or yesterday, with the reasons."""
        if (self._known.today - status.day).days in (0, 1):
            yield from ((each.street, self._reason_words(each.reason)) for each in status.streets)

    def _missed_words(self, day: date, name: str, reason: str) -> str:
        if day < self._known.today:
            return self.say("{bin}, yesterday. Reason: {reason}", bin=name, reason=reason)
        return self.say("{bin}, today. Reason: {reason}", bin=name, reason=reason)

    def _headline_words(self, round_: Round, coming: NextCollection) -> str:
        if coming.state == "not_known":
            return self.say("Not known yet")
        if coming.date is None:
            until = round_.known_until or self._known.known_until
            return self.say("No collection up to {day}", day=self._long_date(until))
        if coming.state == "out_of_season":
            return self.say("Starts again on {day}", day=self._long_date(coming.date))
        return self._day_from_today(coming.date)

    def _round_news(self, round_: Round) -> Iterator[str]:
        for status in self._known.statuses_of(round_.round):
            yield from self._state_news(status)
            for street, reason in self._missed_lately(status):
                if street == self._street:
                    yield self._own_street_words(status.day, reason)

    def _state_news(self, status: RoundStatus) -> Iterator[str]:
        reason = self._reason_words(status.reason)
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

    def _own_street_words(self, day: date, reason: str) -> str:
        if day < self._known.today:
            return self.say(
                "Your street was not reached yesterday. Reason: {reason}", reason=reason
            )
        return self.say("Your street was not reached today. Reason: {reason}", reason=reason)

    def _move_notes(self, round_: Round, coming: NextCollection) -> Iterator[str]:
        if coming.original_date:
            day = self._weekday_date(coming.original_date)
            yield self.say("Moved from {day}. Reason: {reason}", day=day, reason=coming.why)
        for each in cancelled_before(round_, self._known.today, coming.date):
            day = self._weekday_date(each.planned)
            yield self.say("No collection on {day}. Reason: {reason}", day=day, reason=each.why)

    def _distance_note(self, coming: NextCollection) -> Iterator[str]:
        if coming.state == "not_known":
            yield self.known_days()
        elif coming.state == "to_come" and coming.date:
            days = (coming.date - self._known.today).days
            if 1 < days < FAR_DAYS:
                yield self._language.say_many(days, "In 1 day", "In {count} days")

    def _day_from_today(self, day: date) -> str:
        text = self._weekday_date(day)
        match (day - self._known.today).days:
            case 0:
                return self.say("Today, {day}", day=text)
            case 1:
                return self.say("Tomorrow, {day}", day=text)
            case days:
                return text if days < FAR_DAYS else self._long_date(day)

    def _reason_words(self, reason: CollectionReason | None) -> str:
        return self.say(REASONS.get(reason or "other", REASONS["other"]))

    def _name_of(self, round_: Round) -> str:
        return self._names.get(round_.container, round_.name)

    def _long_date(self, day: date) -> str:
        return self._language.day(day)

    def _weekday_date(self, day: date) -> str:
        """The day in words, such as Tuesday 24 November."""
        return f"{self._language.weekday(day)} {day.day} {self._language.month(day)}"
