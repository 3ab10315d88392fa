"""Ranges of dates and times in words."""

from datetime import date, datetime
from zoneinfo import ZoneInfo


def between(begins: datetime, ends: datetime, zone: ZoneInfo) -> str:
    """A range such as: Monday 1 June, 08:00 to 18:00; in the local time of the zone."""
    first, last = begins.astimezone(zone), ends.astimezone(zone)
    if first.date() == last.date():
        return f"{_day(first)}, {first:%H:%M} to {last:%H:%M}"
    return f"{_day(first)}, {first:%H:%M} to {_day(last)}, {last:%H:%M}"


def days(starts: date, ends: date) -> str:
    """A range such as: Monday 1 June to Friday 5 June; both days included."""
    return _day(starts) if starts == ends else f"{_day(starts)} to {_day(ends)}"


def _day(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"
