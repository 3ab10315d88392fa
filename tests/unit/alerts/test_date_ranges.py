"""From when to when something is, in words."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from chalicelib.alerts.date_ranges import date_range_words, time_range_words
from chalicelib.kernel.languages import ENGLISH

LONDON = ZoneInfo("Europe/London")


def at(day: int, hour: int, month: int = 6) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def test_times_are_shown_by_the_councils_clock() -> None:
    assert time_range_words(at(1, 7), at(1, 17), LONDON, ENGLISH) == "Monday 1 June, 08:00 to 18:00"
    assert (
        time_range_words(at(5, 8, 1), at(5, 9, 1), LONDON, ENGLISH)
        == "Monday 5 January, 08:00 to 09:00"
    )


def test_both_days_are_named_when_it_ends_on_another() -> None:
    said = "Monday 1 June, 08:00 to Tuesday 2 June, 00:30"
    assert (
        time_range_words(at(1, 7), datetime(2026, 6, 1, 23, 30, tzinfo=UTC), LONDON, ENGLISH)
        == said
    )


def test_days_are_shown_with_both_ends() -> None:
    first, last = date(2026, 6, 1), date(2026, 6, 5)
    assert date_range_words(first, last, ENGLISH) == "Monday 1 June to Friday 5 June"
    assert date_range_words(first, first, ENGLISH) == "Monday 1 June"
