"""Reads the subscriptions that road works or a disruption may concern, one bounded page at a time.

A page goes through the areas in their order, and says where the next page begins. So no run grows
with the number of subscribers.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from chalicelib.alerts.index import AreaQuery, IndexEntry, areas_of_entry
from chalicelib.alerts.ports import Index

MOST_ENTRIES = 5_000
"""How many entries a page reads: a second of one processor."""
MOST_QUERIES = 1_000
"""How many areas a page queries: ten seconds, at 10 ms each."""


class Cursor(NamedTuple):
    """Where a page begins: the number of an area, and the lowest record in it that was not read
    yet, empty for all."""

    area: int = 0
    low: str = ""


class NoticePage(NamedTuple):
    """The entries of a page, each subscription in one page only. `next` is where the next page
    begins, None at the end."""

    entries: Sequence[IndexEntry]
    next: Cursor | None


def read_page(areas: Sequence[AreaQuery], cursor: Cursor, index: Index) -> NoticePage:
    """The page of entries under these areas that begins at the cursor. Raises UpstreamFailed."""
    found, following = _read(areas, cursor, index)
    numbers = {area.name: number for number, area in enumerate(areas)}
    return NoticePage(list(_where_first(found, numbers)), following)


def _read(
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
            return found, Cursor(number, _after(entries[-1]))
        low = ""
    return found, Cursor(end) if end < len(areas) else None


def _after(entry: IndexEntry) -> str:
    """The lowest record after that of the entry: all records of a reach are equally long."""
    _, record = entry.key
    return f"{record}~"


def _where_first(found: Sequence[IndexEntry], numbers: Mapping[str, int]) -> Iterator[IndexEntry]:
    """The entries without those whose subscription is found in an earlier area, too."""
    for entry in found:
        read = [area for area in areas_of_entry(entry) if area in numbers]
        if min(read, key=numbers.__getitem__) == entry.area:
            yield entry
