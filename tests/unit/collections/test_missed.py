"""When a missed collection may be reported: at each border one second before, then, and after."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from chalicelib.collections.missed import (
    NOT_OVER,
    REPORTED,
    TOO_LATE,
    Missed,
    PastCollection,
    check_collection,
    report_deadline,
)
from tests.support.councils import council_named

CALENDAR = council_named("demo").calendar
SECOND = timedelta(seconds=1)
MONDAY = date(2026, 11, 23)
DUE = PastCollection(
    container="rubbish", date=MONDAY, over_at=datetime(2026, 11, 23, 15, 40, tzinfo=UTC)
)
END = datetime(2026, 11, 26, tzinfo=UTC)


def at(now: datetime, due: PastCollection = DUE) -> Missed:
    return check_collection(due, now, CALENDAR)


@pytest.mark.parametrize(
    ("now", "why_not"),
    [
        (DUE.over_at - SECOND, NOT_OVER),
        (DUE.over_at, None),
        (DUE.over_at + SECOND, None),
        (END - SECOND, None),
        (END, TOO_LATE),
        (END + SECOND, TOO_LATE),
    ],
)
def test_collection_may_be_reported_from_the_end_of_its_round_for_two_working_days(
    now: datetime, why_not: str | None
) -> None:
    found = at(now)
    assert (found.may_report, found.why_not) == (why_not is None, why_not)
    assert found.until == (END if why_not is None else None)


@pytest.mark.parametrize(
    ("collected", "last"),
    [
        ("2026-11-20", "2026-11-24"),  # Friday: Monday and Tuesday
        ("2026-11-21", "2026-11-24"),  # Saturday
        ("2027-03-24", "2027-03-30"),  # Thursday, then Easter until Monday, and Tuesday
        ("2027-03-25", "2027-03-31"),  # the day before Good Friday
        ("2027-03-27", "2027-03-31"),  # the Saturday of Easter
        ("2026-12-23", "2026-12-29"),  # Christmas Eve, then Boxing Day's substitute on Monday
        ("2026-12-24", "2026-12-30"),
        ("2026-12-30", "2027-01-04"),  # New Year's Eve, then New Year's Day and a weekend
        ("2026-10-23", "2026-10-27"),  # the clocks change on Sunday
    ],
)
def test_last_day_to_report_is_the_second_working_day_after_the_collection(
    collected: str, last: str
) -> None:
    day = date.fromisoformat(collected)
    midnight = datetime.combine(date.fromisoformat(last) + timedelta(days=1), datetime.min.time())
    end = midnight.replace(tzinfo=CALENDAR.zone)
    due = replace(DUE, date=day, over_at=datetime(day.year, day.month, day.day, 16, tzinfo=UTC))
    assert report_deadline(day, CALENDAR) == end
    assert [at(end + step, due).may_report for step in (-SECOND, timedelta(), SECOND)] == [
        *(True, False, False),
    ]


def test_second_report_of_a_collection_is_not_accepted() -> None:
    found = at(DUE.over_at, replace(DUE, is_reported=True))
    assert (found.may_report, found.may_dispute, found.why_not) == (False, False, REPORTED)


def test_reason_of_the_crew_is_the_answer_and_may_be_disputed_in_time() -> None:
    due = replace(DUE, crew_says="Your bin was not out.", is_disputable=True)
    found = [at(moment, due) for moment in (DUE.over_at - SECOND, DUE.over_at, END - SECOND, END)]
    assert {each.why_not for each in found} == {"Your bin was not out."}
    assert not any(each.may_report for each in found)
    assert [each.may_dispute for each in found] == [False, True, True, False]
    assert at(DUE.over_at, replace(due, is_reported=True)).may_dispute is False


def test_reason_for_a_whole_street_cannot_be_disputed() -> None:
    found = at(DUE.over_at, replace(DUE, crew_says="We could not reach your street."))
    assert (found.may_report, found.may_dispute) == (False, False)
