"""Words of messages about one report: its kind, street, state, dates and distance."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from textwrap import shorten
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct

from chalicelib.alerts.date_ranges import day_words, short_day_words
from chalicelib.alerts.delivery import Alert
from chalicelib.alerts.messages import Fact, Link, Notice, ReportNews, TimelineEntry
from chalicelib.alerts.model import Subscription, Topic
from chalicelib.alerts.order_words import is_acknowledgement, is_booked, money_of, order_title
from chalicelib.alerts.state_words import (
    NEW_DATE,
    NEW_UPDATE,
    REQUEST_STATE_MEANINGS,
    SHORT_PLAN,
    SHORT_STATES,
    STATE_CHANGED,
    STATE_CHANGED_NEARBY,
    STATE_MEANINGS,
    Relation,
)
from chalicelib.geo.point import Point, distance_m
from chalicelib.kernel.languages import Language
from chalicelib.kernel.time import is_overdue
from chalicelib.reports.states import LABELS

MOST_QUOTED = 600
"""The most characters of the council's words that a message quotes."""
KILOMETRE = 995
"""Metres from which on distances are given in kilometres."""


Change = Literal["state", "date", "words"]


class Quote(NamedTuple):
    """Words of the council. `is_translated`: they are in the language of the message."""

    words: str
    is_translated: bool = False


class ReportWords(Struct, frozen=True, kw_only=True):
    """Describes a report in a language; days are those of `zone`."""

    language: Language
    zone: ZoneInfo
    now: Callable[[], datetime]

    def facts(self, report: ReportNews) -> tuple[Fact, ...]:
        say = self.language.say
        facts = [
            Fact(say("Reference"), report.reference),
            Fact(
                say("Request") if report.is_request else say("Kind of problem"), report.service_name
            ),
        ]
        if not is_booked(report) and not report.is_paid:
            facts.append(Fact(say("Status"), self._label(report)))
        if report.planned_day:
            facts.append(Fact(say("Work planned for"), self.language.day(report.planned_day)))
        return (*facts, *self._promise(report))

    def _promise(self, report: ReportNews) -> tuple[Fact, ...]:
        """The promise date of an open report; if it was delayed, also the reason and the date that
        was promised first."""
        expected, delay, say = report.expected_datetime, report.delay, self.language.say
        if expected is None or not report.has_promise:
            return ()
        if self._is_overdue(expected):
            aim = say("Overdue: we aimed to deal with it by")
        elif delay:
            aim = say("We now aim to deal with it by")
        else:
            aim = say("We aim to deal with it by")
        fact = Fact(aim, self._day(expected))
        if delay is None:
            return (fact,)
        first = Fact(say("We first said"), self._day(delay.promised_datetime))
        is_quoted = delay.reason in (report.council_text or "")
        return (fact, first, *(() if is_quoted else (Fact(say("Reason"), delay.reason),)))

    def digest_line(
        self, subject: ReportNews | Notice, place: Point | None, *, is_own: bool = False
    ) -> Link:
        """The line of a digest about one report, with the money of the reader's own, or about one
        notice; distances are from `place`."""
        if isinstance(subject, Notice):
            return Link(f"{subject.title}. {subject.when}", subject.page_url)
        line, distance = self.first_line(subject), _distance(subject, place)
        if distance:
            line = self.language.say("{report}, {distance} away", report=line, distance=distance)
        line = f"{line} [{subject.reference}]"
        money = money_of(subject) if is_own else ()
        return Link(". ".join([line, *money, *self._new_promise(subject)]), subject.page_url)

    def _new_promise(self, report: ReportNews) -> Iterator[str]:
        """The promise date of a report that is overdue or delayed."""
        expected = report.expected_datetime
        if expected is None or not report.has_promise:
            return
        if self._is_overdue(expected):
            day = self._day(expected)
            yield self.language.say("Overdue: we aimed to deal with it by {day}", day=day)
        elif report.delay:
            yield self.language.say("We now aim to deal with it by {day}", day=self._day(expected))

    def _is_overdue(self, expected: datetime) -> bool:
        return is_overdue(expected, self.now(), self.zone)

    def _day(self, moment: datetime) -> str:
        return self.language.day(moment.astimezone(self.zone).date())

    def introduce(
        self,
        alert: Alert,
        subscription: Subscription,
        report: ReportNews,
        new: Sequence[TimelineEntry],
    ) -> tuple[str, str]:
        """The title, and a sentence about the event. If an update came with a new state, they are
        about the state. The sentence is empty if the entries describe what happened to an order."""
        if title := order_title(subscription, new):
            return f"{title}: {name_of(report)}", ""
        return self._introduce_change(alert, subscription, report, new)

    def _introduce_change(
        self,
        alert: Alert,
        subscription: Subscription,
        report: ReportNews,
        new: Sequence[TimelineEntry],
    ) -> tuple[str, str]:
        say, name, relation = self.language.say, name_of(report), _relation_of(subscription, report)
        is_cancelled = report.state == "cancelled"
        match alert.what:
            case "new" if is_acknowledgement(alert, subscription) and not is_cancelled:
                return self._acknowledgement(report)
            case "new" if not is_cancelled:
                return say("New report: {report}", report=name), self._new_report_sentence(
                    subscription, report
                )
            case "updated":
                return self._introduce_update(change_of(alert, report, new), relation, report)
            case _:
                distance = _distance(report, place_of(subscription.topic))
                changed = (
                    say(STATE_CHANGED_NEARBY, distance=distance)
                    if distance
                    else say(STATE_CHANGED[relation])
                )
                return self.first_line(report), changed

    def _introduce_update(
        self, change: Change, relation: Relation, report: ReportNews
    ) -> tuple[str, str]:
        say, name = self.language.say, name_of(report)
        if change == "state":
            return self.first_line(report), say(STATE_CHANGED[relation])
        if change == "date":
            return say("New date: {report}", report=name), say(NEW_DATE[relation])
        return say("Update: {report}", report=name), say(NEW_UPDATE[relation])

    def new_date(self, report: ReportNews) -> str:
        """The new promise date of a delayed report, with its name."""
        name, expected = name_of(report), report.expected_datetime
        if expected is None:
            return self.language.say("New date: {report}", report=name)
        day = day_words(expected.astimezone(self.zone).date(), self.language)
        return self.language.say("New date: {day}. {report}", day=day, report=name)

    def _acknowledgement(self, report: ReportNews) -> tuple[str, str]:
        say, name = self.language.say, name_of(report)
        if is_booked(report):
            title = say("Your booking is confirmed: {report}", report=name)
            return title, say("Thank you. Your booking is confirmed.")
        if report.is_paid:
            title = say("We have your payment: {report}", report=name)
            return title, say("Thank you. We have your payment.")
        if report.is_request:
            title = say("We have your request: {report}", report=name)
            return title, say("Thank you. We have your request.")
        title = say("We have your report: {report}", report=name)
        return title, say("Thank you. We have your report.")

    def paragraphs(
        self, alert: Alert, subscription: Subscription, report: ReportNews, opening: str
    ) -> tuple[str, ...]:
        """The report in one line, the opening and what the state means; the opening alone for a
        reporter who has just booked or paid. Empty without an opening: the quoted entry is
        enough."""
        if not opening:
            return ()
        is_ordered = is_booked(report) or report.is_paid
        if is_ordered and is_acknowledgement(alert, subscription):
            return (opening,)
        return (self.first_line(report), opening, self.state_meaning(report))

    def _new_report_sentence(self, subscription: Subscription, report: ReportNews) -> str:
        distance = _distance(report, place_of(subscription.topic))
        if distance is None:
            return self.language.say("A new report has been made.")
        return self.language.say(
            "A new report has been made, {distance} from the place that you chose.",
            distance=distance,
        )

    def first_line(self, report: ReportNews) -> str:
        """The kind of problem, the street and the state."""
        return f"{name_of(report)}: {self._state(report)}"

    def _state(self, report: ReportNews) -> str:
        """The state, with the day of planned work or the booked day."""
        if report.booked and is_booked(report):
            day = short_day_words(report.booked.day, self.language)
            return self.language.say("Booked for {day}", day=day)
        if report.planned_day is None:
            return self._label(report)
        return self.language.say(
            "Work planned for {day}", day=short_day_words(report.planned_day, self.language)
        )

    def short_state(self, report: ReportNews) -> str:
        if report.planned_day:
            return self.language.say(
                SHORT_PLAN, day=short_day_words(report.planned_day, self.language)
            )
        return self.language.say(SHORT_STATES.get(report.state, LABELS[report.state]))

    def _label(self, report: ReportNews) -> str:
        return self.language.say(LABELS[report.state])

    def state_meaning(self, report: ReportNews) -> str:
        say = self.language.say
        if is_booked(report):
            return say("Your booking is confirmed.")
        if report.is_request and report.state in REQUEST_STATE_MEANINGS:
            return say(REQUEST_STATE_MEANINGS[report.state])
        return say(STATE_MEANINGS[report.state])

    def page_link(self, report: ReportNews) -> Link:
        """The link to the page of the report."""
        say = self.language.say
        if is_booked(report):
            return Link(say("See, change or cancel your booking"), report.page_url)
        return Link(
            say("See the request") if report.is_request else say("See the report"), report.page_url
        )


def change_of(alert: Alert, report: ReportNews, new: Sequence[TimelineEntry]) -> Change:
    """What an update of a report is about: its state if that is new, too, else its date."""
    if alert.what != "updated" or _has_new_state(report, new):
        return "state"
    return "date" if _has_new_date(report, new) else "words"


def _has_new_date(report: ReportNews, new: Sequence[TimelineEntry]) -> bool:
    """True if a new entry gives the reason of the delay."""
    delay = report.delay
    return delay is not None and any(delay.reason in (entry.words or "") for entry in new)


def _has_new_state(report: ReportNews, new: Sequence[TimelineEntry]) -> bool:
    """True if the state differs from the state before the new entries."""
    before = report.entries[: -len(new)] if new else report.entries
    return bool(new) and report.state != (before[-1].state if before else "open")


def place_of(topic: Topic) -> Point | None:
    """The centre of the topic's circle, if it has one."""
    if topic.lat is None or topic.long is None:
        return None
    return Point(lat=topic.lat, long=topic.long)


def _distance(report: ReportNews, place: Point | None) -> str | None:
    """The distance from the place to the report in words, if both are known."""
    if place is None or report.point is None:
        return None
    metres = distance_m(place, report.point)
    return (
        f"{max(10, round(metres, -1)):.0f} m" if metres < KILOMETRE else f"{metres / 1000:.1f} km"
    )


def name_of(report: ReportNews) -> str:
    """The kind of problem and the street, if it is known."""
    return f"{report.service_name}, {report.street}" if report.street else report.service_name


def _relation_of(subscription: Subscription, report: ReportNews) -> Relation:
    if subscription.is_own:
        return "own_request" if report.is_request else "own"
    return "followed" if subscription.topic.kind == "report" else "matching"


def quotes_of(entries: Sequence[TimelineEntry]) -> tuple[Quote, ...]:
    """The words of the entries that have any."""
    return tuple(_quote_of(entry) for entry in entries if entry.words)


def _quote_of(entry: TimelineEntry) -> Quote:
    """The words of the entry, cut after MOST_QUOTED characters: the page has all of them."""
    words = entry.words or ""
    short = shorten(words, MOST_QUOTED, placeholder="…") if len(words) > MOST_QUOTED else words
    return Quote(short, entry.is_translated)
