"""What every message to a subscriber has: its language, links, and words on replies."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct

from chalicelib.alerts.delivery import Alert
from chalicelib.alerts.messages import Message
from chalicelib.alerts.report_words import ReportWords
from chalicelib.kernel.languages import Language
from chalicelib.kernel.site import Site


class SubscriptionLinks(NamedTuple):
    """The links with which the subscriber changes or stops their alerts."""

    manage_url: str
    unsubscribe_url: str


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
        case: str | None = None,
        before: tuple[str, ...] = (),
        **values: Any,
    ) -> Message:
        """A message in the language, from the council. `case` is the address for replies to the
        report that it is about, `before` what stands before the words on replies."""
        usual = {
            "language": self.language,
            "council": self.council,
            "what": alert.what,
            "name": alert.try_name,
            "afterwards": (*before, *self._afterwards(case)),
            "manage_url": ways and ways.manage_url,
            "unsubscribe_url": ways and ways.unsubscribe_url,
            "reply_to": case or self.reply_to,
        }
        return Message(**{**usual, **values})

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
