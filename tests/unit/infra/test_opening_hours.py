"""Hours are taken from a text only where it can mean nothing else."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.facilities.model import ALWAYS, OpeningSpan
from infra.opening_hours import parse_hours

WEEK = range(7)
WORKDAYS = range(5)


def at(days: Any, opens: str, closes: str) -> list[OpeningSpan]:
    """Those days from HH:MM to HH:MM, which may be past 24:00."""
    return [(day, _minutes(opens), _minutes(closes)) for day in days]


def _minutes(time: str) -> int:
    hours, minutes = time.split(":")
    return int(hours) * 60 + int(minutes)


UNDERSTOOD = {
    "8am - 6pm": at(WEEK, "8:00", "18:00"),
    "06:00-21:00": at(WEEK, "6:00", "21:00"),
    "9am to 7pm daily": at(WEEK, "9:00", "19:00"),
    "12 noon - 3.30pm": at(WEEK, "12:00", "15:30"),
    "8am – midnight": at(WEEK, "8:00", "24:00"),
    "7pm-12am": at(WEEK, "19:00", "24:00"),
    "22:00-02:00": at(WEEK, "22:00", "26:00"),
    "9-5pm": at(WEEK, "9:00", "17:00"),
    "8am - 6pm; Sat Closed; Sun Closed": at(WORKDAYS, "8:00", "18:00"),
    "Mon-Fri 9:00-17:00; Sat 10-1": at(WORKDAYS, "9:00", "17:00") + at([5], "10:00", "13:00"),
    "Mo-Sa 08:00-18:00 | Su 10:00-16:00": at(range(6), "8:00", "18:00") + at([6], "10:00", "16:00"),
    "Mon-Fri 9am-10pm; weekend 9am-6pm": at(WORKDAYS, "9:00", "22:00")
    + at([5, 6], "9:00", "18:00"),
    "Sat-Thurs 7.30am-6pm; Friday 7.30am to 11pm": at([0, 1, 2, 3, 5, 6], "7:30", "18:00")
    + at([4], "7:30", "23:00"),
    "Mon/Tues/Wed 8:30am - 11am & 5pm - 5:30pm, Thurs 9-12": at([0, 1, 2], "8:30", "11:00")
    + at([0, 1, 2], "17:00", "17:30")
    + at([3], "9:00", "12:00"),
    "Wed, Thurs 8am - 6pm": at([2, 3], "8:00", "18:00"),
    "Tue 2pm - 5pm, Tue 8am - 12pm": at([1], "8:00", "12:00") + at([1], "14:00", "17:00"),
}


@pytest.mark.parametrize("text", UNDERSTOOD)
def test_hours_are_parsed_when_the_text_is_certain(text: str) -> None:
    assert parse_hours(text) == tuple(sorted(UNDERSTOOD[text]))


@pytest.mark.parametrize("text", ["24 hours", "24/7", "Open 24 hours a day", "Unrestricted"])
def test_hours_are_always_when_the_text_says_so(text: str) -> None:
    assert parse_hours(text) == ALWAYS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Not Known",
        "closed",
        "Mon-Fri",
        "by appointment",
        "2-6",  # in the morning or in the afternoon
        "8-10",
        "1-5pm",
        "09:00-05:00",  # a slip of the pen
        "8am-8am",
        "25:00-26:00",
        "9:60-10:70",
        "13pm-15pm",
        "Mon 9am-5pm, Mon closed",
        "Mon 8am - 8pm, 8am - 6:30pm",  # opens twice
        "Mon 8am - 6pm; 9am - 5pm",
        "Winter & Su 10:00-16:00 | Other times: 08:00-18:00",
        "Tues/Fri 7:30am - 6pm every other Tues closing at 7:30pm",
        "8am - 6pm; Sat 9am - 12pm pre-bookable only; Sun closed",
        "Mon-Fri 9am-5pm term time",
        "15 minutes before and after Park & Ride opening hours",
        "Unrestricted. Also has First Aid box.",
        "Sun 8pm - 3am, Mon 2am - 4am",  # opens before it has closed
    ],
)
def test_hours_are_none_when_the_text_is_not_certain(text: str) -> None:
    assert parse_hours(text) is None


@given(st.text(max_size=60) | st.text("0123456789:-;, amponwedsatfri/&|", max_size=60))
def test_hours_are_sorted_and_disjoint_for_any_text(text: str) -> None:
    spans = parse_hours(text) or ()
    assert list(spans) == sorted(spans)
    week = [(day * 1440 + opens, day * 1440 + closes) for day, opens, closes in spans]
    assert all(begin < end <= begin + 1440 for begin, end in week)
    assert all(end <= begin for (_, end), (begin, _) in pairwise(week))


@given(st.integers(0, 1438), st.integers(1, 1440))
def test_hours_are_as_written_when_they_are_of_24_hours(opens: int, length: int) -> None:
    closes = min(1439, opens + length)
    text = f"{opens // 60:02}:{opens % 60:02}-{closes // 60:02}:{closes % 60:02}"
    found = parse_hours(text)
    assert found is None or set(found) == {(day, opens, closes) for day in WEEK}
    if opens < 600 or closes >= 780:
        assert found is not None, "one of the two shows that they are of 24 hours"
