"""Converts alerts, and the records beside them, to items of the table and back.

Under `subscription#<id>`: `alert#<alert_id>` is an alert, `told#<report or notice>` the newest
version that the subscriber was told, `digest#<due>#<event>` an event that a digest gathers. Under
`person#<address_key>`, `told#<notice>` is what the person was told of a disruption. Under
`suppressed#<address_key>` is an address that nothing is sent to, under `spend#<day>` the segments
of that day's text messages. Only alerts that the sender or officers look for have a `due`, and so a
place in the index `by-due`. The places that every alert passes through have several partitions
each, because DynamoDB writes at most 1,000 units a second to one.
"""

from collections.abc import Mapping
from zlib import crc32

from pynamodb.attributes import (
    BooleanAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    VersionAttribute,
)

from chalicelib.alerts.delivery import Alert, Kind, Place
from chalicelib.alerts.dynamo.items import owner_of
from chalicelib.alerts.model import AlertRequested, Channel, StopReason
from chalicelib.kernel.dynamo.attributes import JsonAttribute, MomentAttribute, TextAttribute
from chalicelib.kernel.dynamo.item import Index, Item, OwnedItem, index
from chalicelib.kernel.time import text_of
from chalicelib.texts import Text

ALERT = "alert#"
PARTITIONS: Mapping[Place, int] = {"waiting": 8, "sending": 8}
"""How many partitions of the index a place has, if it has several."""


class AlertItem(OwnedItem):
    """An alert as it is stored. `state` holds its place if it has one, and the partition of that
    place, such as waiting#3."""

    store = Text("alerts")
    revision = VersionAttribute()
    channel = TextAttribute[Channel]()
    what = TextAttribute[Kind]()
    service_request_id = UnicodeAttribute(null=True)
    notice_id = UnicodeAttribute(null=True)
    version = NumberAttribute()
    occurred_at = MomentAttribute()
    updated_at = MomentAttribute()
    next_try_at = MomentAttribute()
    lease_until = MomentAttribute(null=True)
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

    # By the place where they are looked for, in the order of when they are due or ended.
    by_due: Index["AlertItem"] = index("by-due", "state", "due")
    # By the carrier's id for them.
    by_external: Index["AlertItem"] = index("by-external", "external")


class ToldItem(OwnedItem):
    """The newest version of a thing that a subscriber was told, the alert that told it, and the
    newest version that was told before that alert."""

    store = Text("alerts")
    version = NumberAttribute()
    before = NumberAttribute(default=0)
    by = UnicodeAttribute()
    expires_at = TTLAttribute()


class GatheredItem(OwnedItem):
    """An event that waits for a digest."""

    store = Text("alerts")
    tell = JsonAttribute[AlertRequested](AlertRequested)
    expires_at = TTLAttribute()


class SuppressedItem(OwnedItem):
    """An address that nothing is sent to."""

    store = Text("alerts")
    record = UnicodeAttribute(range_key=True, default="suppressed")
    because = TextAttribute[StopReason]()
    expires_at = TTLAttribute()


class SpendItem(OwnedItem):
    """The number of segments that were sent on a day."""

    store = Text("alerts")
    segments = NumberAttribute(default=0)
    expires_at = TTLAttribute(null=True)


ITEMS: tuple[type[Item], ...] = (AlertItem, ToldItem, GatheredItem, SuppressedItem, SpendItem)


def item_of(alert: Alert) -> AlertItem:
    """The alert as it is stored."""
    return AlertItem.of(
        alert,
        owner_of(alert.subscription_id),
        f"{ALERT}{alert.alert_id}",
        state=_partition_of(alert) or alert.state,
        external=alert.external_id,
        due=f"{text_of(alert.due_at)}#{alert.name}" if alert.place else None,
        expires_at=alert.expires_at,
    )


def partitions_of(place: Place) -> list[str]:
    """All partitions of a place in the index."""
    count = PARTITIONS.get(place)
    return [f"{place}#{number}" for number in range(count)] if count else [place]


def _partition_of(alert: Alert) -> str | None:
    """The partition of the alert's place; the same alert has the same one at each write."""
    if alert.place is None:
        return None
    possible = partitions_of(alert.place)
    return possible[crc32(alert.name.encode()) % len(possible)]


def alert_of(item: AlertItem) -> Alert:
    """The alert in the form that the slice uses."""
    place = item.state.partition("#")[0]
    return item.read_as(
        Alert,
        subscription_id=item.owner.partition("#")[2],
        alert_id=item.record.removeprefix(ALERT),
        state="waiting" if place in ("put_off", "over_cap") else place,
        external_id=item.external,
    )
