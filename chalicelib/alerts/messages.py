"""What somebody is told, in plain words, before each channel puts it into its own form."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from chalicelib.alerts.delivery import Kind
from chalicelib.alerts.model import Subscription

Seen = Literal["public", "sender", "nobody"]


class Link(NamedTuple):
    """A way on; `url` is a whole address."""

    label: str
    url: str


class Fact(NamedTuple):
    """One line of a table: what it is, and what it says."""

    name: str
    says: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """A report as alerts tell of it: no word of it was typed by whoever sent it. `seen_by` says who
    may see it now; `page_url` holds what lets its sender in where it is not public; `repairs`
    counts how often it was said to be done; `asks` has the questions of officers that wait for an
    answer, by their numbers. How it stands now is told from `told_from` on: until then an officer
    can take that back. What happened with a version of `taken_back` is never told."""

    service_request_id: str
    reference: str
    service_name: str
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
        """True where this subscriber may hear of it, as it is now."""
        if self.seen_by == "public":
            return True
        of_it = subscription.topic.service_request_id == self.service_request_id
        return self.seen_by == "sender" and subscription.is_own and of_it

    def bears_out(self, what: Kind, version: int) -> bool:
        """False where it was mended, and is not any more; and where what happened with that
        version was taken back."""
        return version not in self.taken_back and (what != "mended" or self.is_done)

    def is_told(self, now: datetime) -> bool:
        """False while an officer can take back how it stands."""
        return self.told_from is None or self.told_from <= now


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Road works, or an officer's word that a service is disrupted. `when` is in words."""

    notice_id: str
    title: str
    text: str
    when: str
    page_url: str
    version: int


@dataclass(frozen=True, kw_only=True)
class Message:
    """What is told. `name` is what whoever carries it gives back; a newer message takes the place
    of an older one about the same `thread`. `short` is for small screens, and holds no link:
    `url` is where it leads. Only what can be stopped has addresses to manage and unsubscribe."""

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
