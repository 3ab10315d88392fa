"""Moments as Open311 writes them: with seconds and a zone, without fractions.

Source: GeoReport v2, "Date/Time format" (wiki.open311.org/GeoReport_v2), after W3C NOTE-datetime.
"""

import re
from datetime import UTC, datetime

from chalicelib.kernel.time import text_of

EXPECTED = "must be a date and time from 2000 to 2100 with its zone, such as 2026-01-31T10:00:00Z"
YEARS = range(2000, 2101)
"""The years in UTC that are accepted: other years come from a wrong clock, and would make later
calculations overflow."""
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(?:(Z)|([+ -])(\d\d):?(\d\d))", re.ASCII
)


def write(moment: datetime) -> str:
    """The aware moment in UTC, such as 2026-01-31T10:00:00Z."""
    return text_of(moment)


def read(text: str) -> datetime:
    """The moment in UTC, without its fraction. Raises ValueError, also for one beyond YEARS.

    A space before the zone is a `+` that a query string turned into one.
    """
    found = _MOMENT.fullmatch(text.strip().upper())
    if not found:
        raise ValueError(EXPECTED)
    local, utc, sign, hours, minutes = found.groups()
    zone = "+00:00" if utc else f"{sign.replace(' ', '+')}{hours}:{minutes}"
    try:
        moment = datetime.fromisoformat(local + zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(EXPECTED) from error
    if moment.year not in YEARS:
        raise ValueError(EXPECTED)
    return moment
