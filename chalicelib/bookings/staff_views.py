"""The days of a calendar as officers see them."""

from datetime import date, datetime

from msgspec import Struct

from chalicelib.bookings.ports import BookedRequest
from chalicelib.catalogue.calendars import WhyClosed


class BookingView(Struct, frozen=True, kw_only=True):
    """Booked or held units of a slot. `service_request_id` and `request` are the request that
    booked them or that is being paid for. `until` is when they are free again if they are only
    held."""

    units: int
    service_request_id: str | None
    until: datetime | None
    request: BookedRequest | None


class StaffSlotSummary(Struct, frozen=True, kw_only=True):
    """A slot with the number of units that are booked or held, and of those that are free."""

    slot: str
    name: str
    taken: int
    free: int


class StaffSlot(StaffSlotSummary, frozen=True, kw_only=True):
    """A slot with its bookings."""

    bookings: tuple[BookingView, ...]


class StaffDaySummary(Struct, frozen=True, kw_only=True):
    """A day of a calendar. `capacity` is the number of units of each slot, 0 if an officer closed
    the day. `closed` is why the calendar itself has no slots on that day. `slots` includes slots
    that were booked before the day was closed."""

    calendar: str
    day: date
    version: int
    capacity: int
    closed: WhyClosed | None
    slots: tuple[StaffSlotSummary, ...]


class StaffDay(StaffDaySummary, frozen=True, kw_only=True):
    """A day of a calendar with its bookings."""

    slots: tuple[StaffSlot, ...]
