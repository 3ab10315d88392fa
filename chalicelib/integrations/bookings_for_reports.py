"""Bookings as reports see them."""

from datetime import timedelta

from chalicelib.bookings import ports as bookings
from chalicelib.bookings import usecases
from chalicelib.bookings.offers import bookable_calendar, calendar_of
from chalicelib.catalogue.calendars import SlotOfDay
from chalicelib.errors import Conflict
from chalicelib.reports.order_ports import BookingDeadlines
from chalicelib.reports.orders import BookedSlot
from chalicelib.texts import Text


def read_hold(hold_id: str, ports: bookings.Ports) -> BookedSlot:
    """Read the slot and units of a hold from its id. Raises Invalid if the id is not ours, Conflict
    if the hold has lapsed or is booked, UpstreamFailed."""
    place, units = ports.read_hold_id(hold_id)
    claim = ports.days.get(place.calendar, place.day).claim(hold_id)
    if claim is None or claim.until is None or not claim.is_live(ports.now()):
        raise Conflict(Text("Your slot is no longer held. Choose one again."))
    return BookedSlot(hold_id=hold_id, place=place, units=units)


def reserve_hold(service_request_id: str, booking: BookedSlot, ports: bookings.Ports) -> None:
    """Reserve the hold of a booking for a new request. Raises Conflict if the hold has lapsed or
    another request has it, UpstreamFailed."""
    usecases.reserve_hold(booking.hold_id, booking.place, service_request_id, ports)


class BookingsForReports:
    def __init__(self, ports: bookings.Ports, paid_within: timedelta) -> None:
        """`paid_within`: how long after its beginning a payment may still succeed."""
        self._ports = ports
        self._paid_within = paid_within

    def deadlines_of(self, place: SlotOfDay) -> BookingDeadlines:
        """The deadlines of a booking in that slot. Raises NotFound."""
        calendar = calendar_of(place.calendar, self._ports)
        cut_offs = (calendar.change_until, calendar.cancel_until, calendar.refund_until)
        return BookingDeadlines(*(each.before(place.day, self._ports.working) for each in cut_offs))

    def check_place(self, place: SlotOfDay, units: int) -> None:
        bookable_calendar(place, units, self._ports)

    def keep_hold(self, service_request_id: str, booking: BookedSlot) -> None:
        """Extend the hold until a payment that begins now has ended, once for each request."""
        until = self._ports.now() + self._paid_within
        usecases.extend_hold(booking.hold_id, booking.place, until, service_request_id, self._ports)

    def confirm_booking(self, service_request_id: str, booking: BookedSlot) -> None:
        usecases.confirm(
            booking.hold_id,
            booking.place,
            booking.units,
            self._ports,
            service_request_id,
        )

    def release_booking(self, service_request_id: str, booking: BookedSlot) -> None:
        """Release the booking's slot and the slot that it was about to move to."""
        for place in (booking.place, booking.moving_to):
            if place:
                usecases.release(booking.hold_id, place, self._ports, service_request_id)

    def move_booking(self, booking: BookedSlot) -> None:
        assert booking.moving_to
        usecases.move(booking.hold_id, booking.place, booking.moving_to, self._ports)
