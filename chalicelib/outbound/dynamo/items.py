"""Deliveries as items of the table, the indexes that find them, and the way there and back.

Table: hash `owner`, range `record`. A delivery is `owner` its id, `record` delivery; the receivers
lie together under `owner` receivers, each as `record` its id, and so do, under `owner` marks, the
times until when destinations were asked for updates. Deliveries are found by their state
(`by-state`), by destination and state (`by-destination`), both in the order of `due`: when the
next try is due, when the lease ends, or when it ended; and by what they are called outside.
"""

from typing import Any

from pynamodb.attributes import (
    Attribute,
    BooleanAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
    VersionAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from chalicelib.kernel.time import text_of
from chalicelib.outbound.model import TOKEN, WEBHOOKS_KEPT_FOR, Delivery, DeliveryEvent, Kind, State
from chalicelib.outbound.receivers import Receiver

DELIVERY = "delivery"


class ByState(GlobalSecondaryIndex["DeliveryItem"]):  # type: ignore[no-untyped-call]
    """Deliveries by their state, in the order of when they are due or ended."""

    class Meta:
        index_name = "by-state"
        projection = AllProjection()

    state = UnicodeAttribute(hash_key=True)
    due = UnicodeAttribute(range_key=True)


class ByDestination(GlobalSecondaryIndex["DeliveryItem"]):  # type: ignore[no-untyped-call]
    """The same of one destination."""

    class Meta:
        index_name = "by-destination"
        projection = AllProjection()

    destination_state = UnicodeAttribute(hash_key=True)
    due = UnicodeAttribute(range_key=True)


class ByExternal(GlobalSecondaryIndex["DeliveryItem"]):  # type: ignore[no-untyped-call]
    """Deliveries by what they are called at their destination."""

    class Meta:
        index_name = "by-external"
        projection = KeysOnlyProjection()

    external = UnicodeAttribute(hash_key=True)


class DeliveryItem(Model):
    """A delivery as it is stored."""

    class Meta:
        table_name = ""

    owner = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True, default=DELIVERY)
    version = VersionAttribute()
    destination = UnicodeAttribute()
    kind: Attribute[Kind] = UnicodeAttribute()  # type: ignore[assignment]
    event: Attribute[DeliveryEvent] = UnicodeAttribute()  # type: ignore[assignment]
    service_request_id = UnicodeAttribute()
    occurred_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    state: Attribute[State] = UnicodeAttribute()  # type: ignore[assignment]
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

    by_state = ByState()
    by_destination = ByDestination()
    by_external = ByExternal()


def item_of(delivery: Delivery) -> DeliveryItem:
    """The delivery as it is stored."""
    values = values_of(delivery)
    item = DeliveryItem(values.pop("delivery_id"), **values)
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
    names = set(Delivery.__dataclass_fields__) - {"delivery_id"}
    values = {name: getattr(item, name) for name in names}
    return Delivery(delivery_id=item.owner, **values)


def values_of(kept: Delivery | Receiver) -> dict[str, Any]:
    """Its fields; without a version where it is not stored yet."""
    values = dict(vars(kept))
    if not kept.version:
        del values["version"]
    return values
