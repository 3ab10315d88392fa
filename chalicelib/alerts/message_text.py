"""Composes the messages, in short and plain words. They have no words that the reporter typed, so
nobody can make the council send their own words to strangers."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from chalicelib.alerts.collection_words import bins_in_words, collection_facts
from chalicelib.alerts.date_ranges import day_words, short_day_words
from chalicelib.alerts.delivery import Alert
from chalicelib.alerts.message_frame import MessageFrame, SubscriptionLinks
from chalicelib.alerts.messages import (
    CollectionDay,
    Fact,
    Link,
    Message,
    Notice,
    ReportNews,
    TimelineEntry,
)
from chalicelib.alerts.model import CONFIRMED_WITHIN, Subscription
from chalicelib.alerts.order_words import has_receipt
from chalicelib.alerts.question_words import question_words
from chalicelib.alerts.report_words import Quote, name_of, quotes_of
from chalicelib.alerts.text_wordings import wordings_of_report
from chalicelib.geo.point import Point

CONFIRM_HOURS = int(CONFIRMED_WITHIN.total_seconds() // 3600)
MOST_IN_A_DIGEST = 50


class MessageComposer(MessageFrame, frozen=True, kw_only=True):
    """Composes the messages of a council: one method for each kind."""

    def confirmation_message(
        self, alert: Alert, link: str, code: str, report: ReportNews | None = None
    ) -> Message:
        """Asks an address to confirm its subscription, which may be to a `report`: by a link in an
        email, by a code in a text."""
        say, names = self.language.say, {"council": self.council, "hours": CONFIRM_HOURS}
        about = {"report": f"{name_of(report)} [{report.reference}]"} if report else {}
        return self.message(
            alert,
            what="confirm",
            thread=alert.subscription_id,
            subject=say("Confirm that you want updates: {report}", **about)
            if about
            else say("Do you want alerts from {council}?", **names),
            short=self._code_text(code),
            url=link,
            paragraphs=(
                say(
                    "You (or someone using your email address) asked {council} for updates on "
                    "this report: {report}",
                    **names,
                    **about,
                )
                if about
                else say(
                    "You (or someone using your email address) asked for alerts from {council}.",
                    **names,
                ),
                say("Select this link to confirm. It expires in {hours} hours.", **names),
            ),
            links=(
                Link(
                    say("Confirm that you want updates")
                    if about
                    else say("Confirm that you want alerts"),
                    link,
                ),
            ),
            afterwards=(
                say(
                    "If you did not ask for this, ignore this email. We will not send you any "
                    "alerts."
                ),
            ),
            code=code,
        )

    def report_message(
        self,
        alert: Alert,
        subscription: Subscription,
        report: ReportNews,
        subscription_links: SubscriptionLinks,
        new: Sequence[TimelineEntry],
    ) -> Message:
        """Describes a report as it is now, with the words of the `new` entries. Only a subscriber
        to that very report can reply to its case, which takes a limited number of notes."""
        title, opening = self.words.introduce(alert, subscription, report, new)
        short, *shorter = wordings_of_report(self.words, alert, subscription, report, new)
        return self._message_about(
            report,
            alert,
            subscription_links,
            title=title,
            short=short,
            shorter=tuple(shorter),
            url=report.page_url,
            paragraphs=self.words.paragraphs(alert, subscription, report, opening),
            quotes=quotes_of(report.current_entries(new)),
            receipt=report.receipt if has_receipt(alert, subscription, report, new) else (),
            links=(self.words.page_link(report),),
            takes_replies=subscription.topic.kind == "report",
        )

    def repair_question_message(
        self,
        alert: Alert,
        report: ReportNews,
        answer_url: str,
        subscription_links: SubscriptionLinks,
    ) -> Message:
        """Asks whether the problem is fixed. `answer_url` is the page for the answer."""
        say, about = self.language.say, {"report": name_of(report)}
        title = say("Is it fixed? {report}", **about)
        return self._message_about(
            report,
            alert,
            subscription_links,
            title=title,
            short=say(
                "Is it fixed? {report} {reference}. Please answer yes or no",
                reference=report.reference,
                **about,
            ),
            shorter=(title,),
            url=answer_url,
            paragraphs=(
                self.words.first_line(report),
                say("Please tell us if it's really fixed. If it's not, we'll look at it again."),
            ),
            quotes=quotes_of(report.entries[-1:]),
            links=(
                Link(say("Yes, it's fixed"), f"{answer_url}?answer=yes"),
                Link(say("No, it's not fixed"), f"{answer_url}?answer=no"),
            ),
        )

    def officer_question_message(
        self,
        alert: Alert,
        report: ReportNews,
        text: str,
        reply_url: str,
        subscription_links: SubscriptionLinks,
    ) -> Message:
        """Asks the reporter an officer's question. `reply_url` is the page for the answer."""
        words = question_words(report, self.language)
        return self._message_about(
            report,
            alert,
            subscription_links,
            title=words.title,
            short=words.short,
            shorter=(words.title,),
            url=reply_url,
            paragraphs=(self.words.first_line(report), words.opening),
            quotes=(Quote(text),),
            links=(Link(self.language.say("Answer the question"), reply_url),),
            before=(words.who_sees,),
        )

    def _message_about(
        self,
        report: ReportNews,
        alert: Alert,
        subscription_links: SubscriptionLinks,
        *,
        title: str,
        quotes: tuple[Quote, ...],
        receipt: tuple[Fact, ...] = (),
        takes_replies: bool = True,
        **values: Any,
    ) -> Message:
        """A message about one report; the other values are those of `message`."""
        return self.message(
            alert,
            subscription_links,
            report=report if takes_replies else None,
            thread=report.service_request_id,
            subject=f"{title} [{report.reference}]",
            quoted="\n\n".join(each.words for each in quotes) or None,
            is_quote_translated=all(each.is_translated for each in quotes),
            picture=report.picture,
            facts=(*self.words.facts(report), *receipt),
            map_url=self._map_url(report),
            **values,
        )

    def notice_message(
        self, alert: Alert, notice: Notice, subscription_links: SubscriptionLinks
    ) -> Message:
        """Describes road works or a disruption, in the words of their publisher."""
        return self.message(
            alert,
            subscription_links,
            thread=notice.notice_id,
            subject=notice.title,
            short=f"{notice.title}. {notice.when}",
            url=notice.page_url,
            paragraphs=(notice.text,) if notice.text else (),
            facts=(Fact(self.language.say("When"), notice.when),),
            links=(Link(self.language.say("See more"), notice.page_url),),
        )

    def collections_message(
        self,
        alert: Alert,
        collections: CollectionDay,
        subscription_links: SubscriptionLinks,
        *,
        is_change: bool,
    ) -> Message:
        """Lists the containers that are emptied on a day, as a reminder or after a change."""
        say, day = self.language.say, day_words(collections.day, self.language)
        title = self._collections_title(collections.day, is_change=is_change)
        nothing = (say("No bin collection on {day}.", day=day),)
        bins = bins_in_words(collections, self.language)
        page = self.site.page("/bins/")
        return self.message(
            alert,
            subscription_links,
            thread=f"{collections.day}-{alert.subscription_id}",
            subject=title,
            short=f"{title}: {bins}" if bins else nothing[0],
            shorter=(f"{day}: {bins}", f"{short_day_words(collections.day, self.language)}: {bins}")
            if bins
            else (),
            url=page,
            paragraphs=() if collections.due else nothing,
            facts=tuple(collection_facts(collections, self.language)),
            links=(Link(say("See all your bin days"), page),),
        )

    def digest_message(
        self,
        alert: Alert,
        subjects: Sequence[ReportNews | Notice],
        subscription_links: SubscriptionLinks,
        *,
        place: Point | None = None,
    ) -> Message:
        """Lists several reports and notices; their distances are from `place`."""
        count, say_many = len(subjects), self.language.say_many
        more = count - MOST_IN_A_DIGEST
        lines = tuple(
            self.words.digest_line(each, place, is_own=subscription_links.is_own)
            for each in subjects[:MOST_IN_A_DIGEST]
        )
        return self.message(
            alert,
            subscription_links,
            what="digest",
            thread=alert.subscription_id,
            subject=self._digest_title(count),
            short=lines[0].label
            if count == 1
            else say_many(count, "1 update to your alerts", "{count} updates to your alerts"),
            url=subjects[0].page_url if count == 1 else self.site.page("/"),
            paragraphs=(
                say_many(
                    count,
                    "1 update since our last message:",
                    "{count} updates since our last message:",
                ),
            ),
            links=lines,
            before=self._overflow(more),
        )

    def _code_text(self, code: str) -> str:
        return self.language.say(
            "{code} is your code to get alerts from {council}. It expires in {hours} hours. "
            "Don't share it with anyone.",
            code=code,
            council=self.council,
            hours=CONFIRM_HOURS,
        )

    def _digest_title(self, count: int) -> str:
        return self.language.say_many(
            count,
            "1 update: your alerts from {council}",
            "{count} updates: your alerts from {council}",
            council=self.council,
        )

    def _collections_title(self, day: date, *, is_change: bool) -> str:
        say, words = self.language.say, day_words(day, self.language)
        if is_change:
            return say("Your bin collection on {day} has changed", day=words)
        if day == self.now().astimezone(self.zone).date():
            return say("Bin collection today, {day}", day=words)
        return say("Bin collection tomorrow, {day}", day=words)

    def _overflow(self, more: int) -> tuple[str, ...]:
        """The paragraph about the updates that a digest has no room for."""
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
        """The place of a public report on the map."""
        if not report.is_public or report.lat is None:
            return None
        return self.site.page(f"/map/#17/{report.lat}/{report.long}")
