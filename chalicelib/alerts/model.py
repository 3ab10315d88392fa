"""Subscriptions: who gets alerts, about which topic, by which channel and how often.

    unconfirmed ──a click or a code──▶ active ──▶ stopped
         │                                           ▲
         └───────── over after a day, or stopped ────┘

The tokens that allow a person to confirm, change or stop a subscription are derived from a secret
and its id; none of them is stored. Messages between the functions name a subscription by its id, so
they do not reveal where the subscriber lives.
"""

from datetime import date, datetime, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from chalicelib.catalogue.texts import RequestedLanguage
from chalicelib.events import OfNotice
from chalicelib.kernel.languages import translatable
from chalicelib.kernel.private_fields import HidesPrivate, Private
from chalicelib.kernel.push_address import PushAddress

Channel = Literal["email", "sms", "push"]
Frequency = Literal["now", "daily", "weekly"]
EventType = Literal[
    "new",
    "state_changed",
    "fixed",
    "updated",
    "repair_question",
    "officer_question",
    "roadworks",
    "disruption",
    "collection_reminder",
    "collection_change",
    "booking_reminder",
]
"""`new`: the report becomes public, or the reporter's own report is received; `fixed`: its state
changes to a fixed one; `updated`: a public update, for subscribers to the report;
`repair_question`: the council asks whether the repair holds; `officer_question`: an officer asks
the reporter, who alone is notified, whatever their preferences; `collection_reminder`: waste is
collected soon; `collection_change`: a reminder is no longer right; `booking_reminder`: the day that
the reporter booked comes soon, and the reporter alone is notified."""
TopicKind = Literal["report", "area", "ward", "council", "roadworks", "disruptions", "bins"]
State = Literal["unconfirmed", "active", "stopped"]
StopReason = Literal["requested", "bounced", "complained", "gone"]

LEAST_RADIUS_M, MOST_RADIUS_M = 100, 10_000
MOST_SERVICES = 50
CONFIRMED_WITHIN = timedelta(hours=24)
STOPPED_KEPT_FOR = timedelta(days=30)
"""For how long the link in an old message still shows that the subscription was stopped."""
MOST_CODE_TRIES = 5
COLLECTIONS_PREFIX = "bins-"
"""The prefix of the notice ids of a day's collections."""

_CLOCK = Meta(
    pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", description=translatable("a time such as 22:00")
)
Clock = Annotated[str, _CLOCK]
_HOUR = Meta(
    pattern=r"^([01][0-9]|2[0-3]):00$", description=translatable("a full hour such as 19:00")
)
Hour = Annotated[str, _HOUR]
"""An hour on the council's clock. From 12:00 on it is on the day before a collection, else on the
day itself."""
Code = Annotated[str, Meta(min_length=1, max_length=100)]


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """What a subscription is about. Road works and disruptions may have a circle or a ward; without
    either, the topic is the whole council. `bins` are the collections of a premises. An empty list
    of service codes means all services. WGS84 degrees."""

    kind: TopicKind
    service_request_id: Annotated[str, Meta(max_length=40)] | None = None
    lat: Annotated[float, Meta(ge=-90, le=90)] | None = None
    long: Annotated[float, Meta(ge=-180, le=180)] | None = None
    radius_m: float | None = None
    ward_code: Annotated[str, Meta(max_length=40)] | None = None
    premises_id: Annotated[str, Meta(max_length=40)] | None = None
    service_codes: Annotated[tuple[Code, ...], Meta(max_length=MOST_SERVICES)] = ()


class QuietHours(msgspec.Struct, frozen=True, kw_only=True):
    """Hours when nothing is sent, in the council's local time; `end` may be on the next day."""

    begin: Clock
    end: Clock


class SubscriptionRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A caller's request to subscribe. `to` goes with email and sms, `push` with push, and
    `remind_at` with bins. An empty list of event types means all that the topic offers. The
    messages are in the language of the subscriber's account, else in `language`, else in the
    language of the request.
    """

    channel: Channel
    topic: Topic
    to: Annotated[str, Meta(max_length=254)] | None = None
    push: PushAddress | None = None
    event_types: Annotated[tuple[EventType, ...], Meta(max_length=10)] = ()
    frequency: Frequency = "now"
    remind_at: Hour | None = None
    quiet: QuietHours | None = None
    language: RequestedLanguage | None = None


class SubscriptionChanges(msgspec.Struct, frozen=True, kw_only=True):
    """A caller's changes to a subscription. None leaves a field as it is; `clear` names the fields
    to remove."""

    topic: Topic | None = None
    event_types: Annotated[tuple[EventType, ...], Meta(max_length=10)] | None = None
    frequency: Frequency | None = None
    remind_at: Hour | None = None
    quiet: QuietHours | None = None
    language: RequestedLanguage | None = None
    clear: list[Literal["quiet"]] | None = None


class Subscription(HidesPrivate, frozen=True, kw_only=True):
    """A standing request for messages about a topic. `to` is an email address or a number in E.164,
    `address_key` a digest of it, or of the browser's endpoint. When the subscription is stopped,
    the addresses are deleted and only the digest is kept.

    `is_own`: the report is the subscriber's own, so the subscriber is notified even if nobody else
    may see it. `confirm_tries` counts all codes that were tried, including right ones. `is_silent`:
    the address is on the block list, so it is never asked and never confirmed. The subscription is
    stored like others until it expires, so that nobody can use it to query the list. `language`:
    the language in which the subscriber asked for it; None in subscriptions from before there were
    several."""

    subscription_id: str
    channel: Channel
    to: Private[str | None] = None
    push: Private[PushAddress | None] = None
    topic: Private[Topic]
    event_types: tuple[EventType, ...] = ()
    frequency: Frequency = "now"
    remind_at: Hour | None = None
    quiet: QuietHours | None = None
    language: str | None = None
    state: State
    stopped_because: StopReason | None = None
    account_id: str | None = None
    address_key: str | None = None
    is_own: bool = False
    created_at: datetime
    confirmed_at: datetime | None = None
    stopped_at: datetime | None = None
    confirm_tries: int = 0
    fingerprint: str = ""
    request_id: str = ""
    is_silent: bool = False
    version: int = 0

    @property
    def expires_at(self) -> datetime | None:
        """When it is deleted automatically; None while it is active."""
        match self.state:
            case "unconfirmed":
                return self.created_at + CONFIRMED_WITHIN
            case "stopped":
                return (self.stopped_at or self.created_at) + STOPPED_KEPT_FOR
            case "active":
                return None

    def is_over(self, now: datetime) -> bool:
        """True if it has expired, even if its item is still stored."""
        return self.expires_at is not None and self.expires_at <= now


class AlertRequested(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A message to the sender: notify this subscriber of this event. `version` is the version of
    the report or the notice; for a question it is the number of the repair or of the officer's
    question, and for a reminder of a booking that of the reminder. `event_key` identifies the
    event, and is the same for all subscribers. The alert is not sent before `not_before`, because
    the change can be undone until then. If it `waits_for_plan`, the day of the work becomes known
    within a minute, and is told with it."""

    subscription_id: str
    what: EventType
    version: int
    occurred_at: datetime
    service_request_id: str | None = None
    notice_id: str | None = None
    request_id: str = ""
    not_before: datetime | None = None
    waits_for_plan: bool = False

    @property
    def event_key(self) -> str:
        return f"{self.service_request_id or self.notice_id}#{self.version}#{self.what}"


class Confirm(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A message to the sender: ask the address to confirm this subscription."""

    subscription_id: str
    request_id: str = ""


ToSend = AlertRequested | Confirm


class AlertBatch(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A message to the matcher: notify all these subscribers of the event in `tell`, which is the
    message for one of them."""

    tell: AlertRequested
    subscription_ids: tuple[str, ...]

    @property
    def requests(self) -> list[AlertRequested]:
        """The messages to the sender, one for each subscriber."""
        return [
            msgspec.structs.replace(self.tell, subscription_id=i) for i in self.subscription_ids
        ]


class CollectionsPageWanted(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A message to the matcher: notify the subscribers with reminders at these hours of the
    collections on that day. `version` is the number of the hour for a reminder; for a change, the
    time when it was published, in Unix seconds. `area` and `low` are the page's cursor."""

    what: Literal["collection_reminder", "collection_change"]
    day: date
    hours: tuple[Hour, ...]
    version: int
    occurred_at: datetime
    area: int = 0
    low: str = ""

    @property
    def notice_id(self) -> str:
        """The id of the day's collections, the same for all premises."""
        return f"{COLLECTIONS_PREFIX}{self.day}"


class NoticePageWanted(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A message to the matcher: find the subscribers that the fact concerns, from the cursor `area`
    and `low` on. `news` is the notice's number of news when the matching began."""

    fact: OfNotice
    news: int
    area: int
    low: str


def mark_active(subscription: Subscription, now: datetime) -> Subscription:
    """Returns the subscription as confirmed by its address at `now`."""
    return replace(subscription, state="active", confirmed_at=now)


def mark_stopped(subscription: Subscription, because: StopReason, now: datetime) -> Subscription:
    """Returns the subscription as stopped at `now`, without its address."""
    return replace(
        subscription,
        state="stopped",
        stopped_because=because,
        stopped_at=now,
        to=None,
        push=None,
    )
