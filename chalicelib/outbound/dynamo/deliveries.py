"""Deliveries in DynamoDB, and the code shared by all items of their table."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial

from chalicelib.kernel.dynamo import errors
from chalicelib.kernel.optimistic import AlreadyExists, VersionConflict
from chalicelib.kernel.time import text_of
from chalicelib.outbound.dynamo.items import (
    DELIVERY,
    DeliveryItem,
    delivery_of,
    external_of,
    item_of,
)
from chalicelib.outbound.model import TOKEN, Delivery, State
from chalicelib.outbound.ports import MOST_COUNTED, Listed

translated = partial(errors.translated, "deliveries")


class DynamoDeliveries:
    """The Deliveries port on one DynamoDB table."""

    def __init__(self, table_name: str) -> None:
        DeliveryItem.Meta.table_name = table_name

    def create(self, delivery: Delivery) -> Delivery:
        item = item_of(delivery)
        with translated(clash=AlreadyExists):
            item.save(DeliveryItem.owner.does_not_exist())
        return delivery_of(item)

    def save(self, delivery: Delivery) -> Delivery:
        item = item_of(delivery)
        with translated(clash=VersionConflict):
            item.save()
        return delivery_of(item)

    def get(self, delivery_id: str) -> Delivery | None:
        with translated():
            try:
                return delivery_of(DeliveryItem.get(delivery_id, DELIVERY, consistent_read=True))
            except DeliveryItem.DoesNotExist:
                return None

    def called(self, destination: str, external_id: str) -> Delivery | None:
        with translated():
            found = [
                item.owner
                for item in DeliveryItem.by_external.query(external_of(destination, external_id))
            ]
        return self.get(found[0]) if found else None

    def due(self, now: datetime, *, limit: int) -> Sequence[str]:
        until = DeliveryItem.due < f"{text_of(now)}~"
        with translated():
            items = [
                item
                for state in ("waiting", "sending")
                for item in DeliveryItem.by_state.query(state, until, limit=limit)
            ]
        return [item.owner for item in sorted(items, key=lambda item: item.due)[:limit]]

    def in_state(
        self, state: State, destination: str | None, *, limit: int, after: str | None
    ) -> Listed:
        before = DeliveryItem.due < after if after else None
        with translated():
            items = list(
                _query(state, destination)(before, limit=limit + 1, scan_index_forward=False)
            )
        following = items[limit - 1].due if len(items) > limit else None
        return Listed([delivery_of(item) for item in items[:limit]], following)

    def finished(
        self, state: State, destination: str, *, since: datetime, until: datetime, limit: int
    ) -> Sequence[Delivery]:
        # Later than every moment before `until`: the ids of that very moment begin with #.
        within = DeliveryItem.due.between(text_of(since), text_of(until))
        with translated():
            return [delivery_of(each) for each in _query(state, destination)(within, limit=limit)]

    def count(self, destination: str, state: State) -> int:
        with translated():
            return DeliveryItem.by_destination.count(
                f"{destination}#{state}", limit=MOST_COUNTED + 1
            )

    def with_token(self, destination: str) -> Sequence[str]:
        with translated():
            found = DeliveryItem.by_external.query(external_of(destination, TOKEN))
            return sorted(item.owner for item in found)


def _query(state: State, destination: str | None) -> Callable[..., Iterator[DeliveryItem]]:
    """Asks for those in the state, in the order of `due`."""
    if destination is None:
        return lambda within, **how: DeliveryItem.by_state.query(state, within, **how)
    key = f"{destination}#{state}"
    return lambda within, **how: DeliveryItem.by_destination.query(key, within, **how)
