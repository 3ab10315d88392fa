"""The published feeds: the newest reports of every scope, changed report by report, and the
archives of the feed of everything, made from the lists of days.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.publishing.day_lists import Failed, published_day, published_list
from chalicelib.publishing.document_targets import DocumentTarget
from chalicelib.publishing.feeds import (
    ATOM,
    NEWEST,
    Scope,
    archive_feed,
    current_feed,
    entries_of,
    everything,
    feed_entry,
    newest_first,
)
from chalicelib.publishing.month_lists import (
    neighbours,
    newest_day,
    published_index,
    published_month,
)
from chalicelib.publishing.open_data import Entry
from chalicelib.publishing.open_data_index import ARCHIVES, Day, archive_key, part_of
from chalicelib.publishing.ports import Document, Ports
from chalicelib.publishing.rounds import Public, rewrite
from chalicelib.reports.published import ReportView

LOOKS_BACK = 8
"""The number of parts of days in which a feed looks for reports in place of one that was removed
from it."""


def scopes_of(ports: Ports) -> list[Scope]:
    """The scopes of feeds: everything, the present wards and services. Raises UpstreamFailed."""
    wards = [Scope("ward", ward.code, ward.name) for ward in ports.wards()]
    services = [Scope("service", code, name) for code, name in ports.publisher.services.items()]
    return [
        everything(ports.publisher),
        *sorted(wards, key=lambda scope: (scope.name, scope.code)),
        *sorted(services, key=lambda scope: (scope.name, scope.code)),
    ]


def write_feeds(scopes: Iterable[Scope], ids: Collection[str], ports: Ports) -> Failed:
    """Updates these feeds to the reports with these ids. Returns the failures, by
    service_request_id."""
    maker, changed = _Maker(ports), frozenset(ids)
    targets = [_feed_target(scope, changed, maker, ports) for scope in scopes]
    return rewrite(targets, ports).failed


def write_feeds_anew(scopes: Iterable[Scope], ports: Ports) -> Failed:
    """Makes these feeds from the store: of the reports that they have, and the most recent ones.
    Returns the failures, by feed."""
    maker = _Maker(ports)
    failed: Failed = {}
    for scope in scopes:
        held = ports.documents.read(scope.key)
        ids = frozenset(entries_of(held.body)) if held else frozenset[str]()
        target = _feed_target(scope, ids, maker, ports, is_anew=True)
        failed |= rewrite([target], ports).failed
    return failed


class _Maker:
    """Makes each report's entry once for all feeds."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._made: dict[ReportView, tuple[Entry, bytes]] = {}

    def made(self, report: ReportView) -> tuple[Entry, bytes]:
        """The report as Open311 lists it, and as an entry of a feed."""
        if report not in self._made:
            entry = self._ports.entry(report)
            self._made[report] = entry, feed_entry(entry, self._ports.publisher)
        return self._made[report]

    @cached_property
    def recent(self) -> Sequence[Entry]:
        """What the newest LOOKS_BACK parts of days list, the newest first. Raises
        UpstreamFailed."""
        found: list[Entry] = []
        for day, part in _newest_parts(self._ports):
            found += published_list(day.day, part, len(day.parts), self._ports)
        return sorted(found, key=lambda each: str(each["requested_datetime"]), reverse=True)


def write_archives(changed: Mapping[str, Collection[str] | None], ports: Ports) -> Failed:
    """Brings the archives up to the lists with these reports, by day (None: all reports of the
    day), and the links of the archives beside them up to the months. Returns the failures, by
    service_request_id, or by day."""
    failed: Failed = {}
    for day, ids in changed.items():
        asked = frozenset(ids if ids is not None else (day,))
        for each in sorted({*_own_archives(day, ids, ports), *_archives_beside(day, ports)}):
            failed |= rewrite([_archive_target(*each, asked, ports)], ports).failed
    return failed


def _own_archives(
    day: str, ids: Collection[str] | None, ports: Ports
) -> Iterator[tuple[str, int, int]]:
    """The parts whose lists have changed; the first and the last, which link to other days; and
    those that have no archive, because the day was divided."""
    now = published_day(day, ports)
    if now is None:
        return
    parts = len(now.parts)
    if ids is None or parts == 1:
        wanted = set(range(parts))
    else:
        wanted = {0, parts - 1, *(part_of(each, parts) for each in ids)}
        there = set(ports.documents.keys(f"{ARCHIVES}{day}"))
        wanted |= {part for part in range(parts) if archive_key(day, part, parts) not in there}
    yield from ((day, part, parts) for part in wanted)


def _archives_beside(day: str, ports: Ports) -> Iterator[tuple[str, int, int]]:
    before, after = neighbours(day, ports)
    if before:
        yield before.day, len(before.parts) - 1, len(before.parts)
    if after:
        yield after.day, 0, len(after.parts)


def _newest_parts(ports: Ports) -> Iterator[tuple[Day, int]]:
    left = LOOKS_BACK
    for summary in published_index(ports).months:
        for day in published_month(summary.month, ports).days:
            for part in range(min(left, len(day.parts))):
                yield day, part
            left -= len(day.parts)
            if left <= 0:
                return


def _feed_target(
    scope: Scope,
    ids: frozenset[str],
    maker: "_Maker",
    ports: Ports,
    *,
    is_anew: bool = False,
) -> DocumentTarget:
    """The feed with these reports as they are now. A feed that was full is filled from recent
    reports in place of those that it no longer shows."""

    def shown(reports: Iterable[ReportView]) -> dict[str, bytes]:
        made = [maker.made(report) for report in reports]
        return {entry["service_request_id"]: body for entry, body in made if scope.has(entry)}

    def others(without: Collection[str]) -> dict[str, bytes]:
        fitting = (each["service_request_id"] for each in maker.recent if scope.has(each))
        found = [each for each in fitting if each not in without][:NEWEST]
        return shown(ports.reports.public(found).values()) if found else {}

    def make(held: StoredDocument | None, public: Public) -> Document:
        before = entries_of(held.body) if held else {}
        entries = {each: body for each, body in before.items() if each not in ids}
        entries |= shown(public[each] for each in ids if each in public)
        was_full = len(before) >= NEWEST > len(entries)
        if is_anew or held is None or was_full:
            entries |= others({*entries, *ids})
        archive = _newest_archive(ports) if scope.kind == "all" else None
        newest = newest_first(entries)[:NEWEST]
        return Document(current_feed(scope, newest, archive, ports.publisher), ATOM)

    return DocumentTarget(scope.key, ids, ids or frozenset((scope.key,)), make, reads_more=True)


def _newest_archive(ports: Ports) -> str | None:
    day = newest_day(ports)
    return archive_key(day.day, len(day.parts) - 1, len(day.parts)) if day else None


def _archive_target(
    day: str, part: int, parts: int, asked_by: frozenset[str], ports: Ports
) -> DocumentTarget:
    """The archive of a part, None if its day has another number of parts by now."""
    key = archive_key(day, part, parts)

    def make(_: StoredDocument | None, __: Public) -> Document | None:
        now = published_day(day, ports)
        if now is None or len(now.parts) != parts:
            return None
        entries = published_list(day, part, parts, ports)
        links = {"self": key} | _links(day, part, parts, ports)
        return Document(archive_feed(day, links, entries, ports.publisher), ATOM)

    return DocumentTarget(key, frozenset(), asked_by, make, reads_more=True)


def _links(day: str, part: int, parts: int, ports: Ports) -> dict[str, str]:
    """The keys of the archives before and after this one, by relation."""
    before, after = neighbours(day, ports)
    links = {}
    if part:
        links["prev-archive"] = archive_key(day, part - 1, parts)
    elif before:
        links["prev-archive"] = archive_key(before.day, len(before.parts) - 1, len(before.parts))
    if part + 1 < parts:
        links["next-archive"] = archive_key(day, part + 1, parts)
    elif after:
        links["next-archive"] = archive_key(after.day, 0, len(after.parts))
    return links
