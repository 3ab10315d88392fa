"""Reads the subscriptions that road works or a disruption may concern, one bounded page at a time.

A page reads the areas in order, and gives the cursor of the next page. So the time of a run does
not grow with the number of subscribers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from chalicelib.alerts.index import AreaQuery, IndexEntry, areas_of_entry
from chalicelib.alerts.ports import Index

MOST_ENTRIES = 5_000
"""The most entries of a page: a second of one processor."""
MOST_QUERIES = 1_000
"""The most areas that a page queries: ten seconds, at 10 ms each."""


class Cursor(NamedTuple):
    """The beginning of a page: the number of an area, and the lowest record to read in it, empty
    for the first."""

    area: int = 0
    low: str = ""


class NoticePage(NamedTuple):
    """The entries of a page; each subscription is in one page only. `next` is the cursor of the
    next page, None at the end."""

    entries: Sequence[IndexEntry]
    next: Cursor | None


def read_page(areas: Sequence[AreaQuery], cursor: Cursor, index: Index) -> NoticePage:
    """The page of entries under these areas that begins at the cursor. Raises UpstreamFailed."""
    found, following = _read_entries(areas, cursor, index)
    numbers = {area.name: number for number, area in enumerate(areas)}
    return NoticePage(list(_without_repeats(found, numbers)), following)


def _read_entries(
    areas: Sequence[AreaQuery], cursor: Cursor, index: Index
) -> tuple[Sequence[IndexEntry], Cursor | None]:
    found: list[IndexEntry] = []
    end = cursor.area + MOST_QUERIES
    low = cursor.low
    for number, area in enumerate(areas[cursor.area : end], cursor.area):
        left = MOST_ENTRIES - len(found)
        part = area._replace(low=low or area.low)
        entries = list(index.entries(part, limit=left))
        found += entries
        if len(entries) == left:
            return found, Cursor(number, _bound_after(entries[-1]))
        low = ""
    return found, Cursor(end) if end < len(areas) else None


def _bound_after(entry: IndexEntry) -> str:
    """A lower bound of the records after that of the entry; all records of a reach have the same
    length."""
    _, record = entry.key
    return f"{record}~"


def _without_repeats(
    found: Sequence[IndexEntry], numbers: Mapping[str, int]
) -> Iterator[IndexEntry]:
    """The entries without those of subscriptions that have an entry in an earlier area."""
    for entry in found:
        read = [area for area in areas_of_entry(entry) if area in numbers]
        if min(read, key=numbers.__getitem__) == entry.area:
            yield entry
