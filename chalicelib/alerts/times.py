"""Computes when a subscriber is notified: after their quiet hours, or with the next digest; in the
council's local time.

Quiet hours follow the clock: an hour that comes twice in autumn counts both times, and an hour that
is left out in spring is over when it would have begun.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chalicelib.alerts.model import Frequency, QuietHours

DIGEST_AT = time(8)
MONDAY = 0
ONE_DAY = timedelta(days=1)
ONE_MINUTE = timedelta(minutes=1)


def end_of_quiet_hours(quiet: QuietHours | None, moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment itself, or the end of the quiet hours that it falls into; in UTC."""
    at = moment.astimezone(UTC)
    while quiet and _is_quiet(quiet, at, zone):
        at = at.replace(second=0, microsecond=0) + ONE_MINUTE
    return at


def next_digest(frequency: Frequency, moment: datetime, zone: ZoneInfo) -> datetime:
    """When the first digest after the moment is sent: at 8:00, weekly ones on Mondays; in UTC."""
    for at in _each_day(DIGEST_AT, moment, zone):
        is_day = frequency == "daily" or at.astimezone(zone).weekday() == MONDAY
        if at > moment and is_day:
            return at
    raise AssertionError("Days do not end.")


def next_morning(moment: datetime, zone: ZoneInfo) -> datetime:
    """8:00 on the day after the day of the moment; in UTC."""
    return _in_utc(moment.astimezone(zone) + ONE_DAY, DIGEST_AT, zone)


def _is_quiet(quiet: QuietHours, moment: datetime, zone: ZoneInfo) -> bool:
    clock = moment.astimezone(zone).time().isoformat("minutes")
    if quiet.begin <= quiet.end:
        return quiet.begin <= clock < quiet.end
    return clock >= quiet.begin or clock < quiet.end


def _each_day(at: time, moment: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """That time on the day of the moment and on each day after it, twice if it comes twice."""
    day = moment.astimezone(zone)
    for _ in range(9):
        yield _in_utc(day, at, zone)
        yield _in_utc(day, at.replace(fold=1), zone)
        day += ONE_DAY


def _in_utc(day: datetime, at: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day.date(), at, zone).astimezone(UTC)
