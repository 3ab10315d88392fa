"""The dependencies of bookings."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from msgspec import Struct

from chalicelib.bookings.model import BookingDay
from chalicelib.catalogue.calendars import Calendar, SlotOfDay
from chalicelib.catalogue.promise import WorkingCalendar


class BookingDays(Protocol):
    """The store of days. Every method raises UpstreamFailed."""

    def get(self, calendar: str, day: date) -> BookingDay:
        """The day as it is now (a consistent read); one without claims if none is stored."""

    def list_between(self, calendar: str, first: date, last: date) -> Sequence[BookingDay]:
        """The stored days from `first` to `last`, in order (a consistent read)."""

    def save(self, *days: BookingDay) -> None:
        """Stores all of one or two days, or none of them unless each stored one has its version.
        Raises VersionConflict."""


class Ports(Struct, frozen=True):
    """`calendars` are the council's by their codes; `most_units` gives the most units that one
    order of a calendar's services can take; `hold_id` makes an id that nobody can guess from a
    caller's scope and Idempotency-Key, a place and units; `read_hold_id` gives the place and units
    of such an id, and raises Invalid for any other text."""

    days: BookingDays
    calendars: Callable[[str], Calendar | None]
    most_units: Callable[[str], int]
    working: WorkingCalendar
    hold_id: Callable[[str, str, SlotOfDay, int], str]
    read_hold_id: Callable[[str], tuple[SlotOfDay, int]]
    now: Callable[[], datetime]


class BookedRequest(Struct, frozen=True, kw_only=True):
    """The request of a booking. `items` are texts such as "2 × Sofa"; `paid_by` says how it was
    paid for; `no_show_at` is when an officer recorded that nobody came."""

    service_name: str
    items: tuple[str, ...]
    paid_by: str | None
    no_show_at: datetime | None = None


class StaffPorts(Struct, frozen=True):
    """`requests` gives the requests with those ids that are stored. Raises UpstreamFailed."""

    bookings: Ports
    requests: Callable[[Sequence[str]], Mapping[str, BookedRequest]]
