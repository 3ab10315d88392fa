"""Alerts: each tells one subscriber something, and moves from waiting to an end state.

An Alert is one event for one subscription, the question that confirms it, or a digest. Its id is
derived from what it is about, so a repeated message finds the alert that the first one made.
    waiting ──claimed──▶ sending ──▶ sent ──▶ delivered ──▶ failed (it came back)
       ▲                  │   ├────▶ failed  ──an officer──▶ waiting
       └──tried again─────┘   ├────▶ unclear (a text that may have arrived is not sent again)
                              └────▶ dropped (it is no longer true, or was told already)
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from chalicelib.alerts.model import AlertRequested, Channel, EventType, Subscription
from chalicelib.kernel.delivery_retry import Leased
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.time import text_of

Kind = EventType | Literal["confirm", "digest"]
State = Literal["waiting", "sending", "sent", "delivered", "failed", "dropped", "unclear"]
Place = Literal["waiting", "put_off", "sending", "over_cap", "failed", "unclear"]
OfOfficers = Literal["failed", "unclear", "put_off", "over_cap"]
"""The places where officers look. `put_off` holds alerts that were tried and will be tried
again."""
DeliveryOutcome = Literal["delivered", "bounced", "complained"]

KEPT_FOR = timedelta(days=30)
OVER_CAP = "over_cap"
"""The last_error of a text that waits for the next day, because the texts of this day are spent."""
BROKE, GAVE_UP = "broke", "gave_up"
"""The last_error of an alert that failed by a mistake of ours, or because its sender never came
back."""
FURTHER: Mapping[State, int] = {
    "waiting": 0,
    "sending": 0,
    "dropped": 0,
    "unclear": 1,
    "sent": 2,
    "delivered": 3,
    "failed": 4,
}
"""How far an alert has got in each state: a receipt moves it forward, and never back."""


class Alert(Leased, frozen=True, kw_only=True):
    """What one subscriber is told. `version` is the version of the report or the notice; for a
    question it is the number of the repair or of the officer's question, and for a reminder of a
    booking that of the reminder. A digest occurs when it is
    due. Each sender that claims the alert chooses a new `claim_id`; the carrier chooses
    `external_id`. `revision` is 0 until the alert is stored."""

    subscription_id: str
    alert_id: str
    channel: Channel
    what: Kind
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
        """The name that officers use for it."""
        return f"{self.subscription_id}-{self.alert_id}"

    @property
    def try_name(self) -> str:
        """The name of this try. The carrier gives it back."""
        return f"{self.name}-{self.claim_id}"

    @property
    def about(self) -> str | None:
        """The id of the report or notice that it is about."""
        return self.service_request_id or self.notice_id

    @property
    def place(self) -> Place | None:
        """Where the sender or the officers look for it; None once it is done."""
        if self.state == "waiting" and self.last_error == OVER_CAP:
            return "over_cap"
        if self.state == "waiting" and self.tries:
            return "put_off"
        return self.state if self.state in ("waiting", "sending", "failed", "unclear") else None

    @property
    def expires_at(self) -> datetime:
        """When it is deleted."""
        return self.due_at + KEPT_FOR


class Named(NamedTuple):
    """The ids that identify an alert."""

    subscription_id: str
    alert_id: str


class Told(NamedTuple):
    """What a listener was told of a report or notice: its newest version, the name of the alert
    that told it, and the newest version that the listener had got before that alert."""

    version: int
    by: str
    before: int


class Wake(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """A message to the sender: this alert is due."""

    subscription_id: str
    alert_id: str


def named(name: str) -> Named | None:
    """The alert that has this name, or a try of this name; None if the name is not one of an
    alert."""
    subscription_id, _, rest = name.partition("-")
    alert_id = rest.partition("-")[0]
    return Named(subscription_id, alert_id) if subscription_id and alert_id else None


def listener_of(subscription: Subscription, *, of_notice: bool) -> str:
    """The one that is told of each version once: the subscription; of notices the person, whose
    other subscriptions may be found by other runs."""
    if of_notice and subscription.address_key:
        return f"person#{subscription.address_key}"
    return f"subscription#{subscription.subscription_id}"


def about_of(tell: AlertRequested) -> str:
    """The id of the report or notice that the event is about."""
    return tell.service_request_id or tell.notice_id or ""


def told_by(
    tell: AlertRequested, subscription: Subscription, now: datetime, due: datetime
) -> Alert:
    """The alert that tells one subscriber of one event; it is due at `due`."""
    return Alert(
        subscription_id=subscription.subscription_id,
        alert_id=derived_id(subscription.subscription_id, tell.event_key),
        channel=subscription.channel,
        what=tell.what,
        service_request_id=tell.service_request_id,
        notice_id=tell.notice_id,
        version=tell.version,
        occurred_at=tell.occurred_at,
        request_id=tell.request_id,
        next_try_at=due,
        updated_at=now,
    )


def asking(subscription: Subscription, request_id: str, now: datetime) -> Alert:
    """The alert that asks whether the address wants this subscription."""
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


def digest(subscription: Subscription, due: datetime, now: datetime) -> Alert:
    """The alert that tells at once of everything that has happened until `due`."""
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


def sent(alert: Alert, external_id: str | None, now: datetime) -> Alert:
    """The alert after the carrier has taken it."""
    return _ended(alert, "sent", None, now, external_id=external_id)


def dropped(alert: Alert, code: str, now: datetime) -> Alert:
    """The alert after nothing is left to tell."""
    return _ended(alert, "dropped", code, now)


def unclear(alert: Alert, now: datetime) -> Alert:
    """The alert when nobody knows whether it arrived, and it must not arrive twice."""
    return _ended(alert, "unclear", "no_reply", now)


def later(alert: Alert, moment: datetime, now: datetime, code: str | None = None) -> Alert:
    """The alert when it was not its time yet: this does not count as a try."""
    return replace(
        alert,
        state="waiting",
        tries=max(0, alert.tries - 1),
        next_try_at=moment,
        lease_until=None,
        last_error=code,
        updated_at=now,
    )


def again(alert: Alert, now: datetime) -> Alert:
    """The alert with all its tries ahead of it. Receipts for earlier tries do not count."""
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


def received(alert: Alert, outcome: DeliveryOutcome, now: datetime) -> Alert:
    """The alert after a receipt; unchanged if it had got as far already. A person who complains has
    received it."""
    state: State = "failed" if outcome == "bounced" else "delivered"
    if FURTHER[state] <= FURTHER[alert.state]:
        return alert
    return _ended(alert, state, "bounced" if state == "failed" else None, now)


def _ended(
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
