"""Converts alerts, and the records beside them, to items of the table and back.

Under `subscription#<id>`: `alert#<alert_id>` is an alert, `told#<report or notice>` the last alert
to the subscriber about it, `digest#<due>#<event>` an event for a digest. Under
`person#<address_key>`, `told#<notice>` is the last alert to the person about a disruption. Under
`suppressed#<address_key>` is an address to which nothing is sent, under `spend#<day>` what was sent
that day on each line of the budget. Only alerts in a backlog have a `due`, and so are in the index
`by-due`. The backlogs that every alert passes through have several partitions each, because
DynamoDB writes at most 1,000 units a second to one.
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

from chalicelib.alerts.delivery import Alert, AlertKind, Backlog
from chalicelib.alerts.dynamo.items import owner_of
from chalicelib.alerts.model import AlertRequested, Channel, StopReason
from chalicelib.kernel.dynamo.attributes import JsonAttribute, MomentAttribute, TextAttribute
from chalicelib.kernel.dynamo.item import Index, Item, OwnedItem, index
from chalicelib.kernel.time import text_of
from chalicelib.texts import Text

ALERT = "alert#"
PARTITIONS: Mapping[Backlog, int] = {"waiting": 8, "sending": 8}
"""How many partitions of the index a backlog has, if it has several."""


class AlertItem(OwnedItem):
    """An alert as it is stored. `state` is the partition of its backlog, such as waiting#3, or its
    state if it is in none."""

    store = Text("alerts")
    revision = VersionAttribute()
    channel = TextAttribute[Channel]()
    what = TextAttribute[AlertKind]()
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

    # By the partition of their backlog, in the order of when they are due or ended.
    by_due: Index["AlertItem"] = index("by-due", "state", "due")
    # By the carrier's id for them.
    by_external: Index["AlertItem"] = index("by-external", "external")


class LastAlertItem(OwnedItem):
    """The last alert to a recipient about a report or notice."""

    store = Text("alerts")
    version = NumberAttribute()
    before = NumberAttribute(default=0)
    by = UnicodeAttribute()
    expires_at = TTLAttribute()


class DigestEventItem(OwnedItem):
    """An event for a digest."""

    store = Text("alerts")
    tell = JsonAttribute[AlertRequested](AlertRequested)
    expires_at = TTLAttribute()


class SuppressedItem(OwnedItem):
    """An address to which nothing is sent."""

    store = Text("alerts")
    record = UnicodeAttribute(range_key=True, default="suppressed")
    because = TextAttribute[StopReason]()
    expires_at = TTLAttribute()


class SpendItem(OwnedItem):
    """The number of segments or emails that were sent on a day, for one line of the budget."""

    store = Text("alerts")
    segments = NumberAttribute(default=0)
    expires_at = TTLAttribute(null=True)


ITEMS: tuple[type[Item], ...] = (
    AlertItem,
    LastAlertItem,
    DigestEventItem,
    SuppressedItem,
    SpendItem,
)


def item_of(alert: Alert) -> AlertItem:
    """The alert as it is stored."""
    return AlertItem.of(
        alert,
        owner_of(alert.subscription_id),
        f"{ALERT}{alert.alert_id}",
        state=_partition_of(alert) or alert.state,
        external=alert.external_id,
        due=f"{text_of(alert.due_at)}#{alert.name}" if alert.backlog else None,
        expires_at=alert.expires_at,
    )


def partitions_of(backlog: Backlog) -> list[str]:
    """All partitions of a backlog in the index."""
    count = PARTITIONS.get(backlog)
    return [f"{backlog}#{number}" for number in range(count)] if count else [backlog]


def _partition_of(alert: Alert) -> str | None:
    """The partition of the alert's backlog; the same alert has the same one at each write."""
    if alert.backlog is None:
        return None
    possible = partitions_of(alert.backlog)
    return possible[crc32(alert.name.encode()) % len(possible)]


def alert_of(item: AlertItem) -> Alert:
    """The stored alert."""
    backlog = item.state.partition("#")[0]
    return item.read_as(
        Alert,
        subscription_id=item.owner.partition("#")[2],
        alert_id=item.record.removeprefix(ALERT),
        state="waiting" if backlog in ("put_off", "over_cap") else backlog,
        external_id=item.external,
    )
