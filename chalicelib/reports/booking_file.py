"""A booking as an iCalendar file (RFC 5545).

Views import this module only when they write a file: the library takes a while to load.
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar as File
from icalendar import Event

from chalicelib.catalogue.calendars import Calendar, Slot
from chalicelib.kernel.languages import Language
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.orders import BookedSlot
from chalicelib.reports.reference import format_reference

ONE_DAY = timedelta(days=1)


def booking_file(
    report: ServiceRequest,
    booking: BookedSlot,
    calendar: Calendar,
    *,
    title: str,
    url: str,
    language: Language,
    zone: ZoneInfo,
) -> bytes:
    """The file with the one event of a report's booking. A program that reads it again finds the
    same event, on its new day after a move, and cancelled after a cancellation. `url` is the page
    of the report."""
    file = File()
    file.add("prodid", "-//Ginnel//Bookings//EN")
    file.add("version", "2.0")
    file.add("calscale", "GREGORIAN")
    slot = next((each for each in calendar.slots if each.slot == booking.place.slot), None)
    event = _event(report, booking, slot, zone)
    event.add("summary", title)
    event.add("description", _description(report, slot, url, language))
    event.add("url", url)
    if calendar.place:
        event.add("location", f"{calendar.place.name}, {calendar.place.address}")
    file.add_component(event)
    return bytes(file.to_ical())


def _event(report: ServiceRequest, booking: BookedSlot, slot: Slot | None, zone: ZoneInfo) -> Event:
    """The event without its words. The version of the report grows with each move."""
    is_cancelled = report.order is not None and report.order.state == "cancelled"
    event = Event()
    event.add("uid", f"booking-{report.service_request_id}")
    event.add("sequence", report.version)
    event.add("dtstamp", report.updated_datetime)
    event.add("last-modified", report.updated_datetime)
    event.add("status", "CANCELLED" if is_cancelled else "CONFIRMED")
    day = booking.place.day
    if slot is None or slot.begins is None:
        event.add("dtstart", day)
        event.add("dtend", day + ONE_DAY)
        event.add("transp", "TRANSPARENT")
        return event
    begins = datetime.combine(day, time.fromisoformat(slot.begins), zone).astimezone(UTC)
    event.add("dtstart", begins)
    if slot.minutes:
        event.add("dtend", begins + timedelta(minutes=slot.minutes))
    return event


def _description(report: ServiceRequest, slot: Slot | None, url: str, language: Language) -> str:
    reference = f"{language.say('Reference')} {format_reference(report.service_request_id)}"
    return "\n".join([*([slot.name] if slot else []), reference, url])
