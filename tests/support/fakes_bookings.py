"""The days of calendars in memory."""

from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from chalicelib.bookings.model import BookingDay
from chalicelib.kernel.optimistic import VersionConflict


class MemoryDays:
    """Days in a dictionary."""

    def __init__(self) -> None:
        self._stored: dict[tuple[str, date], BookingDay] = {}

    def get(self, calendar: str, day: date) -> BookingDay:
        return self._stored.get((calendar, day)) or BookingDay(calendar=calendar, day=day)

    def list_between(self, calendar: str, first: date, last: date) -> Sequence[BookingDay]:
        found = sorted(self._stored.items())
        return [day for (code, on), day in found if code == calendar and first <= on <= last]

    def save(self, *days: BookingDay) -> None:
        for each in days:
            if self.get(each.calendar, each.day).version != each.version:
                raise VersionConflict
        for each in days:
            self._stored[each.calendar, each.day] = replace(each, version=each.version + 1)
