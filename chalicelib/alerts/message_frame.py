"""The parts that all messages to subscribers share: the language, the links and the note on
replies."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct

from chalicelib.alerts.delivery import Alert
from chalicelib.alerts.messages import Message, ReportNews
from chalicelib.alerts.report_words import ReportWords
from chalicelib.kernel.languages import Language
from chalicelib.kernel.site import Site


class SubscriptionLinks(NamedTuple):
    """The links with which the subscriber changes or stops the alerts. `is_own`: the alerts are
    about the subscriber's own report."""

    manage_url: str
    unsubscribe_url: str
    is_own: bool


class MessageFrame(Struct, frozen=True, kw_only=True):
    """The common parts of a council's messages, in the language of `site`, to which their links
    lead. `council` is its name in that language. `reply_to` is the address for replies that are
    about no report; None if nobody reads them."""

    council: str
    phone: str
    site: Site
    zone: ZoneInfo
    reply_to: str | None
    now: Callable[[], datetime]

    @property
    def language(self) -> Language:
        return self.site.language

    @property
    def words(self) -> ReportWords:
        """The words for a report in that language."""
        return ReportWords(language=self.language, zone=self.zone, now=self.now)

    def message(
        self,
        alert: Alert,
        subscription_links: SubscriptionLinks | None = None,
        *,
        report: ReportNews | None = None,
        before: tuple[str, ...] = (),
        **values: Any,
    ) -> Message:
        """A message from the council; `values` replace the usual ones. Replies are added to
        `report`, if it takes any; `before` precedes the note on replies."""
        usual = {
            "language": self.language,
            "council": self.council,
            "what": alert.what,
            "name": alert.try_name,
            "afterwards": (*before, self._reply_note(report)),
            "because": self._reason(subscription_links) if subscription_links else "",
            "manage_url": subscription_links and subscription_links.manage_url,
            "unsubscribe_url": subscription_links and subscription_links.unsubscribe_url,
            "reply_to": (report and report.reply_to) or self.reply_to,
        }
        return Message(**{**usual, **values})

    def _reply_note(self, report: ReportNews | None) -> str:
        say = self.language.say
        if report and report.reply_to:
            if report.is_request:
                return say("You can reply to this email. We'll add your reply to the request.")
            return say("You can reply to this email. We'll add your reply to the report.")
        if self.reply_to:
            return say("You can reply to this email.")
        return say(
            "This mailbox is not monitored. If you need to contact us, call {phone}.",
            phone=self.phone,
        )

    def _reason(self, subscription_links: SubscriptionLinks) -> str:
        """The reason why the subscriber gets messages."""
        say, council = self.language.say, self.council
        if subscription_links.is_own:
            return say(
                "You are getting this because you asked {council} for updates.", council=council
            )
        return say("You are getting this because you asked {council} for alerts.", council=council)
