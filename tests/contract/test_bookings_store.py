"""What every store of days must do."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.bookings.dynamo import KEPT_FOR, BookingDayItem, DynamoDays
from chalicelib.bookings.model import BookingDay, Claim
from chalicelib.bookings.ports import BookingDays
from chalicelib.bootstrap import container
from chalicelib.kernel.optimistic import VersionConflict
from tests.support.builders import NOON
from tests.support.fakes_bookings import MemoryDays

MONDAY = date(2026, 6, 8)
TUESDAY = MONDAY + timedelta(days=1)
CLAIMS = (
    Claim(hold_id="held", slot="day", units=2, until=NOON),
    Claim(hold_id="booked", slot="day", units=1, service_request_id="0123456789AB"),
    Claim(hold_id="over", slot="", units=0, is_over=True, until=NOON),
)


@pytest.fixture(params=["memory", "moto"])
def store(request: pytest.FixtureRequest) -> BookingDays:
    if request.param == "memory":
        return MemoryDays()
    request.getfixturevalue("cloud")
    return DynamoDays(container.table("bookings"))


def day(on: date = MONDAY, **values: Any) -> BookingDay:
    return replace(BookingDay(calendar="bulky", day=on, claims=CLAIMS), **values)


def test_a_day_is_read_as_it_was_stored(store: BookingDays) -> None:
    store.save(day(capacity=3))
    assert store.get("bulky", MONDAY) == day(capacity=3, version=1)
    assert store.get("bulky", TUESDAY) == BookingDay(calendar="bulky", day=TUESDAY)
    assert store.get("hall", MONDAY) == BookingDay(calendar="hall", day=MONDAY)


def test_a_day_is_replaced_only_on_its_version(store: BookingDays) -> None:
    store.save(day())
    store.save(day(version=1))
    for stale in (0, 1, 3):
        with pytest.raises(VersionConflict):
            store.save(day(version=stale, claims=()))
    assert store.get("bulky", MONDAY) == day(version=2)


def test_two_days_are_stored_together_or_not_at_all(store: BookingDays) -> None:
    store.save(day(), day(TUESDAY))
    store.save(day(TUESDAY, version=1))
    with pytest.raises(VersionConflict):
        store.save(day(version=1, claims=()), day(TUESDAY, version=1, claims=()))
    assert store.get("bulky", MONDAY) == day(version=1)
    assert store.get("bulky", TUESDAY) == day(TUESDAY, version=2)


def test_days_of_a_calendar_are_read_in_order(store: BookingDays) -> None:
    for on in (MONDAY + timedelta(days=7), TUESDAY, MONDAY):
        store.save(day(on))
    store.save(day(calendar="hall"))
    found = store.list_between("bulky", MONDAY, TUESDAY)
    assert [each.day for each in found] == [MONDAY, TUESDAY]


def test_a_day_expires_thirteen_months_later(cloud: Any) -> None:
    DynamoDays(container.table("bookings")).save(day())
    stored = BookingDayItem.find("bulky", MONDAY.isoformat())
    assert stored is not None
    assert stored.expires_at.date() == MONDAY + KEPT_FOR == date(2027, 7, 9)
    assert isinstance(stored.expires_at, datetime)
