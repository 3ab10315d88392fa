"""The dependencies of bookings."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Protocol

from msgspec import Struct

from chalicelib.bookings.model import BookingDay
from chalicelib.catalogue.calendars import Calendar
from chalicelib.catalogue.promise import WorkingCalendar


class BookingDays(Protocol):
    """The store of days. Every method raises UpstreamFailed."""

    def get(self, calendar: str, day: date) -> BookingDay:
        """The day as it is now (a consistent read); one without claims if none is stored."""

    def save(self, *days: BookingDay) -> None:
        """Stores all of one or two days, or none of them unless each stored one has its version.
        Raises VersionConflict."""


class Ports(Struct, frozen=True):
    """`calendars` are the council's by their codes; `hold_id` makes an id that nobody can guess
    from a caller's scope and Idempotency-Key."""

    days: BookingDays
    calendars: Callable[[str], Calendar | None]
    working: WorkingCalendar
    hold_id: Callable[[str, str], str]
    now: Callable[[], datetime]
