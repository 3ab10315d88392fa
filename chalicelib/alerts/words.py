"""The words of every message: short and plain. The reporter typed none of them, so nobody can use
the council to send what they like to strangers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from chalicelib.alerts.delivery import Alert
from chalicelib.alerts.messages import Fact, Link, Message, Notice, Report
from chalicelib.alerts.model import CONFIRMED_WITHIN, Subscription
from chalicelib.kernel.time import is_overdue

HOURS = int(CONFIRMED_WITHIN.total_seconds() // 3600)
MOST_IN_A_DIGEST = 50
MEANINGS: Mapping[str, str] = {
    "open": "We have the report. Nobody has looked at it yet.",
    "for_triage": "We are finding out which of our teams can help.",
    "investigating": "We are looking into it.",
    "in_progress": "Somebody is working on it.",
    "action_scheduled": "We have planned the work.",
    "reopen": "The report is open again, and we are looking at it.",
    "fixed": "The work is done.",
    "closed": "We have finished with this report.",
    "duplicate": "Somebody told us about this before. We deal with both together.",
    "not_councils_responsibility": "This is for somebody else to mend, not for the council.",
    "no_further_action": "We have looked at it, and will not do any work there.",
    "internal_referral": "Another of our teams has it now.",
    "cancelled": "The report was taken back.",
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
            short=f"{code} is your code to get alerts from {self.council}. It holds for {HOURS} "
            "hours. Give it to nobody.",
            url=link,
            paragraphs=(
                f"Somebody, probably you, asked for alerts from {self.council} to this address.",
                f"If you want them, open this link and press the button there. It holds for "
                f"{HOURS} hours.",
            ),
            links=(Link("Confirm that you want alerts", link),),
            afterwards=("If you did not ask for this, do nothing. Then we send no alerts.",),
            reply_to=self.reply_to,
            code=code,
        )

    def of_report(
        self, alert: Alert, subscription: Subscription, report: Report, ways: SubscriptionLinks
    ) -> Message:
        """Tells of a report as it is now. Only a subscriber to just that report can write on its
        case: the case takes no more than some notes."""
        title, opening = _opening(alert, subscription, report)
        case = report.reply_to if subscription.topic.kind == "report" else None
        return Message(
            what=alert.what,
            name=alert.try_name,
            thread=report.service_request_id,
            subject=f"{title} [{report.reference}]",
            short=f"{title}. {report.reference}",
            url=report.page_url,
            paragraphs=(opening, _meaning(report)),
            facts=self._facts(report),
            links=(Link("See the report", report.page_url),),
            afterwards=self._afterwards(case),
            manage_url=ways.manage_url,
            unsubscribe_url=ways.unsubscribe_url,
            reply_to=case or self.reply_to,
        )

    def question(
        self, alert: Alert, report: Report, answer_url: str, ways: SubscriptionLinks
    ) -> Message:
        """Asks whether the problem is mended. `answer_url` leads to a page that takes the
        answer."""
        title = f"Is it fixed? {report.service_name}"
        return Message(
            what=alert.what,
            name=alert.try_name,
            thread=report.service_request_id,
            subject=f"{title} [{report.reference}]",
            short=f"{title} {report.reference}. Tell us yes or no",
            url=answer_url,
            paragraphs=(
                f"We have marked this report as: {report.state_label}. Please tell us whether it "
                "really is fixed. If it is not, we look at it again.",
            ),
            facts=self._facts(report),
            links=(
                Link("Yes, it is fixed", f"{answer_url}?answer=yes"),
                Link("No, it is not fixed", f"{answer_url}?answer=no"),
            ),
            afterwards=self._afterwards(report.reply_to),
            manage_url=ways.manage_url,
            unsubscribe_url=ways.unsubscribe_url,
            reply_to=report.reply_to or self.reply_to,
        )

    def asked(
        self, alert: Alert, report: Report, text: str, reply_url: str, ways: SubscriptionLinks
    ) -> Message:
        """Asks the reporter an officer's question. `reply_url` leads to a page that takes the
        answer."""
        title = f"We have a question about your report: {report.service_name}"
        return Message(
            what=alert.what,
            name=alert.try_name,
            thread=report.service_request_id,
            subject=f"{title} [{report.reference}]",
            short=f"{title} {report.reference}. We wait for your answer",
            url=reply_url,
            paragraphs=("To deal with your report we need to know something from you:", text),
            facts=self._facts(report),
            links=(Link("Answer the question", reply_url),),
            afterwards=(
                "Only the team that deals with your report sees your answer.",
                *self._afterwards(report.reply_to),
            ),
            manage_url=ways.manage_url,
            unsubscribe_url=ways.unsubscribe_url,
            reply_to=report.reply_to or self.reply_to,
        )

    def of_notice(self, alert: Alert, notice: Notice, ways: SubscriptionLinks) -> Message:
        """Tells of road works or a disruption, in the words of an officer."""
        return Message(
            what=alert.what,
            name=alert.try_name,
            thread=notice.notice_id,
            subject=notice.title,
            short=f"{notice.title}. {notice.when}",
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
        self, alert: Alert, found: Sequence[Report | Notice], ways: SubscriptionLinks
    ) -> Message:
        """Tells of several things at once."""
        many = f"{len(found)} things have" if len(found) > 1 else "One thing has"
        more = len(found) - MOST_IN_A_DIGEST
        return Message(
            what="digest",
            name=alert.try_name,
            thread=alert.subscription_id,
            subject=f"{many} changed: your alerts from {self.council}",
            short=f"{many} changed",
            url=_page(found[0]) if len(found) == 1 else f"{self.site_url}/",
            paragraphs=("This has happened since we last wrote to you.",),
            links=tuple(_line(each) for each in found[:MOST_IN_A_DIGEST]),
            afterwards=(
                *((f"There are {more} more. See them on our map.",) if more > 0 else ()),
                *self._afterwards(None),
            ),
            manage_url=ways.manage_url,
            unsubscribe_url=ways.unsubscribe_url,
            reply_to=self.reply_to,
        )

    def _facts(self, report: Report) -> tuple[Fact, ...]:
        facts = [
            Fact("Reference", report.reference),
            Fact("What", report.service_name),
            Fact("How far it is", report.state_label),
        ]
        if report.expected and not report.is_done:
            late = is_overdue(report.expected, self.now(), self.zone)
            label = "Overdue: we aimed to deal with it by" if late else "We aim to deal with it by"
            facts.append(Fact(label, self._day(report.expected)))
        return tuple(facts)

    def _day(self, moment: datetime) -> str:
        local = moment.astimezone(self.zone)
        return f"{local:%A} {local.day} {local:%B %Y}"

    def _afterwards(self, case: str | None) -> tuple[str, ...]:
        if case:
            return ("You can answer this letter: we keep what you write with the report.",)
        if self.reply_to:
            return ("You can answer this letter: somebody at the council reads it.",)
        return (f"Nobody reads answers to this letter. If you need us, ring {self.phone}.",)


def _opening(alert: Alert, subscription: Subscription, report: Report) -> tuple[str, str]:
    """The title and the first sentence."""
    whose = _whose(subscription)
    match alert.what:
        case "new" if subscription.is_own:
            return f"We have your report: {report.service_name}", "Thank you. We have your report."
        case "new":
            return f"New report: {report.service_name}", f"This is new: {whose}."
        case "updated":
            return f"News: {report.service_name}", f"Somebody wrote something new about {whose}."
        case _:
            title = f"{report.service_name}: {report.state_label}"
            return title, f"This is about {whose}. It is now: {report.state_label}."


def _whose(subscription: Subscription) -> str:
    if subscription.is_own:
        return "your report"
    if subscription.topic.kind == "report":
        return "a report that you follow"
    return "a report that you asked us to tell you about"


def _meaning(report: Report) -> str:
    return MEANINGS.get(report.state, "Its page says more.")


def _line(each: Report | Notice) -> Link:
    if isinstance(each, Notice):
        return Link(f"{each.title}. {each.when}", each.page_url)
    return Link(f"{each.service_name}: {each.state_label} [{each.reference}]", each.page_url)


def _page(each: Report | Notice) -> str:
    return each.page_url
