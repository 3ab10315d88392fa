"""Calendars as iCalendar files (RFC 5545, RFC 7986).

Only `calendars.py` imports this module, and only when it writes a file: the library takes a while
to load.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

from chalicelib.collections.calendar_events import CalendarEvent

REFRESH_INTERVAL, REFRESH_INTERVAL_TEXT = timedelta(hours=12), "PT12H"
"""How often programs are asked to read the file again; many ignore it."""
ONE_DAY = timedelta(days=1)


def write_calendar(name: str, description: str, url: str, events: Sequence[CalendarEvent]) -> bytes:
    """Encode the events as a file; `url` is the file's own address."""
    calendar = Calendar()
    calendar.add("prodid", "-//Ginnel//Collections//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    for property_name in ("name", "x-wr-calname"):
        calendar.add(property_name, name)
    for property_name in ("description", "x-wr-caldesc"):
        calendar.add(property_name, description)
    calendar.add("source", url, parameters={"value": "URI"})
    calendar.add("refresh-interval", REFRESH_INTERVAL, parameters={"value": "DURATION"})
    # The library takes a name with X- for text.
    calendar.add("x-published-ttl", REFRESH_INTERVAL_TEXT)
    for event in events:
        calendar.add_component(_component_of(event))
    return bytes(calendar.to_ical())


def read_events(body: bytes) -> Mapping[str, CalendarEvent]:
    """Decode the events of a file that `write_calendar` made, by uid."""
    events = (_event_of(each) for each in Calendar.from_ical(body).events)
    return {event.uid: event for event in events}


def _component_of(event: CalendarEvent) -> Event:
    component = Event()
    component.add("uid", event.uid)
    component.add("dtstamp", event.changed_at)
    component.add("last-modified", event.changed_at)
    component.add("sequence", event.sequence)
    component.add("dtstart", event.day)
    component.add("dtend", event.day + ONE_DAY)
    component.add("summary", event.title)
    if event.note:
        component.add("description", event.note)
    component.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    component.add("transp", "TRANSPARENT")
    return component


def _event_of(component: Event) -> CalendarEvent:
    changed_at: datetime = component.decoded("last-modified")
    return CalendarEvent(
        uid=str(component["uid"]),
        day=component.decoded("dtstart"),
        title=str(component["summary"]),
        note=str(component.get("description", "")),
        is_cancelled=str(component["status"]) == "CANCELLED",
        sequence=component.decoded("sequence"),
        changed_at=changed_at.astimezone(UTC),
    )
