"""The years of garden waste subscriptions."""

import json
from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.catalogue.calendars import Season
from chalicelib.catalogue.garden import GardenWaste
from chalicelib.catalogue.load import COUNCILS, parse
from chalicelib.errors import ConfigurationError


def rules(first: str | None = None, last: str = "", renew_days: int = 56) -> GardenWaste:
    season = Season(first=first, last=last) if first else None
    return GardenWaste(
        service="garden-waste", container="garden", season=season, renew_days=renew_days
    )


@pytest.mark.parametrize(
    ("day", "last"),
    [
        ("2026-06-01", "2027-05-31"),
        ("2026-01-01", "2026-12-31"),
        ("2027-02-28", "2028-02-27"),
        ("2027-03-01", "2028-02-29"),
        ("2028-02-29", "2029-02-28"),
        ("2026-03-29", "2027-03-28"),  # the clock changes
    ],
)
def test_twelve_months_end_on_the_day_before_the_same_day_of_the_next_year(
    day: str, last: str
) -> None:
    assert [each.isoformat() for each in rules().year_on(date.fromisoformat(day))] == [day, last]


@pytest.mark.parametrize(
    ("season", "day", "first", "last"),
    [
        (("03-01", "11-30"), "2026-03-01", "2026-03-01", "2026-11-30"),
        (("03-01", "11-30"), "2026-11-30", "2026-03-01", "2026-11-30"),
        (("03-01", "11-30"), "2026-12-01", "2027-03-01", "2027-11-30"),
        (("03-01", "11-30"), "2026-02-28", "2026-03-01", "2026-11-30"),
        (("04-01", "03-31"), "2026-03-31", "2025-04-01", "2026-03-31"),
        (("04-01", "03-31"), "2026-04-01", "2026-04-01", "2027-03-31"),
        (("03-01", "02-29"), "2026-06-01", "2026-03-01", "2027-02-28"),
        (("03-01", "02-29"), "2027-06-01", "2027-03-01", "2028-02-29"),
        (("01-01", "12-31"), "2026-12-31", "2026-01-01", "2026-12-31"),
    ],
)
def test_season_is_that_of_the_day_or_the_next_one(
    season: tuple[str, str], day: str, first: str, last: str
) -> None:
    found = rules(*season).year_on(date.fromisoformat(day))
    assert [each.isoformat() for each in found] == [first, last]


@pytest.mark.parametrize(
    ("day", "first"), [("2026-11-02", "2026-03-01"), ("2026-11-03", "2027-03-01")]
)
def test_next_season_is_joined_in_the_last_days_of_one(day: str, first: str) -> None:
    closing = replace(rules("03-01", "11-30"), closing_days=28)
    assert closing.year_on(date.fromisoformat(day)).first.isoformat() == first


@pytest.mark.parametrize(
    ("day", "is_renewable"),
    [
        ("2026-10-05", False),
        ("2026-10-06", True),
        ("2026-11-30", True),
        ("2026-12-01", False),
    ],
)
def test_year_can_be_renewed_in_its_last_days(day: str, is_renewable: bool) -> None:
    last = date(2026, 11, 30)
    assert rules(renew_days=56).is_renewable(last, date.fromisoformat(day)) == is_renewable


def council(**garden: Any) -> None:
    """Raises ConfigurationError unless a council with that garden waste would work."""
    document = json.loads((COUNCILS / "demo.json").read_bytes())
    document["garden"] = {"service": "garden-waste", "container": "garden"} | garden
    parse(json.dumps(document).encode(), "mine.json")


@pytest.mark.parametrize(
    ("garden", "fault"),
    [
        ({"container": "compost"}, "`$.garden.container`: 'compost' is not in `$.containers`"),
        ({"service": "compost"}, "`$.garden.service`: 'compost' is not in `$.services`"),
        ({"service": "pothole"}, "`$.garden.service`: a subscription is of premises; its service"),
        ({"service": "new-container"}, "`$.garden.service`: give its price the items join, add, "),
    ],
)
def test_council_is_refused_when_nobody_could_subscribe(garden: Any, fault: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        council(**garden)
    assert fault in str(refused.value)
