"""Deliveries in DynamoDB."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from chalicelib.kernel.optimistic import AlreadyExists
from chalicelib.kernel.time import text_of
from chalicelib.outbound.dynamo.items import (
    DELIVERY,
    DeliveryItem,
    delivery_of,
    external_of,
    item_of,
)
from chalicelib.outbound.model import TOKEN, Delivery, State
from chalicelib.outbound.ports import MOST_COUNTED, DeliveryPage


class DynamoDeliveries:
    """The Deliveries port with one DynamoDB table."""

    def __init__(self, table_name: str) -> None:
        DeliveryItem.Meta.table_name = table_name

    def create(self, delivery: Delivery) -> Delivery:
        item = item_of(delivery)
        if not item.add():
            raise AlreadyExists
        return delivery_of(item)

    def save(self, delivery: Delivery) -> Delivery:
        return delivery_of(item_of(delivery).put_on_version())

    def get(self, delivery_id: str) -> Delivery | None:
        item = DeliveryItem.find(delivery_id, DELIVERY)
        return delivery_of(item) if item else None

    def find_by_external_id(self, destination: str, external_id: str) -> Delivery | None:
        items = DeliveryItem.by_external.all(external_of(destination, external_id))
        return self.get(items[0].owner) if items else None

    def due(self, now: datetime, *, limit: int) -> Sequence[str]:
        until = DeliveryItem.due < f"{text_of(now)}~"
        items = [
            item
            for state in ("waiting", "sending")
            for item in DeliveryItem.by_state.all(state, until, limit=limit)
        ]
        return [item.owner for item in sorted(items, key=lambda item: item.due)[:limit]]

    def in_state(
        self, state: State, destination: str | None, *, limit: int, after: str | None
    ) -> DeliveryPage:
        before = DeliveryItem.due < after if after else None
        items = _query(state, destination)(before, limit=limit + 1, scan_index_forward=False)
        next_start = items[limit - 1].due if len(items) > limit else None
        return DeliveryPage([delivery_of(item) for item in items[:limit]], next_start)

    def ended_between(
        self, state: State, destination: str, *, since: datetime, until: datetime, limit: int
    ) -> Sequence[Delivery]:
        # The sort keys of the moment `until` itself are longer than its text, so they are excluded.
        within = DeliveryItem.due.between(text_of(since), text_of(until))
        return [delivery_of(each) for each in _query(state, destination)(within, limit=limit)]

    def count(self, destination: str, state: State) -> int:
        with DeliveryItem.translate_errors():
            return DeliveryItem.by_destination.count(
                f"{destination}#{state}", limit=MOST_COUNTED + 1
            )

    def with_token(self, destination: str) -> Sequence[str]:
        items = DeliveryItem.by_external.all(external_of(destination, TOKEN))
        return sorted(item.owner for item in items)


def _query(state: State, destination: str | None) -> Callable[..., Sequence[DeliveryItem]]:
    """A query for the deliveries in the state, in the order of `due`."""
    if destination is None:
        return partial(DeliveryItem.by_state.all, state)
    return partial(DeliveryItem.by_destination.all, f"{destination}#{state}")
