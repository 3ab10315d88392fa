"""Decides whether something is open now, on the council's own clock."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from chalicelib.facilities.model import ALWAYS, OpeningSpan

SOON = timedelta(days=1)
"""Opening and closing times within this period are given as a time of day only."""
DAYS_AHEAD = 7


class OpenState(NamedTuple):
    """Open or not; `closes_at` and `opens_at` are HH:MM within the next 24 hours."""

    open_now: bool
    closes_at: str | None = None
    opens_at: str | None = None


def state_at(
    spans: Sequence[OpeningSpan], now: datetime, zone: ZoneInfo, holidays: Collection[date]
) -> OpenState | None:
    """The state at that moment; None on a bank holiday, and in the night after it as long as that
    day's hours would last, because the hours do not apply on such a day. Hours are in local time,
    so the night of a clock change is shorter or longer.
    """
    if tuple(spans) == ALWAYS:
        return OpenState(open_now=True)
    today = now.astimezone(zone).date()
    yesterday = today - timedelta(days=1)
    if today in holidays or (yesterday in holidays and _would_be_open(spans, yesterday, now, zone)):
        return None
    periods = list(_join_periods(sorted(_opening_periods(spans, today, zone, holidays))))
    for opens, closes in periods:
        if opens <= now < closes:
            return OpenState(open_now=True, closes_at=_time_if_soon(closes, now, zone))
    coming = (_time_if_soon(opens, now, zone) for opens, _ in periods if opens > now)
    return OpenState(open_now=False, opens_at=next(coming, None))


def _would_be_open(spans: Sequence[OpeningSpan], day: date, now: datetime, zone: ZoneInfo) -> bool:
    """True if the hours of that weekday would last until now."""
    return any(opens <= now < closes for opens, closes in _periods_of_day(spans, day, zone))


def _opening_periods(
    spans: Sequence[OpeningSpan], today: date, zone: ZoneInfo, holidays: Collection[date]
) -> Iterator[tuple[datetime, datetime]]:
    """Each opening from yesterday on, for a week."""
    for ahead in range(-1, DAYS_AHEAD):
        day = today + timedelta(days=ahead)
        if day not in holidays:
            yield from _periods_of_day(spans, day, zone)


def _periods_of_day(
    spans: Sequence[OpeningSpan], day: date, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    """Each opening period of that weekday."""
    midnight = datetime.combine(day, time(), zone)
    for weekday, opens, closes in spans:
        if weekday == day.weekday():
            begins, ends = (midnight + timedelta(minutes=each) for each in (opens, closes))
            yield begins.astimezone(UTC), ends.astimezone(UTC)


def _join_periods(
    periods: Sequence[tuple[datetime, datetime]],
) -> Iterator[tuple[datetime, datetime]]:
    """Periods joined if they follow each other without a gap."""
    current: tuple[datetime, datetime] | None = None
    for opens, closes in periods:
        if current and opens <= current[1]:
            current = current[0], max(closes, current[1])
            continue
        if current:
            yield current
        current = opens, closes
    if current:
        yield current


def _time_if_soon(moment: datetime, now: datetime, zone: ZoneInfo) -> str | None:
    return f"{moment.astimezone(zone):%H:%M}" if moment - now < SOON else None
