"""Open or not, on the council's clock, through nights when it changes."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from chalicelib.facilities.model import ALWAYS
from chalicelib.facilities.open_now import OpenState, state_at
from infra.opening_hours import parse_hours

LONDON = ZoneInfo("Europe/London")
SHOP = parse_hours("Mon-Fri 9am-5pm; Sat 10am-1pm") or ()
CLUB = parse_hours("Sat 10pm - 3am") or ()
NIGHTS = parse_hours("Fri 8am - midnight; Sat 0:00 - 12:00") or ()


def on_the_wall(text: str, fold: int = 0) -> datetime:
    """The moment when a clock in London shows this."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "state"),
    [
        ("2026-06-01T08:59", OpenState(False, opens_at="09:00")),
        ("2026-06-01T09:00", OpenState(True, closes_at="17:00")),
        ("2026-06-01T16:59", OpenState(True, closes_at="17:00")),
        ("2026-06-01T17:00", OpenState(False, opens_at="09:00")),
        ("2026-06-05T18:00", OpenState(False, opens_at="10:00")),
        ("2026-06-06T12:59", OpenState(True, closes_at="13:00")),
        ("2026-06-06T13:00", OpenState(False)),  # Monday is too far for a time of day alone
    ],
)
def test_shop_has_its_next_change_around_its_hours(now: str, state: OpenState) -> None:
    assert state_at(SHOP, on_the_wall(now), LONDON, ()) == state


@pytest.mark.parametrize(
    ("now", "fold", "is_open"),
    [
        # Clocks go forward at 01:00 on 29 March 2026: 01:00 to 02:00 is missing.
        ("2026-03-28T23:00", 0, True),
        ("2026-03-29T00:59", 0, True),
        ("2026-03-29T02:59", 0, True),
        ("2026-03-29T03:00", 0, False),
        # They go back at 02:00 on 25 October 2026: 01:00 to 02:00 comes twice.
        ("2026-10-25T01:30", 0, True),
        ("2026-10-25T01:30", 1, True),
        ("2026-10-25T02:59", 0, True),
        ("2026-10-25T03:00", 0, False),
    ],
)
def test_club_closes_by_the_wall_clock_when_the_night_is_shorter_or_longer(
    now: str, fold: int, is_open: bool
) -> None:
    state = state_at(CLUB, on_the_wall(now, fold), LONDON, ())
    assert state == OpenState(is_open, closes_at="03:00" if is_open else None)


def test_shop_opens_by_the_wall_clock_when_the_clock_has_changed() -> None:
    daily = parse_hours("9am-5pm daily") or ()
    for day, utc_hour in (("2026-03-28", 9), ("2026-03-29", 8), ("2026-10-25", 9)):
        opens = datetime.fromisoformat(f"{day}T{utc_hour:02}:00").replace(tzinfo=UTC)
        assert state_at(daily, opens, LONDON, ()) == OpenState(True, closes_at="17:00")


def test_closing_is_that_of_the_next_day_when_hours_meet_at_midnight() -> None:
    state = state_at(NIGHTS, on_the_wall("2026-06-05T20:00"), LONDON, ())
    assert state == OpenState(True, closes_at="12:00")


def test_state_is_not_known_when_it_is_a_bank_holiday() -> None:
    christmas = {date(2026, 12, 25)}
    assert state_at(SHOP, on_the_wall("2026-12-25T10:00"), LONDON, christmas) is None
    before = state_at(SHOP, on_the_wall("2026-12-24T18:00"), LONDON, christmas)
    assert before == OpenState(False), "nobody knows whether it opens on the holiday"
    assert state_at(ALWAYS, on_the_wall("2026-12-25T10:00"), LONDON, christmas) == OpenState(True)


def test_night_after_a_bank_holiday_is_not_known_as_long_as_its_hours_would_last() -> None:
    holidays = {date(2026, 6, 6)}
    assert state_at(CLUB, on_the_wall("2026-06-07T02:59"), LONDON, holidays) is None
    after = state_at(CLUB, on_the_wall("2026-06-07T03:00"), LONDON, holidays)
    assert after and not after.open_now
