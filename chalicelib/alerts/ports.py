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


class Page(NamedTuple):
    """One page of a list. `next` is where the next page starts, None at the end."""

    subscriptions: Sequence[Subscription]
    next: str | None


class Subscriptions(Protocol):
    """The store of subscriptions. Every method raises UpstreamFailed when the store does not
    answer."""

    def add(self, subscription: Subscription) -> Subscription:
        """Stores the subscription as version 1, unless one with its id is stored. Returns the
        stored one, even if it is over."""

    def save(self, subscription: Subscription) -> Subscription:
        """Replaces the stored one if it has `subscription.version`. Raises VersionConflict."""

    def get(self, subscription_id: str) -> Subscription | None:
        """The subscription as it is now (a consistent read), even if it is over."""

    def of_account(self, account_id: str, *, limit: int, after: str | None) -> Page:
        """The subscriptions of an account, the latest first; the list may lag a second behind."""

    def at(self, address_keys: Collection[str]) -> Sequence[Subscription]:
        """All subscriptions of these addresses; the list may lag a second behind."""

    def remove(self, subscription_id: str) -> None:
        """Deletes the subscription with everything stored under it; does nothing if it is gone."""


class Index(Protocol):
    """Finds the active subscriptions that a thing concerns. Every method raises UpstreamFailed."""

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
        """Changes the numbers by these."""

    def counts(self) -> Counts:
        """All numbers."""


class Followed(NamedTuple):
    """A report that a person subscribes to; `is_own` if it is the subscriber's own."""

    service_request_id: str
    is_own: bool


class Reporter(NamedTuple):
    """The reporter, who wants to hear what becomes of the report, and the language in which they
    asked for that."""

    channel: AddressChannel
    to: str
    account_id: str | None
    language: str | None = None


class BookedDay(NamedTuple):
    """The day that a report booked, and how many days before it the reporter is reminded."""

    day: date
    remind_days_before: Collection[int]


class ReportsToFollow(Protocol):
    """Reads the reports, as subscriptions see them. Every method raises UpstreamFailed."""

    def followed(self, service_request_id: str, account_id: str | None) -> Followed | None:
        """The report to subscribe to, or the report that it was merged into; None if the caller may
        not see it."""

    def find(self, service_request_id: str) -> Report | None:
        """The report as it is now (a consistent read)."""

    def reporter(self, service_request_id: str) -> Reporter | None:
        """The reporter, if they want to hear what becomes of the report and can be reached."""

    def sender(self, service_request_id: str) -> Reporter | None:
        """The reporter, if they can be reached."""

    def booked(self, service_request_id: str) -> BookedDay | None:
        """What the report has booked, None while that is not settled or after it was cancelled (a
        consistent read)."""


class Affected(Struct, frozen=True, kw_only=True):
    """The extent that a disruption or road works affect. They may concern everybody inside; with
    service codes, only those who want to hear of these services. `news` counts what is told of
    it."""

    extent: Extent
    service_codes: tuple[str, ...] = ()
    news: int = 1


class Notices(Protocol):
    """Reads road works and disruptions, as matching sees them."""

    def disruption(self, notice_id: str) -> Affected | None:
        """The disruption as it is now (a consistent read), None if it is no longer valid.
        Raises UpstreamFailed."""

    def round(self, place: Point) -> Affected:
        """The extent that road works at that place affect. Raises UpstreamFailed."""


class Ports(Struct, frozen=True):
    """The dependencies of the use cases of subscriptions.

    `ward_codes` gives the codes of the council's wards, or raises UpstreamFailed. `channels` are
    the channels that this deployment sends by. `normalised` turns text that a person typed into an
    address of the channel, and raises Invalid about the field `to`. `has_premises` is true for the
    id of an imported premises, and raises UpstreamFailed. `check_push` raises
    AddressRefused for a browser's address that nothing may be sent to, and UpstreamFailed if that
    cannot be known. `random_id` makes 128 random bits as 32 hexadecimal digits.
    """

    subscriptions: Subscriptions
    tokens: SubscriptionTokens
    ids: Ids
    council: Council
    ward_codes: Callable[[], Collection[str]]
    reports: ReportsToFollow
    channels: Collection[Channel]
    normalised: Callable[[AddressChannel, str], str]
    has_premises: Callable[[str], bool]
    check_push: Callable[[PushAddress], None]
    site_url: str
    random_id: Callable[[], str]
    now: Callable[[], datetime]


class MatchPorts(Struct, frozen=True):
    """The dependencies of matching facts with subscriptions. `collected_on` gives those of the
    premises with these ids that have a collection on that day, and raises UpstreamFailed."""

    subscriptions: Subscriptions
    index: Index
    reports: ReportsToFollow
    notices: Notices
    outbox: Queue[ToSend]
    shares: Queue[AlertBatch | NoticePageWanted | CollectionsPageWanted]
    collected_on: Callable[[Collection[str], date], Collection[str]]
    ids: Ids
    zone: ZoneInfo
    now: Callable[[], datetime]


class IndexPorts(Struct, frozen=True):
    """The dependencies of keeping the index up to date."""

    subscriptions: Subscriptions
    index: Index
    audiences: Audiences
    outbox: Queue[ToSend]
