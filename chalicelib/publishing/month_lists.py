"""The documents that list open data: the days of each month, and the index of months and feeds.

Each is first made from what was just published, and after it is written from what is in the store:
so a document that another writer has just published is not missed.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

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
from chalicelib.publishing.rewriting import PublicReports, rewrite


class OpenDataCalendar:
    """The published months and days, `months` of them as they were just published. Every method
    raises UpstreamFailed."""

    def __init__(self, index: Index, months: Mapping[str, Month], ports: Ports) -> None:
        self._names = sorted(each.month for each in index.months)
        self._months = dict(months)
        self._ports = ports

    @property
    def days_newest_first(self) -> Iterable[Day]:
        """The days with reports."""
        for month in reversed(self._names):
            yield from self._days(month)

    def state_of(self, day: str) -> tuple[bool, Day | None, Day | None]:
        """Whether the day has reports, and the days beside it."""
        return (self.has(day), *self.neighbours_of(day))

    def has(self, day: str) -> bool:
        """True for a day with reports."""
        return any(each.day == day for each in self._days(month_of_day(day)))

    def neighbours_of(self, day: str) -> tuple[Day | None, Day | None]:
        """The days with reports before and after this one."""
        month = month_of_day(day)
        earlier = [each for each in self._names if each < month]
        later = [each for each in self._names if each > month]
        before = [each for each in self._days(month) if each.day < day]
        after = [each for each in self._days(month) if each.day > day]
        if not before and earlier:
            before = list(self._days(earlier[-1]))
        if not after and later:
            after = list(self._days(later[0]))
        return (before[0] if before else None), (after[-1] if after else None)

    def _days(self, month: str) -> Sequence[Day]:
        if month not in self._months:
            self._months[month] = published_month(month, self._ports)
        return self._months[month].days


class WrittenMonths(NamedTuple):
    """The failures, by service_request_id; and the months as they are published."""

    failed: Failed
    months: Mapping[str, Month]


def published_calendar(ports: Ports) -> OpenDataCalendar:
    """The calendar as it is in the store. Raises UpstreamFailed."""
    return OpenDataCalendar(decode_index(ports.documents.read(INDEX)), {}, ports)


def decode_index(held: StoredDocument | Document | None) -> Index:
    """The index, empty if there is none."""
    return msgspec.json.decode(held.body, type=Index) if held else Index()


def published_month(month: str, ports: Ports) -> Month:
    """The published days of the month, none if there is no document. Raises UpstreamFailed."""
    return _decode_month(month, ports.documents.read(month_key(month)))


def write_months(
    days: Mapping[str, Day | None], asked_by: Iterable[str], ports: Ports
) -> WrittenMonths:
    """Brings the months up to these days, which were just published."""
    asked = frozenset(asked_by)
    failed: Failed = {}
    months = {}
    for month in sorted({month_of_day(day) for day in days}):
        mine = {name: day for name, day in days.items() if month_of_day(name) == month}
        target = _month_target(month, mine, asked, ports)
        result = rewrite([target], ports)
        failed |= result.failed
        months[month] = _decode_month(month, result.made.get(target))
    return WrittenMonths(failed, months)


def index_target(
    months: Mapping[str, Month], scopes: Sequence[Scope], asked_by: Iterable[str], ports: Ports
) -> DocumentTarget:
    """The index with these months, which were just published, and with the feeds of the scopes."""
    unread = dict(months)

    def now(month: str) -> Month:
        return unread.pop(month) if month in unread else published_month(month, ports)

    def make(held: StoredDocument | None, _: PublicReports) -> Document:
        summaries = {each.month: each for each in decode_index(held).months}
        for month in months:
            summaries.pop(month, None)
            if (published := now(month)).days:
                summaries[month] = month_summary(published)
        made = Index(
            months=tuple(each for _, each in sorted(summaries.items(), reverse=True)),
            feeds=tuple(scope.feed for scope in scopes),
        )
        return Document(msgspec.json.encode(made), JSON)

    return DocumentTarget(INDEX, frozenset(), frozenset(asked_by), make, reads_more=True)


def _decode_month(month: str, held: StoredDocument | Document | None) -> Month:
    return msgspec.json.decode(held.body, type=Month) if held else Month(month=month)


def _month_target(
    month: str, days: Mapping[str, Day | None], asked_by: frozenset[str], ports: Ports
) -> DocumentTarget:
    unread = dict(days)

    def now(day: str) -> Day | None:
        return unread.pop(day) if day in unread else published_day(day, ports)

    def make(held: StoredDocument | None, _: PublicReports) -> Document | None:
        listed = {each.day: each for each in _decode_month(month, held).days}
        for day in days:
            listed.pop(day, None)
            if (published := now(day)) and published.count:
                listed[day] = published
        if not listed:
            return None
        newest_first = tuple(each for _, each in sorted(listed.items(), reverse=True))
        return Document(msgspec.json.encode(Month(month=month, days=newest_first)), JSON)

    return DocumentTarget(month_key(month), frozenset(), asked_by, make, reads_more=True)
