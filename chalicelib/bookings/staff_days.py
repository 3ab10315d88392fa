"""The days of a calendar as officers see them, and their capacity, which they change."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from msgspec.structs import asdict, replace

from chalicelib.bookings.model import BookingDay, Claim, free_units
from chalicelib.bookings.offers import calendar_of
from chalicelib.bookings.ports import BookedRequest, Ports, StaffPorts
from chalicelib.bookings.staff_views import (
    Booked,
    StaffDay,
    StaffDaySummary,
    StaffSlot,
    StaffSlotSummary,
)
from chalicelib.catalogue.calendars import Calendar, Slot
from chalicelib.errors import Conflict, Invalid
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.texts import Text

WEEK = 7
PLANNED_AHEAD = timedelta(days=731)
"""How far ahead officers change the capacity of a day: longer than any calendar can be booked."""


def week_for_staff(code: str, first: date, ports: Ports) -> Sequence[StaffDaySummary]:
    """Seven days from `first` on as they are now. Raises NotFound, UpstreamFailed."""
    calendar = calendar_of(code, ports)
    end = min(first.toordinal() + WEEK - 1, date.max.toordinal())
    days = [date.fromordinal(n) for n in range(first.toordinal(), end + 1)]
    stored = {each.day: each for each in ports.days.between(code, days[0], days[-1])}
    return [
        _summary(calendar, stored.get(day) or BookingDay(calendar=code, day=day), ports)
        for day in days
    ]


def day_for_staff(code: str, on: date, ports: StaffPorts) -> StaffDay:
    """The day with its bookings as it is now. Raises NotFound, UpstreamFailed."""
    calendar = calendar_of(code, ports.bookings)
    return _view(calendar, ports.bookings.days.get(code, on), ports)


def set_capacity(code: str, on: date, capacity: int, version: int, ports: StaffPorts) -> StaffDay:
    """Changes the units of each slot of a day; fewer than are booked takes nothing from anybody.
    Raises NotFound, Invalid for a day that is past or too far ahead, Conflict if the day has
    another version, UpstreamFailed."""
    days = ports.bookings.days
    calendar = calendar_of(code, ports.bookings)
    _refuse_unplanned(on, ports.bookings)
    day = days.get(code, on)
    try:
        days.save(replace(day, version=version, capacity=capacity))
    except VersionConflict as error:
        raise Conflict(
            Text("Somebody booked or changed this day in the meantime. Look at it again."),
            version=day.version,
        ) from error
    return _view(calendar, replace(day, version=version + 1, capacity=capacity), ports)


def _refuse_unplanned(on: date, ports: Ports) -> None:
    """Raises Invalid."""
    today = ports.now().astimezone(ports.working.zone).date()
    last = today + PLANNED_AHEAD
    if not today <= on <= last:
        raise Invalid.field("day", Text("must be from {first} to {last}", first=today, last=last))


def _summary(calendar: Calendar, day: BookingDay, ports: Ports) -> StaffDaySummary:
    return StaffDaySummary(
        calendar=day.calendar,
        day=day.day,
        version=day.version,
        capacity=calendar.capacity if day.capacity is None else day.capacity,
        closed=calendar.why_closed(day.day, ports.working),
        slots=tuple(
            StaffSlotSummary(
                slot=each.slot,
                name=each.name,
                taken=sum(claim.units for claim in _claims(day, each.slot, ports)),
                free=free_units(day, each.slot, calendar.capacity, ports.now()),
            )
            for each in _slots(calendar, day, ports)
        ),
    )


def _view(calendar: Calendar, day: BookingDay, ports: StaffPorts) -> StaffDay:
    seen = _summary(calendar, day, ports.bookings)
    booked = [each.service_request_id for each in day.claims if each.service_request_id]
    requests = ports.requests(booked) if booked else {}
    slots = tuple(
        StaffSlot(
            **asdict(each),
            bookings=tuple(
                _booked(claim, requests) for claim in _claims(day, each.slot, ports.bookings)
            ),
        )
        for each in seen.slots
    )
    return StaffDay(**(asdict(seen) | {"slots": slots}))


def _slots(calendar: Calendar, day: BookingDay, ports: Ports) -> Iterator[Slot]:
    """The slots of the day, and others that somebody booked before the council's document
    changed."""
    offered = calendar.slots_on(day.day, ports.working)
    yield from offered
    left = {each.slot for each in day.claims if each.is_live(ports.now())}
    left -= {each.slot for each in offered}
    names = {each.slot: each.name for each in calendar.slots}
    for slot in sorted(left):
        yield Slot(slot=slot, name=names.get(slot, slot))


def _claims(day: BookingDay, slot: str, ports: Ports) -> Iterator[Claim]:
    now = ports.now()
    return (each for each in day.claims if each.slot == slot and each.is_live(now))


def _booked(claim: Claim, known: Mapping[str, BookedRequest]) -> Booked:
    return Booked(
        units=claim.units,
        service_request_id=claim.service_request_id,
        until=claim.until,
        request=known.get(claim.service_request_id or ""),
    )
