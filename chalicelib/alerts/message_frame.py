"""What every message to a subscriber has: its language, links, and words on replies."""

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
    """The links with which the subscriber changes or stops their alerts. `is_own`: they are the
    updates on the subscriber's own report."""

    manage_url: str
    unsubscribe_url: str
    is_own: bool


class MessageFrame(Struct, frozen=True, kw_only=True):
    """What all messages of a council have in common, in the language of `site`, which their links
    lead to. `council` is its name in that language. `reply_to` is the address for answers that are
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
        """What the messages say of a report."""
        return ReportWords(language=self.language, zone=self.zone, now=self.now)

    def message(
        self,
        alert: Alert,
        ways: SubscriptionLinks | None = None,
        *,
        report: ReportNews | None = None,
        before: tuple[str, ...] = (),
        **values: Any,
    ) -> Message:
        """A message in the language, from the council. Replies are added to `report`, if it takes
        any; `before` stands before the words on replies."""
        usual = {
            "language": self.language,
            "council": self.council,
            "what": alert.what,
            "name": alert.try_name,
            "afterwards": (*before, self._reply_note(report)),
            "because": self._because(ways) if ways else "",
            "manage_url": ways and ways.manage_url,
            "unsubscribe_url": ways and ways.unsubscribe_url,
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

    def _because(self, ways: SubscriptionLinks) -> str:
        """Why somebody gets messages that they can stop."""
        say, council = self.language.say, self.council
        if ways.is_own:
            return say(
                "You are getting this because you asked {council} for updates.", council=council
            )
        return say("You are getting this because you asked {council} for alerts.", council=council)
