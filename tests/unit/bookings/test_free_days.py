"""Which slots pages offer."""

from datetime import date

from chalicelib.bookings.free_days import free_slots
from chalicelib.bookings.usecases import hold
from chalicelib.catalogue.calendars import Slot, SlotOfDay
from tests.support.builders import NOON
from tests.support.fakes import Clock
from tests.unit.bookings.bookings import BULKY, a_calendar, ports_on

MONDAY, WEDNESDAY = date(2026, 6, 8), date(2026, 6, 10)


def test_days_are_offered_with_the_slots_that_have_enough_free_units() -> None:
    calendar = a_calendar(
        capacity=3,
        horizon_days=10,
        slots=(Slot(slot="am", name="Morning"), Slot(slot="pm", name="Afternoon")),
    )
    ports = ports_on(Clock(), calendar)
    days = [day for day, _ in free_slots(calendar, 1, ports)]
    assert days == list(calendar.bookable_days(NOON, ports.working))
    hold(SlotOfDay(BULKY, days[0], "am"), 2, "resident", "key", ports)

    def offered(units: int) -> list[str]:
        found = dict(free_slots(calendar, units, ports))
        return [each.slot for each in found.get(days[0], ())]

    assert [offered(units) for units in (1, 2, 3, 4)] == [["am", "pm"], ["pm"], ["pm"], []]
