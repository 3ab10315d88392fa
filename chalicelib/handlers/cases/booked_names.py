"""A booking of a case in the words of the council's document."""

import msgspec

from chalicelib.bootstrap import container
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.orders import booking_of


class BookedNames(msgspec.Struct, frozen=True, kw_only=True):
    """The names of a calendar and its slot; codes stand for what is no longer offered."""

    calendar: str
    slot: str


def booked_names(report: ServiceRequest) -> BookedNames | None:
    """The names of what the report books; None if it books nothing."""
    booking = booking_of(report.order)
    if booking is None:
        return None
    council, place = container.council(), booking.place
    calendar = council.by_calendar.get(place.calendar)
    return BookedNames(
        calendar=calendar.name if calendar else place.calendar,
        slot=council.slot_name(place),
    )
