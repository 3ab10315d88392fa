"""Garden waste subscriptions in DynamoDB, in the table of jobs and rounds.

`garden#<premises_id>` and `subscription` is a subscription; `garden-end#<day>` and the premises' id
says that it ends on that day, `garden-change#<day>` that it was changed on that day in UTC. TTL
removes all of these items, with a delay.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta

from pynamodb.attributes import TTLAttribute, VersionAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.garden.model import GardenSubscription, Move, Year
from chalicelib.kernel.dynamo.attributes import JsonAttribute, MomentAttribute
from chalicelib.kernel.dynamo.item import OwnedItem
from chalicelib.kernel.optimistic import VersionConflict

OWNER, RECORD = "garden#", "subscription"
END, CHANGE = "garden-end#", "garden-change#"
DAY_KEPT_FOR = timedelta(days=30)
OVERTAKEN = ("ConditionalCheckFailed", "TransactionConflict")
Years = tuple[Year, ...]
Requests = tuple[str, ...]
Moves = tuple[Move, ...]


class GardenSubscriptionItem(OwnedItem):
    """A stored subscription. It has no personal data."""

    store = "garden waste subscriptions"
    version = VersionAttribute()
    years = JsonAttribute[Years](Years)
    buyers = JsonAttribute[Requests](Requests)
    requests = JsonAttribute[Requests](Requests)
    begins = JsonAttribute[date](date, null=True)
    cancelled_on = JsonAttribute[date](date, null=True)
    moved = JsonAttribute[Moves](Moves)
    returned = JsonAttribute[Requests](Requests)
    updated_at = MomentAttribute()
    expires_at = TTLAttribute()


class GardenSubscriptionDayItem(OwnedItem):
    """A day on which a subscription ends or was changed, to find it by that day."""

    store = "garden waste subscriptions"
    expires_at = TTLAttribute()


class DynamoGardenSubscriptions:
    """The GardenSubscriptions port with the jobs' table."""

    def __init__(self, table_name: str) -> None:
        for item in (GardenSubscriptionItem, GardenSubscriptionDayItem):
            item.Meta.table_name = table_name

    def get(self, premises_id: str) -> GardenSubscription | None:
        item = GardenSubscriptionItem.find(OWNER + premises_id, RECORD)
        return _subscription(item) if item else None

    def many(self, premises_ids: Collection[str]) -> Mapping[str, GardenSubscription]:
        wanted = [(OWNER + premises_id, RECORD) for premises_id in dict.fromkeys(premises_ids)]
        with GardenSubscriptionItem.translate_errors():
            found = map(
                _subscription, GardenSubscriptionItem.batch_get(wanted, consistent_read=True)
            )
            return {each.premises_id: each for each in found}

    def save(self, *subscriptions: GardenSubscription) -> None:
        with GardenSubscriptionItem.translate_errors():
            try:
                with TransactWrite(connection=Connection()) as transaction:
                    for each in subscriptions:
                        transaction.save(_item(each))
                        transaction.save(_day_item(CHANGE, each.updated_at.date(), each))
                        if each.years:
                            transaction.save(_day_item(END, each.last, each))
            except TransactWriteError as error:
                if any(each and each.code in OVERTAKEN for each in error.cancellation_reasons):
                    raise VersionConflict from error
                raise

    def ending_on(self, day: date) -> Iterator[str]:
        return _premises_of_day(END, day)

    def changed_on(self, day: date) -> Iterator[str]:
        return _premises_of_day(CHANGE, day)


def _item(subscription: GardenSubscription) -> GardenSubscriptionItem:
    key = OWNER + subscription.premises_id
    return GardenSubscriptionItem.of(subscription, key, RECORD, expires_at=subscription.expires_at)


def _day_item(kind: str, day: date, subscription: GardenSubscription) -> GardenSubscriptionDayItem:
    expires_at = datetime.combine(day, time(), UTC) + DAY_KEPT_FOR
    return GardenSubscriptionDayItem(
        f"{kind}{day}", subscription.premises_id, expires_at=expires_at
    )


def _premises_of_day(kind: str, day: date) -> Iterator[str]:
    with GardenSubscriptionDayItem.translate_errors():
        for item in GardenSubscriptionDayItem.query(f"{kind}{day}", consistent_read=True):
            yield item.record


def _subscription(item: GardenSubscriptionItem) -> GardenSubscription:
    return item.read_as(GardenSubscription, premises_id=item.owner.removeprefix(OWNER))
