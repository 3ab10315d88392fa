"""The published feeds: the newest reports of every scope, changed report by report."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cached_property

from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.publishing.archives import newest_archive
from chalicelib.publishing.day_lists import Failed, published_list
from chalicelib.publishing.document_targets import DocumentTarget
from chalicelib.publishing.feeds import (
    ATOM,
    NEWEST,
    Scope,
    current_feed,
    entries_of,
    feed_entry,
    links_to_archives,
    scope_of_all,
    sort_newest_first,
)
from chalicelib.publishing.month_lists import OpenDataCalendar, published_calendar
from chalicelib.publishing.open_data import Entry
from chalicelib.publishing.open_data_index import Day
from chalicelib.publishing.ports import Document, Ports
from chalicelib.publishing.rewriting import PublicReports, rewrite
from chalicelib.reports.published import ReportView

LOOKS_BACK = 8
"""The number of parts of days in which a feed looks for reports in place of one that was removed
from it."""


def scopes_of(ports: Ports) -> list[Scope]:
    """The scopes of feeds: everything, the present wards and services. Raises UpstreamFailed."""
    wards = [Scope("ward", ward.code, ward.name) for ward in ports.wards()]
    services = [Scope("service", code, name) for code, name in ports.publisher.services.items()]
    return [
        scope_of_all(ports.publisher),
        *sorted(wards, key=lambda scope: (scope.name, scope.code)),
        *sorted(services, key=lambda scope: (scope.name, scope.code)),
    ]


def write_feeds(scopes: Iterable[Scope], ids: Collection[str], ports: Ports) -> Failed:
    """Updates these feeds to the reports with these ids, without changing their links to archives.
    Returns the failures, by service_request_id."""
    maker, changed = _EntryMaker(ports), frozenset(ids)
    targets = [_feed_target(scope, changed, maker, ports) for scope in scopes]
    return rewrite(targets, ports).failed


def link_feed(calendar: OpenDataCalendar, ids: Collection[str], ports: Ports) -> Failed:
    """Brings the link of the feed of everything up to the newest archive. Returns the failures, by
    service_request_id."""
    scope = scope_of_all(ports.publisher)
    held = ports.documents.read(scope.key)
    if held and _linked_archive(held) == newest_archive(calendar):
        return {}
    target = _feed_target(scope, frozenset(ids), _EntryMaker(ports), ports, is_linked=True)
    return rewrite([target], ports, {target: held}).failed


def rebuild_feeds(scopes: Iterable[Scope], ports: Ports) -> Failed:
    """Rebuilds these feeds from the store, with the reports that they have and the most recent
    ones. Returns the failures, by feed."""
    maker = _EntryMaker(ports)
    failed: Failed = {}
    for scope in scopes:
        held = ports.documents.read(scope.key)
        ids = frozenset(entries_of(held.body)) if held else frozenset[str]()
        target = _feed_target(scope, ids, maker, ports, is_anew=True, is_linked=True)
        failed |= rewrite([target], ports).failed
    return failed


class _EntryMaker:
    """Makes each report's entry once for all feeds."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._made: dict[ReportView, tuple[Entry, bytes]] = {}

    def make(self, report: ReportView) -> tuple[Entry, bytes]:
        """The report as Open311 lists it, and as an entry of a feed."""
        if report not in self._made:
            entry = self._ports.open311_entry(report)
            self._made[report] = entry, feed_entry(entry, self._ports.publisher)
        return self._made[report]

    def entries_in(self, scope: Scope, reports: Iterable[ReportView]) -> dict[str, bytes]:
        """The entries of the reports in the scope, by id."""
        made = [self.make(report) for report in reports]
        return {entry["service_request_id"]: body for entry, body in made if scope.has(entry)}

    def recent_entries(self, scope: Scope, without: Collection[str]) -> dict[str, bytes]:
        """The entries of the newest reports in the scope except `without`, as they are now."""
        fitting = (each["service_request_id"] for each in self.recent_lists if scope.has(each))
        found = [each for each in fitting if each not in without][:NEWEST]
        return (
            self.entries_in(scope, self._ports.reports.public_views(found).values())
            if found
            else {}
        )

    @cached_property
    def recent_lists(self) -> Sequence[Entry]:
        """The entries of the newest LOOKS_BACK parts of days, the newest first. Raises
        UpstreamFailed."""
        found: list[Entry] = []
        for day, part in _newest_parts(self._ports):
            found += published_list(day.day, part, len(day.parts), self._ports)
        return sorted(found, key=lambda each: str(each["requested_datetime"]), reverse=True)


def _newest_parts(ports: Ports) -> Iterator[tuple[Day, int]]:
    left = LOOKS_BACK
    for day in published_calendar(ports).days_newest_first:
        for part in range(min(left, len(day.parts))):
            yield day, part
        left -= len(day.parts)
        if left <= 0:
            return


def _feed_target(
    scope: Scope,
    ids: frozenset[str],
    maker: "_EntryMaker",
    ports: Ports,
    *,
    is_anew: bool = False,
    is_linked: bool = False,
) -> DocumentTarget:
    """The feed with these reports as they are now. A feed that was full is filled from recent
    reports in place of those that it no longer shows. It keeps its link to an archive unless it
    `is_linked` to the newest one."""

    def make(held: StoredDocument | None, public: PublicReports) -> Document:
        before = entries_of(held.body) if held else {}
        entries = {each: body for each, body in before.items() if each not in ids}
        entries |= maker.entries_in(scope, (public[each] for each in ids if each in public))
        was_full = len(before) >= NEWEST > len(entries)
        if is_anew or held is None or was_full:
            entries |= maker.recent_entries(scope, {*entries, *ids})
        archive = _linked_archive(held) if held else None
        if is_linked and scope.kind == "all":
            archive = newest_archive(published_calendar(ports))
        newest = sort_newest_first(entries)[:NEWEST]
        return Document(current_feed(scope, newest, archive, ports.publisher), ATOM)

    return DocumentTarget(scope.key, ids, ids or frozenset((scope.key,)), make, reads_more=True)


def _linked_archive(feed: StoredDocument) -> str | None:
    return links_to_archives(feed.body).get("prev-archive")
