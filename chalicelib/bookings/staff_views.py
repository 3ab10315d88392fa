"""What officers see of the days of a calendar."""

from datetime import date, datetime

from msgspec import Struct

from chalicelib.bookings.ports import BookedRequest
from chalicelib.catalogue.calendars import WhyClosed


class Booked(Struct, frozen=True, kw_only=True):
    """Units that somebody has. `service_request_id` and `request`: what they are booked for, or
    what somebody began to pay for; `until`: when they lapse, if they are only held."""

    units: int
    service_request_id: str | None
    until: datetime | None
    request: BookedRequest | None


class StaffSlotSummary(Struct, frozen=True, kw_only=True):
    """A slot with the units that are booked or held, and those that are free."""

    slot: str
    name: str
    taken: int
    free: int


class StaffSlot(StaffSlotSummary, frozen=True, kw_only=True):
    """A slot with its bookings."""

    bookings: tuple[Booked, ...]


class StaffDaySummary(Struct, frozen=True, kw_only=True):
    """A day of a calendar. `capacity`: the units of each slot, 0 if an officer closed the day.
    `closed`: why the calendar itself has no slots on that day. `slots` also has those that are
    booked on a day that was closed later."""

    calendar: str
    day: date
    version: int
    capacity: int
    closed: WhyClosed | None
    slots: tuple[StaffSlotSummary, ...]


class StaffDay(StaffDaySummary, frozen=True, kw_only=True):
    """A day with its bookings."""

    slots: tuple[StaffSlot, ...]
