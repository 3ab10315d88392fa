"""A subscription ends at midnight on the council's clock, also around both changes of the clock."""

from datetime import UTC, date, datetime

import pytest

from chalicelib.garden.model import GardenSubscription, Year
from tests.support.fakes_garden import HOME, GardenWorld

LAST_DAYS = {"forward": date(2026, 3, 29), "back": date(2026, 10, 25)}
"""The clock goes forward on the first of them, and back on the second."""


@pytest.mark.parametrize(
    ("change", "moment", "is_live"),
    [
        ("forward", "2026-03-29T00:59:59", True),
        ("forward", "2026-03-29T22:59:59", True),
        ("forward", "2026-03-29T23:00:00", False),
        ("back", "2026-10-25T01:00:00", True),
        ("back", "2026-10-25T23:59:59", True),
        ("back", "2026-10-26T00:00:00", False),
    ],
)
def test_subscription_ends_at_midnight_of_its_last_day(
    change: str, moment: str, is_live: bool
) -> None:
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    ports = GardenWorld().ports._replace(now=lambda: now)
    year = Year(first=date(2026, 1, 1), last=LAST_DAYS[change], containers=1)
    subscription = GardenSubscription(premises_id=HOME, updated_at=now, years=(year,))
    assert subscription.is_live(ports.today) == is_live


@pytest.mark.parametrize(
    ("moment", "today"),
    [
        ("2026-03-28T23:59:59", "2026-03-28"),
        ("2026-03-29T23:00:00", "2026-03-30"),
        ("2026-10-24T22:59:59", "2026-10-24"),
        ("2026-10-24T23:00:00", "2026-10-25"),
        ("2026-10-25T23:30:00", "2026-10-25"),
    ],
)
def test_day_of_the_council_follows_its_clock(moment: str, today: str) -> None:
    now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert GardenWorld().ports._replace(now=lambda: now).today.isoformat() == today
