"""What subscriptions need from outside."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from chalicelib.alerts.extents import Extent
from chalicelib.alerts.index import Area, Entry
from chalicelib.alerts.model import AlertBatch, Channel, PushAddress, Subscription, ToSend
from chalicelib.catalogue.model import Council
from chalicelib.geo.point import Point

AddressChannel = Literal["email", "sms"]


class Page(NamedTuple):
    """One page of a list. `next` is where the next page starts, None at the end."""

    subscriptions: Sequence[Subscription]
    next: str | None


class Subscriptions(Protocol):
    """The store of subscriptions. Every method raises UpstreamFailed when the store does not
    answer."""

    def add(self, subscription: Subscription) -> Subscription:
        """Stores the subscription as version 1, unless one with its id is stored. Answers the
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

    def put(self, entries: Iterable[Entry]) -> None:
        """Stores the entries, and replaces those with the same key."""

    def remove(self, keys: Iterable[tuple[str, str]]) -> None:
        """Removes the entries with these keys (area and reach)."""

    def entries(self, area: Area) -> Iterable[Entry]:
        """The entries of the area; the list may lag a second behind."""


class Tokens(Protocol):
    """Tokens that prove that a person may do something with a subscription as it was requested.
    Each is derived anew from a secret. Every method raises UpstreamFailed."""

    def manage(self, of: Subscription) -> str:
        """128 bits, for the page of the subscription."""

    def unsubscribe(self, of: Subscription) -> str:
        """128 bits, for the one click that stops the subscription, and nothing else."""

    def confirm(self, of: Subscription) -> str:
        """128 bits, for the link in the message that asks the address to confirm."""

    def code(self, of: Subscription) -> str:
        """Six digits, for the text message that asks the address to confirm."""

    def answer(self, of: Subscription, service_request_id: str, repair: int) -> str:
        """128 bits, for the page that asks whether that repair of the report holds."""

    def reply(self, of: Subscription, service_request_id: str, number: int) -> str:
        """128 bits, for the page that takes an answer to an officer's question about the report."""

    def holds_manage(self, of: Subscription, sent: str) -> bool:
        """True if `sent` is the `manage` token; takes the same time in any case."""

    def holds_unsubscribe(self, of: Subscription, sent: str) -> bool:
        """The same for the `unsubscribe` token."""

    def holds_answer(
        self, of: Subscription, service_request_id: str, repair: int, sent: str
    ) -> bool:
        """The same for the `answer` token."""

    def holds_reply(
        self, of: Subscription, service_request_id: str, number: int, sent: str
    ) -> bool:
        """The same for the `reply` token."""

    def holds_confirm(self, of: Subscription, sent: str) -> bool:
        """The same for the `confirm` token."""

    def holds_code(self, of: Subscription, sent: str) -> bool:
        """The same for the code."""


class Ids(Protocol):
    """Makes ids that follow from a key, and digests of addresses."""

    def subscription_id(self, scope: str, key: str) -> str:
        """The id that follows from this caller's key: 128 bits as 32 hexadecimal digits."""

    def address_key(self, channel: Channel, address: str) -> str:
        """The digest of a normalised address, in the same form as accounts and reports make it."""

    def fingerprint(self, draft: bytes) -> str:
        """A digest of the request."""


class Followed(NamedTuple):
    """A report that a person subscribes to; `is_own` if it is the subscriber's own."""

    service_request_id: str
    is_own: bool


class Reporter(NamedTuple):
    """The reporter, who wants to hear what becomes of the report."""

    channel: AddressChannel
    to: str
    account_id: str | None


@dataclass(frozen=True, kw_only=True)
class Subject:
    """A report as matching sees it. `duplicates` are the reports that were ever merged into it;
    `duplicate_of` is the report that it was merged into."""

    service_request_id: str
    service_code: str
    at: Point | None
    ward_code: str | None
    is_public: bool
    duplicates: tuple[str, ...] = ()
    duplicate_of: str | None = None


class Reports(Protocol):
    """Reads the reports, as subscriptions see them. Every method raises UpstreamFailed."""

    def followed(self, service_request_id: str, account_id: str | None) -> Followed | None:
        """The report to subscribe to, or the report that it was merged into; None if the caller may
        not see it."""

    def subject(self, service_request_id: str) -> Subject | None:
        """The report as it is now (a consistent read)."""

    def reporter(self, service_request_id: str) -> Reporter | None:
        """The reporter, if they want to hear what becomes of the report and can be reached."""

    def sender(self, service_request_id: str) -> Reporter | None:
        """The reporter, if they can be reached."""


@dataclass(frozen=True, kw_only=True)
class Affected:
    """The extent that a disruption or road works affect. They may concern everybody inside; with
    service codes, only those who want to hear of these services. `news` counts what is told of
    it."""

    extent: Extent
    service_codes: tuple[str, ...] = ()
    news: int = 1


class Notices(Protocol):
    """Reads road works and disruptions, as matching sees them."""

    def disruption(self, notice_id: str) -> Affected | None:
        """The disruption as it is now (a consistent read), None if it does not hold any more.
        Raises UpstreamFailed."""

    def round(self, place: Point) -> Affected:
        """The extent that road works at that place affect. Raises UpstreamFailed."""


class Outbox(Protocol):
    """The queue to the sender."""

    def send(self, messages: Sequence[ToSend]) -> None:
        """Queues the messages. Raises UpstreamFailed if any was not taken."""


class Shares(Protocol):
    """The queue back to the matcher."""

    def send(self, shares: Sequence[AlertBatch]) -> None:
        """Queues the shares. Raises UpstreamFailed if any was not taken."""


@dataclass(frozen=True)
class Ports:
    """Everything outside that the use cases of subscriptions use.

    `ward_codes` gives the codes of the council's wards, or raises UpstreamFailed. `channels` are
    the channels that messages are sent by here. `normalised` turns the text that a
    person typed into an address of the channel, and raises Invalid about the field `to`.
    `check_push` raises AddressRefused for a browser's address that nothing is sent to, and
    UpstreamFailed if that cannot be known. `random_id` makes 128 random bits as 32 hexadecimal
    digits.
    """

    subscriptions: Subscriptions
    tokens: Tokens
    ids: Ids
    council: Council
    ward_codes: Callable[[], Collection[str]]
    reports: Reports
    channels: Collection[Channel]
    normalised: Callable[[AddressChannel, str], str]
    check_push: Callable[[PushAddress], None]
    site_url: str
    random_id: Callable[[], str]
    now: Callable[[], datetime]


@dataclass(frozen=True)
class MatchPorts:
    """What the matching of facts with subscriptions needs from outside."""

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
    """What the upkeep of the index needs from outside."""

    subscriptions: Subscriptions
    index: Index
    outbox: Outbox
