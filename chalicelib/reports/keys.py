"""The keys of the reports' table and its indexes: the parts that do not need DynamoDB."""

from datetime import UTC, datetime

from chalicelib.kernel.time import text_of
from chalicelib.reports.queries import TimeWindow

REPORT = "report"
CELL_LENGTH = 12
"""Digits of an index's partition key: cells of about 6 km at 54° N."""


def remaining_window(
    window: TimeWindow, after: tuple[datetime, str] | None, *, oldest_first: bool
) -> TimeWindow:
    """The part of the window that comes after an entry."""
    if after is None:
        return window
    return window._replace(start=after[0]) if oldest_first else window._replace(end=after[0])


def index_key_of(window: TimeWindow, after: tuple[datetime, str]) -> dict[str, dict[str, str]]:
    """The entry's key in the window's index, whether it is still there or not."""
    moment = text_of(after[0])
    return {
        f"{window.by}_month": {"S": moment[:7]},
        f"{window.by}_datetime": {"S": moment},
        "service_request_id": {"S": after[1]},
        "record": {"S": REPORT},
    }


def months_of(window: TimeWindow, *, oldest_first: bool) -> list[str]:
    """The months that the window touches, as YYYY-MM in UTC; none for a window that ends before it
    begins."""
    if window.start > window.end:
        return []
    first, last = (each.astimezone(UTC) for each in (window.start, window.end))
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    found = [f"{number // 12:04}-{number % 12 + 1:02}" for number in numbers]
    return found if oldest_first else found[::-1]
