"""Which days and slots a calendar has, and until when they can be booked."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from chalicelib.catalogue.calendars import Calendar, CutOff, Season, Slot
from tests.support.councils import council_named
from tests.unit.bookings.bookings import a_calendar

WORKING = council_named("demo").calendar
GOOD_FRIDAY = date(2027, 3, 26)
SPRING_FORWARD = date(2027, 3, 28)
FALL_BACK = date(2026, 10, 25)


def utc(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def test_a_day_is_open_on_its_weekdays_in_its_season_unless_it_is_closed() -> None:
    calendar = a_calendar(
        season=Season(first="04-01", last="11-30"), closed=(date(2026, 6, 10),), weekdays=(0, 2)
    )
    days = [date(2026, 6, day) for day in range(8, 12)] + [date(2026, 12, 2)]
    assert [each.day for each in days if calendar.is_open(each, WORKING)] == [8]
    reasons = [calendar.why_closed(each, WORKING) for each in days]
    assert reasons == [None, "weekday", "closed", "weekday", "season"]


def test_a_day_that_is_closed_each_year_is_closed_in_every_year() -> None:
    calendar = a_calendar(
        closed_each_year=("12-25",), on_bank_holidays=True, weekdays=tuple(range(7))
    )
    for year in (2026, 2028, 2099):
        assert calendar.why_closed(date(year, 12, 25), WORKING) == "closed"
        assert calendar.why_closed(date(year, 12, 24), WORKING) is None


def test_a_season_can_go_over_the_end_of_a_year() -> None:
    winter = Season(first="11-01", last="02-28")
    days = [date(2026, 10, 31), date(2026, 11, 1), date(2027, 2, 28), date(2027, 3, 1)]
    assert [winter.has(each) for each in days] == [False, True, True, False]


def test_bank_holidays_are_closed_unless_the_calendar_says_so() -> None:
    assert a_calendar().why_closed(GOOD_FRIDAY, WORKING) == "bank_holiday"
    assert a_calendar(on_bank_holidays=True).is_open(GOOD_FRIDAY, WORKING)


@pytest.mark.parametrize(
    ("cut_off", "day", "moment"),
    [
        (CutOff(working_days=1, time="14:00"), date(2026, 6, 8), utc(2026, 6, 5, 13)),
        (CutOff(working_days=0, time="06:30"), date(2026, 6, 8), utc(2026, 6, 8, 5, 30)),
        (CutOff(working_days=1, time="14:00"), date(2027, 3, 30), utc(2027, 3, 25, 14)),
    ],
    ids=["over a weekend", "on the day", "over Easter"],
)
def test_a_cut_off_counts_working_days_on_the_councils_clock(
    cut_off: CutOff, day: date, moment: datetime
) -> None:
    assert cut_off.before(day, WORKING) == moment


def test_a_day_can_be_booked_until_its_cut_off_second() -> None:
    calendar = a_calendar()
    cut_off = utc(2026, 6, 5, 13)
    before = next(calendar.bookable_days(cut_off - timedelta(seconds=1), WORKING))
    at = next(calendar.bookable_days(cut_off, WORKING))
    assert (before, at) == (date(2026, 6, 8), date(2026, 6, 10))


def test_days_beyond_the_horizon_cannot_be_booked() -> None:
    days = list(a_calendar(horizon_days=9).bookable_days(utc(2026, 6, 1, 12), WORKING))
    assert days == [date(2026, 6, 3), date(2026, 6, 5), date(2026, 6, 8), date(2026, 6, 10)]


def test_an_hour_that_the_clock_change_leaves_out_is_not_offered() -> None:
    night = (
        Slot(slot="one", name="1:30am", begins="01:30"),
        Slot(slot="two", name="2:30am", begins="02:30"),
    )
    calendar = a_calendar(slots=night, weekdays=(6,))
    assert [each.slot for each in calendar.slots_on(SPRING_FORWARD, WORKING)] == ["two"]
    assert [each.slot for each in calendar.slots_on(FALL_BACK, WORKING)] == ["one", "two"]


def test_no_part_of_a_calendar_has_a_price_of_its_own() -> None:
    """So a booking that moves costs what it did. A field for such a price needs a rule for moves
    (ADR 84)."""
    _, parts = msgspec.json.schema_components([Calendar])
    fields = {name for part in parts.values() for name in part["properties"]}
    assert {"capacity", "begins", "minutes", "address"} <= fields
    assert not [each for each in fields if "pence" in each or "price" in each]


def test_a_closed_day_has_no_slots() -> None:
    assert a_calendar().slots_on(date(2026, 6, 9), WORKING) == ()
