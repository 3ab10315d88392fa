"""Deliveries as items of the table, the indexes that find them, and the way there and back.

Table: hash `owner`, range `record`. A delivery is `owner` its id, `record` delivery; the receivers
lie together under `owner` receivers, each as `record` its id, and so do, under `owner` marks, the
times until when destinations were asked for updates. Deliveries are found by their state
(`by-state`), by destination and state (`by-destination`), both in the order of `due`: when the
next try is due, when the lease ends, or when it ended; and by what they are called outside.
"""

from pynamodb.attributes import (
    BooleanAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
    VersionAttribute,
)

from chalicelib.kernel.dynamo.attributes import TextAttribute
from chalicelib.kernel.dynamo.item import Index, OwnedItem, index
from chalicelib.kernel.time import text_of
from chalicelib.outbound.model import TOKEN, WEBHOOKS_KEPT_FOR, Delivery, DeliveryEvent, Kind, State

DELIVERY = "delivery"


class DeliveriesItem(OwnedItem):
    """An item of the table."""

    store = "deliveries"


class DeliveryItem(DeliveriesItem):
    """A delivery as it is stored."""

    record = UnicodeAttribute(range_key=True, default=DELIVERY)
    version = VersionAttribute()
    destination = UnicodeAttribute()
    kind = TextAttribute[Kind]()
    event = TextAttribute[DeliveryEvent]()
    service_request_id = UnicodeAttribute()
    occurred_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    state = TextAttribute[State]()
    tries = NumberAttribute()
    next_try_at = UTCDateTimeAttribute()
    lease_until = UTCDateTimeAttribute(null=True)
    is_unclear = BooleanAttribute()
    last_error = UnicodeAttribute(null=True)
    external_id = UnicodeAttribute(null=True)
    sent_at = UTCDateTimeAttribute(null=True)
    # What the indexes are keyed by, and when the log ends, derived at each write.
    destination_state = UnicodeAttribute()
    due = UnicodeAttribute()
    external = UnicodeAttribute(null=True)
    expires_at = TTLAttribute(null=True)

    # By their state, and by destination and state, in the order of when they are due or ended.
    by_state: Index["DeliveryItem"] = index("by-state", "state", "due")
    by_destination: Index["DeliveryItem"] = index("by-destination", "destination_state", "due")
    # By what they are called at their destination.
    by_external: Index["DeliveryItem"] = index("by-external", "external")


def item_of(delivery: Delivery) -> DeliveryItem:
    """The delivery as it is stored."""
    item = DeliveryItem.of(delivery, delivery.delivery_id)
    item.destination_state = f"{delivery.destination}#{delivery.state}"
    item.due = f"{text_of(delivery.due_at)}#{delivery.delivery_id}"
    if delivery.external_id:
        item.external = external_of(delivery.destination, delivery.their_reference or TOKEN)
    if delivery.kind == "webhook":
        item.expires_at = delivery.updated_at + WEBHOOKS_KEPT_FOR
    return item


def external_of(destination: str, external_id: str) -> str:
    """What an external_id is in its index: each destination has its own. TOKEN stands for every
    token, so that those which wait for an id are found together."""
    return f"{destination}#{external_id}"


def delivery_of(item: DeliveryItem) -> Delivery:
    """The delivery as the slice knows it."""
    return item.read_as(Delivery, delivery_id=item.owner)
