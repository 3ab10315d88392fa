"""A booking as a file for the sender's own calendar."""

from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import NotFound
from chalicelib.handlers.http import request_language
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.page_answers import CALENDAR, FormattedAnswer
from chalicelib.handlers.http.params import id_of
from chalicelib.reports.booking_file import booking_file
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.orders import BookedSlot
from chalicelib.reports.usecases.access import get_visible_report
from chalicelib.reports.views import tracking_url
from chalicelib.texts import Text


def calendar_file(call: Call, service_request_id: str) -> FormattedAnswer:
    """The iCalendar file of a booking, for its sender. Raises NotFound."""
    ports, council = reports_ports(), request_language.council()
    author = call.caller.author(call.parameter("token"))
    report = get_visible_report(id_of(service_request_id), author, ports)
    language = request_language.current_language()
    booking = _require_booked(report)
    service = council.by_code.get(report.service_code)
    calendar = council.by_calendar.get(booking.place.calendar)
    if calendar is None:
        raise _nothing_booked()
    body = booking_file(
        report,
        booking,
        calendar,
        title=service.service_name if service else calendar.name,
        url=tracking_url(report, ports, language),
        language=language,
        zone=council.zone,
    )
    return FormattedAnswer(body, CALENDAR)


def _require_booked(report: ServiceRequest) -> BookedSlot:
    """The booking of a request, also after it was cancelled. Raises NotFound."""
    order = report.order
    if order is None or order.booking is None or order.state not in ("settled", "cancelled"):
        raise _nothing_booked()
    return order.booking


def _nothing_booked() -> NotFound:
    return NotFound(Text("Nothing is booked with this request."))
