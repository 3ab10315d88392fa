"""A promise is overdue once its day is over where the council is."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from chalicelib.kernel.time import is_overdue

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("now", "overdue"),
    [
        ("2026-06-05T15:59:00Z", False),
        ("2026-06-05T22:59:59Z", False),
        ("2026-06-05T23:00:00Z", True),
        ("2026-07-03T12:00:00Z", True),
    ],
)
def test_promise_is_overdue_when_its_day_is_over(now: str, overdue: bool) -> None:
    promised = datetime.fromisoformat("2026-06-05T16:00:00Z")
    assert is_overdue(promised, datetime.fromisoformat(now), LONDON) == overdue
