"""What subscribers are told, in plain words, before each channel puts it into its own form."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from chalicelib.alerts.delivery import Kind
from chalicelib.alerts.model import Subscription
from chalicelib.reports.published import Report, Visibility
from chalicelib.reports.reference import grouped
from chalicelib.reports.states import LABELS

SHOWN_TO_SENDER: frozenset[Visibility] = frozenset(("waiting", "held", "private"))
"""The visibilities of reports that only their sender may hear of."""


class Link(NamedTuple):
    """A link for the reader to follow; `url` is a whole address."""

    label: str
    url: str


class Picture(NamedTuple):
    """A public photo at a whole address; `alt` says what it shows."""

    url: str
    alt: str


class Fact(NamedTuple):
    """One line of a table: its name and its value."""

    name: str
    says: str


@dataclass(frozen=True, kw_only=True)
class ReportNews(Report):
    """A report as alerts tell of it, without any words that the reporter typed. `street` comes from
    the published streets, never from a typed address; None if it is not known. `council_text` is
    what an officer or a crew wrote in the last update, None if a resident or another body wrote it.
    `picture` is shown to everybody on the report's page. `page_url` lets the reporter in if the
    report is not public. `reply_to` takes replies about the report, None if no mail is sent."""

    service_name: str
    street: str | None = None
    council_text: str | None = None
    picture: Picture | None = None
    page_url: str = field(repr=False)
    reply_to: str | None = field(default=None, repr=False)

    @property
    def reference(self) -> str:
        return grouped(self.service_request_id)

    @property
    def state_label(self) -> str:
        return LABELS[self.state]

    def may_be_told_to(self, subscription: Subscription) -> bool:
        """True if this subscriber may hear of the report, as it is now."""
        if self.is_public:
            return True
        of_it = subscription.topic.service_request_id == self.service_request_id
        return self.visibility in SHOWN_TO_SENDER and subscription.is_own and of_it

    def bears_out(self, what: Kind, version: int) -> bool:
        """False if the alert says that the problem is mended and it no longer is, or if what
        happened with that version was taken back."""
        return version not in self.taken_back and (what != "fixed" or self.is_done)

    def is_told(self, now: datetime) -> bool:
        """False while an officer can take back the present state."""
        return self.told_from is None or self.told_from <= now


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Road works, or an officer's statement that a service is disrupted. `when` is in words."""

    notice_id: str
    title: str
    text: str
    when: str
    page_url: str
    version: int


@dataclass(frozen=True, kw_only=True)
class Message:
    """A message to a subscriber. The carrier gives `name` back. A newer message replaces an older
    one about the same `thread`. `short` is for small screens, and holds no link: `url` is where it
    leads. A text message takes the first of `short` and `shorter` that fits one part. `quoted` is
    what the council wrote, `picture` is for emails. Only messages that can be stopped have
    addresses to manage and unsubscribe."""

    what: Kind
    name: str
    thread: str
    subject: str
    short: str
    shorter: tuple[str, ...] = ()
    url: str = field(repr=False)
    paragraphs: tuple[str, ...]
    quoted: str | None = None
    picture: Picture | None = None
    facts: tuple[Fact, ...] = ()
    links: tuple[Link, ...] = field(default=(), repr=False)
    afterwards: tuple[str, ...] = ()
    manage_url: str | None = field(default=None, repr=False)
    unsubscribe_url: str | None = field(default=None, repr=False)
    reply_to: str | None = field(default=None, repr=False)
    code: str | None = field(default=None, repr=False)
