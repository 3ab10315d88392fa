"""Converts alerts, and the records beside them, to items of the table and back.

Under `subscription#<id>`: `alert#<alert_id>` is an alert, `told#<report or notice>` the newest
version that the subscriber was told, `digest#<due>#<event>` an event that a digest gathers. Under
`suppressed#<address_key>` is an address that nothing is sent to, under `spend#<day>` the segments
of that day's text messages. Only alerts that the sender or officers look for have a `due`, and so a
place in the index `by-due`.
"""

from datetime import datetime
from typing import Any

from pynamodb.attributes import (
    Attribute,
    BooleanAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    VersionAttribute,
)
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from chalicelib.alerts.delivery import Alert, Kind
from chalicelib.alerts.dynamo.items import of_subscription
from chalicelib.alerts.model import AlertRequested, Because, Channel
from chalicelib.kernel.dynamo.attributes import JsonAttribute, MomentAttribute
from chalicelib.kernel.time import text_of

ALERT = "alert#"


class ByDue(GlobalSecondaryIndex["AlertItem"]):  # type: ignore[no-untyped-call]
    """Alerts by the place where they are looked for, in the order of when they are due or ended."""

    class Meta:
        index_name = "by-due"
        projection = KeysOnlyProjection()

    state = UnicodeAttribute(hash_key=True)
    due = UnicodeAttribute(range_key=True)


class ByExternal(GlobalSecondaryIndex["AlertItem"]):  # type: ignore[no-untyped-call]
    """Alerts by the carrier's id for them."""

    class Meta:
        index_name = "by-external"
        projection = KeysOnlyProjection()

    external = UnicodeAttribute(hash_key=True)


class AlertItem(Model):
    """An alert as it is stored. `state` holds its place if it has one."""

    class Meta:
        table_name = ""

    owner = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    revision = VersionAttribute()
    channel: Attribute[Channel] = UnicodeAttribute()  # type: ignore[assignment]
    what: Attribute[Kind] = UnicodeAttribute()  # type: ignore[assignment]
    service_request_id = UnicodeAttribute(null=True)
    notice_id = UnicodeAttribute(null=True)
    version = NumberAttribute()
    occurred_at: Attribute[datetime] = MomentAttribute()
    updated_at: Attribute[datetime] = MomentAttribute()
    next_try_at: Attribute[datetime] = MomentAttribute()
    lease_until: Attribute[datetime | None] = MomentAttribute(null=True)  # type: ignore[assignment]
    state = UnicodeAttribute()
    tries = NumberAttribute()
    is_unclear = BooleanAttribute()
    last_error = UnicodeAttribute(null=True)
    claim_id = UnicodeAttribute()
    external = UnicodeAttribute(null=True)
    request_id = UnicodeAttribute()
    # Derived at each write.
    due = UnicodeAttribute(null=True)
    expires_at = TTLAttribute()

    by_due = ByDue()
    by_external = ByExternal()


class ToldItem(Model):
    """The newest version of a thing that a subscriber was told, and the alert that told it."""

    class Meta:
        table_name = ""

    owner = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    version = NumberAttribute()
    by = UnicodeAttribute()
    expires_at = TTLAttribute()


class GatheredItem(Model):
    """An event that waits for a digest."""

    class Meta:
        table_name = ""

    owner = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    tell = JsonAttribute[AlertRequested](AlertRequested)
    expires_at = TTLAttribute()


class SuppressedItem(Model):
    """An address that nothing is sent to."""

    class Meta:
        table_name = ""

    owner = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True, default="suppressed")
    because: Attribute[Because] = UnicodeAttribute()  # type: ignore[assignment]
    expires_at = TTLAttribute()


class SpendItem(Model):
    """The number of segments that were sent on a day."""

    class Meta:
        table_name = ""

    owner = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    segments = NumberAttribute(default=0)
    expires_at = TTLAttribute(null=True)


ITEMS: tuple[type[Model], ...] = (AlertItem, ToldItem, GatheredItem, SuppressedItem, SpendItem)
NAMES = frozenset(Alert.__dataclass_fields__) - {
    "subscription_id",
    "alert_id",
    "state",
    "external_id",
    "revision",
}


def item_of(alert: Alert) -> AlertItem:
    """The alert as it is stored."""
    values: dict[str, Any] = {name: getattr(alert, name) for name in NAMES}
    if alert.revision:
        values["revision"] = alert.revision
    return AlertItem(
        of_subscription(alert.subscription_id),
        f"{ALERT}{alert.alert_id}",
        state=alert.place or alert.state,
        external=alert.external_id,
        due=f"{text_of(alert.due_at)}#{alert.name}" if alert.place else None,
        expires_at=alert.expires_at,
        **values,
    )


def alert_of(item: AlertItem) -> Alert:
    """The alert in the form that the slice uses."""
    values: dict[str, Any] = {name: getattr(item, name) for name in NAMES}
    return Alert(
        subscription_id=item.owner.partition("#")[2],
        alert_id=item.record.removeprefix(ALERT),
        state="waiting" if item.state in ("put_off", "over_cap") else item.state,  # type: ignore[arg-type]
        external_id=item.external,
        revision=item.revision,
        **values,
    )
