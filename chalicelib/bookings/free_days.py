"""Lists the free slots of a calendar. The list is a hint for pages, never a promise."""

from collections.abc import Iterator, Sequence
from datetime import date

from chalicelib.bookings.model import BookingDay, free_units
from chalicelib.bookings.ports import Ports
from chalicelib.catalogue.calendars import Calendar, Slot


def free_slots(
    calendar: Calendar, units: int, ports: Ports
) -> Iterator[tuple[date, Sequence[Slot]]]:
    """Each day that can be booked now, with its slots that have so many free units. Raises
    UpstreamFailed."""
    now = ports.now()
    days = list(calendar.bookable_days(now, ports.working))
    if not days or units > calendar.capacity:
        return
    stored = {
        each.day: each for each in ports.days.list_between(calendar.calendar, days[0], days[-1])
    }
    for day in days:
        booking_day = stored.get(day) or BookingDay(calendar=calendar.calendar, day=day)
        yield (
            day,
            [
                each
                for each in calendar.open_slots(day, now, ports.working)
                if free_units(booking_day, each.slot, calendar.capacity, now) >= units
            ],
        )
