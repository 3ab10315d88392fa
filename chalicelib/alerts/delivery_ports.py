"""The dependencies of the delivery of alerts."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Protocol, TypeVar

from msgspec import Struct

from chalicelib.alerts.audience import Quota
from chalicelib.alerts.delivery import Alert, AlertKey, LastAlert, OfficerBacklog, Wake
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


class AlertPage(NamedTuple):
    """One page of a list. `next` is where the next page starts, None at the end."""

    alerts: Sequence[Alert]
    next: str | None


class Alerts(Protocol):
    """The store of alerts, of the last alert to each recipient, and of the events for digests.
    Every method raises UpstreamFailed when the store does not answer; lists may lag a second
    behind."""

    def save(self, alert: Alert) -> Alert:
        """Stores a new alert, or replaces the stored one if it has `alert.revision`. Raises
        VersionConflict."""

    def get(self, subscription_id: str, alert_id: str) -> Alert | None:
        """The alert as it is now (a consistent read)."""

    def due_alerts(self, now: datetime, *, limit: int) -> Sequence[AlertKey]:
        """The alerts that are due, and those whose sender did not finish."""

    def list_backlog(self, place: OfficerBacklog, *, limit: int, after: str | None) -> AlertPage:
        """A page of the alerts in that backlog, the latest first."""

    def find_by_external_id(self, external_id: str) -> Alert | None:
        """The alert with this id of the carrier."""

    def last_alert(self, recipient: str, about: str) -> LastAlert | None:
        """The last alert that the recipient got about that report or notice (a consistent read)."""

    def save_last_alert(
        self, recipient: str, about: str, last: LastAlert, *, instead_of: LastAlert | None
    ) -> None:
        """Replaces the last alert. Raises VersionConflict if another one than `instead_of` is
        stored."""

    def add_to_digest(self, due: datetime, request: AlertRequested) -> None:
        """Stores the event for the digest of its subscription that is due at `due`; the same event
        is stored once."""

    def events_of_digest(self, subscription_id: str, due: datetime) -> Sequence[AlertRequested]:
        """All events that are stored for that digest (a consistent read)."""


class SuppressedAddresses(Protocol):
    """Addresses to which nothing more is sent, stored as digests. Every method raises
    UpstreamFailed."""

    def has(self, address_key: str, now: datetime) -> bool:
        """True if the address is suppressed (a consistent read)."""

    def add(self, address_key: str, because: StopReason, now: datetime) -> None:
        """Suppresses the address for a year."""


class SendingBudget(Protocol):
    """Counts what is sent each day on each line of the budget: segments of text messages, which
    cost money, or emails. Every method raises UpstreamFailed."""

    def take(self, day: date, line: BudgetLine, amount: int, *, most: int) -> int | None:
        """Takes the amount if the line then has at most `most` taken that day. Returns the amount
        taken so far, None if not enough is left. If a reply is lost, it may take twice."""

    def amount_taken(self, day: date, line: BudgetLine) -> int:
        """The amount taken from the line that day so far (a consistent read)."""

    def give_back(self, day: date, line: BudgetLine, amount: int) -> None:
        """Returns the amount to the line."""


class MessageSender(Protocol[To_contra]):
    """Sends messages on one channel."""

    def send(self, message: Message, to: To_contra) -> str | None:
        """Sends the message. Returns the carrier's id for it, if the carrier gives one.

        Raises Gone (nobody is at that address now), AddressRefused (never send it again),
        NoReply (it may have arrived), NotNow or another UpstreamFailed (it did not arrive).
        """


class Ports(Struct, frozen=True):
    """The dependencies of the delivery of alerts. `reports` reads the stored reports with these
    ids, and `notices` the current road works and disruptions, as they are now (consistent reads),
    for messages of that site. `collections` gives the collections of a premises on a day.
    `off_rounds` gives the rounds that do not go out as planned. `language_of` is the language of a
    subscriber's messages. All these readers raise UpstreamFailed.

    `wake_queue` and `request_queue` lead back to the sender, `match_queue` to the matcher.
    `composer` writes the messages in a language, and `count_segments` counts the segments of one as
    a text message; `quota` is how many emails the provider sends. `repair_question_delay` is the
    time between a repair and the question whether it is fixed. `changes_delay` is how long an alert
    waits for further changes of its report, so that one message describes them all. `chance` is a
    random number from 0 to 1; `random_id` makes 128 random bits."""

    subscriptions: Subscriptions
    alerts: Alerts
    suppressed_addresses: SuppressedAddresses
    budget: SendingBudget
    reports: Callable[[Sequence[str], Site], Mapping[str, ReportNews]]
    notices: Callable[[Sequence[str], Site], Mapping[str, Notice]]
    collections: Callable[[str, date, Site], CollectionDay]
    tokens: SubscriptionTokens
    senders: Mapping[Channel, MessageSender[Any]]
    wake_queue: Queue[Wake]
    request_queue: Queue[AlertRequested]
    match_queue: Queue[CollectionsPageWanted]
    off_rounds: Callable[[], Collection[object]]
    language_of: Callable[[Subscription], Language]
    composer: Callable[[Language], MessageComposer]
    council: Council
    count_segments: Callable[[Message], int]
    quota: Quota
    repair_question_delay: timedelta
    changes_delay: timedelta
    random_id: Callable[[], str]
    chance: Callable[[], float]
    now: Callable[[], datetime]
