"""What telling subscribers needs from outside."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Protocol, TypeVar

from chalicelib.alerts.delivery import Alert, Named, Place, Wake
from chalicelib.alerts.messages import Message, Notice, Report
from chalicelib.alerts.model import AlertRequested, Because, Channel, Subscription
from chalicelib.alerts.ports import Subscriptions, Tokens
from chalicelib.alerts.sms_budget import Purse
from chalicelib.alerts.words import MessageComposer

To_contra = TypeVar("To_contra", contravariant=True)


class Listed(NamedTuple):
    """Some of a list; `next` is where to go on, None at its end."""

    alerts: Sequence[Alert]
    next: str | None


class Alerts(Protocol):
    """Where alerts are kept. Every method raises UpstreamFailed when the store does not answer;
    lists may lag a second behind."""

    def save(self, alert: Alert) -> Alert:
        """Stores a new alert, or replaces the stored one if it has `alert.revision`. Raises
        VersionConflict."""

    def get(self, subscription_id: str, alert_id: str) -> Alert | None:
        """The alert as it is now (a consistent read)."""

    def due(self, now: datetime, *, limit: int) -> Sequence[Named]:
        """Those whose time has come, and those whose sender did not come back."""

    def in_place(self, place: Place, *, limit: int, after: str | None) -> Listed:
        """Those that are found there, the latest first."""

    def carried_as(self, external_id: str) -> Alert | None:
        """The one that whoever carried it calls that."""


class DeliveryLog(Protocol):
    """What each subscriber was told of what."""

    def note(
        self, subscription_id: str, about: str, version: int, alert_id: str, *, shown: int = 0
    ) -> bool:
        """Notes that this alert tells of what happened with this version, and shows the thing as
        it is in the version `shown`, if that is newer; False where another alert has told of this
        version, or has shown it or a newer one. Raises UpstreamFailed."""


class Digests(Protocol):
    """What digests gather. Every method raises UpstreamFailed."""

    def gather(self, due: datetime, tell: AlertRequested) -> None:
        """Keeps it for the digest of that subscription that is due then, once."""

    def gathered(self, subscription_id: str, due: datetime) -> Sequence[AlertRequested]:
        """All that was kept for it (a consistent read)."""


class Suppressed(Protocol):
    """Addresses that nothing more is sent to, by their digests. Every method raises
    UpstreamFailed."""

    def has(self, address_key: str, now: datetime) -> bool:
        """True where it is one of them (a consistent read)."""

    def add(self, address_key: str, because: Because, now: datetime) -> None:
        """Makes it one of them, for a year."""


class Spend(Protocol):
    """Segments of text messages, which cost. Every method raises UpstreamFailed."""

    def take(self, day: date, purse: Purse, segments: int, *, most: int) -> int | None:
        """Takes that many of the day's. Answers how many are taken from this purse by now; None
        where there are not that many left. Where a reply is lost it may take them twice."""

    def taken(self, day: date, purse: Purse) -> int:
        """How many of the day's are taken from this purse by now (a consistent read)."""

    def give_back(self, day: date, purse: Purse, segments: int) -> None:
        """Gives them back."""


class Reports(Protocol):
    """The reports, as alerts tell of them."""

    def __call__(self, service_request_ids: Sequence[str], /) -> Mapping[str, Report]:
        """Those of them that are stored, as they are now (consistent reads). Raises
        UpstreamFailed."""


class Notices(Protocol):
    """Road works and disruptions, as alerts tell of them."""

    def __call__(self, notice_ids: Sequence[str], /) -> Mapping[str, Notice]:
        """Those of them that hold still, as they are now. Raises UpstreamFailed."""


class Sender(Protocol[To_contra]):
    """How messages leave on one channel."""

    def send(self, message: Message, to: To_contra) -> str | None:
        """Sends it. Answers what it is called on its way, if whoever takes it says so.

        Raises Gone (nobody is at that address any more), AddressRefused (never send it again),
        NoReply (it may have arrived), NotNow or another UpstreamFailed (it did not).
        """


class Queue(Protocol):
    """The way to whoever sends."""

    def send(self, messages: Sequence[Wake]) -> None:
        """Says that these are due. Raises UpstreamFailed if any was not taken."""


@dataclass(frozen=True)
class Ports:
    """Everything that telling subscribers reaches outside for. `answer_url` gives the address at
    which a subscriber says whether a repair of a report holds, `reply_url` that at which she
    answers what she was asked of it; `segments` counts what a message costs as a text;
    `texts_a_day` is how many of them the council pays for, `ask_after` how long after something is
    said to be mended it asks whether it is. `chance` is a random number from 0 to 1, `random_id`
    makes 128 random bits."""

    subscriptions: Subscriptions
    alerts: Alerts
    told: DeliveryLog
    digests: Digests
    suppressed: Suppressed
    spend: Spend
    reports: Reports
    notices: Notices
    tokens: Tokens
    answer_url: Callable[[Subscription, str, int], str]
    reply_url: Callable[[Subscription, str, int], str]
    senders: Mapping[Channel, Sender[Any]]
    queue: Queue
    voice: MessageComposer
    segments: Callable[[Message], int]
    texts_a_day: int
    ask_after: timedelta
    random_id: Callable[[], str]
    chance: Callable[[], float]
    now: Callable[[], datetime]
