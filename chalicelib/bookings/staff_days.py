"""The days of a calendar for officers, who can change the capacity of a day."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from msgspec.structs import asdict, replace

from chalicelib.bookings.model import BookingDay, Claim, free_units
from chalicelib.bookings.offers import calendar_of
from chalicelib.bookings.ports import BookedRequest, Ports, StaffPorts
from chalicelib.bookings.staff_views import (
    BookingView,
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
"""How far ahead officers can change the capacity of a day: longer than any calendar can be
booked."""


def week_for_staff(code: str, first: date, ports: Ports) -> Sequence[StaffDaySummary]:
    """Seven days from `first` on as they are now. Raises NotFound, UpstreamFailed."""
    calendar = calendar_of(code, ports)
    end = min(first.toordinal() + WEEK - 1, date.max.toordinal())
    days = [date.fromordinal(n) for n in range(first.toordinal(), end + 1)]
    stored = {each.day: each for each in ports.days.list_between(code, days[0], days[-1])}
    return [
        _day_summary(calendar, stored.get(day) or BookingDay(calendar=code, day=day), ports)
        for day in days
    ]


def day_for_staff(code: str, on: date, ports: StaffPorts) -> StaffDay:
    """The day with its bookings as it is now. Raises NotFound, UpstreamFailed."""
    calendar = calendar_of(code, ports.bookings)
    return _day_view(calendar, ports.bookings.days.get(code, on), ports)


def set_capacity(code: str, on: date, capacity: int, version: int, ports: StaffPorts) -> StaffDay:
    """Changes the number of units of each slot of a day. Nobody loses a booking, even if the number
    is less than what is booked.

    Raises: NotFound, Invalid for a day that is past or too far ahead, Conflict if the day has
    another version, UpstreamFailed.
    """
    days = ports.bookings.days
    calendar = calendar_of(code, ports.bookings)
    _require_plannable(on, ports.bookings)
    day = days.get(code, on)
    try:
        days.save(replace(day, version=version, capacity=capacity))
    except VersionConflict as error:
        raise Conflict(
            Text("Somebody booked or changed this day in the meantime. Look at it again."),
            version=day.version,
        ) from error
    return _day_view(calendar, replace(day, version=version + 1, capacity=capacity), ports)


def _require_plannable(on: date, ports: Ports) -> None:
    """Raises Invalid if officers cannot change the capacity of that day."""
    today = ports.now().astimezone(ports.working.zone).date()
    last = today + PLANNED_AHEAD
    if not today <= on <= last:
        raise Invalid.field("day", Text("must be from {first} to {last}", first=today, last=last))


def _day_summary(calendar: Calendar, day: BookingDay, ports: Ports) -> StaffDaySummary:
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
                taken=sum(claim.units for claim in _live_claims_of(day, each.slot, ports)),
                free=free_units(day, each.slot, calendar.capacity, ports.now()),
            )
            for each in _slots_of_day(calendar, day, ports)
        ),
    )


def _day_view(calendar: Calendar, day: BookingDay, ports: StaffPorts) -> StaffDay:
    summary = _day_summary(calendar, day, ports.bookings)
    booked = [each.service_request_id for each in day.claims if each.service_request_id]
    booked_requests = ports.requests(booked) if booked else {}
    slots = tuple(
        StaffSlot(
            **asdict(each),
            bookings=tuple(
                _booking_view(claim, booked_requests)
                for claim in _live_claims_of(day, each.slot, ports.bookings)
            ),
        )
        for each in summary.slots
    )
    return StaffDay(**(asdict(summary) | {"slots": slots}))


def _slots_of_day(calendar: Calendar, day: BookingDay, ports: Ports) -> Iterator[Slot]:
    """The slots of the day, and those with a live claim that the council's document no longer
    has."""
    offered = calendar.slots_on(day.day, ports.working)
    yield from offered
    others = {each.slot for each in day.claims if each.is_live(ports.now())}
    others -= {each.slot for each in offered}
    names = {each.slot: each.name for each in calendar.slots}
    for slot in sorted(others):
        yield Slot(slot=slot, name=names.get(slot, slot))


def _live_claims_of(day: BookingDay, slot: str, ports: Ports) -> Iterator[Claim]:
    now = ports.now()
    return (each for each in day.claims if each.slot == slot and each.is_live(now))


def _booking_view(claim: Claim, booked_requests: Mapping[str, BookedRequest]) -> BookingView:
    return BookingView(
        units=claim.units,
        service_request_id=claim.service_request_id,
        until=claim.until,
        request=booked_requests.get(claim.service_request_id or ""),
    )
