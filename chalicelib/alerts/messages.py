"""What subscribers are told, in plain words, before each channel puts it into its own form."""

from datetime import date, datetime
from typing import NamedTuple

from msgspec import Struct

from chalicelib.alerts.delivery import Alert, Kind
from chalicelib.alerts.model import Subscription
from chalicelib.kernel.languages import ENGLISH, Language
from chalicelib.kernel.private_fields import HidesPrivate, Private
from chalicelib.reports.published import Report, Visibility
from chalicelib.reports.reference import format_reference
from chalicelib.reports.states import State

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


class Entry(NamedTuple):
    """An entry of a report's timeline. `words` is what an officer or a crew wrote in it; None if a
    resident or another body wrote it. `version` is the report's first version with it, 0 if that is
    not known. `is_translated`: the service wrote it, so it is in the language of the message.
    `title`: what the entry says happened to an order, None if it says something else."""

    version: int
    at: datetime
    state: State
    words: str | None
    is_translated: bool = False
    title: str | None = None


class BookedSlot(NamedTuple):
    """What a report booked: the day, its slot in words, and where the reporter goes then; empty if
    the council comes to them."""

    day: date
    slot: str
    place: str = ""


class ReportNews(Report, frozen=True, kw_only=True):
    """A report as alerts tell of it, without any words that the reporter typed. `street` comes from
    the published streets, never from a typed address; None if it is not known. `entries` are those
    of its timeline that its item keeps, oldest first. `picture` is shown to everybody on the
    report's page. `page_url` lets the reporter in if the report is not public. `reply_to` takes
    replies about the report, None if no mail is sent. `receipt` says what the reporter booked and
    paid. `is_paid`: money came for it."""

    service_name: str
    street: str | None = None
    entries: tuple[Entry, ...] = ()
    picture: Picture | None = None
    page_url: Private[str]
    reply_to: Private[str | None] = None
    booked: BookedSlot | None = None
    receipt: tuple[Fact, ...] = ()
    is_request: bool = False
    is_paid: bool = False

    @property
    def has_promise(self) -> bool:
        """True if the date by which the council deals with it counts: it is open, and no other day
        is booked."""
        return self.is_open and self.booked is None and self.expected_datetime is not None

    @property
    def reference(self) -> str:
        return format_reference(self.service_request_id)

    @property
    def council_text(self) -> str | None:
        """What an officer or a crew wrote in the last entry."""
        return self.entries[-1].words if self.entries else None

    def untold(self, alert: Alert, subscription: Subscription, told: int) -> tuple[Entry, ...]:
        """The entries that are new to a subscriber who was told of the version `told` before, 0 if
        of none. Subscribers to a place are not told of every entry, so for them those count that
        came with the alert or later."""
        last = self.entries[-1] if self.entries else None

        def is_new(entry: Entry) -> bool:
            if not entry.version:
                return entry is last
            if subscription.topic.kind != "report":
                return entry.version >= alert.version
            return entry.version > told if told else entry.at >= subscription.created_at

        return tuple(entry for entry in self.entries if is_new(entry))

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


class Notice(Struct, frozen=True, kw_only=True):
    """Road works, or an officer's statement that a service is disrupted. `when` is in words."""

    notice_id: str
    title: str
    text: str
    when: str
    page_url: str
    version: int


class Collected(NamedTuple):
    """A container by its code and name, that is emptied on a day. `instead_of`: the day for which
    it was planned, if it moved because of `why`."""

    container: str
    name: str
    instead_of: date | None = None
    why: str = ""


class NotCollected(NamedTuple):
    """A container by its name, that was planned for a day and is emptied on another, or not at all,
    because of `why`."""

    name: str
    to: date | None
    why: str


class CollectionDay(HidesPrivate, frozen=True, kw_only=True):
    """The collections of a premises on a day, and those that do not take place then."""

    day: date
    address: Private[str | None] = None
    due: tuple[Collected, ...] = ()
    moved: tuple[NotCollected, ...] = ()


class Message(HidesPrivate, frozen=True, kw_only=True):
    """A message to a subscriber. The carrier gives `name` back. A newer message replaces an older
    one about the same `thread`. `short` is for small screens, and holds no link: `url` is where it
    leads. A text message takes the first of `short` and `shorter` that fits one part. `quoted` is
    what the council wrote, in English unless it `is_quote_translated`. `picture` is for emails.
    Only messages that can be stopped have addresses to manage and unsubscribe; `because` says why
    they came. `council` is its name in the language of the message."""

    language: Language = ENGLISH
    council: str
    what: Kind
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
    """Where emails lead to the place on the map."""
