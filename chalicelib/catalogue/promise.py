"""Promise dates of reports: calendar days, working days, working hours. All are counted on the
council's own clock, so a promise made before a clock change has the same hour after it.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta

from chalicelib.catalogue.words import Strict

ONE_DAY = timedelta(days=1)


class WorkingCalendar(msgspec.Struct, frozen=True, kw_only=True):
    """The council's working hours: from `opens` to `closes` on `weekdays` (0 is Monday), and not on
    `holidays`; all in `zone`."""

    zone: ZoneInfo
    weekdays: frozenset[int]
    opens: time
    closes: time
    holidays: frozenset[date]

    def is_working_day(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in self.holidays

    def working_days_from(self, day: date) -> Iterator[date]:
        """Working days from `day` on, itself included."""
        while True:
            if self.is_working_day(day):
                yield day
            day += ONE_DAY


def after_days(requested: datetime, days: int, calendar: WorkingCalendar) -> datetime:
    """The same time of day, that many calendar days later."""
    local = requested.astimezone(calendar.zone)
    return _in_utc(local.date() + days * ONE_DAY, local.time(), calendar)


def after_working_days(requested: datetime, days: int, calendar: WorkingCalendar) -> datetime:
    """Closing time of the nth working day after the day of receipt. A report after closing time, or
    outside working days, counts as received on the next working day.
    """
    received, *following = _take_days(
        calendar.working_days_from(_day_received(requested, calendar)), days + 1
    )
    return _in_utc((following or [received])[-1], calendar.closes, calendar)


def after_working_hours(requested: datetime, hours: int, calendar: WorkingCalendar) -> datetime:
    """That many hours of working time later."""
    left = timedelta(hours=hours)
    begin = requested.astimezone(UTC)
    for day in calendar.working_days_from(requested.astimezone(calendar.zone).date()):
        start = max(begin, _in_utc(day, calendar.opens, calendar))
        end = _in_utc(day, calendar.closes, calendar)
        if start >= end:
            continue
        if left <= end - start:
            return start + left
        left -= end - start
    raise AssertionError("Working days do not end.")


def closing_time_on(day: date, calendar: WorkingCalendar) -> datetime:
    """Closing time of that day."""
    return _in_utc(day, calendar.closes, calendar)


def _day_received(requested: datetime, calendar: WorkingCalendar) -> date:
    local = requested.astimezone(calendar.zone)
    closed = local.time() >= calendar.closes
    return local.date() + ONE_DAY if closed else local.date()


def _take_days(days: Iterator[date], count: int) -> list[date]:
    return [next(days) for _ in range(count)]


def _in_utc(day: date, at: time, calendar: WorkingCalendar) -> datetime:
    """A local time in UTC; a time that the spring clock change skips is read with the offset before
    it."""
    return datetime.combine(day, at, calendar.zone).astimezone(UTC)


Count = Annotated[int, Meta(ge=1, le=365)]


class ServiceLevel(Strict, frozen=True, kw_only=True, omit_defaults=True):
    """The promise, in exactly one of its units: calendar days, working days, working hours."""

    days: Count | None = None
    working_days: Count | None = None
    working_hours: Count | None = None

    @property
    def is_one_promise(self) -> bool:
        return len(msgspec.to_builtins(self)) == 1

    def promise_date(self, requested: datetime, calendar: WorkingCalendar) -> datetime:
        """The promise date of a report made then."""
        if self.working_hours:
            return after_working_hours(requested, self.working_hours, calendar)
        if self.working_days:
            return after_working_days(requested, self.working_days, calendar)
        return after_days(requested, self.days or 0, calendar)

    def __str__(self) -> str:
        given = msgspec.to_builtins(self)
        return ", ".join(
            _count_text(count, unit.replace("_", " ")) for unit, count in given.items()
        )


def _count_text(count: int, units: str) -> str:
    return f"{count} {units.removesuffix('s') if count == 1 else units}"
