"""Days of calendars in DynamoDB. Table: hash `owner`, the calendar; range `record`, the day as
YYYY-MM-DD. TTL removes them long after the day, with a delay."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from pynamodb.attributes import NumberAttribute, TTLAttribute, VersionAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.bookings.model import BookingDay, Claim
from chalicelib.kernel.dynamo.attributes import JsonAttribute
from chalicelib.kernel.dynamo.item import OwnedItem
from chalicelib.kernel.optimistic import VersionConflict

KEPT_FOR = timedelta(days=396)
"""How long a day is stored after it has passed."""
OVERTAKEN = frozenset(("ConditionalCheckFailed", "TransactionConflict"))
"""The reasons for which DynamoDB refuses a transaction if another writer was faster."""
Claims = tuple[Claim, ...]


class BookingDayItem(OwnedItem):
    """A stored day. Personal data: `claims` names requests."""

    store = "bookings"
    version = VersionAttribute()
    claims = JsonAttribute[Claims](Claims)
    capacity = NumberAttribute(null=True)
    expires_at = TTLAttribute()


class DynamoDays:
    """The BookingDays port on one table."""

    def __init__(self, table_name: str) -> None:
        BookingDayItem.Meta.table_name = table_name

    def get(self, calendar: str, day: date) -> BookingDay:
        found = BookingDayItem.find(calendar, day.isoformat())
        return _day(found) if found else BookingDay(calendar=calendar, day=day)

    def list_between(self, calendar: str, first: date, last: date) -> Sequence[BookingDay]:
        within = BookingDayItem.record.between(first.isoformat(), last.isoformat())
        return [_day(item) for item in BookingDayItem.all_under(calendar, within)]

    def save(self, *days: BookingDay) -> None:
        items = [_item(each) for each in days]
        if len(items) == 1:
            items[0].put_on_version()
            return
        with BookingDayItem.translate_errors():
            try:
                with TransactWrite(connection=Connection()) as transaction:
                    for item in items:
                        transaction.save(item)
            except TransactWriteError as error:
                if any(each and each.code in OVERTAKEN for each in error.cancellation_reasons):
                    raise VersionConflict from error
                raise


def _item(day: BookingDay) -> BookingDayItem:
    expires_at = datetime.combine(day.day, time(), UTC) + KEPT_FOR
    return BookingDayItem.of(day, day.calendar, day.day.isoformat(), expires_at=expires_at)


def _day(item: BookingDayItem) -> BookingDay:
    return item.read_as(
        BookingDay,
        calendar=item.owner,
        day=date.fromisoformat(item.record),
        capacity=_capacity_of(item),
    )


def _capacity_of(item: BookingDayItem) -> int | None:
    return None if item.capacity is None else int(item.capacity)
