"""Publishes open data and feeds. A change rewrites the files of the part of the day on which its
report was requested, and the documents that list it: the cost does not depend on the number of
reports in the month.

Several facts about one document cause one write. Feeds come first, as the published list says which
feeds a report was in; the index comes after everything that it names. Feeds are written again if a
report has changed before its day listed it: nothing else records which feeds it was in.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from chalicelib.errors import AppError
from chalicelib.publishing import feeds, open_data_index
from chalicelib.publishing.archives import link_archives
from chalicelib.publishing.day_lists import (
    Failed,
    change_day,
    published_day,
    published_entries,
    rebuild_day,
    remove_document,
)
from chalicelib.publishing.feed_lists import (
    link_feed,
    rebuild_feeds,
    scopes_of,
    write_feeds,
)
from chalicelib.publishing.feeds import Scope
from chalicelib.publishing.month_lists import (
    OpenDataCalendar,
    decode_index,
    index_target,
    write_months,
)
from chalicelib.publishing.open_data import Entry
from chalicelib.publishing.open_data_index import (
    INDEX,
    Day,
    Index,
    Month,
    day_of,
    keys_of_part,
    month_of_day,
)
from chalicelib.publishing.ports import Ports
from chalicelib.publishing.rewriting import PublicReports, rewrite
from chalicelib.reports.published import ReportOutline

ReportsByDay = Mapping[str, Collection[str]]
"""The ids of reports that may have changed, by day."""


def publish_lists(
    known: Mapping[str, str | None], ports: Ports, redacted: Collection[str] = ()
) -> Failed:
    """Updates open data and feeds to these reports as they are now. `known` has the day on which
    each was requested, None if it is not known; `redacted` are the reports of which something is no
    longer public. Returns the failures, by service_request_id."""
    try:
        changed = _by_day(known, ports)
        return _publish(changed, frozenset(redacted), ports) if changed else {}
    except AppError as error:
        return dict.fromkeys(known, error)


def publish_feeds_of_wards(ports: Ports) -> Failed:
    """Brings the index and the feeds up to the present wards. Returns the failures. Raises
    UpstreamFailed."""
    return _publish_index({}, [INDEX], scopes_of(ports), ports).failed


def rebuild_lists(ports: Ports, days: Iterable[str] = ()) -> Failed:
    """Makes all open data and feeds from the store, of the published days and of these or else of
    all stored ones, and removes documents that no longer belong to it. Returns the failures.
    Raises UpstreamFailed."""
    wanted = {*published_days(ports), *(days or days_of(ports.reports.outlines()))}
    failed: Failed = {}
    for day in sorted(wanted):
        failed |= rebuild_day(day, ports)
    return failed | finish_lists(wanted, ports)


def finish_lists(days: Collection[str], ports: Ports) -> Failed:
    """Makes everything that is derived from the published days, and removes the rest. Returns the
    failures. Raises UpstreamFailed."""
    scopes = scopes_of(ports)
    published = {day: published_day(day, ports) for day in sorted(days)}
    failed = _publish_calendar(published, days, scopes, ports)
    failed |= rebuild_feeds(scopes, ports)
    _remove_leftovers(published, scopes, ports)
    return failed


def published_days(ports: Ports) -> set[str]:
    """The days that have a document. Raises UpstreamFailed."""
    found = set()
    for key in ports.documents.keys(open_data_index.FOLDER):
        month, _, rest = key.removeprefix(open_data_index.FOLDER).partition("/")
        day, _, name = rest.partition("/")
        if name:
            found.add(f"{month}-{day}")
    return found


def _by_day(known: Mapping[str, str | None], ports: Ports) -> ReportsByDay:
    """The reports by day. A report whose day is unknown and that is not public is in no list: the
    fact that hides a report names its day."""
    changed: dict[str, set[str]] = defaultdict(set)
    unknown = [each for each, day in known.items() if day is None]
    for service_request_id, day in known.items():
        if day:
            changed[day].add(service_request_id)
    for report in ports.reports.public_views(unknown).values() if unknown else ():
        changed[day_of(report.requested_datetime)].add(report.service_request_id)
    return changed


def _publish(changed: ReportsByDay, redacted: frozenset[str], ports: Ports) -> Failed:
    ids = sorted({each for some in changed.values() for each in some})
    scopes = scopes_of(ports)
    before = ports.reports.public_views(ids)
    touched = _affected_feeds(changed, before, redacted, scopes, ports)
    failed = write_feeds(touched, ids, ports)
    written = {day: change_day(day, some, ports) for day, some in changed.items()}
    for each in written.values():
        failed |= each.failed
    if failed:
        return failed
    if ports.reports.public_views(ids) != before:
        failed |= write_feeds(touched, ids, ports)
    days = {day: each.day for day, each in written.items()}
    return failed | _publish_calendar(days, ids, scopes, ports)


def _affected_feeds(
    changed: ReportsByDay,
    public: PublicReports,
    redacted: frozenset[str],
    scopes: list[Scope],
    ports: Ports,
) -> list[Scope]:
    """The feeds that these reports are in, or have to be in; all feeds if no list has one of the
    redacted reports: a run may have stopped between its feeds and its day."""
    entries: list[Entry] = [ports.open311_entry(report) for report in public.values()]
    for day, some in changed.items():
        entries += published_entries(day, some, ports)
    if redacted - {entry["service_request_id"] for entry in entries}:
        return scopes
    return [scope for scope in scopes if any(scope.has(entry) for entry in entries)]


def _publish_calendar(
    days: Mapping[str, Day | None], ids: Collection[str], scopes: list[Scope], ports: Ports
) -> Failed:
    """The months and the index of these days, which were just published; then the links between
    archives."""
    failed, months = write_months(days, ids, ports)
    result = _publish_index(months, ids, scopes, ports)
    failed |= result.failed
    if failed:
        return failed
    calendar = OpenDataCalendar(result.document, months, ports)
    known = [day for day in days.values() if day]
    return link_archives(known, calendar, ids, ports) | link_feed(calendar, ids, ports)


class WrittenIndex(NamedTuple):
    """The failures, by service_request_id; and the document as it is published."""

    failed: Failed
    document: Index


def _publish_index(
    months: Mapping[str, Month], ids: Collection[str], scopes: list[Scope], ports: Ports
) -> WrittenIndex:
    """Publishes the index, after the feeds that are new in it, and removes the feeds that it no
    longer names."""
    held = ports.documents.read(INDEX)
    before = decode_index(held)
    new = [scope for scope in scopes if scope.feed not in before.feeds]
    failed = rebuild_feeds(new, ports)
    target = index_target(months, scopes, ids, ports)
    result = rewrite([target], ports, {target: held})
    keys = {scope.key for scope in scopes}
    for feed in before.feeds:
        if feed.url.removeprefix("/") not in keys:
            remove_document(feed.url.removeprefix("/"), ports)
    return WrittenIndex(failed | result.failed, decode_index(result.made.get(target)))


def _remove_leftovers(
    days: Mapping[str, Day | None], scopes: Iterable[Scope], ports: Ports
) -> None:
    """Removes documents that an interrupted run did not remove, and the feeds of former wards and
    services."""
    wanted = {INDEX, *(scope.key for scope in scopes)}
    for day in days:
        wanted |= {open_data_index.day_key(day), open_data_index.month_key(month_of_day(day))}
        now = published_day(day, ports)
        parts = len(now.parts) if now else 0
        wanted |= {key for part in range(parts) for key in keys_of_part(day, part, parts)}
    for folder in (open_data_index.FOLDER, feeds.FOLDER):
        for key in set(ports.documents.keys(folder)) - wanted:
            remove_document(key, ports)


def days_of(stored: Iterable[ReportOutline]) -> set[str]:
    """The days on which public reports of these were requested."""
    return {day_of(each.requested_datetime) for each in stored if each.is_public}
