"""The months that an import changes, noted before it begins, so that schedules publish them if it
is interrupted. Imported reports may have old dates, so a schedule that looks for recent changes
does not find them. A running import renews its note every minute, and removes its months when it
has published them. A note not renewed during LEFT_AFTER belongs to an interrupted import.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import msgspec

from chalicelib.kernel.optimistic import retry_on_conflict
from chalicelib.publishing.model import JSON
from chalicelib.publishing.ports import Document, Documents

LISTS = "data/open/unfinished"
"""The key of the note of months whose lists and feeds have to be published."""
LEFT_AFTER = timedelta(minutes=10)
SAY_EVERY = timedelta(minutes=1)


class Unfinished(msgspec.Struct, frozen=True, kw_only=True):
    """Months (YYYY-MM in UTC), and when an import last renewed the note."""

    months: tuple[str, ...]
    said: datetime


class Mark:
    """An import's own note of the months that it changes."""

    def __init__(self, documents: Documents, now: Callable[[], datetime]) -> None:
        self._documents, self._now = documents, now
        self._months: set[str] = set()
        self._said: datetime | None = None

    def before(self, *months: str) -> None:
        """Call it before anything of those months is stored. Raises UpstreamFailed."""
        is_new = not self._months.issuperset(months)
        if not self._months | set(months):
            return
        if is_new or self._said is None or self._now() - self._said >= SAY_EVERY:
            self._months |= set(months)
            self._said = self._now()
            note(LISTS, self._months, self._said, self._documents)

    def published(self, key: str) -> None:
        """Call it when all changes are published. Raises UpstreamFailed."""
        if self._months:
            finished(key, self._months, self._documents)


def note(key: str, months: Iterable[str], now: datetime, documents: Documents) -> None:
    """Adds months to the note. Raises UpstreamFailed."""
    added = frozenset(months)
    _change(key, lambda held: {*(held.months if held else ()), *added}, now, documents)


def finished(key: str, months: Iterable[str], documents: Documents) -> None:
    """Removes months from the note. Raises UpstreamFailed."""
    done = frozenset(months)
    _change(key, lambda held: set(held.months if held else ()) - done, None, documents)


def left(key: str, now: datetime, documents: Documents) -> tuple[str, ...]:
    """The months of an interrupted import. Raises UpstreamFailed."""
    held = documents.read(key)
    noted = msgspec.json.decode(held.body, type=Unfinished) if held else None
    return noted.months if noted and now - noted.said >= LEFT_AFTER else ()


def _change(
    key: str,
    months: Callable[[Unfinished | None], set[str]],
    now: datetime | None,
    documents: Documents,
) -> None:
    """`now`: None leaves the time of the last renewal."""

    def attempt() -> None:
        held = documents.read(key)
        before = msgspec.json.decode(held.body, type=Unfinished) if held else None
        said = now or (before.said if before else None)
        if said is None:
            return
        after = Unfinished(months=tuple(sorted(months(before))), said=said)
        if after != before:
            documents.write(key, Document(msgspec.json.encode(after), JSON), held)

    retry_on_conflict(attempt, what=key)
