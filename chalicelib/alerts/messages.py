"""What subscribers are told, in plain words, before each channel puts it into its own form."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from chalicelib.alerts.delivery import Kind
from chalicelib.alerts.model import Subscription

Seen = Literal["public", "sender", "nobody"]


class Link(NamedTuple):
    """A link for the reader to follow; `url` is a whole address."""

    label: str
    url: str


class Fact(NamedTuple):
    """One line of a table: its name and its value."""

    name: str
    says: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """A report as alerts tell of it: it holds no words that the reporter typed. `street` comes from
    the published streets, never from a typed address; None if it is not known. `seen_by` says who
    may see it now; `page_url` holds what lets the reporter in if the report is not public;
    `repairs` counts how often the work was reported as done; `asks` has the questions of officers
    that wait for an answer, by their numbers. Subscribers are told the present state from
    `told_from` on: until then an officer can take it back. What happened with a version of
    `taken_back` is never told."""

    service_request_id: str
    reference: str
    service_name: str
    street: str | None = None
    state: str
    state_label: str
    is_done: bool
    expected: datetime | None
    version: int
    repairs: int
    seen_by: Seen
    page_url: str = field(repr=False)
    reply_to: str | None = field(default=None, repr=False)
    asks: Mapping[int, str] = field(default_factory=dict, repr=False)
    told_from: datetime | None = None
    taken_back: Collection[int] = ()

    def may_be_told_to(self, subscription: Subscription) -> bool:
        """True if this subscriber may hear of the report, as it is now."""
        if self.seen_by == "public":
            return True
        of_it = subscription.topic.service_request_id == self.service_request_id
        return self.seen_by == "sender" and subscription.is_own and of_it

    def bears_out(self, what: Kind, version: int) -> bool:
        """False if the alert says that the problem is mended and it is not any more, or if what
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
    leads. Only messages that can be stopped have addresses to manage and unsubscribe."""

    what: Kind
    name: str
    thread: str
    subject: str
    short: str
    url: str = field(repr=False)
    paragraphs: tuple[str, ...]
    facts: tuple[Fact, ...] = ()
    links: tuple[Link, ...] = field(default=(), repr=False)
    afterwards: tuple[str, ...] = ()
    manage_url: str | None = field(default=None, repr=False)
    unsubscribe_url: str | None = field(default=None, repr=False)
    reply_to: str | None = field(default=None, repr=False)
    code: str | None = field(default=None, repr=False)
