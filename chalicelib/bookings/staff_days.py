"""A day of a calendar as officers see it, and its capacity, which they change."""

from collections.abc import Iterator
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.bookings.model import BookingDay, free_units
from chalicelib.bookings.ports import Ports
from chalicelib.catalogue.calendars import Calendar, Slot
from chalicelib.errors import Conflict, NotFound
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.texts import Text


class Booked(Struct, frozen=True, kw_only=True):
    """Units that somebody has. `service_request_id`: the request, once they are booked; `until`:
    when they lapse, if they are only held."""

    units: int
    service_request_id: str | None
    until: datetime | None


class StaffSlot(Struct, frozen=True, kw_only=True):
    """A slot with its free units and its bookings."""

    slot: str
    name: str
    free: int
    bookings: tuple[Booked, ...]


class StaffDay(Struct, frozen=True, kw_only=True):
    """A day of a calendar. `capacity`: the units of each slot."""

    calendar: str
    day: date
    version: int
    capacity: int
    slots: tuple[StaffSlot, ...]


def day_for_staff(code: str, on: date, ports: Ports) -> StaffDay:
    """The day as it is now. Raises NotFound, UpstreamFailed."""
    calendar = calendar_of(code, ports)
    return _view(calendar, ports.days.get(code, on), ports)


def set_capacity(code: str, on: date, capacity: int, version: int, ports: Ports) -> StaffDay:
    """Changes the units of each slot of a day; fewer than are booked takes nothing from anybody.
    Raises NotFound, Conflict if the day has another version, UpstreamFailed."""
    calendar = calendar_of(code, ports)
    day = ports.days.get(code, on)
    try:
        ports.days.save(replace(day, version=version, capacity=capacity))
    except VersionConflict as error:
        raise Conflict(
            Text("Somebody booked or changed this day in the meantime. Look at it again."),
            version=day.version,
        ) from error
    return _view(calendar, replace(day, version=version + 1, capacity=capacity), ports)


def calendar_of(code: str, ports: Ports) -> Calendar:
    """The calendar of that code. Raises NotFound."""
    calendar = ports.calendars(code)
    if calendar is None:
        raise NotFound(Text("There is no such calendar."))
    return calendar


def _view(calendar: Calendar, day: BookingDay, ports: Ports) -> StaffDay:
    return StaffDay(
        calendar=day.calendar,
        day=day.day,
        version=day.version,
        capacity=calendar.capacity if day.capacity is None else day.capacity,
        slots=tuple(
            StaffSlot(
                slot=each.slot,
                name=each.name,
                free=free_units(day, each.slot, calendar.capacity, ports.now()),
                bookings=tuple(_booked(day, each, ports.now())),
            )
            for each in calendar.slots_on(day.day, ports.working)
        ),
    )


def _booked(day: BookingDay, slot: Slot, now: datetime) -> Iterator[Booked]:
    for each in day.claims:
        if each.slot == slot.slot and each.is_live(now):
            yield Booked(
                units=each.units, service_request_id=each.service_request_id, until=each.until
            )
