"""When somebody is told: to the second, and on the days on which the clock changes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from chalicelib.alerts.model import Frequency, QuietHours
from chalicelib.alerts.times import end_of_quiet_hours, next_digest, next_morning

LONDON = ZoneInfo("Europe/London")
NIGHT = QuietHours(begin="22:00", end="07:00")
SECOND = timedelta(seconds=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        ("2026-06-01T21:00:00", "2026-06-02T06:00:00"),
        ("2026-01-10T22:00:00", "2026-01-11T07:00:00"),
        # The clock goes on from 1:00 to 2:00, and back from 2:00 to 1:00.
        ("2026-03-28T22:00:00", "2026-03-29T06:00:00"),
        ("2026-10-24T21:00:00", "2026-10-25T07:00:00"),
    ],
)
def test_message_waits_for_the_end_of_quiet_hours(begins: str, ends: str) -> None:
    begin, end = utc(begins), utc(ends)
    for moment in (begin, begin + SECOND, end - SECOND):
        assert end_of_quiet_hours(NIGHT, moment, LONDON) == end
    for moment in (begin - SECOND, end, end + SECOND):
        assert end_of_quiet_hours(NIGHT, moment, LONDON) == moment


def test_message_is_not_delayed_without_quiet_hours() -> None:
    moment = utc("2026-06-01T23:00:00")
    assert end_of_quiet_hours(None, moment, LONDON) == moment
    assert end_of_quiet_hours(QuietHours(begin="22:00", end="22:00"), moment, LONDON) == moment


def test_message_waits_within_a_day_when_quiet_hours_are_at_noon() -> None:
    noon = QuietHours(begin="12:00", end="14:00")
    assert end_of_quiet_hours(noon, utc("2026-06-01T11:30:00"), LONDON) == utc(
        "2026-06-01T13:00:00"
    )


@pytest.mark.parametrize(
    ("quiet", "moment", "until"),
    [
        # 1:30 comes twice: quiet hours that end then are over, and begin again with the hour.
        (QuietHours(begin="00:30", end="01:30"), "2026-10-25T00:29:59", "2026-10-25T00:30:00"),
        (QuietHours(begin="00:30", end="01:30"), "2026-10-25T01:00:00", "2026-10-25T01:30:00"),
        # 1:30 does not come at all, and it is 2:00 at once.
        (QuietHours(begin="00:30", end="01:30"), "2026-03-29T00:59:59", "2026-03-29T01:00:00"),
        (QuietHours(begin="22:00", end="01:30"), "2026-03-28T22:00:00", "2026-03-29T01:00:00"),
        (QuietHours(begin="01:30", end="03:00"), "2026-03-29T01:00:00", "2026-03-29T02:00:00"),
    ],
)
def test_quiet_hours_end_by_local_time_when_the_clock_changes(
    quiet: QuietHours, moment: str, until: str
) -> None:
    assert end_of_quiet_hours(quiet, utc(moment), LONDON) == utc(until)


@pytest.mark.parametrize(
    ("frequency", "due", "following"),
    [
        ("daily", "2026-06-01T07:00:00", "2026-06-02T07:00:00"),
        ("daily", "2026-03-28T08:00:00", "2026-03-29T07:00:00"),
        ("daily", "2026-10-24T07:00:00", "2026-10-25T08:00:00"),
        ("weekly", "2026-03-23T08:00:00", "2026-03-30T07:00:00"),
        ("weekly", "2026-10-19T07:00:00", "2026-10-26T08:00:00"),
        ("weekly", "2026-06-01T07:00:00", "2026-06-08T07:00:00"),
    ],
)
def test_digest_is_due_at_eight_and_later_events_wait_for_the_next(
    frequency: Frequency, due: str, following: str
) -> None:
    at, then = utc(due), utc(following)
    assert next_digest(frequency, at - SECOND, LONDON) == at
    assert next_digest(frequency, at, LONDON) == then
    assert next_digest(frequency, at + SECOND, LONDON) == then


def test_next_morning_is_on_the_day_after_by_the_councils_clock() -> None:
    assert next_morning(utc("2026-06-01T23:30:00"), LONDON) == utc("2026-06-03T07:00:00")
    assert next_morning(utc("2026-10-24T12:00:00"), LONDON) == utc("2026-10-25T08:00:00")
