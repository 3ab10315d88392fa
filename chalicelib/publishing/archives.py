"""The links between the archives of the feed of all reports. The archive of a part of a day is
written with the part's other files; the first and the last one of a day link to other days.
"""

from collections.abc import Collection, Iterable, Iterator
from functools import partial

from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.optimistic import VersionConflict, retry_on_conflict
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.publishing.day_lists import Failed, published_day, published_list
from chalicelib.publishing.document_targets import DocumentTarget
from chalicelib.publishing.feeds import ATOM, archive_feed, links_to_archives
from chalicelib.publishing.month_lists import OpenDataCalendar, published_calendar
from chalicelib.publishing.open_data_index import Day, archive_key, archive_links
from chalicelib.publishing.ports import Document, Ports
from chalicelib.publishing.rewriting import PublicReports, rewrite


def link_archives(
    days: Iterable[Day], calendar: OpenDataCalendar, asked_by: Collection[str], ports: Ports
) -> Failed:
    """Brings the links between the archives of these days and of those beside them up to the
    calendar. Returns the failures, by service_request_id.

    The day's own archives come last: if they have the right links, those beside them have, too. A
    day without reports has none.
    """
    failed: Failed = {}
    for day in days:
        if not _is_linked(day, calendar, ports):
            failed |= _link_day(day, calendar, frozenset(asked_by), ports)
    return failed


def newest_archive(calendar: OpenDataCalendar) -> str | None:
    """The key of the newest archive, if there is one. Raises UpstreamFailed."""
    newest = next(iter(calendar.days_newest_first), None)
    return _last_archive_key(newest) if newest else None


def _link_day(
    day: Day, calendar: OpenDataCalendar, asked_by: frozenset[str], ports: Ports
) -> Failed:
    """Writes the archives until the days beside this one are the same as before."""
    now = calendar

    def attempt() -> Failed:
        nonlocal now
        before, failed = now, Failed()
        for each in (*_neighbour_archives(day, before), *_outer_archives(day)):
            failed |= rewrite([_archive_target(*each, asked_by, ports)], ports).failed
        now = published_calendar(ports)
        if failed or now.state_of(day.day) == before.state_of(day.day):
            return failed
        raise VersionConflict

    try:
        return retry_on_conflict(attempt, what=f"the archives of {day.day}")
    except UpstreamFailed as error:
        return dict.fromkeys(asked_by, error)


def _is_linked(day: Day, calendar: OpenDataCalendar, ports: Ports) -> bool:
    return all(
        _published_links(*each, ports) == _links_of_part(*each, calendar)
        for each in _outer_archives(day)
    )


def _published_links(day: str, part: int, parts: int, ports: Ports) -> dict[str, str]:
    key = archive_key(day, part, parts)
    held = ports.documents.read(key)
    return {"self": key, **links_to_archives(held.body)} if held else {}


def _links_of_part(day: str, part: int, parts: int, calendar: OpenDataCalendar) -> dict[str, str]:
    """The keys of this archive and of those before and after it, by relation."""
    outer: dict[str, str] = {}
    if calendar.has(day):
        before, after = calendar.neighbours_of(day)
        outer |= {"prev-archive": _last_archive_key(before)} if before else {}
        outer |= {"next-archive": _first_archive_key(after)} if after else {}
    return archive_links(day, part, parts, outer)


def _first_archive_key(day: Day) -> str:
    return archive_key(day.day, 0, len(day.parts))


def _last_archive_key(day: Day) -> str:
    return archive_key(day.day, len(day.parts) - 1, len(day.parts))


def _outer_archives(day: Day) -> list[tuple[str, int, int]]:
    """The first and the last archive of the day."""
    parts = len(day.parts)
    return [(day.day, part, parts) for part in sorted({0, parts - 1})]


def _neighbour_archives(day: Day, calendar: OpenDataCalendar) -> Iterator[tuple[str, int, int]]:
    before, after = calendar.neighbours_of(day.day)
    if before:
        yield before.day, len(before.parts) - 1, len(before.parts)
    if after:
        yield after.day, 0, len(after.parts)


def _archive_target(
    day: str, part: int, parts: int, asked_by: frozenset[str], ports: Ports
) -> DocumentTarget:
    """The archive of a part, None if its day has another number of parts by now."""
    archive = partial(archive_feed, publisher=ports.publisher)

    def make(_: StoredDocument | None, __: PublicReports) -> Document | None:
        now = published_day(day, ports)
        if now is None or len(now.parts) != parts:
            return None
        entries = published_list(day, part, parts, ports)
        links = _links_of_part(day, part, parts, published_calendar(ports))
        return Document(archive(day, links, entries), ATOM)

    key = archive_key(day, part, parts)
    return DocumentTarget(key, frozenset(), asked_by, make, reads_more=True)
