"""The calendars of a council: which slots can be booked, and until when."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Annotated, Literal

from msgspec import Meta, Struct

from chalicelib.catalogue.promise import ONE_DAY, WorkingCalendar
from chalicelib.catalogue.wards import Degrees
from chalicelib.catalogue.words import Code, ShortText, Strict, TimeOfDay

Weekday = Annotated[int, Meta(ge=0, le=6)]
WhyClosed = Literal["weekday", "season", "closed", "bank_holiday"]
MonthDay = Annotated[str, Meta(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]


class CutOff(Strict, frozen=True, kw_only=True):
    """A time of day so many working days before a booked day; 0 is the booked day itself."""

    working_days: Annotated[int, Meta(ge=0, le=60)]
    time: TimeOfDay

    def before(self, day: date, working: WorkingCalendar) -> datetime:
        """The moment in UTC."""
        earlier = islice(_working_days_before(day, working), self.working_days)
        *_, on = [day, *earlier]
        return _moment(on, self.time, working)


class Slot(Strict, frozen=True, kw_only=True):
    """A part of a day that can be booked. `begins` is its local time, None for a whole day;
    `minutes` says how long it is."""

    slot: Code
    name: ShortText
    begins: TimeOfDay | None = None
    minutes: Annotated[int, Meta(ge=5, le=1_440)] | None = None


class SlotOfDay(Struct, frozen=True):
    """A slot of a calendar on a day, by their codes."""

    calendar: str
    day: date
    slot: str


class BookedPlace(Strict, frozen=True, kw_only=True):
    """Where people go who have booked."""

    name: ShortText
    address: ShortText
    lat: Degrees
    long: Degrees


class Season(Strict, frozen=True, kw_only=True):
    """The first and the last day of a season, as MM-DD. It may go over the end of a year."""

    first: MonthDay
    last: MonthDay

    def has(self, day: date) -> bool:
        on = f"{day:%m-%d}"
        if self.first <= self.last:
            return self.first <= on <= self.last
        return on >= self.first or on <= self.last


class Calendar(Strict, frozen=True, kw_only=True):
    """Slots on `weekdays` (0 is Monday) within `season`, but not on `closed` days, not on those of
    `closed_each_year` (MM-DD), and not on bank holidays unless `on_bank_holidays`.

    `capacity`: the units of each slot. `book_until`: the end of the time in which a day can be
    booked; `change_until` and `cancel_until` likewise for a booking, and `refund_until` for its
    money. `horizon_days`: how far ahead a day can be booked. `remind_days_before`: when reminders
    are sent. `place`: where people go; without one, the council comes to them. `team` meets
    them there.
    """

    calendar: Code
    name: ShortText
    slots: Annotated[tuple[Slot, ...], Meta(min_length=1, max_length=50)]
    weekdays: Annotated[tuple[Weekday, ...], Meta(min_length=1)]
    season: Season | None = None
    closed: tuple[date, ...] = ()
    closed_each_year: tuple[MonthDay, ...] = ()
    on_bank_holidays: bool = False
    capacity: Annotated[int, Meta(ge=1, le=1_000)]
    horizon_days: Annotated[int, Meta(ge=1, le=400)] = 60
    book_until: CutOff
    change_until: CutOff
    cancel_until: CutOff
    refund_until: CutOff
    remind_days_before: tuple[Annotated[int, Meta(ge=1, le=30)], ...] = (3, 1)
    place: BookedPlace | None = None
    team: Code | None = None

    def is_open(self, day: date, working: WorkingCalendar) -> bool:
        """True if the calendar has slots on that day, booked or not."""
        return self.why_closed(day, working) is None

    def why_closed(self, day: date, working: WorkingCalendar) -> WhyClosed | None:
        """Why the calendar has no slots on that day; None if it has."""
        if day.weekday() not in self.weekdays:
            return "weekday"
        if self.season and not self.season.has(day):
            return "season"
        if day in self.closed or f"{day:%m-%d}" in self.closed_each_year:
            return "closed"
        is_free = day in working.holidays and not self.on_bank_holidays
        return "bank_holiday" if is_free else None

    def slots_on(self, day: date, working: WorkingCalendar) -> tuple[Slot, ...]:
        """The slots of a day, without those in an hour that the clock change leaves out."""
        if not self.is_open(day, working):
            return ()
        return tuple(each for each in self.slots if _exists(day, each, working))

    def open_slots(self, day: date, now: datetime, working: WorkingCalendar) -> tuple[Slot, ...]:
        """The slots of a day without those that have begun. A whole day has no beginning: it ends
        with `book_until`."""
        return tuple(
            each
            for each in self.slots_on(day, working)
            if each.begins is None or now < _moment(day, each.begins, working)
        )

    def bookable_days(self, now: datetime, working: WorkingCalendar) -> Iterator[date]:
        """The days that can be booked now, in order."""
        today = now.astimezone(working.zone).date()
        for ahead in range(self.horizon_days + 1):
            day = today + timedelta(days=ahead)
            if self.is_open(day, working) and now < self.book_until.before(day, working):
                yield day


def _working_days_before(day: date, working: WorkingCalendar) -> Iterator[date]:
    """Working days before `day`, the latest first."""
    while True:
        day -= ONE_DAY
        if working.is_working_day(day):
            yield day


def _exists(day: date, slot: Slot, working: WorkingCalendar) -> bool:
    if slot.begins is None:
        return True
    at = _moment(day, slot.begins, working).astimezone(working.zone)
    return f"{at:%H:%M}" == slot.begins


def _moment(day: date, at: str, working: WorkingCalendar) -> datetime:
    local = datetime.combine(day, time.fromisoformat(at), working.zone)
    return local.astimezone(UTC)
