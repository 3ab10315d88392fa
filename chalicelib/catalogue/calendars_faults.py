"""Calendars of a council's document that would not work."""

from collections.abc import Iterable, Sequence

from chalicelib.catalogue.calendars import Calendar
from chalicelib.catalogue.model import Council
from chalicelib.geo.point import Point


def calendar_faults(council: Council) -> Iterable[str]:
    """The place of each fault, and the fix."""
    codes = [each.calendar for each in council.calendars]
    yield from _used_twice(codes, "`$.calendars", "calendar")
    for at, calendar in enumerate(council.calendars):
        place = f"`$.calendars[{at}]"
        yield from _used_twice([each.slot for each in calendar.slots], f"{place}.slots", "slot")
        yield from _slot_faults(calendar, place)
        if calendar.team not in (None, *council.team_names):
            yield f"{place}.team`: {calendar.team!r} is not in `$.teams`"
        if len(set(calendar.weekdays)) < len(calendar.weekdays):
            yield f"{place}.weekdays`: a day is named twice"
        where = calendar.place
        if where and not council.box.contains(Point(lat=where.lat, long=where.long)):
            yield f"{place}.place`: it is outside `$.bounds`"


def _slot_faults(calendar: Calendar, place: str) -> Iterable[str]:
    for at, slot in enumerate(calendar.slots):
        if slot.minutes and not slot.begins:
            yield f"{place}.slots[{at}].minutes`: only a slot that begins at a time has them"


def _used_twice(codes: Sequence[str], place: str, field: str) -> Iterable[str]:
    for at, code in enumerate(codes):
        if code in codes[:at]:
            yield f"{place}[{at}].{field}`: {code!r} is used twice; rename one"
