"""Promise dates, as a table: each row is a moment, a service level, and when it falls due.

Times are the council's own (Europe/London, Monday to Friday, 8:30 to 17:00), with the offset that
holds then.
"""

from datetime import UTC, datetime

import pytest

from chalicelib.catalogue.promise import ServiceLevel
from tests.support.councils import council_named

COUNCIL = council_named("demo")


def due(requested: str, **level: int) -> str:
    moment = datetime.fromisoformat(requested)
    assert moment.tzinfo, "The table names moments with their offset."
    promised = ServiceLevel(**level).promise_date(moment, COUNCIL.calendar)
    assert promised.tzinfo == UTC
    return promised.astimezone(COUNCIL.zone).isoformat(timespec="minutes")


@pytest.mark.parametrize(
    ("requested", "days", "expected"),
    [
        ("2026-06-01T13:00+01:00", 5, "2026-06-06T13:00+01:00"),
        ("2026-06-01T12:00+00:00", 5, "2026-06-06T13:00+01:00"),
        # Clocks go forward on 29 March 2026 and back on 25 October 2026: the hour stays.
        ("2026-03-28T12:00+00:00", 2, "2026-03-30T12:00+01:00"),
        ("2026-10-24T12:00+01:00", 2, "2026-10-26T12:00+00:00"),
        ("2026-03-28T01:30+00:00", 1, "2026-03-29T02:30+01:00"),
        ("2026-12-31T23:30+00:00", 1, "2027-01-01T23:30+00:00"),
        ("2028-02-28T09:00+00:00", 1, "2028-02-29T09:00+00:00"),
    ],
)
def test_calendar_days_keep_the_time_of_day(requested: str, days: int, expected: str) -> None:
    assert due(requested, days=days) == expected


@pytest.mark.parametrize(
    ("requested", "working_days", "expected"),
    [
        ("2026-06-01T13:00+01:00", 1, "2026-06-02T17:00+01:00"),
        ("2026-06-01T13:00+01:00", 5, "2026-06-08T17:00+01:00"),
        # What comes at closing time or later is received the next working day.
        ("2026-06-01T16:59+01:00", 1, "2026-06-02T17:00+01:00"),
        ("2026-06-01T17:00+01:00", 1, "2026-06-03T17:00+01:00"),
        ("2026-06-05T17:00+01:00", 1, "2026-06-09T17:00+01:00"),
        ("2026-06-06T10:00+01:00", 1, "2026-06-09T17:00+01:00"),
        ("2026-06-07T23:30+01:00", 1, "2026-06-09T17:00+01:00"),
        # Good Friday and Easter Monday 2026 are 3 and 6 April.
        ("2026-04-02T10:00+01:00", 1, "2026-04-07T17:00+01:00"),
        ("2026-04-03T10:00+01:00", 1, "2026-04-08T17:00+01:00"),
        # Christmas 2026: Friday; Boxing Day falls on a Saturday, its substitute on the 28th.
        ("2026-12-24T10:00+00:00", 1, "2026-12-29T17:00+00:00"),
        ("2026-12-24T10:00+00:00", 3, "2026-12-31T17:00+00:00"),
        ("2026-12-31T10:00+00:00", 1, "2027-01-04T17:00+00:00"),
        # Over a clock change, closing time is closing time.
        ("2026-03-27T10:00+00:00", 1, "2026-03-30T17:00+01:00"),
        ("2026-10-23T10:00+01:00", 1, "2026-10-26T17:00+00:00"),
        # Midnight in London is the day before in UTC in summer.
        ("2026-05-31T23:30+00:00", 1, "2026-06-02T17:00+01:00"),
    ],
)
def test_working_days_end_at_closing_time(requested: str, working_days: int, expected: str) -> None:
    assert due(requested, working_days=working_days) == expected


@pytest.mark.parametrize(
    ("requested", "working_hours", "expected"),
    [
        ("2026-06-01T10:00+01:00", 4, "2026-06-01T14:00+01:00"),
        ("2026-06-01T13:00+01:00", 4, "2026-06-01T17:00+01:00"),
        ("2026-06-01T13:00+01:00", 8, "2026-06-02T12:30+01:00"),
        ("2026-06-01T06:00+01:00", 4, "2026-06-01T12:30+01:00"),
        ("2026-06-01T18:00+01:00", 4, "2026-06-02T12:30+01:00"),
        ("2026-06-05T16:00+01:00", 2, "2026-06-08T09:30+01:00"),
        ("2026-06-06T12:00+01:00", 1, "2026-06-08T09:30+01:00"),
        ("2026-06-01T08:30+01:00", 17, "2026-06-02T17:00+01:00"),
        # Easter, and the Sunday of a clock change between two working days.
        ("2026-04-02T16:00+01:00", 2, "2026-04-07T09:30+01:00"),
        ("2026-03-27T16:00+00:00", 2, "2026-03-30T09:30+01:00"),
        ("2026-10-23T16:00+01:00", 2, "2026-10-26T09:30+00:00"),
    ],
)
def test_working_hours_run_only_while_the_council_works(
    requested: str, working_hours: int, expected: str
) -> None:
    assert due(requested, working_hours=working_hours) == expected


def test_working_hours_of_a_night_shift_lose_the_skipped_hour() -> None:
    import msgspec

    hours = msgspec.structs.replace(
        COUNCIL.working_hours, days=("sunday", "monday"), opens="00:30", closes="04:30"
    )
    night = msgspec.structs.replace(COUNCIL, working_hours=hours)
    # Sunday 29 March 2026 has no hour from 1 to 2: three hours are worked, the fourth on Monday.
    requested = datetime.fromisoformat("2026-03-29T00:30+00:00")
    promised = ServiceLevel(working_hours=4).promise_date(requested, night.calendar)
    assert promised.astimezone(COUNCIL.zone).isoformat() == "2026-03-30T01:30:00+01:00"


def test_holidays_are_those_of_the_councils_nation() -> None:
    import msgspec

    scottish = msgspec.structs.replace(COUNCIL, bank_holidays="GB-SCT")
    requested = datetime.fromisoformat("2026-04-02T10:00+01:00")
    english = ServiceLevel(working_days=2).promise_date(requested, COUNCIL.calendar)
    assert english.date().isoformat() == "2026-04-08"
    assert ServiceLevel(working_days=2).promise_date(requested, scottish.calendar).day == 7
