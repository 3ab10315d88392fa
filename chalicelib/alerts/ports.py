"""The dependencies of subscriptions."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Literal, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from msgspec import Struct

from chalicelib.alerts.audience import Counts
from chalicelib.alerts.extents import Extent
from chalicelib.alerts.index import AreaQuery, IndexEntry
from chalicelib.alerts.model import (
    AlertBatch,
    Channel,
    CollectionsPageWanted,
    NoticePageWanted,
    Subscription,
    ToSend,
)
from chalicelib.alerts.tokens import SubscriptionTokens
from chalicelib.catalogue.model import Council
from chalicelib.geo.point import Point
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.push_address import PushAddress
from chalicelib.kernel.queue import Queue
from chalicelib.reports.published import Report

AddressChannel = Literal["email", "sms"]


class SubscriptionPage(NamedTuple):
    """One page of a list. `next` is where the next page starts, None at the end."""

    subscriptions: Sequence[Subscription]
    next: str | None


class Subscriptions(Protocol):
    """The store of subscriptions. Every method raises UpstreamFailed when the store does not
    answer."""

    def add(self, subscription: Subscription) -> Subscription:
        """Stores the subscription as version 1, unless one with its id is stored. Returns the
        stored one, even if it has expired."""

    def save(self, subscription: Subscription) -> Subscription:
        """Replaces the stored one if it has `subscription.version`. Raises VersionConflict."""

    def get(self, subscription_id: str) -> Subscription | None:
        """The subscription as it is now (a consistent read), even if it has expired."""

    def list_of_account(
        self, account_id: str, *, limit: int, after: str | None
    ) -> SubscriptionPage:
        """The subscriptions of an account, the latest first; the list may lag a second behind."""

    def at_addresses(self, address_keys: Collection[str]) -> Sequence[Subscription]:
        """All subscriptions of these addresses; the list may lag a second behind."""

    def remove(self, subscription_id: str) -> None:
        """Deletes the subscription with everything stored under it; does nothing if it is gone."""


class Index(Protocol):
    """Finds the active subscriptions that an event may concern. Every method raises
    UpstreamFailed."""

    def put(self, entries: Iterable[IndexEntry]) -> None:
        """Stores the entries, and replaces those with the same key."""

    def remove(self, keys: Iterable[tuple[str, str]]) -> None:
        """Removes the entries with these keys (area and reach)."""

    def entries(self, area: AreaQuery, *, limit: int | None = None) -> Iterable[IndexEntry]:
        """The entries of the area in the order of their records, at most `limit`; the list may lag
        a second behind."""


class Audiences(Protocol):
    """The numbers of active subscriptions. Every method raises UpstreamFailed."""

    def add(self, changes: Counts) -> None:
        """Adds the changes, which may be negative, to the numbers."""

    def counts(self) -> Counts:
        """All numbers."""


class FollowedReport(NamedTuple):
    """A report that a person subscribes to; `is_own` if it is the subscriber's own."""

    service_request_id: str
    is_own: bool


class Reporter(NamedTuple):
    """The address of a reporter, and the language in which the report was made."""

    channel: AddressChannel
    to: str
    account_id: str | None
    language: str | None = None


class BookedDay(NamedTuple):
    """The day that a report booked, and how many days before it the reporter is reminded."""

    day: date
    remind_days_before: Collection[int]


class ReportsToFollow(Protocol):
    """Reads reports for subscriptions. Every method raises UpstreamFailed."""

    def find_followed(
        self, service_request_id: str, account_id: str | None
    ) -> FollowedReport | None:
        """The report to subscribe to, or the report that it was merged into; None if the caller may
        not see it."""

    def find(self, service_request_id: str) -> Report | None:
        """The report as it is now (a consistent read)."""

    def notified_reporter(self, service_request_id: str) -> Reporter | None:
        """The reporter, if they asked for alerts and can be reached."""

    def reachable_reporter(self, service_request_id: str) -> Reporter | None:
        """The reporter, if they can be reached, even if they asked for no alerts."""

    def booked_day(self, service_request_id: str) -> BookedDay | None:
        """The day that the report has booked; None before the order is settled, or after it was
        cancelled (a consistent read)."""


class NoticeScope(Struct, frozen=True, kw_only=True):
    """The extent and the services that a disruption or road works affect. Without service codes
    they concern all subscribers inside; with them, only subscribers to these services. `news`
    counts the notices to subscribers so far."""

    extent: Extent
    service_codes: tuple[str, ...] = ()
    news: int = 1


class Notices(Protocol):
    """Reads the scope of road works and disruptions."""

    def disruption_scope(self, notice_id: str) -> NoticeScope | None:
        """The scope of the disruption as it is now (a consistent read), None if it has ended.
        Raises UpstreamFailed."""

    def road_works_scope(self, place: Point) -> NoticeScope:
        """The scope of road works at that place. Raises UpstreamFailed."""


class Ports(Struct, frozen=True):
    """The dependencies of the use cases of subscriptions.

    `ward_codes` gives the codes of the council's wards, or raises UpstreamFailed. `channels` are
    the channels that this deployment sends by. `normalise_address` turns text that a person typed
    into an address of the channel, and raises Invalid about the field `to`. `has_premises` is true
    for the id of an imported premises, and raises UpstreamFailed. `check_push` raises
    AddressRefused for a browser's address to which nothing may be sent, and UpstreamFailed if that
    cannot be checked now. `random_id` makes 128 random bits as 32 hexadecimal digits."""

    subscriptions: Subscriptions
    tokens: SubscriptionTokens
    ids: Ids
    council: Council
    ward_codes: Callable[[], Collection[str]]
    reports: ReportsToFollow
    channels: Collection[Channel]
    normalise_address: Callable[[AddressChannel, str], str]
    has_premises: Callable[[str], bool]
    check_push: Callable[[PushAddress], None]
    site_url: str
    random_id: Callable[[], str]
    now: Callable[[], datetime]


class MatchPorts(Struct, frozen=True):
    """The dependencies of matching facts with subscriptions. `alert_queue` leads to the sender,
    `match_queue` to further runs of the matcher. `premises_collected_on` gives the ids of those
    premises that have a collection on that day, and raises UpstreamFailed."""

    subscriptions: Subscriptions
    index: Index
    reports: ReportsToFollow
    notices: Notices
    alert_queue: Queue[ToSend]
    match_queue: Queue[AlertBatch | NoticePageWanted | CollectionsPageWanted]
    premises_collected_on: Callable[[Collection[str], date], Collection[str]]
    ids: Ids
    zone: ZoneInfo
    now: Callable[[], datetime]


class IndexPorts(Struct, frozen=True):
    """The dependencies of updating the index. `alert_queue` leads to the sender."""

    subscriptions: Subscriptions
    index: Index
    audiences: Audiences
    alert_queue: Queue[ToSend]
