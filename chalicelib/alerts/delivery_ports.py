"""The dependencies of the delivery of alerts."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Protocol, TypeVar

from msgspec import Struct

from chalicelib.alerts.audience import Quota
from chalicelib.alerts.delivery import Alert, Named, OfOfficers, Told, Wake
from chalicelib.alerts.message_text import MessageComposer
from chalicelib.alerts.messages import CollectionDay, Message, Notice, ReportNews
from chalicelib.alerts.model import (
    AlertRequested,
    Channel,
    CollectionsPageWanted,
    StopReason,
    Subscription,
)
from chalicelib.alerts.ports import Subscriptions
from chalicelib.alerts.sms_budget import BudgetLine
from chalicelib.alerts.tokens import SubscriptionTokens
from chalicelib.catalogue.model import Council
from chalicelib.kernel.languages import Language
from chalicelib.kernel.queue import Queue
from chalicelib.kernel.site import Site

To_contra = TypeVar("To_contra", contravariant=True)


class Listed(NamedTuple):
    """One page of a list. `next` is where the next page starts, None at the end."""

    alerts: Sequence[Alert]
    next: str | None


class Alerts(Protocol):
    """The store of alerts, of what was told, and of what digests gather. Every method raises
    UpstreamFailed when the store does not answer; lists may lag a second behind."""

    def save(self, alert: Alert) -> Alert:
        """Stores a new alert, or replaces the stored one if it has `alert.revision`. Raises
        VersionConflict."""

    def get(self, subscription_id: str, alert_id: str) -> Alert | None:
        """The alert as it is now (a consistent read)."""

    def due(self, now: datetime, *, limit: int) -> Sequence[Named]:
        """Alerts whose time has come, and alerts whose sender did not come back."""

    def in_place(self, place: OfOfficers, *, limit: int, after: str | None) -> Listed:
        """The alerts in that place, the latest first."""

    def carried_as(self, external_id: str) -> Alert | None:
        """The alert that the carrier knows by this id."""

    def told(self, listener: str, about: str) -> Told | None:
        """What the listener was told of that report or notice (a consistent read)."""

    def note_told(self, listener: str, about: str, told: Told, *, instead_of: Told | None) -> None:
        """Notes what the listener is told. Raises VersionConflict if something else is noted than
        `instead_of`."""

    def gather(self, due: datetime, tell: AlertRequested) -> None:
        """Keeps the event once, for the digest of its subscription that is due at `due`."""

    def gathered(self, subscription_id: str, due: datetime) -> Sequence[AlertRequested]:
        """All events that were kept for that digest (a consistent read)."""


class Suppressed(Protocol):
    """Addresses that nothing more is sent to, stored as digests. Every method raises
    UpstreamFailed."""

    def has(self, address_key: str, now: datetime) -> bool:
        """True if the address is suppressed (a consistent read)."""

    def add(self, address_key: str, because: StopReason, now: datetime) -> None:
        """Suppresses the address for a year."""


class Spend(Protocol):
    """A count of the segments of text messages, which cost money. Every method raises
    UpstreamFailed."""

    def take(self, day: date, purse: BudgetLine, segments: int, *, most: int) -> int | None:
        """Takes that many of the day's segments. Returns how many are taken from this purse by now;
        None if fewer than that are left. If a reply is lost, it may take them twice."""

    def taken(self, day: date, purse: BudgetLine) -> int:
        """How many of the day's segments are taken from this purse by now (a consistent read)."""

    def give_back(self, day: date, purse: BudgetLine, segments: int) -> None:
        """Puts the segments back into the purse."""


class MessageSender(Protocol[To_contra]):
    """Sends messages on one channel."""

    def send(self, message: Message, to: To_contra) -> str | None:
        """Sends the message. Returns the carrier's id for it, if the carrier gives one.

        Raises Gone (nobody is at that address now), AddressRefused (never send it again),
        NoReply (it may have arrived), NotNow or another UpstreamFailed (it did not arrive).
        """


class Ports(Struct, frozen=True):
    """Everything outside that the delivery of alerts uses. `reports` reads the stored reports with
    these ids, and `notices` the current road works and disruptions, as they are now (consistent
    reads), for messages of that site. `collections` gives the collections of a premises on a day,
    and `matcher` takes the hours at which subscribers are reminded of them. `off_rounds` tells
    which rounds do not go out as planned. `language_of` is the language of a subscriber's messages.
    All these readers raise UpstreamFailed.

    `voice` writes the messages, and `segments` counts the segments of one as a text; `quota` is
    what the mail provider sends. `ask_after` is how long after a repair is reported as done the
    council asks whether it is mended. `wait_for_more` is how long further changes of a report are
    waited for, so that one message tells them all, and `later` holds the requests meanwhile.
    `chance` is a random number from 0 to 1; `random_id` makes 128 random bits."""

    subscriptions: Subscriptions
    alerts: Alerts
    suppressed: Suppressed
    spend: Spend
    reports: Callable[[Sequence[str], Site], Mapping[str, ReportNews]]
    notices: Callable[[Sequence[str], Site], Mapping[str, Notice]]
    collections: Callable[[str, date, Site], CollectionDay]
    tokens: SubscriptionTokens
    senders: Mapping[Channel, MessageSender[Any]]
    queue: Queue[Wake]
    later: Queue[AlertRequested]
    matcher: Queue[CollectionsPageWanted]
    off_rounds: Callable[[], Collection[object]]
    language_of: Callable[[Subscription], Language]
    voice: Callable[[Language], MessageComposer]
    council: Council
    segments: Callable[[Message], int]
    quota: Quota
    ask_after: timedelta
    wait_for_more: timedelta
    random_id: Callable[[], str]
    chance: Callable[[], float]
    now: Callable[[], datetime]
