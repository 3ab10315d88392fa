"""The alerts slice's ports in memory, for subscriptions and for matching."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count
from typing import Any

from msgspec.structs import replace

from chalicelib.alerts.audience import Counts
from chalicelib.alerts.extents import Extent
from chalicelib.alerts.index import AreaQuery, IndexEntry
from chalicelib.alerts.model import (
    AlertBatch,
    Channel,
    CollectionsPageWanted,
    NoticePageWanted,
    Subscription,
    SubscriptionRequest,
    Topic,
    ToSend,
)
from chalicelib.alerts.ports import (
    AddressChannel,
    BookedDay,
    FollowedReport,
    IndexPorts,
    MatchPorts,
    NoticeScope,
    Ports,
    Reporter,
    SubscriptionPage,
)
from chalicelib.alerts.tokens import SubscriptionTokens
from chalicelib.errors import AddressRefused, Invalid
from chalicelib.geo.point import Box, Point
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.push_address import PushAddress
from chalicelib.kernel.time import text_of
from chalicelib.reports.published import Report
from tests.support.builders import MARKET_PLACE, NOON, known_report
from tests.support.councils import council_named
from tests.support.fakes import IDS, Clock, MemoryQueue, PlainSecret

SOMEBODY = "resident@example.org"
BROWSER = PushAddress(endpoint="https://push.example/one", p256dh="BPub", auth="secret")
BOUNDS = Box(west=-1.2, south=53.89, east=-0.963, north=54.028)
GUILDHALL = "E05000001"
TOKENS = SubscriptionTokens(PlainSecret("alerts"))


def area(radius_m: float = 500, **values: Any) -> Topic:
    return Topic(**{"kind": "area", **MARKET_PLACE, "radius_m": radius_m, **values})


def subscription_request(**values: Any) -> SubscriptionRequest:
    return SubscriptionRequest(**{"channel": "email", "to": SOMEBODY, "topic": area(), **values})


def subscription(number: int = 1, **values: Any) -> Subscription:
    return Subscription(
        **{
            "subscription_id": f"{number:032x}",
            "channel": "email",
            "to": f"resident{number}@example.org",
            "address_key": IDS.address_key("email", f"resident{number}@example.org"),
            "topic": area(),
            "state": "active",
            "created_at": NOON,
            "confirmed_at": NOON,
            **values,
        }
    )


def alert_report(**values: Any) -> Report:
    own = {"service_request_id": "R00000000001", "ward_code": GUILDHALL}
    return known_report(**{**own, **values})


class MemorySubscriptions:
    """The Subscriptions port in a dictionary."""

    def __init__(self, *stored: Subscription) -> None:
        self.stored = {each.subscription_id: replace(each, version=1) for each in stored}

    def add(self, subscription: Subscription) -> Subscription:
        return self.stored.setdefault(
            subscription.subscription_id, replace(subscription, version=1)
        )

    def save(self, subscription: Subscription) -> Subscription:
        stored = self.stored.get(subscription.subscription_id)
        if stored is None or stored.version != subscription.version:
            raise VersionConflict
        return self._put(replace(subscription, version=subscription.version + 1))

    def get(self, subscription_id: str) -> Subscription | None:
        return self.stored.get(subscription_id)

    def list_of_account(
        self, account_id: str, *, limit: int, after: str | None
    ) -> SubscriptionPage:
        own = [each for each in self.stored.values() if each.account_id == account_id]
        places = sorted(
            ((_cursor_of(each), each) for each in own), reverse=True, key=lambda p: p[0]
        )
        rest = [each for place, each in places if after is None or place < after][:limit]
        return SubscriptionPage(rest, _cursor_of(rest[-1]) if len(rest) == limit else None)

    def at_addresses(self, address_keys: Collection[str]) -> Sequence[Subscription]:
        return [each for each in self.stored.values() if each.address_key in address_keys]

    def remove(self, subscription_id: str) -> None:
        self.stored.pop(subscription_id, None)

    def _put(self, subscription: Subscription) -> Subscription:
        self.stored[subscription.subscription_id] = subscription
        return subscription


class MemoryIndex:
    """The Index port in dictionaries; `asked` are the queried areas."""

    def __init__(self) -> None:
        self.stored: dict[str, dict[str, IndexEntry]] = defaultdict(dict)
        self.asked: list[AreaQuery] = []

    def put(self, entries: Iterable[IndexEntry]) -> None:
        for entry in entries:
            area, record = entry.key
            self.stored[area][record] = entry

    def remove(self, keys: Iterable[tuple[str, str]]) -> None:
        for area, record in keys:
            self.stored[area].pop(record, None)

    def entries(self, area: AreaQuery, *, limit: int | None = None) -> Iterable[IndexEntry]:
        self.asked.append(area)
        found = sorted(self.stored.get(area.name, {}).items())
        return [entry for record, entry in found if area.low <= record <= area.high][:limit]

    def keys(self) -> set[tuple[str, str]]:
        return {entry.key for found in self.stored.values() for entry in found.values()}


class MemoryAudiences:
    """The Audiences port in a counter."""

    def __init__(self) -> None:
        self.stored: Counter[tuple[str, Channel]] = Counter()

    def add(self, changes: Counts) -> None:
        self.stored.update(changes)

    def counts(self) -> Counts:
        return self.stored


@dataclass
class MemoryReports:
    """The Reports port; `owners` are the accounts that may subscribe to reports that are not
    public."""

    subjects: dict[str, Report] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    reporters: dict[str, Reporter] = field(default_factory=dict)
    senders: dict[str, Reporter] = field(default_factory=dict)
    bookings: dict[str, BookedDay] = field(default_factory=dict)

    def put(self, *subjects: Report) -> None:
        for each in subjects:
            self.subjects[each.service_request_id] = each

    def find_followed(
        self, service_request_id: str, account_id: str | None
    ) -> FollowedReport | None:
        found = self.subjects.get(service_request_id)
        is_own = account_id is not None and self.owners.get(service_request_id) == account_id
        if found is None or not (found.is_public or is_own):
            return None
        return FollowedReport(found.duplicate_of or service_request_id, is_own)

    def find(self, service_request_id: str) -> Report | None:
        return self.subjects.get(service_request_id)

    def notified_reporter(self, service_request_id: str) -> Reporter | None:
        return self.reporters.get(service_request_id)

    def reachable_reporter(self, service_request_id: str) -> Reporter | None:
        return self.senders.get(service_request_id) or self.reporters.get(service_request_id)

    def booked_day(self, service_request_id: str) -> BookedDay | None:
        return self.bookings.get(service_request_id)


@dataclass
class MemoryNotices:
    """The Notices port; `wards` are the codes of the wards of every place."""

    known: dict[str, NoticeScope] = field(default_factory=dict)
    wards: tuple[str, ...] = (GUILDHALL,)

    def disruption_scope(self, notice_id: str) -> NoticeScope | None:
        return self.known.get(notice_id)

    def road_works_scope(self, place: Point) -> NoticeScope:
        return NoticeScope(
            extent=Extent(box=Box.around(place, 0), ward_codes=self.wards, centre=place)
        )


def normalise_address(channel: AddressChannel, text: str) -> str:
    if (channel == "email") != ("@" in text):
        raise Invalid.field("to", f"enter an address for {channel}")
    return text.strip().lower()


def check_push(address: PushAddress) -> None:
    if not address.endpoint.startswith("https://push.example/"):
        raise AddressRefused("The address must begin with https://.")


class AlertsWorld:
    """The whole slice in memory, with a clock that stands still."""

    def __init__(self, *stored: Subscription, now: datetime = NOON) -> None:
        self.clock = Clock(now)
        self.subscriptions = MemorySubscriptions(*stored)
        self.index = MemoryIndex()
        self.reports = MemoryReports()
        self.notices = MemoryNotices()
        self.outbox = MemoryQueue[ToSend]()
        self.shares = MemoryQueue[AlertBatch | NoticePageWanted | CollectionsPageWanted]()
        self.premises: set[str] = set()
        self.collected: dict[date, set[str]] = defaultdict(set)
        numbers = count(1)
        self.ports = Ports(
            subscriptions=self.subscriptions,
            tokens=TOKENS,
            ids=IDS,
            council=council_named("demo"),
            ward_codes=lambda: {GUILDHALL},
            reports=self.reports,
            channels=("email", "sms", "push"),
            normalise_address=normalise_address,
            has_premises=self.premises.__contains__,
            check_push=check_push,
            site_url="https://council.example",
            random_id=lambda: f"{next(numbers):032x}",
            now=self.clock,
        )
        self.matching = MatchPorts(
            subscriptions=self.subscriptions,
            index=self.index,
            reports=self.reports,
            notices=self.notices,
            alert_queue=self.outbox,
            match_queue=self.shares,
            premises_collected_on=self._collected_on,
            ids=IDS,
            zone=council_named("demo").zone,
            now=self.clock,
        )
        self.indexing = IndexPorts(
            subscriptions=self.subscriptions,
            index=self.index,
            audiences=MemoryAudiences(),
            alert_queue=self.outbox,
        )

    def _collected_on(self, premises_ids: Collection[str], day: date) -> Collection[str]:
        return self.collected[day].intersection(premises_ids)


def _cursor_of(subscription: Subscription) -> str:
    return f"{text_of(subscription.created_at)}~{subscription.subscription_id}"
