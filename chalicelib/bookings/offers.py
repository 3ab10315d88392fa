"""Checks whether a slot can be booked, and finds the nearest free slots."""

from collections.abc import Sequence

from chalicelib.bookings.model import free_units
from chalicelib.bookings.ports import Ports
from chalicelib.catalogue.calendars import Calendar, Slot, SlotOfDay
from chalicelib.errors import Conflict, FreeSlot, Invalid, NotFound
from chalicelib.texts import Text

NEAREST = 3
_DAY_GONE = Text("This day can no longer be booked.")


def calendar_of(code: str, ports: Ports) -> Calendar:
    """The calendar of that code. Raises NotFound."""
    calendar = ports.calendars(code)
    if calendar is None:
        raise NotFound(Text("There is no such calendar."))
    return calendar


def bookable_calendar(place: SlotOfDay, units: int, ports: Ports) -> Calendar:
    """The calendar of a slot, which must be bookable now. Raises NotFound, Invalid."""
    calendar = calendar_of(place.calendar, ports)
    now = ports.now()
    if place.day not in calendar.bookable_days(now, ports.working):
        raise Invalid.field("day", Text("This day cannot be booked. Choose another one."))
    if not _has_slot(calendar.open_slots(place.day, now, ports.working), place):
        raise Invalid.field("slot", Text("There is no such slot on this day. Choose another one."))
    _check_units(units, calendar.capacity)
    return calendar


def holdable_calendar(place: SlotOfDay, units: int, ports: Ports) -> Calendar:
    """The calendar of a slot of which one order can take so many units now. Raises NotFound,
    Invalid."""
    calendar = bookable_calendar(place, units, ports)
    _check_units(units, min(calendar.capacity, ports.most_units(place.calendar)))
    return calendar


def _check_units(units: int, most: int) -> None:
    """Raises Invalid."""
    if not 0 < units <= most:
        raise Invalid.field("units", Text("Enter a number from 1 to {most}", most=most))


def calendar_of_lapsed_hold(place: SlotOfDay, ports: Ports) -> Calendar:
    """The calendar of a slot whose hold has lapsed. Raises Conflict if the day of the slot has
    begun, or the council no longer offers the slot."""
    calendar = ports.calendars(place.calendar)
    today = ports.now().astimezone(ports.working.zone).date()
    if calendar is None or place.day <= today:
        raise Conflict(_DAY_GONE)
    if not _has_slot(calendar.slots_on(place.day, ports.working), place):
        raise Conflict(_DAY_GONE)
    return calendar


def nearest_free_slots(
    calendar: Calendar, place: SlotOfDay, units: int, ports: Ports
) -> Sequence[FreeSlot]:
    """The next slots from that day on with enough free units. Raises UpstreamFailed."""
    now = ports.now()
    found: list[FreeSlot] = []
    for on in calendar.bookable_days(now, ports.working):
        if on < place.day:
            continue
        day = ports.days.get(calendar.calendar, on)
        found += [
            FreeSlot(on, each.slot)
            for each in calendar.open_slots(on, now, ports.working)
            if free_units(day, each.slot, calendar.capacity, now) >= units
        ]
        if len(found) >= NEAREST:
            break
    return found[:NEAREST]


def _has_slot(offered: Sequence[Slot], place: SlotOfDay) -> bool:
    return any(each.slot == place.slot for each in offered)
