"""Computes when subscribers are reminded of collections, on the council's clock."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from chalicelib.kernel.ids import derived_id

NOON = 12
"""A reminder at this hour or later is about the next day. After this hour on the day of collection,
a reminder is too late."""
HOURS = tuple(f"{hour:02}:00" for hour in range(24))
ONE_DAY = timedelta(days=1)


class DueHour(NamedTuple):
    """An hour of reminders that came at the moment `at`, and the day of the collections."""

    hour: str
    day: date
    at: datetime


def hours_due(since: datetime, until: datetime, zone: ZoneInfo) -> Iterator[DueHour]:
    """The hours of reminders after `since`, up to `until`, each once. An hour that is skipped in
    spring counts when it would have begun, and one that is repeated in autumn counts the first
    time."""
    day = since.astimezone(zone).date()
    while day <= until.astimezone(zone).date() + ONE_DAY:
        for hour in HOURS:
            at = moment_of(hour, day, zone)
            if since < at <= until:
                yield DueHour(hour, day, at)
        day += ONE_DAY


def moment_of(hour: str, day: date, zone: ZoneInfo) -> datetime:
    """The moment of the reminder at that hour of the collections on that day; in UTC."""
    number = int(hour[:2])
    on = day - ONE_DAY if number >= NOON else day
    return datetime.combine(on, time(number), zone).astimezone(UTC)


def is_too_late(day: date, now: datetime, zone: ZoneInfo) -> bool:
    """True if it is too late for a reminder of the collections on that day."""
    return now.astimezone(zone) >= datetime.combine(day, time(NOON), zone)


def number_of(containers: Iterable[str]) -> int:
    """A number that stands for these containers; never 0."""
    return 1 + int(derived_id(*sorted(set(containers)))[:12], 16)
