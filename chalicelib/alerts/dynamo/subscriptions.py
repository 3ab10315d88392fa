"""Subscriptions and the index that finds them, on one DynamoDB table."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from chalicelib.alerts.dynamo.items import (
    SUBSCRIPTION,
    EntryItem,
    SubscriptionItem,
    entry_of,
    item_of,
    item_of_entry,
    owner_of,
    subscription_of,
)
from chalicelib.alerts.index import AreaQuery, IndexEntry
from chalicelib.alerts.model import Subscription
from chalicelib.alerts.ports import SubscriptionPage
from chalicelib.kernel.time import text_of


class DynamoSubscriptions:
    """The Subscriptions port. TTL removes a subscription only some time after it has expired."""

    def __init__(self, table_name: str) -> None:
        SubscriptionItem.Meta.table_name = table_name

    def add(self, subscription: Subscription) -> Subscription:
        return subscription_of(item_of(subscription).add_or_find())

    def save(self, subscription: Subscription) -> Subscription:
        return subscription_of(item_of(subscription).put_on_version())

    def get(self, subscription_id: str) -> Subscription | None:
        item = SubscriptionItem.find(owner_of(subscription_id), SUBSCRIPTION)
        return subscription_of(item) if item else None

    def list_of_account(
        self, account_id: str, *, limit: int, after: str | None
    ) -> SubscriptionPage:
        items = SubscriptionItem.by_account.all(
            account_id,
            scan_index_forward=False,
            limit=limit,
            last_evaluated_key=_start_key(account_id, after) if after else None,
        )
        with SubscriptionItem.translate_errors():
            stored = {
                item.owner: subscription_of(item)
                for item in SubscriptionItem.batch_get(
                    [(item.owner, SUBSCRIPTION) for item in items], consistent_read=True
                )
            }
        last = items[-1] if len(items) == limit else None
        return SubscriptionPage(
            [stored[item.owner] for item in items if item.owner in stored],
            f"{text_of(last.created_at)}~{last.owner.partition('#')[2]}" if last else None,
        )

    def at_addresses(self, address_keys: Collection[str]) -> Sequence[Subscription]:
        items = [item for key in address_keys for item in SubscriptionItem.by_address.all(key)]
        found = (self.get(item.owner.partition("#")[2]) for item in items)
        return [each for each in found if each]

    def remove(self, subscription_id: str) -> None:
        owner = owner_of(subscription_id)
        with SubscriptionItem.translate_errors():
            records = [
                item.record
                for item in SubscriptionItem.query(
                    owner, consistent_read=True, attributes_to_get=["owner", "record"]
                )
            ]
            # The subscription goes last: after an interruption a new run still finds it.
            for record in sorted(records, key=lambda record: record == SUBSCRIPTION):
                SubscriptionItem(owner, record).remove()


class DynamoIndex:
    """The Index port on the same table."""

    def __init__(self, table_name: str) -> None:
        EntryItem.Meta.table_name = table_name

    def put(self, entries: Iterable[IndexEntry]) -> None:
        with EntryItem.translate_errors(), EntryItem.batch_write() as batch:
            for entry in entries:
                batch.save(item_of_entry(entry))

    def remove(self, keys: Iterable[tuple[str, str]]) -> None:
        with EntryItem.translate_errors(), EntryItem.batch_write() as batch:
            for key in keys:
                batch.delete(EntryItem(*key))

    def entries(self, area: AreaQuery, *, limit: int | None = None) -> Iterable[IndexEntry]:
        within = EntryItem.record.between(area.low, area.high)
        with EntryItem.translate_errors():
            for item in EntryItem.query(area.name, within, limit=limit):
                yield entry_of(item)


def subscription_in_image(image: dict[str, Any]) -> Subscription:
    """The subscription in an image of the table's stream."""
    item = SubscriptionItem()
    item.deserialize(image)
    return subscription_of(item)


def _start_key(account_id: str, after: str) -> dict[str, dict[str, str]]:
    """The key after which a list continues, in the form that DynamoDB needs."""
    created_at, _, subscription_id = after.partition("~")
    return {
        "account_id": {"S": account_id},
        "created_at": {"S": created_at},
        "owner": {"S": owner_of(subscription_id)},
        "record": {"S": SUBSCRIPTION},
    }
