"""The documents that list open data: the days of each month, and the index of months and feeds."""

from collections.abc import Collection, Iterable, Sequence

import msgspec

from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.publishing.day_lists import Failed, published_day
from chalicelib.publishing.document_targets import DocumentTarget
from chalicelib.publishing.feeds import Scope
from chalicelib.publishing.model import JSON
from chalicelib.publishing.open_data_index import (
    INDEX,
    Day,
    Index,
    Month,
    month_key,
    month_of_day,
    month_summary,
)
from chalicelib.publishing.ports import Document, Ports
from chalicelib.publishing.rounds import Public, rewrite


def published_index(ports: Ports) -> Index:
    """The published index, empty if there is none. Raises UpstreamFailed."""
    held = ports.documents.read(INDEX)
    return msgspec.json.decode(held.body, type=Index) if held else Index()


def published_month(month: str, ports: Ports) -> Month:
    """The published days of the month, none if there is no document. Raises UpstreamFailed."""
    held = ports.documents.read(month_key(month))
    return msgspec.json.decode(held.body, type=Month) if held else Month(month=month)


def write_months(days: Collection[str], asked_by: Iterable[str], ports: Ports) -> Failed:
    """Brings the months up to the published documents of these days. Returns the failures, by
    service_request_id."""
    asked = frozenset(asked_by)
    failed: Failed = {}
    for month in sorted({month_of_day(day) for day in days}):
        mine = [day for day in days if month_of_day(day) == month]
        failed |= rewrite([_month_target(month, mine, asked, ports)], ports).failed
    return failed


def write_index(
    months: Collection[str], scopes: Sequence[Scope], asked_by: Iterable[str], ports: Ports
) -> Failed:
    """Brings the index up to the published documents of these months. Returns the failures, by
    service_request_id."""

    def make(held: StoredDocument | None, _: Public) -> Document:
        before = msgspec.json.decode(held.body, type=Index) if held else Index()
        summaries = {each.month: each for each in before.months}
        for month in months:
            summaries.pop(month, None)
            if (now := published_month(month, ports)).days:
                summaries[month] = month_summary(now)
        made = Index(
            months=tuple(each for _, each in sorted(summaries.items(), reverse=True)),
            feeds=tuple(scope.feed for scope in scopes),
        )
        return Document(msgspec.json.encode(made), JSON)

    target = DocumentTarget(INDEX, frozenset(), frozenset(asked_by), make, reads_more=True)
    return rewrite([target], ports).failed


def newest_day(ports: Ports) -> Day | None:
    """The newest day with reports. Raises UpstreamFailed."""
    for summary in published_index(ports).months:
        for day in published_month(summary.month, ports).days:
            return day
    return None


def neighbours(day: str, ports: Ports) -> tuple[Day | None, Day | None]:
    """The days with reports before and after this one. Raises UpstreamFailed."""
    month = month_of_day(day)
    months = sorted({month, *(each.month for each in published_index(ports).months)})
    at = months.index(month)
    days = sorted(published_month(month, ports).days, key=_name)
    earlier = [each for each in days if each.day < day]
    later = [each for each in days if each.day > day]
    if not earlier and at:
        earlier = sorted(published_month(months[at - 1], ports).days, key=_name)
    if not later and at + 1 < len(months):
        later = sorted(published_month(months[at + 1], ports).days, key=_name)
    return (earlier[-1] if earlier else None), (later[0] if later else None)


def _name(day: Day) -> str:
    return day.day


def _month_target(
    month: str, days: Collection[str], asked_by: frozenset[str], ports: Ports
) -> DocumentTarget:
    def make(held: StoredDocument | None, _: Public) -> Document | None:
        before = msgspec.json.decode(held.body, type=Month) if held else Month(month=month)
        listed = {each.day: each for each in before.days}
        for day in days:
            listed.pop(day, None)
            now = published_day(day, ports)
            if now and now.count:
                listed[day] = now
        if not listed:
            return None
        newest_first = tuple(each for _, each in sorted(listed.items(), reverse=True))
        return Document(msgspec.json.encode(Month(month=month, days=newest_first)), JSON)

    return DocumentTarget(month_key(month), frozenset(), asked_by, make, reads_more=True)
