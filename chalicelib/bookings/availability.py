"""Publishes the free units of each slot for pages. The numbers are a hint: only a claim gives a
slot."""

from collections.abc import Callable, Collection, Iterator
from datetime import date
from typing import NamedTuple

import msgspec

from chalicelib.bookings.model import BookingDay, free_units
from chalicelib.bookings.ports import Ports
from chalicelib.catalogue.calendars import Calendar
from chalicelib.kernel.optimistic import retry_on_conflict
from chalicelib.kernel.stored_document import StoredDocument

FOLDER = "data/bookings"


class FreeUnits(msgspec.Struct, frozen=True, kw_only=True):
    """How many units of a slot are free."""

    slot: str
    free: int


class AvailableDay(msgspec.Struct, frozen=True, kw_only=True):
    """A day that can be booked now, with its slots in order."""

    day: date
    slots: tuple[FreeUnits, ...]


class Availability(msgspec.Struct, frozen=True, kw_only=True):
    """The published document of a calendar. `known_until`: its last day that can be booked, None if
    there is none now."""

    calendar: str
    known_until: date | None
    days: tuple[AvailableDay, ...]


class AvailabilityPorts(NamedTuple):
    """The dependencies of publishing. `codes` are those of all calendars. `read` gives the
    published document of a key, None if there is none; `write` replaces it, and raises
    VersionConflict if it is not the one that was read. Both raise UpstreamFailed."""

    bookings: Ports
    codes: Collection[str]
    read: Callable[[str], StoredDocument | None]
    write: Callable[[str, bytes, StoredDocument | None], None]


def publish_availability(code: str, ports: AvailabilityPorts) -> None:
    """Replaces the published document of a calendar if it has changed. Does nothing if the council
    no longer has that calendar. The document is read before the days, so that a slow writer does
    not replace a newer state with an older one. Raises UpstreamFailed."""
    calendar = ports.bookings.calendars(code)
    if calendar is None:
        return
    key = f"{FOLDER}/{code}.json"

    def write() -> None:
        published = ports.read(key)
        body = msgspec.json.encode(availability_of(calendar, ports.bookings))
        if published is None or published.body != body:
            ports.write(key, body, published)

    retry_on_conflict(write, what=key)


def availability_of(calendar: Calendar, ports: Ports) -> Availability:
    """The document of a calendar as it is now. Raises UpstreamFailed."""
    open_days = list(calendar.bookable_days(ports.now(), ports.working))
    last = open_days[-1] if open_days else None
    found = ports.days.list_between(calendar.calendar, open_days[0], open_days[-1]) if last else ()
    stored = {each.day: each for each in found}
    return Availability(
        calendar=calendar.calendar,
        known_until=last,
        days=tuple(
            AvailableDay(
                day=day, slots=tuple(_free_units_of_slots(calendar, day, stored.get(day), ports))
            )
            for day in open_days
        ),
    )


def _free_units_of_slots(
    calendar: Calendar, day: date, stored: BookingDay | None, ports: Ports
) -> Iterator[FreeUnits]:
    booking_day = stored or BookingDay(calendar=calendar.calendar, day=day)
    for each in calendar.open_slots(day, ports.now(), ports.working):
        free = free_units(booking_day, each.slot, calendar.capacity, ports.now())
        yield FreeUnits(slot=each.slot, free=free)
