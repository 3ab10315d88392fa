"""Deliveries as DynamoDB items, and the conversion in both directions.

Table: hash `owner`, range `record`: `<delivery_id>` and `delivery`; `receivers` and
`<receiver_id>`; `marks` and the destination's code, with the time until which it was polled.

Deliveries are indexed by state (`by-state`) and by destination and state (`by-destination`), both
in the order of `due`: the time of the next try, the end of the lease, or the time when the delivery
ended; and by their id at the destination (`by-external`).
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


class DeliveryItem(OwnedItem):
    """A stored delivery."""

    store = "deliveries"
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
    report_version = NumberAttribute(default=0)
    message_id = UnicodeAttribute(null=True)
    body = UnicodeAttribute(null=True)
    # The keys of the indexes and the expiry time, derived at each write.
    destination_state = UnicodeAttribute()
    due = UnicodeAttribute()
    external = UnicodeAttribute(null=True)
    expires_at = TTLAttribute(null=True)

    by_state: Index["DeliveryItem"] = index("by-state", "state", "due")
    by_destination: Index["DeliveryItem"] = index("by-destination", "destination_state", "due")
    by_external: Index["DeliveryItem"] = index("by-external", "external")


def item_of(delivery: Delivery) -> DeliveryItem:
    """The item of a delivery."""
    item = DeliveryItem.of(delivery, delivery.delivery_id)
    item.destination_state = f"{delivery.destination}#{delivery.state}"
    item.due = f"{text_of(delivery.due_at)}#{delivery.delivery_id}"
    if delivery.external_id:
        item.external = external_of(delivery.destination, delivery.their_reference or TOKEN)
    if delivery.kind == "webhook":
        item.expires_at = delivery.updated_at + WEBHOOKS_KEPT_FOR
    return item


def external_of(destination: str, external_id: str) -> str:
    """The key of an external_id in its index, apart for each destination. All tokens have the key
    of TOKEN, so one query finds the deliveries that wait for an id."""
    return f"{destination}#{external_id}"


def delivery_of(item: DeliveryItem) -> Delivery:
    """The delivery of an item."""
    return item.read_as(Delivery, delivery_id=item.owner)
