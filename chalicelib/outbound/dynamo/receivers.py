"""Receivers in DynamoDB, and until when destinations were asked for updates: in the table of
deliveries."""

from collections.abc import Sequence

import msgspec
from pynamodb.attributes import (
    BooleanAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
    VersionAttribute,
)
from pynamodb.models import Model

from chalicelib.kernel.optimistic import AlreadyExists, VersionConflict
from chalicelib.outbound.dynamo.deliveries import translated
from chalicelib.outbound.dynamo.items import values_of
from chalicelib.outbound.ports import Mark
from chalicelib.outbound.receivers import Filter, Receiver

RECEIVERS = "receivers"
MARKS = "marks"


class ReceiverItem(Model):
    """A receiver as it is stored. Its secret signs what it is sent."""

    class Meta:
        table_name = ""

    owner = UnicodeAttribute(hash_key=True, default=RECEIVERS)
    record = UnicodeAttribute(range_key=True)
    version = VersionAttribute()
    name = UnicodeAttribute()
    url = UnicodeAttribute()
    secret = UnicodeAttribute()
    filter = UnicodeAttribute()
    enabled = BooleanAttribute()
    created_at = UTCDateTimeAttribute()


class MarkItem(Model):
    """Until when a destination was asked for its updates."""

    class Meta:
        table_name = ""

    owner = UnicodeAttribute(hash_key=True, default=MARKS)
    record = UnicodeAttribute(range_key=True)
    until = UTCDateTimeAttribute()
    missed_until = UTCDateTimeAttribute(null=True)


class DynamoReceivers:
    """The Receivers port on the same table."""

    def __init__(self, table_name: str) -> None:
        ReceiverItem.Meta.table_name = table_name

    def create(self, receiver: Receiver) -> Receiver:
        item = _receiver_item(receiver)
        with translated(clash=AlreadyExists):
            item.save(ReceiverItem.owner.does_not_exist())
        return _receiver(item)

    def save(self, receiver: Receiver) -> Receiver:
        item = _receiver_item(receiver)
        with translated(clash=VersionConflict):
            item.save()
        return _receiver(item)

    def get(self, receiver_id: str) -> Receiver | None:
        with translated():
            try:
                return _receiver(ReceiverItem.get(RECEIVERS, receiver_id, consistent_read=True))
            except ReceiverItem.DoesNotExist:
                return None

    def all(self) -> Sequence[Receiver]:
        with translated():
            items = list(ReceiverItem.query(RECEIVERS, consistent_read=True))
        return [_receiver(item) for item in items]

    def remove(self, receiver_id: str) -> None:
        with translated():
            ReceiverItem(RECEIVERS, receiver_id).delete(add_version_condition=False)


class DynamoMarks:
    """The Marks port on the same table."""

    def __init__(self, table_name: str) -> None:
        MarkItem.Meta.table_name = table_name

    def get(self, destination: str) -> Mark | None:
        with translated():
            try:
                item = MarkItem.get(MARKS, destination, consistent_read=True)
            except MarkItem.DoesNotExist:
                return None
        return Mark(item.until, item.missed_until)

    def put(self, destination: str, mark: Mark) -> None:
        with translated():
            MarkItem(MARKS, destination, **mark._asdict()).save()


def _receiver_item(receiver: Receiver) -> ReceiverItem:
    values = values_of(receiver)
    values["filter"] = msgspec.json.encode(receiver.filter).decode()
    return ReceiverItem(RECEIVERS, values.pop("receiver_id"), **values)


def _receiver(item: ReceiverItem) -> Receiver:
    names = set(Receiver.__dataclass_fields__) - {"receiver_id", "filter"}
    values = {name: getattr(item, name) for name in names}
    chosen = msgspec.json.decode(item.filter, type=Filter)
    return Receiver(receiver_id=item.record, filter=chosen, **values)
