import json
from datetime import date, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from chalicelib.catalogue.bank_holidays import BANK_HOLIDAYS_FILE, bank_holidays, read_bank_holidays
from chalicelib.catalogue.calendars import Calendar
from chalicelib.catalogue.promise import WorkingCalendar
from infra.bake_bank_holidays import bake
from tests.support.councils import council_named


def test_baked_file_is_what_the_command_makes(tmp_path: Path) -> None:
    held = read_bank_holidays()
    bake(held.first_year, held.last_year, tmp_path / "again.json")
    assert json.loads((tmp_path / "again.json").read_text()) == json.loads(
        BANK_HOLIDAYS_FILE.read_text()
    )


def test_baked_file_reaches_far_enough_for_every_promise() -> None:
    assert read_bank_holidays().last_year - read_bank_holidays().first_year >= 20
    assert set(read_bank_holidays().regions) == {"GB-ENG", "GB-SCT", "GB-WLS", "GB-NIR"}


@pytest.mark.parametrize(
    ("holiday", "substitute"),
    [
        (date(2026, 12, 26), date(2026, 12, 28)),
        (date(2027, 12, 25), date(2027, 12, 27)),
        (date(2027, 12, 26), date(2027, 12, 28)),
        (date(2028, 1, 1), date(2028, 1, 3)),
    ],
)
@pytest.mark.parametrize("region", sorted(read_bank_holidays().regions))
def test_calendar_that_is_open_at_weekends_is_closed_on_the_holiday_and_its_substitute(
    region: str, holiday: date, substitute: date
) -> None:
    working = WorkingCalendar(
        zone=ZoneInfo("Europe/London"),
        opens=time(9),
        closes=time(17),
        weekdays=frozenset(range(7)),
        holidays=bank_holidays(region),
    )
    calendar = replace(hall(), closed_each_year=(), weekdays=tuple(range(7)))
    for day in (holiday, substitute):
        assert calendar.why_closed(day, working) == "bank_holiday"
        assert not working.is_working_day(day)


def hall() -> Calendar:
    calendar = council_named("demo").by_calendar["hall"]
    return replace(calendar, on_bank_holidays=False, closed=(), season=None)
