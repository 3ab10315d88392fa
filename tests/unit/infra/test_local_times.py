"""Times of exports: offsets, clocks that are put back and forward."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from infra.local_times import NEVER, TWICE, TWICE_LATER, read_moment

LONDON = ZoneInfo("Europe/London")
PLAIN = "%Y-%m-%d %H:%M:%S"
WITH_OFFSET = "%Y-%m-%dT%H:%M:%S%z"


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("2015-06-30T23:52:17-04:00", WITH_OFFSET, "2015-07-01T03:52:17Z"),
        ("2015-06-30T23:52:17Z", WITH_OFFSET, "2015-06-30T23:52:17Z"),
        ("2026-10-25T01:30:00+01:00", WITH_OFFSET, "2026-10-25T00:30:00Z"),
        ("2026-10-25T01:30:00+00:00", WITH_OFFSET, "2026-10-25T01:30:00Z"),
        ("2015-06-30T23:52:17", WITH_OFFSET, "2015-06-30T22:52:17Z"),
        ("2015-06-30 23:52:17 UTC", f"{PLAIN} UTC", "2015-06-30T23:52:17Z"),
        ("2015-06-30 23:52:17 GMT", f"{PLAIN} GMT", "2015-06-30T23:52:17Z"),
        ("2015-06-30T23:52:17Z", "%Y-%m-%dT%H:%M:%SZ", "2015-06-30T23:52:17Z"),
        ("2015-06-30 23:52:17", PLAIN, "2015-06-30T22:52:17Z"),
        ("2015-12-30 23:52:17", PLAIN, "2015-12-30T23:52:17Z"),
    ],
)
def test_time_keeps_its_offset_and_is_else_in_the_zone(text: str, form: str, expected: str) -> None:
    read = read_moment(text, form, LONDON)
    assert (read.moment, read.doubt) == (moment(expected), None)
    assert read.moment.tzinfo is UTC


@pytest.mark.parametrize(
    ("text", "not_before", "expected", "doubt"),
    [
        ("2026-10-25 00:59:59", None, "2026-10-24T23:59:59Z", None),
        ("2026-10-25 01:00:00", None, "2026-10-25T00:00:00Z", TWICE),
        ("2026-10-25 01:59:59", None, "2026-10-25T00:59:59Z", TWICE),
        ("2026-10-25 01:10:00", "2026-10-25T00:50:00Z", "2026-10-25T01:10:00Z", TWICE_LATER),
        ("2026-10-25 01:10:00", "2026-10-25T00:05:00Z", "2026-10-25T00:10:00Z", TWICE),
        ("2026-10-25 01:10:00", "2026-10-25T09:00:00Z", "2026-10-25T00:10:00Z", TWICE),
        ("2026-10-25 02:00:00", None, "2026-10-25T02:00:00Z", None),
        ("2026-03-29 00:59:59", None, "2026-03-29T00:59:59Z", None),
        ("2026-03-29 01:00:00", None, "2026-03-29T01:00:00Z", NEVER),
        ("2026-03-29 01:30:00", None, "2026-03-29T01:30:00Z", NEVER),
        ("2026-03-29 02:00:00", None, "2026-03-29T01:00:00Z", None),
    ],
)
def test_local_time_is_reported_when_it_occurs_twice_or_never(
    text: str, not_before: str | None, expected: str, doubt: str | None
) -> None:
    earliest = moment(not_before) if not_before else None
    assert read_moment(text, PLAIN, LONDON, earliest) == (moment(expected), doubt)


@pytest.mark.parametrize("text", ["", "yesterday", "2015-06-30", "0001-01-01T00:00:00+05:00"])
def test_text_is_refused_when_it_is_not_a_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"does not match|range"):
        read_moment(text, WITH_OFFSET, LONDON)
