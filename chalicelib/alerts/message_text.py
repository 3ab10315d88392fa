"""The words of every message: short and plain. The reporter typed none of them, so nobody can use
the council to send what they like to strangers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from textwrap import shorten
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct

from chalicelib.alerts.delivery import Alert
from chalicelib.alerts.messages import Entry, Fact, Link, Message, Notice, ReportNews
from chalicelib.alerts.model import CONFIRMED_WITHIN, Subscription, Topic
from chalicelib.geo.point import Point, distance_m
from chalicelib.kernel.languages import Language, translatable
from chalicelib.kernel.site import Site
from chalicelib.kernel.time import is_overdue
from chalicelib.reports.states import LABELS

HOURS = int(CONFIRMED_WITHIN.total_seconds() // 3600)
MOST_IN_A_DIGEST = 50
MOST_QUOTED = 600
"""Characters of what the council wrote."""
KILOMETRE = 995
"""Distances from here on are given in kilometres."""
BRIEF: Mapping[str, str] = {
    "not_councils_responsibility": translatable("Not the council's"),
    "internal_referral": translatable("Passed on"),
}
BRIEF_PLAN = translatable("Work on {day}")
"""Shorter names of states, for text messages that would otherwise take two parts."""
MEANINGS: Mapping[str, str] = {
    "open": translatable("We have the report, but have not looked at it yet."),
    "for_triage": translatable("We are finding out which team can help."),
    "investigating": translatable("We are looking into it."),
    "in_progress": translatable("We are working on it."),
    "action_scheduled": translatable("We have planned the work."),
    "reopen": translatable("The report is open again, and we are looking at it."),
    "fixed": translatable("The work is done."),
    "closed": translatable("We have closed the report."),
    "duplicate": translatable(
        "This has already been reported. We're dealing with both reports together."
    ),
    "not_councils_responsibility": translatable("The council isn't responsible for this."),
    "no_further_action": translatable("We have looked at it and will not do any work."),
    "internal_referral": translatable("Passed to another team."),
    "cancelled": translatable("The report was withdrawn."),
}
Whose = Literal["own", "followed", "matching"]
CHANGED: Mapping[Whose, str] = {
    "own": translatable("The status of your report has changed."),
    "followed": translatable("The status of a report that you follow has changed."),
    "matching": translatable("The status of a report that matches your alerts has changed."),
}
CHANGED_AT = translatable(
    "The status of a report that matches your alerts, {distance} from the place that you chose, "
    "has changed."
)
UPDATED: Mapping[Whose, str] = {
    "own": translatable("There's an update on your report."),
    "followed": translatable("There's an update on a report that you follow."),
    "matching": translatable("There's an update on a report that matches your alerts."),
}
NEW_DATE: Mapping[Whose, str] = {
    "own": translatable("There's a new date for your report."),
    "followed": translatable("There's a new date for a report that you follow."),
    "matching": translatable("There's a new date for a report that matches your alerts."),
}


class SubscriptionLinks(NamedTuple):
    """The links with which the subscriber changes or stops their alerts."""

    manage_url: str
    unsubscribe_url: str


class Quote(NamedTuple):
    """Words of the council. `is_translated`: they are in the language of the message."""

    words: str
    is_translated: bool = False


class MessageComposer(Struct, frozen=True, kw_only=True):
    """Writes the messages of a council in the language of `site`, which their links lead to.
    `council` is its name in that language. `reply_to` is the address for answers that are about no
    report; None if nobody reads them."""

    council: str
    phone: str
    site: Site
    zone: ZoneInfo
    reply_to: str | None
    now: Callable[[], datetime]

    @property
    def language(self) -> Language:
        return self.site.language

    def asking(self, alert: Alert, link: str, code: str) -> Message:
        """Asks whether an address wants alerts: by a link in an email, by a code in a text."""
        say, names = self.language.say, {"council": self.council, "hours": HOURS}
        return self._message(
            what="confirm",
            name=alert.try_name,
            thread=alert.subscription_id,
            subject=say("Do you want alerts from {council}?", **names),
            short=say(
                "{code} is your code to get alerts from {council}. It expires in {hours} hours. "
                "Don't share it with anyone.",
                code=code,
                **names,
            ),
            url=link,
            paragraphs=(
                say(
                    "You (or someone using your email address) asked for alerts from {council}.",
                    **names,
                ),
                say("Select this link to confirm. It expires in {hours} hours.", **names),
            ),
            links=(Link(say("Confirm that you want alerts"), link),),
            afterwards=(
                say(
                    "If you did not ask for this, ignore this email. We will not send you any "
                    "alerts."
                ),
            ),
            reply_to=self.reply_to,
            code=code,
        )

    def of_report(
        self,
        alert: Alert,
        subscription: Subscription,
        report: ReportNews,
        ways: SubscriptionLinks,
        new: Sequence[Entry],
    ) -> Message:
        """Tells of a report as it is now, with the words of all entries that are `new`. Only a
        subscriber to just that report can write on its case: the case takes no more than some
        notes."""
        title, opening = self._opening(alert, subscription, report, new)
        state = self._brief(report)
        return self._about(
            report,
            alert,
            ways,
            title=title,
            short=f"{title}. {report.reference}",
            shorter=(title, f"{_name(report)}: {state}", f"{report.service_name}: {state}"),
            url=report.page_url,
            paragraphs=(self._first_line(report), opening, self._meaning(report)),
            quotes=tuple(_shortened(entry) for entry in new if entry.words),
            links=(Link(self.language.say("See the report"), report.page_url),),
            case=report.reply_to if subscription.topic.kind == "report" else None,
        )

    def question(
        self, alert: Alert, report: ReportNews, answer_url: str, ways: SubscriptionLinks
    ) -> Message:
        """Asks whether the problem is fixed. `answer_url` leads to a page that takes the
        answer."""
        say, about = self.language.say, {"report": _name(report)}
        title = say("Is it fixed? {report}", **about)
        return self._about(
            report,
            alert,
            ways,
            title=title,
            short=say(
                "Is it fixed? {report} {reference}. Please answer yes or no",
                reference=report.reference,
                **about,
            ),
            shorter=(title,),
            url=answer_url,
            paragraphs=(
                self._first_line(report),
                say("Please tell us if it's really fixed. If it's not, we'll look at it again."),
            ),
            quotes=tuple(_shortened(entry) for entry in report.entries[-1:] if entry.words),
            links=(
                Link(say("Yes, it's fixed"), f"{answer_url}?answer=yes"),
                Link(say("No, it's not fixed"), f"{answer_url}?answer=no"),
            ),
            case=report.reply_to,
        )

    def asked(
        self, alert: Alert, report: ReportNews, text: str, reply_url: str, ways: SubscriptionLinks
    ) -> Message:
        """Asks the reporter an officer's question. `reply_url` leads to a page that takes the
        answer."""
        say, about = self.language.say, {"report": _name(report)}
        title = say("We have a question about your report: {report}", **about)
        return self._about(
            report,
            alert,
            ways,
            title=title,
            short=say(
                "We have a question about your report: {report} {reference}. Please reply",
                reference=report.reference,
                **about,
            ),
            shorter=(title,),
            url=reply_url,
            paragraphs=(
                self._first_line(report),
                say("To deal with your report, we need to ask you a question:"),
            ),
            quotes=(Quote(text),),
            links=(Link(say("Answer the question"), reply_url),),
            case=report.reply_to,
            before=(say("Only the team that deals with your report can see your answer."),),
        )

    def _about(
        self,
        report: ReportNews,
        alert: Alert,
        ways: SubscriptionLinks,
        *,
        title: str,
        short: str,
        shorter: tuple[str, ...],
        url: str,
        paragraphs: tuple[str, ...],
        quotes: tuple[Quote, ...],
        links: tuple[Link, ...],
        case: str | None,
        before: tuple[str, ...] = (),
    ) -> Message:
        """A message about one report. `case` is the address for replies to the report, `before`
        what stands before the words on replies."""
        return self._message(
            what=alert.what,
            name=alert.try_name,
            thread=report.service_request_id,
            subject=f"{title} [{report.reference}]",
            short=short,
            shorter=shorter,
            url=url,
            paragraphs=paragraphs,
            quoted="\n\n".join(each.words for each in quotes) or None,
            is_quote_translated=all(each.is_translated for each in quotes),
            picture=report.picture,
            facts=self._facts(report),
            links=links,
            afterwards=(*before, *self._afterwards(case)),
            manage_url=ways.manage_url,
            unsubscribe_url=ways.unsubscribe_url,
            reply_to=case or self.reply_to,
            map_url=self._map_url(report),
        )

    def of_notice(self, alert: Alert, notice: Notice, ways: SubscriptionLinks) -> Message:
        """Tells of road works or a disruption, in the words of an officer."""
        return self._message(
            what=alert.what,
            name=alert.try_name,
            thread=notice.notice_id,
            subject=notice.title,
            short=f"{notice.title}. {notice.when}",
            shorter=(notice.title,),
            url=notice.page_url,
            paragraphs=(notice.text,) if notice.text else (),
            facts=(Fact(self.language.say("When"), notice.when),),
            links=(Link(self.language.say("See more"), notice.page_url),),
            afterwards=self._afterwards(None),
            manage_url=ways.manage_url,
            unsubscribe_url=ways.unsubscribe_url,
            reply_to=self.reply_to,
        )

    def digest(
        self,
        alert: Alert,
        found: Sequence[ReportNews | Notice],
        ways: SubscriptionLinks,
        *,
        place: Point | None = None,
    ) -> Message:
        """Tells of several things at once; `place` is what their distances are from."""
        count, say_many = len(found), self.language.say_many
        more = count - MOST_IN_A_DIGEST
        return self._message(
            what="digest",
            name=alert.try_name,
            thread=alert.subscription_id,
            subject=say_many(
                count,
                "1 update: your alerts from {council}",
                "{count} updates: your alerts from {council}",
                council=self.council,
            ),
            short=say_many(count, "1 update to your alerts", "{count} updates to your alerts"),
            url=_page(found[0]) if count == 1 else self.site.page("/"),
            paragraphs=(
                say_many(
                    count,
                    "1 update since our last message:",
                    "{count} updates since our last message:",
                ),
            ),
            links=tuple(self._line(each, place) for each in found[:MOST_IN_A_DIGEST]),
            afterwards=(*self._more(more), *self._afterwards(None)),
            manage_url=ways.manage_url,
            unsubscribe_url=ways.unsubscribe_url,
            reply_to=self.reply_to,
        )

    def _message(self, **values: Any) -> Message:
        """A message in the language, from the council."""
        return Message(language=self.language, council=self.council, **values)

    def _more(self, more: int) -> tuple[str, ...]:
        """What follows the lines of a digest that has too many."""
        if more <= 0:
            return ()
        return (
            self.language.say_many(
                more,
                "There is 1 more update. See it on our map.",
                "There are {count} more updates. See them on our map.",
            ),
        )

    def _map_url(self, report: ReportNews) -> str | None:
        """The place of a report that everybody may see on the map."""
        if not report.is_public or report.lat is None:
            return None
        return self.site.page(f"/map/#17/{report.lat}/{report.long}")

    def _facts(self, report: ReportNews) -> tuple[Fact, ...]:
        say = self.language.say
        facts = [
            Fact(say("Reference"), report.reference),
            Fact(say("Kind of problem"), report.service_name),
            Fact(say("Status"), self._label(report)),
        ]
        if report.planned_day:
            facts.append(Fact(say("Work planned for"), self.language.day(report.planned_day)))
        return (*facts, *self._promise(report))

    def _promise(self, report: ReportNews) -> tuple[Fact, ...]:
        """The date by which the council aimed to deal with it, until it is closed; if it is a later
        one, the reason and the date that was promised first."""
        expected, delay, say = report.expected_datetime, report.delay, self.language.say
        if expected is None or not report.is_open:
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

    def _line(self, each: ReportNews | Notice, place: Point | None) -> Link:
        """What a digest says of one thing."""
        if isinstance(each, Notice):
            return Link(f"{each.title}. {each.when}", each.page_url)
        line, distance = self._first_line(each), _distance(each, place)
        if distance:
            line = self.language.say("{report}, {distance} away", report=line, distance=distance)
        line = f"{line} [{each.reference}]"
        return Link(". ".join([line, *self._new_promise(each)]), each.page_url)

    def _new_promise(self, report: ReportNews) -> Iterator[str]:
        """The date of a report that is overdue or delayed."""
        expected = report.expected_datetime
        if expected is None or not report.is_open:
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

    def _afterwards(self, case: str | None) -> tuple[str, ...]:
        say = self.language.say
        if case:
            return (say("You can reply to this email. We'll add your reply to the report."),)
        if self.reply_to:
            return (say("You can reply to this email."),)
        return (
            say(
                "This mailbox is not monitored. If you need to contact us, call {phone}.",
                phone=self.phone,
            ),
        )

    def _opening(
        self, alert: Alert, subscription: Subscription, report: ReportNews, new: Sequence[Entry]
    ) -> tuple[str, str]:
        """The title and the sentence that says what happened. A new state says more than an update
        that came with it."""
        say, name, whose = self.language.say, _name(report), _whose(subscription)
        match alert.what:
            case "new" if subscription.is_own:
                title = say("We have your report: {report}", report=name)
                return title, say("Thank you. We have your report.")
            case "new":
                return say("New report: {report}", report=name), self._made(subscription, report)
            case "updated" if _has_new_state(report, new):
                return self._first_line(report), say(CHANGED[whose])
            case "updated" if _has_new_date(report, new):
                return say("New date: {report}", report=name), say(NEW_DATE[whose])
            case "updated":
                return say("Update: {report}", report=name), say(UPDATED[whose])
            case _:
                distance = _distance(report, place_of(subscription.topic))
                changed = say(CHANGED_AT, distance=distance) if distance else say(CHANGED[whose])
                return self._first_line(report), changed

    def _made(self, subscription: Subscription, report: ReportNews) -> str:
        distance = _distance(report, place_of(subscription.topic))
        if distance is None:
            return self.language.say("A new report has been made.")
        return self.language.say(
            "A new report has been made, {distance} from the place that you chose.",
            distance=distance,
        )

    def _first_line(self, report: ReportNews) -> str:
        """The kind of problem, the street and the state."""
        return f"{_name(report)}: {self._state(report)}"

    def _state(self, report: ReportNews) -> str:
        """The state, with the day of planned work."""
        if report.planned_day is None:
            return self._label(report)
        return self.language.say("Work planned for {day}", day=self._short_day(report.planned_day))

    def _short_day(self, day: date) -> str:
        return f"{day.day} {self.language.month(day)}"

    def _brief(self, report: ReportNews) -> str:
        if report.planned_day:
            return self.language.say(BRIEF_PLAN, day=self._short_day(report.planned_day))
        return self.language.say(BRIEF.get(report.state, LABELS[report.state]))

    def _label(self, report: ReportNews) -> str:
        return self.language.say(LABELS[report.state])

    def _meaning(self, report: ReportNews) -> str:
        return self.language.say(MEANINGS[report.state])


def _has_new_date(report: ReportNews, new: Sequence[Entry]) -> bool:
    """True if a new entry gives the reason of the delay."""
    delay = report.delay
    return delay is not None and any(delay.reason in (entry.words or "") for entry in new)


def _has_new_state(report: ReportNews, new: Sequence[Entry]) -> bool:
    """True if the state is another one than before the new entries."""
    before = report.entries[: -len(new)] if new else report.entries
    return bool(new) and report.state != (before[-1].state if before else "open")


def _shortened(entry: Entry) -> Quote:
    """The words of the entry, cut at a word if they are long: the page has all of them."""
    words = entry.words or ""
    short = shorten(words, MOST_QUOTED, placeholder="…") if len(words) > MOST_QUOTED else words
    return Quote(short, entry.is_translated)


def place_of(topic: Topic) -> Point | None:
    """The place that a subscriber to an area chose."""
    if topic.lat is None or topic.long is None:
        return None
    return Point(lat=topic.lat, long=topic.long)


def _distance(report: ReportNews, place: Point | None) -> str | None:
    """How far the report is from the place."""
    if place is None or report.point is None:
        return None
    metres = distance_m(place, report.point)
    return (
        f"{max(10, round(metres, -1)):.0f} m" if metres < KILOMETRE else f"{metres / 1000:.1f} km"
    )


def _name(report: ReportNews) -> str:
    """The kind of problem and the street, if it is known."""
    return f"{report.service_name}, {report.street}" if report.street else report.service_name


def _whose(subscription: Subscription) -> Whose:
    if subscription.is_own:
        return "own"
    return "followed" if subscription.topic.kind == "report" else "matching"


def _page(each: ReportNews | Notice) -> str:
    return each.page_url
