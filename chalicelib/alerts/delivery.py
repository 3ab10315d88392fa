"""Alerts: each is a message to one subscriber, and moves from waiting to an end state.

An Alert is about one event, asks an address to confirm its subscription, or is a digest. Its id is
derived from its subject, so a repeated request finds the alert of the first one.
    waiting ──claimed──▶ sending ──▶ sent ──▶ delivered ──▶ failed (it bounced)
       ▲                  │   ├────▶ failed  ──an officer──▶ waiting
       └──tried again─────┘   ├────▶ unclear (a text that may have arrived is not sent again)
                              └────▶ dropped (it is no longer true, or was sent already)
"""

from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from chalicelib.alerts.model import AlertRequested, Channel, EventType, Subscription
from chalicelib.kernel.delivery_retry import LeasedDelivery
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.time import text_of
from chalicelib.kernel.words import WithDefault

AlertKind = EventType | Literal["confirm", "digest"]
State = Literal["waiting", "sending", "sent", "delivered", "failed", "dropped", "unclear"]
Backlog = Literal["waiting", "put_off", "sending", "over_cap", "failed", "unclear"]
OfficerBacklog = Literal["failed", "unclear", "put_off", "over_cap"]
"""The lists of alerts that officers see. `put_off` has alerts that were tried and will be tried
again."""
DeliveryOutcome = Literal["delivered", "bounced", "complained"]

KEPT_FOR = timedelta(days=30)
OVER_CAP = "over_cap"
"""The last_error of a message that waits for the next day, because this day's budget is spent."""
INTERNAL_ERROR, GAVE_UP = "broke", "gave_up"
"""The last_error of an alert that failed because of an error in this program, or because its sender
never finished."""
PROGRESS: WithDefault[State, int] = WithDefault(
    {
        "waiting": 0,
        "sending": 0,
        "dropped": 0,
        "unclear": 1,
        "sent": 2,
        "delivered": 3,
        "failed": 4,
    },
    4,
)
"""How far an alert has got in each state: a receipt moves it forward, and never back."""


class Alert(LeasedDelivery, frozen=True, kw_only=True):
    """A message to one subscriber, with its delivery state. `version` is the version of the report
    or the notice; for a question it is the number of the repair or of the officer's question, and
    for a reminder of a booking that of the reminder. `occurred_at` of a digest is when it is due.
    Each sender that claims the alert chooses a new `claim_id`; the carrier chooses `external_id`.
    `revision` is 0 until the alert is stored."""

    subscription_id: str
    alert_id: str
    channel: Channel
    what: AlertKind
    service_request_id: str | None = None
    notice_id: str | None = None
    version: int = 0
    occurred_at: datetime
    state: State = "waiting"
    claim_id: str = ""
    external_id: str | None = None
    request_id: str = ""
    revision: int = 0

    @property
    def name(self) -> str:
        """The id that officers use for it."""
        return f"{self.subscription_id}-{self.alert_id}"

    @property
    def try_name(self) -> str:
        """The name of this try to send it. The carrier returns it with a receipt."""
        return f"{self.name}-{self.claim_id}"

    @property
    def about(self) -> str | None:
        """The id of the report or notice that it is about."""
        return self.service_request_id or self.notice_id

    @property
    def backlog(self) -> Backlog | None:
        """The list in which the sender or the officers find it; None once it is done."""
        if self.state == "waiting" and self.last_error == OVER_CAP:
            return "over_cap"
        if self.state == "waiting" and self.tries:
            return "put_off"
        return self.state if self.state in ("waiting", "sending", "failed", "unclear") else None

    @property
    def expires_at(self) -> datetime:
        """When it is deleted."""
        return self.due_at + KEPT_FOR


class AlertKey(NamedTuple):
    """The ids that identify an alert."""

    subscription_id: str
    alert_id: str


class LastAlert(NamedTuple):
    """The last alert that a recipient got about a report or notice: the version that it described,
    the name of the alert, and the version that the recipient had got before it."""

    version: int
    by: str
    before: int


class Wake(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A message to the sender: this alert is due."""

    subscription_id: str
    alert_id: str


def parse_alert_name(name: str) -> AlertKey | None:
    """The key of the alert with this name, or with a try of this name; None if it has another
    form."""
    subscription_id, _, rest = name.partition("-")
    alert_id = rest.partition("-")[0]
    return AlertKey(subscription_id, alert_id) if subscription_id and alert_id else None


def recipient_of(subscription: Subscription, *, of_notice: bool) -> str:
    """The recipient that gets each version once: the subscription; for notices the person, because
    other runs may find other subscriptions of the same person."""
    if of_notice and subscription.address_key:
        return f"person#{subscription.address_key}"
    return f"subscription#{subscription.subscription_id}"


def subject_of(request: AlertRequested) -> str:
    """The id of the report or notice that the event is about."""
    return request.service_request_id or request.notice_id or ""


def event_alert(
    request: AlertRequested, subscription: Subscription, now: datetime, due: datetime
) -> Alert:
    """The alert to one subscriber about one event, due at `due`."""
    return Alert(
        subscription_id=subscription.subscription_id,
        alert_id=derived_id(subscription.subscription_id, request.event_key),
        channel=subscription.channel,
        what=request.what,
        service_request_id=request.service_request_id,
        notice_id=request.notice_id,
        version=request.version,
        occurred_at=request.occurred_at,
        request_id=request.request_id,
        next_try_at=due,
        updated_at=now,
    )


def confirmation_alert(subscription: Subscription, request_id: str, now: datetime) -> Alert:
    """The alert that asks the address to confirm this subscription."""
    owner = subscription.subscription_id
    return Alert(
        subscription_id=owner,
        alert_id=derived_id(owner, "confirm", text_of(subscription.created_at)),
        channel=subscription.channel,
        what="confirm",
        occurred_at=subscription.created_at,
        request_id=request_id,
        next_try_at=now,
        updated_at=now,
    )


def digest_alert(subscription: Subscription, due: datetime, now: datetime) -> Alert:
    """The alert about all events until `due`."""
    owner = subscription.subscription_id
    return Alert(
        subscription_id=owner,
        alert_id=derived_id(owner, "digest", text_of(due)),
        channel=subscription.channel,
        what="digest",
        occurred_at=due,
        next_try_at=due,
        updated_at=now,
    )


def mark_sent(alert: Alert, external_id: str | None, now: datetime) -> Alert:
    """Returns the alert as accepted by the carrier."""
    return _finish(alert, "sent", None, now, external_id=external_id)


def mark_dropped(alert: Alert, code: str, now: datetime) -> Alert:
    """Returns the alert as dropped, because there is nothing to send; `code` says why."""
    return _finish(alert, "dropped", code, now)


def mark_unclear(alert: Alert, now: datetime) -> Alert:
    """Returns the alert as unclear: it may have arrived, and must not arrive twice."""
    return _finish(alert, "unclear", "no_reply", now)


def postpone(alert: Alert, moment: datetime, now: datetime, code: str | None = None) -> Alert:
    """Returns the alert as waiting until `moment`, without counting the try."""
    return replace(
        alert,
        state="waiting",
        tries=max(0, alert.tries - 1),
        next_try_at=moment,
        lease_until=None,
        last_error=code,
        updated_at=now,
    )


def restart(alert: Alert, now: datetime) -> Alert:
    """Returns the alert as waiting without any tries. Receipts of its earlier tries do not
    count."""
    return replace(
        alert,
        state="waiting",
        tries=0,
        claim_id="",
        external_id=None,
        next_try_at=now,
        is_unclear=False,
        last_error=None,
        updated_at=now,
    )


def apply_receipt(alert: Alert, outcome: DeliveryOutcome, now: datetime) -> Alert:
    """Returns the alert with the outcome of the receipt; unchanged if it had got as far already. A
    person who complains has received it."""
    state: State = "failed" if outcome == "bounced" else "delivered"
    if PROGRESS[state] <= PROGRESS[alert.state]:
        return alert
    return _finish(alert, state, "bounced" if state == "failed" else None, now)


def _finish(
    alert: Alert, state: State, code: str | None, now: datetime, external_id: str | None = None
) -> Alert:
    return replace(
        alert,
        state=state,
        last_error=code,
        external_id=external_id or alert.external_id,
        lease_until=None,
        updated_at=now,
    )
