"""The content of messages to subscribers, before each channel puts it into its own form."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from msgspec import Struct

from chalicelib.alerts.delivery import Alert, AlertKind
from chalicelib.alerts.model import Subscription
from chalicelib.kernel.languages import ENGLISH, Language
from chalicelib.kernel.private_fields import HidesPrivate, Private
from chalicelib.reports.published import Report, Visibility
from chalicelib.reports.reference import format_reference
from chalicelib.reports.states import OPEN_STATES, State

VISIBLE_TO_REPORTER: frozenset[Visibility] = frozenset(("waiting", "held", "private"))
"""The visibilities of reports that are not public, but of which the reporter may be notified."""


class Link(NamedTuple):
    """A link for the reader to follow; `url` is an absolute address."""

    label: str
    url: str


class Picture(NamedTuple):
    """A public photo at an absolute address; `alt` describes it."""

    url: str
    alt: str


class Fact(NamedTuple):
    """One line of a table: its name and its value."""

    name: str
    says: str


class TimelineEntry(NamedTuple):
    """An entry of a report's timeline. `words` are what an officer or a crew wrote in it; None if a
    resident or another organisation wrote it. `version` is the report's first version with the
    entry, 0 if that is not known. `is_translated`: the service wrote the entry, so it is in the
    language of the message. `title` says what happened to an order, None if the entry is about
    something else. A newer entry with the same `aspect` replaces one before it."""

    version: int
    at: datetime
    state: State
    words: str | None
    is_translated: bool = False
    title: str | None = None
    aspect: str | None = None


class BookedSlot(NamedTuple):
    """A slot that a report booked: the day, the slot in words, and the place that the reporter goes
    to; empty if the council comes to them."""

    day: date
    slot: str
    place: str = ""


class ReportNews(Report, frozen=True, kw_only=True):
    """A report as messages describe it, without any words that the reporter typed. `street` comes
    from the published streets, never from a typed address; None if it is not known. `entries` are
    the latest of its timeline, oldest first. `picture` is public. `page_url` opens the page for the
    reporter even if the report is not public. `reply_to` takes replies about the report, None if no
    mail is sent. `receipt` lists what the reporter booked and paid. `is_paid`: a payment for it
    arrived, of `paid_amount` (such as "£42.50")."""

    service_name: str
    street: str | None = None
    entries: tuple[TimelineEntry, ...] = ()
    picture: Picture | None = None
    page_url: Private[str]
    reply_to: Private[str | None] = None
    booked: BookedSlot | None = None
    receipt: tuple[Fact, ...] = ()
    is_request: bool = False
    is_paid: bool = False
    paid_amount: str | None = None

    @property
    def has_promise(self) -> bool:
        """True if the promise date counts: the report is open, and no other day is booked."""
        return self.is_open and self.booked is None and self.expected_datetime is not None

    @property
    def reference(self) -> str:
        return format_reference(self.service_request_id)

    @property
    def council_text(self) -> str | None:
        """The words of an officer or a crew in the last entry."""
        return self.entries[-1].words if self.entries else None

    def new_entries(
        self, alert: Alert, subscription: Subscription, version_before: int
    ) -> tuple[TimelineEntry, ...]:
        """The entries that are new to a subscriber whose last alert described the version
        `version_before`, 0 if there was none. Subscribers to a place do not get an alert for every
        entry, so for them the entries count that came with the alert or later."""
        last = self.entries[-1] if self.entries else None

        def is_new(entry: TimelineEntry) -> bool:
            if not entry.version:
                return entry is last
            if subscription.topic.kind != "report":
                return entry.version >= alert.version
            if version_before:
                return entry.version > version_before
            return entry.at >= subscription.created_at

        return tuple(entry for entry in self.entries if is_new(entry))

    def current_entries(self, new: Sequence[TimelineEntry]) -> tuple[TimelineEntry, ...]:
        """The new entries without those that a newer one replaced, or that ended with the
        report."""

        def is_current(number: int, entry: TimelineEntry) -> bool:
            if entry.aspect is None:
                return True
            is_replaced = any(each.aspect == entry.aspect for each in new[number + 1 :])
            is_ended = entry.state in OPEN_STATES and not self.is_open
            return not is_replaced and not is_ended

        return tuple(entry for number, entry in enumerate(new) if is_current(number, entry))

    def may_be_shown_to(self, subscription: Subscription) -> bool:
        """True if this subscriber may see the report, as it is now."""
        if self.is_public:
            return True
        is_about_this = subscription.topic.service_request_id == self.service_request_id
        return self.visibility in VISIBLE_TO_REPORTER and subscription.is_own and is_about_this

    def is_still_true(self, what: AlertKind, version: int) -> bool:
        """False if the event is that the problem was fixed and it no longer is, or if the change
        with that version was undone."""
        return version not in self.taken_back and (what != "fixed" or self.is_done)

    def is_final(self, now: datetime) -> bool:
        """False while an officer can undo the last change."""
        return self.told_from is None or self.told_from <= now


class Notice(Struct, frozen=True, kw_only=True):
    """Road works or a disruption. `when` is in words."""

    notice_id: str
    title: str
    text: str
    when: str
    page_url: str
    version: int


class DueContainer(NamedTuple):
    """The code and name of a container that is emptied on a day. `instead_of` is the day for which
    the collection was planned, if it was moved because of `why`."""

    container: str
    name: str
    instead_of: date | None = None
    why: str = ""


class MovedContainer(NamedTuple):
    """The name of a container whose collection was planned for a day and moved `to` another, or
    cancelled (None), because of `why`."""

    name: str
    to: date | None
    why: str


class CollectionDay(HidesPrivate, frozen=True, kw_only=True):
    """The collections of a premises on a day, and those that were moved from that day."""

    day: date
    address: Private[str | None] = None
    due: tuple[DueContainer, ...] = ()
    moved: tuple[MovedContainer, ...] = ()


class Message(HidesPrivate, frozen=True, kw_only=True):
    """A message to a subscriber. The carrier returns `name` with a receipt. A newer message
    replaces an older one of the same `thread`. `short` is for small screens and has no link; it
    leads to `url`. A text message uses the first of `short` and `shorter` with the fewest segments.
    Each of them has the fact that the message is about: a bin, a day, a slot, an amount. `quoted`
    are the council's words, in English unless `is_quote_translated`. `picture` is for emails. Only
    messages that can be stopped have `manage_url` and `unsubscribe_url`; `because` is the reason
    why they came. `council` is its name in the language of the message."""

    language: Language = ENGLISH
    council: str
    what: AlertKind
    name: str
    thread: str
    subject: str
    short: str
    shorter: tuple[str, ...] = ()
    url: Private[str]
    paragraphs: tuple[str, ...]
    quoted: str | None = None
    is_quote_translated: bool = False
    picture: Picture | None = None
    facts: tuple[Fact, ...] = ()
    links: Private[tuple[Link, ...]] = ()
    afterwards: tuple[str, ...] = ()
    because: str = ""
    manage_url: Private[str | None] = None
    unsubscribe_url: Private[str | None] = None
    reply_to: Private[str | None] = None
    code: Private[str | None] = None
    map_url: Private[str | None] = None
    """The place on the map, for emails."""
