"""What subscriptions need from outside."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from chalicelib.alerts.extents import Extent
from chalicelib.alerts.index import Area, Entry
from chalicelib.alerts.model import AlertBatch, Channel, PushAddress, Subscription, ToSend
from chalicelib.geo.point import Box, Point

AddressChannel = Literal["email", "sms"]


class Page(NamedTuple):
    """Some of a list; `next` is where to go on, None at its end."""

    subscriptions: Sequence[Subscription]
    next: str | None


class Subscriptions(Protocol):
    """Where subscriptions are kept. Every method raises UpstreamFailed when the store does not
    answer."""

    def add(self, subscription: Subscription) -> Subscription:
        """Stores it, as version 1, unless there is one of that id. Answers the one that is stored,
        whether or not it is over."""

    def save(self, subscription: Subscription) -> Subscription:
        """Replaces the stored one if it has `subscription.version`. Raises VersionConflict."""

    def get(self, subscription_id: str) -> Subscription | None:
        """The subscription as it is now (a consistent read), one that is over, too."""

    def of_account(self, account_id: str, *, limit: int, after: str | None) -> Page:
        """An account's, the latest first; the list may lag a second behind."""

    def at(self, address_keys: Collection[str]) -> Sequence[Subscription]:
        """All that these addresses have; the list may lag a second behind."""

    def remove(self, subscription_id: str) -> None:
        """Forgets it with all that lies under it; nothing happens where it is gone."""


class Index(Protocol):
    """Where the active subscriptions are found that a thing concerns. Every method raises
    UpstreamFailed."""

    def put(self, entries: Iterable[Entry]) -> None:
        """Stores them, in the place of those with the same key."""

    def remove(self, keys: Iterable[tuple[str, str]]) -> None:
        """Removes the entries with these keys (area and reach)."""

    def entries(self, area: Area) -> Iterable[Entry]:
        """Those of the area; it may lag a second behind."""


class Tokens(Protocol):
    """What proves that somebody may do something with a subscription, as it was asked for then;
    made anew each time from a secret. Every method raises UpstreamFailed."""

    def manage(self, of: Subscription) -> str:
        """128 bits, for its page."""

    def unsubscribe(self, of: Subscription) -> str:
        """128 bits, for the one click that stops it, and nothing else."""

    def confirm(self, of: Subscription) -> str:
        """128 bits, for the link in the message that asks."""

    def code(self, of: Subscription) -> str:
        """Six digits."""

    def answer(self, of: Subscription, service_request_id: str, repair: int) -> str:
        """128 bits, for the page that asks whether that repair of the report holds."""

    def reply(self, of: Subscription, service_request_id: str, number: int) -> str:
        """128 bits, for the page that takes an answer to what an officer asks of the report."""

    def holds_manage(self, of: Subscription, sent: str) -> bool:
        """True if that is it; takes the same time in any case."""

    def holds_unsubscribe(self, of: Subscription, sent: str) -> bool:
        """The same of the one click's."""

    def holds_answer(
        self, of: Subscription, service_request_id: str, repair: int, sent: str
    ) -> bool:
        """The same of the question's."""

    def holds_reply(
        self, of: Subscription, service_request_id: str, number: int, sent: str
    ) -> bool:
        """The same of what an officer asks."""

    def holds_confirm(self, of: Subscription, sent: str) -> bool:
        """The same of the link's."""

    def holds_code(self, of: Subscription, sent: str) -> bool:
        """The same of the code."""


class Ids(Protocol):
    """Ids that follow from a key, and digests of addresses."""

    def subscription_id(self, scope: str, key: str) -> str:
        """The id that this caller's key makes: 128 bits as 32 hexadecimal digits."""

    def address_key(self, channel: Channel, address: str) -> str:
        """The digest of a normalised address, as accounts and reports make it."""

    def fingerprint(self, draft: bytes) -> str:
        """A digest of what was asked for."""


class Council(Protocol):
    """What subscriptions have to know of the council."""

    @property
    def bounds(self) -> Box: ...
    @property
    def service_codes(self) -> Collection[str]: ...

    def ward_codes(self) -> Collection[str]:
        """The codes of its wards. Raises UpstreamFailed."""


class Followed(NamedTuple):
    """A report that somebody subscribes to; `is_own` where it is her own."""

    service_request_id: str
    is_own: bool


class Reporter(NamedTuple):
    """Who sent a report and wants to hear what becomes of it."""

    channel: AddressChannel
    to: str
    account_id: str | None


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A report as matching sees it. `duplicates` were merged into it, at one time or another, and
    it was merged into `duplicate_of`."""

    service_request_id: str
    service_code: str
    at: Point | None
    ward_code: str | None
    is_public: bool
    duplicates: tuple[str, ...] = ()
    duplicate_of: str | None = None


class Reports(Protocol):
    """The reports, as subscriptions see them. Every method raises UpstreamFailed."""

    def followed(self, service_request_id: str, account_id: str | None) -> Followed | None:
        """The report to subscribe to, the one that it was merged into where it was; None where
        that caller may not see it."""

    def subject(self, service_request_id: str) -> Subject | None:
        """The report as it is now (a consistent read)."""

    def reporter(self, service_request_id: str) -> Reporter | None:
        """Who sent it, if she wants to hear what becomes of it and can be reached."""

    def sender(self, service_request_id: str) -> Reporter | None:
        """Who sent it, if she can be reached."""


@dataclass(frozen=True, kw_only=True)
class Affected:
    """Whom a disruption or road works may concern: everybody inside, by service where it is about
    some. `news` counts what is told of it."""

    extent: Extent
    service_codes: tuple[str, ...] = ()
    news: int = 1


class Notices(Protocol):
    """Road works and disruptions, as matching sees them."""

    def disruption(self, notice_id: str) -> Affected | None:
        """The disruption as it is now (a consistent read), None where it holds no more. Raises
        UpstreamFailed."""

    def round(self, place: Point) -> Affected:
        """What road works at that place affect. Raises UpstreamFailed."""


class Outbox(Protocol):
    """The way to whoever sends."""

    def send(self, messages: Sequence[ToSend]) -> None:
        """Queues them. Raises UpstreamFailed if any was not taken."""


class Shares(Protocol):
    """The way back to whoever matches."""

    def send(self, shares: Sequence[AlertBatch]) -> None:
        """Queues them. Raises UpstreamFailed if any was not taken."""


@dataclass(frozen=True)
class Ports:
    """Everything that the use cases of subscriptions reach outside for.

    `channels` are those that something is sent by here. `normalised` makes of what somebody typed
    an address of the channel, and raises Invalid about the field `to`; `check_push` raises
    AddressRefused for a browser's address that nothing is sent to, UpstreamFailed where that cannot
    be known; `random_id` makes 128 random bits as 32 hexadecimal digits.
    """

    subscriptions: Subscriptions
    tokens: Tokens
    ids: Ids
    council: Council
    reports: Reports
    channels: Collection[Channel]
    normalised: Callable[[AddressChannel, str], str]
    check_push: Callable[[PushAddress], None]
    site_url: str
    random_id: Callable[[], str]
    now: Callable[[], datetime]


@dataclass(frozen=True)
class MatchPorts:
    """What finding those whom a fact concerns needs."""

    subscriptions: Subscriptions
    index: Index
    reports: Reports
    notices: Notices
    outbox: Outbox
    shares: Shares
    ids: Ids
    now: Callable[[], datetime]


@dataclass(frozen=True)
class IndexPorts:
    """What keeping the index needs."""

    subscriptions: Subscriptions
    index: Index
    outbox: Outbox
