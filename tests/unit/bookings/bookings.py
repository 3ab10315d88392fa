"""A calendar and its ports for the tests of bookings."""

from datetime import date
from typing import Any

from chalicelib.bookings.hold_ids import place_of
from chalicelib.bookings.ports import Ports
from chalicelib.catalogue.calendars import Calendar, CutOff, Slot, SlotOfDay
from tests.support.councils import council_named
from tests.support.fakes import Clock
from tests.support.fakes_bookings import MemoryDays

BULKY = "bulky"
MONDAY = SlotOfDay(BULKY, date(2026, 6, 8), "day")
LATER = SlotOfDay(BULKY, date(2026, 6, 10), "day")
DAY_BEFORE = CutOff(working_days=1, time="14:00")


def a_calendar(capacity: int = 10, **more: Any) -> Calendar:
    return Calendar(
        **{
            "calendar": BULKY,
            "name": "Bulky collections",
            "slots": (Slot(slot="day", name="From 7am"),),
            "weekdays": (0, 2, 4),
            "capacity": capacity,
            "book_until": DAY_BEFORE,
            "change_until": DAY_BEFORE,
            "cancel_until": DAY_BEFORE,
            "refund_until": DAY_BEFORE,
            **more,
        }
    )


def ports_on(clock: Clock, calendar: Calendar, days: Any = None) -> Ports:
    return Ports(
        days=days or MemoryDays(),
        calendars={calendar.calendar: calendar}.get,
        most_units=lambda _: calendar.capacity,
        working=council_named("demo").calendar,
        hold_id=lambda scope, key, *_: f"{scope}-{key}",
        read_hold_id=lambda hold_id: (place_of(hold_id), 1),
        now=clock,
    )
