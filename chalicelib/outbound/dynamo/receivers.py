"""Receivers and the marks of polling in DynamoDB, in the table of deliveries."""

from collections.abc import Sequence

import msgspec
from pynamodb.attributes import (
    BooleanAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
    VersionAttribute,
)

from chalicelib.kernel.dynamo.attributes import JsonAttribute
from chalicelib.kernel.dynamo.item import OwnedItem
from chalicelib.kernel.optimistic import AlreadyExists
from chalicelib.outbound.ports import Mark
from chalicelib.outbound.receivers import Filter, Receiver

RECEIVERS = "receivers"
MARKS = "marks"


class ReceiverItem(OwnedItem):
    """A stored receiver. Its secret signs the webhooks."""

    store = "deliveries"
    owner = UnicodeAttribute(hash_key=True, default=RECEIVERS)
    version = VersionAttribute()
    name = UnicodeAttribute()
    url = UnicodeAttribute()
    secret = UnicodeAttribute()
    filter = UnicodeAttribute()
    case_services = JsonAttribute[tuple[str, ...]](tuple[str, ...], default=())
    enabled = BooleanAttribute()
    created_at = UTCDateTimeAttribute()


class MarkItem(OwnedItem):
    """The time until which a destination was polled for updates."""

    store = "deliveries"
    owner = UnicodeAttribute(hash_key=True, default=MARKS)
    until = UTCDateTimeAttribute()
    missed_until = UTCDateTimeAttribute(null=True)


class DynamoReceivers:
    """The Receivers port with the same table."""

    def __init__(self, table_name: str) -> None:
        ReceiverItem.Meta.table_name = table_name

    def create(self, receiver: Receiver) -> Receiver:
        item = _item(receiver)
        if not item.add():
            raise AlreadyExists
        return _receiver(item)

    def save(self, receiver: Receiver) -> Receiver:
        return _receiver(_item(receiver).put_on_version())

    def get(self, receiver_id: str) -> Receiver | None:
        item = ReceiverItem.find(RECEIVERS, receiver_id)
        return _receiver(item) if item else None

    def all(self) -> Sequence[Receiver]:
        return [_receiver(item) for item in ReceiverItem.all_under(RECEIVERS)]

    def remove(self, receiver_id: str) -> None:
        ReceiverItem(RECEIVERS, receiver_id).remove()


class DynamoMarks:
    """The Marks port with the same table."""

    def __init__(self, table_name: str) -> None:
        MarkItem.Meta.table_name = table_name

    def get(self, destination: str) -> Mark | None:
        item = MarkItem.find(MARKS, destination)
        return item.read_as(Mark) if item else None

    def put(self, destination: str, mark: Mark) -> None:
        MarkItem.of(mark, MARKS, destination).put()


def _item(receiver: Receiver) -> ReceiverItem:
    encoded = msgspec.json.encode(receiver.filter).decode()
    return ReceiverItem.of(receiver, RECEIVERS, receiver.receiver_id, filter=encoded)


def _receiver(item: ReceiverItem) -> Receiver:
    decoded = msgspec.json.decode(item.filter, type=Filter)
    return item.read_as(Receiver, receiver_id=item.record, filter=decoded)
