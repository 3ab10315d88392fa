"""Moments as Open311 writes and reads them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.georeport import moments

TEN = datetime(2026, 1, 31, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-31T10:00:00Z",
        "2026-01-31t10:00:00z",
        "2026-01-31T10:00:00.000Z",
        "2026-01-31T10:00:00.999999Z",
        "2026-01-31T11:00:00+01:00",
        "2026-01-31T11:00:00+0100",
        "2026-01-31T11:00:00 01:00",
        "2026-01-31T05:00:00-05:00",
        " 2026-01-31T10:00:00Z ",
    ],
)
def test_time_is_read_in_every_notation_of_clients(text: str) -> None:
    assert moments.read(text) == TEN


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-01-31",
        "2026-01-31T10:00:00",
        "2026-01-31T10:00Z",
        "2026-02-30T10:00:00Z",
        "2026-01-31T25:00:00Z",
        "2026-01-31T10:00:60Z",
        "2026-01-31T10:00:00+99:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00Z",
        "1999-12-31T23:59:59Z",
        "2000-01-01T00:59:59+01:00",
        "2101-01-01T00:00:00Z",
        "2100-12-31T23:00:00-01:00",
        "9999-12-31T23:59:59Z",
        "２０２６-01-31T10:00:00Z",
        "2026-01-31T10:00:00Z; DROP TABLE",
    ],
)
def test_invalid_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=moments.EXPECTED):
        moments.read(text)


def test_time_is_written_in_utc_with_seconds_and_no_fraction() -> None:
    local = datetime(2026, 1, 31, 11, 0, 0, 987654, timezone(timedelta(hours=1)))
    assert moments.write(local) == "2026-01-31T10:00:00Z"


@pytest.mark.parametrize("text", ["2000-01-01T00:00:00Z", "2100-12-31T23:59:59Z"])
def test_first_and_last_time_are_read(text: str) -> None:
    assert moments.write(moments.read(text)) == text


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 12, 31), timezones=st.just(UTC)))
def test_time_is_the_same_after_writing_and_reading(moment: datetime) -> None:
    assert moments.read(moments.write(moment)) == moment.replace(microsecond=0)
