"""Record that nobody came to a booking. It has no effects: no refund, no notification."""

from datetime import date, datetime
from functools import partial

from msgspec.structs import replace

from chalicelib.errors import Conflict
from chalicelib.kernel.time import truncate_to_second
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.orders import BookedSlot, Order, booking_of
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import (
    Author,
    get_visible_report,
    require_team_access,
    update_report,
)
from chalicelib.texts import Text


def note_no_show(
    service_request_id: str, came: bool, author: Author, ports: Ports
) -> ServiceRequest:
    """Note whether anybody came to a booking at a place of the council, from its day on. A note can
    be taken back on the day on which it was made. A repeat changes nothing.

    Raises: NotFound, Forbidden for an officer of another team, Conflict if nothing is booked, the
    council comes to the booking, or it is not the day for it, UpstreamFailed.
    """

    def change(report: ServiceRequest) -> ServiceRequest:
        require_team_access(report, author)
        order, booking = _require_visit(report, ports)
        if came == (booking.no_show_at is None):
            return report
        now = truncate_to_second(ports.now())
        _refuse_on_other_days(report, booking, _council_day(now, ports), ports)
        noted = replace(booking, no_show_at=None if came else now)
        return replace(report, order=replace(order, booking=noted))

    read = partial(get_visible_report, service_request_id, author, ports)
    return update_report(read, change, ports)


def _require_visit(report: ServiceRequest, ports: Ports) -> tuple[Order, BookedSlot]:
    """The order, and what is booked with it at a place of the council. Raises Conflict."""
    order, booking = report.order, booking_of(report.order)
    if order is None or booking is None:
        raise Conflict(Text("Nothing is booked with this request."), version=report.version)
    calendar = ports.council.by_calendar.get(booking.place.calendar)
    if calendar and calendar.place is None:
        raise Conflict(
            Text("The council comes to this booking. The crew says what happened."),
            version=report.version,
        )
    return order, booking


def _refuse_on_other_days(
    report: ServiceRequest, booking: BookedSlot, today: date, ports: Ports
) -> None:
    """Raises Conflict before the day of the booking, or if the note was made on an earlier day."""
    if booking.no_show_at is None and today < booking.place.day:
        raise Conflict(Text("The day of this booking has not come yet."), version=report.version)
    if booking.no_show_at and today != _council_day(booking.no_show_at, ports):
        raise Conflict(
            Text("This can only be taken back on the day on which it was noted."),
            version=report.version,
        )


def _council_day(at: datetime, ports: Ports) -> date:
    """The day on the council's clock."""
    return at.astimezone(ports.council.zone).date()
