"""The ports of alert delivery in memory, with the conditions that DynamoDB checks."""

import gzip
import json
from base64 import b64encode
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from chalicelib.alerts.audience import Quota
from chalicelib.alerts.delivery import Alert, AlertKey, LastAlert, OfficerBacklog, Wake
from chalicelib.alerts.delivery_ports import AlertPage, Ports
from chalicelib.alerts.message_text import MessageComposer
from chalicelib.alerts.messages import CollectionDay, Message, Notice, ReportNews, TimelineEntry
from chalicelib.alerts.model import (
    AlertRequested,
    CollectionsPageWanted,
    StopReason,
    Subscription,
    Topic,
)
from chalicelib.alerts.sms_budget import BudgetLine
from chalicelib.catalogue.theme import EmailLook, Theme
from chalicelib.kernel.languages import Language, language
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.push_address import PushAddress
from chalicelib.kernel.site import Site
from tests.support.builders import NOON
from tests.support.councils import council_named
from tests.support.fakes import Clock, MemoryQueue
from tests.support.fakes_alerts import TOKENS, MemorySubscriptions

SITE = "https://report.example"
COUNCIL = council_named("demo")
REPORT = "7K3M2QXV9HTD"
ADDRESSES: Mapping[str, Any] = {
    "email": "sam@example.org",
    "sms": "+447700900123",
    "push": PushAddress(endpoint="https://push.example/1", p256dh="key", auth="secret"),
}
VOICE = MessageComposer(
    council="Eskerby Council",
    phone="01904 960123",
    site=Site(SITE),
    zone=ZoneInfo("Europe/London"),
    now=lambda: NOON,
    reply_to="contact@eskerby.example",
)
WELSH = language("cy")
WELSH_VOICE = replace(VOICE, council="Cyngor Eskerby", site=Site(SITE, WELSH))
VOICES = {"en": VOICE, "cy": WELSH_VOICE}
LOOK = EmailLook(VOICE.council, Theme(), SITE)


def subscription(**values: Any) -> Subscription:
    channel = values.get("channel", "email")
    own = {"push": ADDRESSES["push"]} if channel == "push" else {"to": ADDRESSES[channel]}
    return Subscription(
        **{
            "subscription_id": "5" * 32,
            "channel": channel,
            **own,
            "topic": Topic(kind="council"),
            "state": "active",
            "address_key": "a" * 32,
            "created_at": NOON,
            **values,
        }
    )


def alert_request(**values: Any) -> AlertRequested:
    return AlertRequested(
        **{
            "subscription_id": "5" * 32,
            "what": "state_changed",
            "version": 2,
            "occurred_at": NOON,
            "service_request_id": REPORT,
            **values,
        }
    )


def timeline_entry(words: str | None, version: int = 2, **values: Any) -> TimelineEntry:
    known = {"version": version, "at": NOON, "state": "in_progress", "words": words}
    return TimelineEntry(**{**known, **values})


def report_news(**values: Any) -> ReportNews:
    """A report; `council_text` is what the council wrote in its last entry."""
    if "council_text" in values:
        state = values.get("state", "in_progress")
        values["entries"] = (timeline_entry(values.pop("council_text"), state=state),)
    return ReportNews(
        **{
            "service_request_id": REPORT,
            "service_code": "pothole",
            "service_name": "Pothole",
            "state": "in_progress",
            "visibility": "public",
            "version": 2,
            "team": "highways",
            "priority": "normal",
            "expected_datetime": NOON + timedelta(days=5),
            "page_url": f"{SITE}/reports/{REPORT}",
            **values,
        }
    )


def notice(**values: Any) -> Notice:
    return Notice(
        **{
            "notice_id": "n1",
            "title": "No collections on Acomb side today",
            "text": "A lorry has broken down.",
            "when": "Today until 18:00",
            "page_url": f"{SITE}/",
            "version": 1,
            **values,
        }
    )


def text_log(*lines: str, kind: str = "DATA_MESSAGE") -> dict[str, Any]:
    """An event with lines of CloudWatch's log of text messages, as a function receives it."""
    log = {
        "messageType": kind,
        "owner": "123456789012",
        "logGroup": "sns/eu-west-2/123456789012/DirectPublishToPhoneNumber",
        "logStream": "0a1b2c3d",
        "subscriptionFilters": ["ginnel"],
        "logEvents": [
            {"id": f"{at}", "timestamp": 1_790_000_000_000, "message": line}
            for at, line in enumerate(lines)
        ],
    }
    packed = gzip.compress(json.dumps(log).encode())
    return {"awslogs": {"data": b64encode(packed).decode()}}


class MemoryAlerts:
    """Alerts in a dictionary; `noted` has what listeners were told."""

    def __init__(self) -> None:
        self.stored: dict[AlertKey, Alert] = {}
        self.noted: dict[tuple[str, str], LastAlert] = {}
        self.digests: dict[tuple[str, datetime], dict[str, AlertRequested]] = defaultdict(dict)

    def save(self, alert: Alert) -> Alert:
        key = AlertKey(alert.subscription_id, alert.alert_id)
        present = self.stored.get(key)
        if (present.revision if present else 0) != alert.revision:
            raise VersionConflict
        self.stored[key] = replace(alert, revision=alert.revision + 1)
        return self.stored[key]

    def get(self, subscription_id: str, alert_id: str) -> Alert | None:
        return self.stored.get(AlertKey(subscription_id, alert_id))

    def due_alerts(self, now: datetime, *, limit: int) -> Sequence[AlertKey]:
        found = [
            (each.due_at, key)
            for key, each in self.stored.items()
            if each.backlog in ("waiting", "put_off", "over_cap", "sending") and each.due_at <= now
        ]
        return [key for _, key in sorted(found)[:limit]]

    def list_backlog(self, place: OfficerBacklog, *, limit: int, after: str | None) -> AlertPage:
        found = sorted(
            (f"{each.due_at:%Y-%m-%dT%H:%M:%SZ}#{each.name}", each)
            for each in self.stored.values()
            if each.backlog == place
        )[::-1]
        rest = [(key, each) for key, each in found if after is None or key < after]
        following = rest[limit - 1][0] if len(rest) > limit else None
        return AlertPage([each for _, each in rest[:limit]], following)

    def find_by_external_id(self, external_id: str) -> Alert | None:
        return next((a for a in self.stored.values() if a.external_id == external_id), None)

    def last_alert(self, listener: str, about: str) -> LastAlert | None:
        return self.noted.get((listener, about))

    def save_last_alert(
        self, listener: str, about: str, told: LastAlert, *, instead_of: LastAlert | None
    ) -> None:
        if self.noted.get((listener, about)) != instead_of:
            raise VersionConflict
        self.noted[listener, about] = told

    def add_to_digest(self, due: datetime, tell: AlertRequested) -> None:
        self.digests[tell.subscription_id, due][tell.event_key] = tell

    def events_of_digest(self, subscription_id: str, due: datetime) -> Sequence[AlertRequested]:
        return list(self.digests[subscription_id, due].values())


class MemorySuppressedAddresses:
    """Addresses to which nothing is sent."""

    def __init__(self) -> None:
        self.stored: dict[str, tuple[StopReason, datetime]] = {}

    def has(self, address_key: str, now: datetime) -> bool:
        _, until = self.stored.get(address_key, ("", now))
        return now < until

    def add(self, address_key: str, because: StopReason, now: datetime) -> None:
        self.stored[address_key] = because, now + timedelta(days=365)


class MemorySendingBudget:
    """Segments by day and purse."""

    def __init__(self) -> None:
        self.stored: Counter[tuple[date, BudgetLine]] = Counter()

    def take(self, day: date, purse: BudgetLine, segments: int, *, most: int) -> int | None:
        if self.stored[day, purse] + segments > most:
            return None
        self.stored[day, purse] += segments
        return self.stored[day, purse]

    def amount_taken(self, day: date, purse: BudgetLine) -> int:
        return self.stored[day, purse]

    def give_back(self, day: date, purse: BudgetLine, segments: int) -> None:
        self.stored[day, purse] -= segments


class FakeSender:
    """Accepts all messages, except those for which `raises` has an error; `there` has the arrived
    messages, in order. An error with the attribute `arrived` is raised after the message
    arrived."""

    def __init__(self) -> None:
        self.there: list[tuple[Message, Any]] = []
        self.raises: list[BaseException | None] = []
        self._numbers = count(1)

    @property
    def names(self) -> list[str]:
        """The names of the alerts, each as often as it arrived."""
        return [message.name.rpartition("-")[0] for message, _ in self.there]

    def send(self, message: Message, to: Any) -> str | None:
        error = self.raises.pop(0) if self.raises else None
        if error and not getattr(error, "arrived", False):
            raise error
        self.there.append((message, to))
        if error:
            raise error
        return f"carried-{next(self._numbers)}"


class FakeDescriptions:
    """Reports or notices, as alerts describe them."""

    def __init__(self) -> None:
        self.known: dict[str, Any] = {}

    def __call__(self, ids: Sequence[str], site: Site) -> Mapping[str, Any]:
        return {each: self.known[each] for each in ids if each in self.known}


@dataclass
class DeliveryWorld:
    """The ports in memory, each with its own type."""

    clock: Clock = field(default_factory=Clock)
    subscriptions: MemorySubscriptions = field(default_factory=MemorySubscriptions)
    alerts: MemoryAlerts = field(default_factory=MemoryAlerts)
    suppressed_addresses: MemorySuppressedAddresses = field(
        default_factory=MemorySuppressedAddresses
    )
    budget: MemorySendingBudget = field(default_factory=MemorySendingBudget)
    reports: FakeDescriptions = field(default_factory=FakeDescriptions)
    notices: FakeDescriptions = field(default_factory=FakeDescriptions)
    sender: FakeSender = field(default_factory=FakeSender)
    wake_queue: MemoryQueue[Wake] = field(default_factory=MemoryQueue)
    request_queue: MemoryQueue[AlertRequested] = field(default_factory=MemoryQueue)
    match_queue: MemoryQueue[CollectionsPageWanted] = field(default_factory=MemoryQueue)
    off_rounds: Callable[[], Collection[object]] = tuple
    collections: Callable[[str, date, Site], CollectionDay] = lambda premises_id, day, site: (
        CollectionDay(day=day)
    )
    texts_a_day: int = 1_000
    quota: Quota = field(default_factory=lambda: Quota(emails_a_second=14, emails_a_day=1_000))
    chance: float = 1.0
    changes_delay: timedelta = timedelta(0)
    language_of: Callable[[Subscription], Language] = lambda each: language(each.language or "en")
    composer: Callable[[Language], MessageComposer] = lambda wanted: VOICES[wanted.code]

    def ports(self) -> Ports:
        numbers = count(1)
        return Ports(
            subscriptions=self.subscriptions,
            alerts=self.alerts,
            suppressed_addresses=self.suppressed_addresses,
            budget=self.budget,
            reports=self.reports,
            notices=self.notices,
            collections=self.collections,
            tokens=TOKENS,
            senders=dict.fromkeys(("email", "sms", "push"), self.sender),
            wake_queue=self.wake_queue,
            request_queue=self.request_queue,
            match_queue=self.match_queue,
            off_rounds=self.off_rounds,
            language_of=self.language_of,
            composer=self.composer,
            council=replace(COUNCIL, texts_a_day=self.texts_a_day),
            count_segments=lambda message: 1,
            quota=self.quota,
            repair_question_delay=timedelta(days=3),
            changes_delay=self.changes_delay,
            random_id=lambda: f"{next(numbers):032x}",
            chance=lambda: self.chance,
            now=self.clock,
        )

    def subscribe(self, **values: Any) -> Subscription:
        return self.subscriptions.add(subscription(**values))

    def knows(self, thing: ReportNews | Notice) -> None:
        if isinstance(thing, ReportNews):
            self.reports.known[thing.service_request_id] = thing
        else:
            self.notices.known[thing.notice_id] = thing

    def the_alert(self) -> Alert:
        (alert,) = self.alerts.stored.values()
        return alert
