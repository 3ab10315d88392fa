"""The words of every message: short and plain. The reporter typed none of them, so nobody can use
the council to send what they like to strangers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from textwrap import shorten
from typing import NamedTuple
from zoneinfo import ZoneInfo

from chalicelib.alerts.delivery import Alert
from chalicelib.alerts.messages import Entry, Fact, Link, Message, Notice, ReportNews
from chalicelib.alerts.model import CONFIRMED_WITHIN, Subscription, Topic
from chalicelib.geo.point import Point, distance_m
from chalicelib.kernel.time import is_overdue

HOURS = int(CONFIRMED_WITHIN.total_seconds() // 3600)
MOST_IN_A_DIGEST = 50
MOST_QUOTED = 600
"""Characters of what the council wrote."""
KILOMETRE = 995
"""Distances from here on are given in kilometres."""
BRIEF: Mapping[str, str] = {
    "not_councils_responsibility": "Not the council's",
    "internal_referral": "Passed on",
}
"""Shorter names of states, for text messages that would otherwise take two parts."""
OVERDUE = "Overdue: we aimed to deal with it by"
MEANINGS: Mapping[str, str] = {
    "open": "We have the report, but have not looked at it yet.",
    "for_triage": "We are finding out which team can help.",
    "investigating": "We are looking into it.",
    "in_progress": "We are working on it.",
    "action_scheduled": "We have planned the work.",
    "reopen": "The report is open again, and we are looking at it.",
    "fixed": "The work is done.",
    "closed": "We have closed the report.",
    "duplicate": "This has already been reported. We're dealing with both reports together.",
    "not_councils_responsibility": "The council isn't responsible for this.",
    "no_further_action": "We have looked at it and will not do any work.",
    "internal_referral": "Passed to another team.",
    "cancelled": "The report was withdrawn.",
}


class SubscriptionLinks(NamedTuple):
    """The links with which the subscriber changes or stops their alerts."""

    manage_url: str
    unsubscribe_url: str


@dataclass(frozen=True, kw_only=True)
class MessageComposer:
    """Writes the messages of a council. `reply_to` is the address for answers that are about no
    report; None if nobody reads them."""

    council: str
    phone: str
    site_url: str
    zone: ZoneInfo
    reply_to: str | None
    now: Callable[[], datetime]

    def asking(self, alert: Alert, link: str, code: str) -> Message:
        """Asks whether an address wants alerts: by a link in an email, by a code in a text."""
        return Message(
            what="confirm",
            name=alert.try_name,
            thread=alert.subscription_id,
            subject=f"Do you want alerts from {self.council}?",
            short=f"{code} is your code to get alerts from {self.council}. It expires in "
            f"{HOURS} hours. Don't share it with anyone.",
            url=link,
            paragraphs=(
                f"You (or someone using your email address) asked for alerts from {self.council}.",
                f"Select this link to confirm. It expires in {HOURS} hours.",
            ),
            links=(Link("Confirm that you want alerts", link),),
            afterwards=(
                "If you did not ask for this, ignore this email. We will not send you any alerts.",
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
        title, opening = _opening(alert, subscription, report, new)
        state = BRIEF.get(report.state, _state(report))
        return self._about(
            report,
            alert,
            ways,
            title=title,
            short=f"{title}. {report.reference}",
            shorter=(title, f"{_name(report)}: {state}", f"{report.service_name}: {state}"),
            url=report.page_url,
            paragraphs=(_first_line(report), opening, _meaning(report)),
            quoted="\n\n".join(_shortened(entry.words) for entry in new if entry.words) or None,
            links=(Link("See the report", report.page_url),),
            case=report.reply_to if subscription.topic.kind == "report" else None,
        )

    def question(
        self, alert: Alert, report: ReportNews, answer_url: str, ways: SubscriptionLinks
    ) -> Message:
        """Asks whether the problem is fixed. `answer_url` leads to a page that takes the
        answer."""
        title = f"Is it fixed? {_name(report)}"
        return self._about(
            report,
            alert,
            ways,
            title=title,
            short=f"{title} {report.reference}. Please answer yes or no",
            shorter=(title,),
            url=answer_url,
            paragraphs=(
                _first_line(report),
                "Please tell us if it's really fixed. If it's not, we'll look at it again.",
            ),
            quoted=_shortened(report.council_text or "") or None,
            links=(
                Link("Yes, it's fixed", f"{answer_url}?answer=yes"),
                Link("No, it's not fixed", f"{answer_url}?answer=no"),
            ),
            case=report.reply_to,
        )

    def asked(
        self, alert: Alert, report: ReportNews, text: str, reply_url: str, ways: SubscriptionLinks
    ) -> Message:
        """Asks the reporter an officer's question. `reply_url` leads to a page that takes the
        answer."""
        title = f"We have a question about your report: {_name(report)}"
        return self._about(
            report,
            alert,
            ways,
            title=title,
            short=f"{title} {report.reference}. Please reply",
            shorter=(title,),
            url=reply_url,
            paragraphs=(
                _first_line(report),
                "To deal with your report, we need to ask you a question:",
            ),
            quoted=text,
            links=(Link("Answer the question", reply_url),),
            case=report.reply_to,
            before=("Only the team that deals with your report can see your answer.",),
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
        quoted: str | None,
        links: tuple[Link, ...],
        case: str | None,
        before: tuple[str, ...] = (),
    ) -> Message:
        """A message about one report. `case` is the address for replies to the report, `before`
        what stands before the words on replies."""
        return Message(
            what=alert.what,
            name=alert.try_name,
            thread=report.service_request_id,
            subject=f"{title} [{report.reference}]",
            short=short,
            shorter=shorter,
            url=url,
            paragraphs=paragraphs,
            quoted=quoted,
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
        return Message(
            what=alert.what,
            name=alert.try_name,
            thread=notice.notice_id,
            subject=notice.title,
            short=f"{notice.title}. {notice.when}",
            shorter=(notice.title,),
            url=notice.page_url,
            paragraphs=(notice.text,) if notice.text else (),
            facts=(Fact("When", notice.when),),
            links=(Link("See more", notice.page_url),),
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
        many = f"{len(found)} updates" if len(found) > 1 else "1 update"
        more = len(found) - MOST_IN_A_DIGEST
        return Message(
            what="digest",
            name=alert.try_name,
            thread=alert.subscription_id,
            subject=f"{many}: your alerts from {self.council}",
            short=f"{many} to your alerts",
            url=_page(found[0]) if len(found) == 1 else f"{self.site_url}/",
            paragraphs=(f"{many} since our last message:",),
            links=tuple(self._line(each, place) for each in found[:MOST_IN_A_DIGEST]),
            afterwards=(
                *((f"There are {more} more updates. See them on our map.",) if more > 0 else ()),
                *self._afterwards(None),
            ),
            manage_url=ways.manage_url,
            unsubscribe_url=ways.unsubscribe_url,
            reply_to=self.reply_to,
        )

    def _map_url(self, report: ReportNews) -> str | None:
        """The place of a report that everybody may see on the map."""
        if not report.is_public or report.lat is None:
            return None
        return f"{self.site_url}/map/#17/{report.lat}/{report.long}"

    def _facts(self, report: ReportNews) -> tuple[Fact, ...]:
        facts = [
            Fact("Reference", report.reference),
            Fact("Kind of problem", report.service_name),
            Fact("Status", report.state_label),
        ]
        if report.planned_day:
            facts.append(Fact("Work planned for", _day_of(report.planned_day)))
        return (*facts, *self._promise(report))

    def _promise(self, report: ReportNews) -> tuple[Fact, ...]:
        """The date by which the council aimed to deal with it, until it is closed; if it is a later
        one, the reason and the date that was promised first."""
        expected, delay = report.expected_datetime, report.delay
        if expected is None or not report.is_open:
            return ()
        late = is_overdue(expected, self.now(), self.zone)
        aim = "We now aim to deal with it by" if delay else "We aim to deal with it by"
        fact = Fact(OVERDUE if late else aim, self._day(expected))
        if delay is None:
            return (fact,)
        first = Fact("We first said", self._day(delay.promised_datetime))
        is_quoted = delay.reason in (report.council_text or "")
        return (fact, first, *(() if is_quoted else (Fact("Reason", delay.reason),)))

    def _line(self, each: ReportNews | Notice, place: Point | None) -> Link:
        """What a digest says of one thing."""
        if isinstance(each, Notice):
            return Link(f"{each.title}. {each.when}", each.page_url)
        far = _distance(each, place)
        line = f"{_first_line(each)}{f', {far} away' if far else ''} [{each.reference}]"
        promise = self._promise(each)
        if promise and (each.delay or promise[0].name == OVERDUE):
            line = f"{line}. {promise[0].name} {promise[0].says}"
        return Link(line, each.page_url)

    def _day(self, moment: datetime) -> str:
        return _day_of(moment.astimezone(self.zone).date())

    def _afterwards(self, case: str | None) -> tuple[str, ...]:
        if case:
            return ("You can reply to this email. We'll add your reply to the report.",)
        if self.reply_to:
            return ("You can reply to this email.",)
        return (f"This mailbox is not monitored. If you need to contact us, call {self.phone}.",)


def _opening(
    alert: Alert, subscription: Subscription, report: ReportNews, new: Sequence[Entry]
) -> tuple[str, str]:
    """The title and the sentence that says what happened. A new state says more than an update that
    came with it."""
    name, whose = _name(report), _whose(subscription)
    match alert.what:
        case "new" if subscription.is_own:
            return f"We have your report: {name}", "Thank you. We have your report."
        case "new":
            far = _distance(report, place_of(subscription.topic))
            near = f", {far} from the place that you chose" if far else ""
            return f"New report: {name}", f"A new report has been made{near}."
        case "updated" if _has_new_state(report, new):
            return _first_line(report), f"The status of {whose} has changed."
        case "updated" if report.delay and any(report.delay.reason in (e.words or "") for e in new):
            return f"New date: {name}", f"There's a new date for {whose}."
        case "updated":
            return f"Update: {name}", f"There's an update on {whose}."
        case _:
            far = _distance(report, place_of(subscription.topic))
            near = f", {far} from the place that you chose," if far else ""
            return _first_line(report), f"The status of {whose}{near} has changed."


def _has_new_state(report: ReportNews, new: Sequence[Entry]) -> bool:
    """True if the state is another one than before the new entries."""
    before = report.entries[: -len(new)] if new else report.entries
    return bool(new) and report.state != (before[-1].state if before else "open")


def _shortened(text: str) -> str:
    """The text, cut at a word if it is long: the page has the whole of it."""
    return shorten(text, MOST_QUOTED, placeholder="…") if len(text) > MOST_QUOTED else text


def _first_line(report: ReportNews) -> str:
    """The kind of problem, the street and the state."""
    return f"{_name(report)}: {_state(report)}"


def _state(report: ReportNews) -> str:
    """The state, with the day of planned work."""
    day = report.planned_day
    return f"{report.state_label} for {day.day} {day:%B}" if day else report.state_label


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


def _day_of(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B %Y}"


def _name(report: ReportNews) -> str:
    """The kind of problem and the street, if it is known."""
    return f"{report.service_name}, {report.street}" if report.street else report.service_name


def _whose(subscription: Subscription) -> str:
    if subscription.is_own:
        return "your report"
    if subscription.topic.kind == "report":
        return "a report that you follow"
    return "a report that matches your alerts"


def _meaning(report: ReportNews) -> str:
    return MEANINGS.get(report.state, "See the report for details.")


def _page(each: ReportNews | Notice) -> str:
    return each.page_url
