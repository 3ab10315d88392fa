"""Publishes open data and feeds from the months' lists, at most every five minutes, and at once
when something is removed from public view. The index is written last, and only if everything else
was written: until then it shows what remains to be done. However many reports have changed, at most
one month of them is in memory at a time.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice

from chalicelib.publishing import feeds, open_data, unfinished
from chalicelib.publishing.feeds import Scope, scope_of
from chalicelib.publishing.list_targets import (
    entries_of,
    held_index,
    index_target,
    month_now,
    month_target,
    newest_target,
    removed,
)
from chalicelib.publishing.open_data import INDEX, Index, digest_of, list_key, month_of
from chalicelib.publishing.ports import Ports
from chalicelib.publishing.rounds import rewrite
from chalicelib.reports.published import ReportView

AT_ONCE = 100
"""The number of reports read together."""
OVERLAP = timedelta(hours=1)
"""How long after an update reports are checked again: a photo may be processed later, after up to
five tries of six minutes."""
AT_FIRST = timedelta(days=366)
"""How far back to look if nothing was published yet."""
MONTHS_AT_ONCE = 6
"""The number of an interrupted import's months processed at a time; their ids are in memory."""

Failed = dict[str, Exception]
Changed = Mapping[str, Collection[str]]
"""The ids of reports that may have changed, by month."""


def publish_changed_lists(ports: Ports) -> Failed:
    """Updates the lists and feeds with the changes since the last run; writes only what differs.
    Returns the failures, by service_request_id. Raises UpstreamFailed."""
    begun = ports.now()
    index = held_index(ports)
    since = index.updated_datetime - OVERLAP if index else begun - AT_FIRST
    return _publish_differing(ports.reports.changed_since(since), index, begun, ports)


def publish_imported_lists(ports: Ports) -> Failed:
    """Updates the lists and feeds to the stored reports, whatever their dates; writes only what
    differs. Returns and raises as `publish_changed_lists`."""
    begun = ports.now()
    return _publish_differing(ports.reports.every_id(), held_index(ports), begun, ports)


def publish_left_lists(ports: Ports) -> Failed:
    """Rebuilds the lists and feeds of the months of an interrupted import, some months at a time,
    so that an interrupted run can be continued. Returns and raises as `publish_changed_lists`."""
    months = unfinished.left(unfinished.LISTS, ports.now(), ports.documents)
    for first in range(0, len(months), MONTHS_AT_ONCE):
        some = months[first : first + MONTHS_AT_ONCE]
        changed = {month: ids for month in some if (ids := _ids_of(month, ports))}
        if changed and (failed := _publish_lists(changed, ports, as_of=_as_of(ports))):
            return failed
        unfinished.finished(unfinished.LISTS, some, ports.documents)
    return {}


def _ids_of(month: str, ports: Ports) -> set[str]:
    """The reports in the month's list, and those that should be in it."""
    listed = {each["service_request_id"] for each in entries_of(month, ports)}
    return listed | set(ports.reports.of_month(month))


def _as_of(ports: Ports) -> datetime | None:
    """None leaves the index's value. Without an index, a first one says that the rest of the period
    is still to be done."""
    return None if held_index(ports) else ports.now() - AT_FIRST


def take_out_of_lists(changed: Changed, ports: Ports) -> Failed:
    """Rebuilds the lists and feeds of these months at once. Returns the failures, by
    service_request_id. Raises UpstreamFailed."""
    return _publish_lists(changed, ports, as_of=None) if changed else {}


def publish_lists_anew(ports: Ports) -> Failed:
    """Makes all lists and feeds from the store, and removes those of former wards and services.
    Returns the failures, by service_request_id. Raises UpstreamFailed."""
    begun = ports.now()
    changed: dict[str, set[str]] = defaultdict(set)
    for month in listed_months(ports):
        changed[month] = {each["service_request_id"] for each in entries_of(month, ports)}
    for report in _public(ports.reports.every_id(), ports):
        changed[month_of(report.requested_datetime)].add(report.service_request_id)
    failed = _remove_others(sorted(changed), ports)
    return failed | _publish_lists(changed, ports, as_of=begun)


def _publish_differing(
    ids: Iterator[str], index: Index | None, begun: datetime, ports: Ports
) -> Failed:
    changed = {
        month: differing
        for month, digests in _digests(ids, ports).items()
        if (differing := _differing(month, digests, index, ports))
    }
    return _publish_lists(changed, ports, as_of=begun) if changed else {}


def _publish_lists(changed: Changed, ports: Ports, *, as_of: datetime | None) -> Failed:
    """`as_of`: all earlier changes are included."""
    index = held_index(ports)
    scopes = _scopes(index, ports)
    months = sorted({*listed_months(ports), *changed})
    asked_by = frozenset(each for ids in changed.values() for each in ids)
    failed: Failed = {}
    for month in _to_make(months, scopes, changed, index):
        ids = frozenset(changed.get(month, ()))
        failed |= rewrite([month_target(month, ids, months, scopes, ports)], ports).failed
    failed |= rewrite([newest_target(months, scopes, asked_by, ports)], ports).failed
    if not failed:
        target = index_target(changed, scopes, asked_by, as_of, ports)
        failed = rewrite([target], ports).failed
    return failed


def _to_make(
    months: Sequence[str], scopes: Sequence[Scope], changed: Changed, index: Index | None
) -> list[str]:
    """The months that have changed; new ones with their neighbours, whose archives link to them;
    all months if the index lacks a feed."""
    known = {each.month for each in index.months} if index else set()
    if index is None or {scope.feed for scope in scopes} - set(index.feeds):
        return list(months)
    wanted = set(changed)
    for at, month in enumerate(months):
        if month not in known:
            wanted |= set(months[max(0, at - 1) : at + 2])
    return sorted(wanted)


def _scopes(index: Index | None, ports: Ports) -> list[Scope]:
    """The subjects of feeds: everything, today's wards and services, and those still in the
    index."""
    wards = [Scope("ward", ward.code, ward.name) for ward in ports.wards()]
    services = [Scope("service", code, name) for code, name in ports.publisher.services.items()]
    today = [Scope("all", "", ports.publisher.name)]
    for kind in (wards, services):
        today += sorted(kind, key=lambda scope: (scope.name, scope.code))
    keys = {scope.key for scope in today}
    held = [scope_of(feed) for feed in index.feeds] if index else []
    return [*today, *(scope for scope in held if scope.key not in keys)]


def _digests(ids: Iterator[str], ports: Ports) -> dict[str, dict[str, str]]:
    """The present entries of these reports, by month and id: as digests, because the first run
    finds the reports of a year."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for report in _public(ids, ports):
        digest = digest_of(ports.entry(report))
        found[month_of(report.requested_datetime)][report.service_request_id] = digest
    return found


def _differing(
    month: str, digests: Mapping[str, str], index: Index | None, ports: Ports
) -> set[str]:
    """The month's reports whose present entries differ from its list; all if the index describes
    another list, because a run was interrupted."""
    if index and month_now(month, ports) not in index.months:
        return set(digests)
    listed = {
        each["service_request_id"]: digest_of(each)
        for each in entries_of(month, ports)
        if each["service_request_id"] in digests
    }
    return {each for each, digest in digests.items() if listed.get(each) != digest}


def _public(ids: Iterator[str], ports: Ports) -> Iterator[ReportView]:
    """The public ones of the reports, read in portions to limit memory."""
    while some := list(islice(ids, AT_ONCE)):
        yield from ports.reports.public(some).values()


def listed_months(ports: Ports) -> list[str]:
    """The months that have a list."""
    suffix = list_key("").removeprefix(open_data.FOLDER)
    keys = ports.documents.keys(open_data.FOLDER)
    return [
        key.removeprefix(open_data.FOLDER).removesuffix(suffix)
        for key in keys
        if key.endswith(suffix)
    ]


def _remove_others(months: Sequence[str], ports: Ports) -> Failed:
    """Removes the feeds of former wards and services, and the index that names them."""
    scopes = _scopes(None, ports)
    wanted = {scope.key for scope in scopes}
    wanted |= {scope.archive_key(month) for scope in scopes for month in months}
    others = set(ports.documents.keys(feeds.FOLDER)) - wanted
    targets = [removed(key) for key in sorted(others)]
    if others:
        targets.append(removed(INDEX))
    failed: Failed = {}
    for target in targets:
        failed |= rewrite([target], ports).failed
    return failed
