"""Derives open data and feeds from the months' lists of reports. All documents of a month are
derived from its list. A writer reads that list last and writes it first: a writer that replaces an
unchanged document has read a list no older than the one that document was made from. So the last
writer that changes the list leaves all documents in line with it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.kernel.time import to_the_second
from chalicelib.publishing import open_data
from chalicelib.publishing.feeds import ATOM, NEWEST, Scope, Writer
from chalicelib.publishing.model import JSON
from chalicelib.publishing.open_data import INDEX, Entry, Index, Month, list_key
from chalicelib.publishing.ports import Document, Ports
from chalicelib.publishing.rounds import Public
from chalicelib.publishing.targets import DocumentTarget, put

MOST_MONTHS = 12
"""How far back a feed looks for its newest reports."""


class TogetherTarget(msgspec.Struct, frozen=True):
    """Documents that are made together; the first of `order` is put first and read last."""

    order: tuple[str, ...]
    shows: frozenset[str]
    asked_by: frozenset[str]
    make: Callable[[Mapping[str, StoredDocument | None], Public], Mapping[str, Document]]

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(self.order)

    def read(self, ports: Ports) -> Mapping[str, StoredDocument | None]:
        if ports.documents.read(self.order[0]) is None:
            # It is put first, so the others do not exist either.
            return dict.fromkeys(self.order)
        return {key: ports.documents.read(key) for key in reversed(self.order)}

    def put(
        self, made: Mapping[str, Document], held: Mapping[str, StoredDocument | None], ports: Ports
    ) -> bool:
        return sum(put(key, made[key], held[key], ports) for key in self.order) > 0


def month_target(
    month: str, ids: frozenset[str], months: list[str], scopes: Sequence[Scope], ports: Ports
) -> TogetherTarget:
    """The lists of a month, and the archives of every feed."""
    lists = tuple(open_data.month_documents(month, ()))
    archives = tuple(scope.archive_key(month) for scope in scopes)

    def make(held: Mapping[str, StoredDocument | None], public: Public) -> dict[str, Document]:
        listed = held[list_key(month)]
        now = {each: ports.entry(public[each]) if each in public else None for each in ids}
        entries = open_data.with_entries(listed.body if listed else None, now)
        writer = Writer(ports.publisher, entries)
        return open_data.month_documents(month, entries) | {
            scope.archive_key(month): Document(writer.archive(scope, month, months), ATOM)
            for scope in scopes
        }

    return TogetherTarget((*lists, *archives), ids, ids or frozenset((month,)), make)


def newest_target(
    months: list[str], scopes: Sequence[Scope], asked_by: frozenset[str], ports: Ports
) -> TogetherTarget:
    """The newest reports of every feed, made from the published lists; checked again after writing,
    like the counts of the map."""

    def make(_: Mapping[str, StoredDocument | None], __: Public) -> dict[str, Document]:
        writer = Writer(ports.publisher, _newest(months, scopes, ports))
        return {scope.key: Document(writer.current(scope, months), ATOM) for scope in scopes}

    return TogetherTarget(tuple(scope.key for scope in scopes), frozenset(), asked_by, make)


def _newest(months: Sequence[str], scopes: Sequence[Scope], ports: Ports) -> list[Entry]:
    """The newest reports, as many as the feeds need, if they are not too old."""
    found: list[Entry] = []
    missing = dict.fromkeys(scopes, NEWEST)
    for month in months[: -MOST_MONTHS - 1 : -1]:
        for entry in entries_of(month, ports):
            fitting = [scope for scope, count in missing.items() if count and scope.has(entry)]
            for scope in fitting:
                missing[scope] -= 1
            if fitting:
                found.append(entry)
        if not any(missing.values()):
            break
    return found


def index_target(
    changed: Iterable[str],
    scopes: Sequence[Scope],
    asked_by: frozenset[str],
    as_of: datetime | None,
    ports: Ports,
) -> DocumentTarget:
    """The index after these months have changed. `as_of`: all earlier changes are included; None
    leaves the index's value."""

    def make(held: StoredDocument | None, _: Public) -> Document | None:
        before = msgspec.json.decode(held.body, type=Index) if held else None
        moment = as_of or (before.updated_datetime if before else None)
        if moment is None:
            # An index would claim that all earlier changes are in the lists.
            return None
        months = {each.month: each for each in (before.months if before else ())}
        for month in changed:
            months.pop(month, None)
            if now := month_now(month, ports):
                months[month] = now
        newest_first = tuple(each for _, each in sorted(months.items(), reverse=True))
        made = Index(
            updated_datetime=to_the_second(moment),
            months=newest_first,
            feeds=tuple(scope.feed for scope in scopes),
        )
        return Document(msgspec.json.encode(made), JSON)

    return DocumentTarget(INDEX, frozenset(), asked_by, make)


def held_index(ports: Ports) -> Index | None:
    """The published index. Raises UpstreamFailed."""
    held = ports.documents.read(INDEX)
    return msgspec.json.decode(held.body, type=Index) if held else None


def entries_of(month: str, ports: Ports) -> list[Entry]:
    """The reports of the month's published list. Raises UpstreamFailed."""
    held = ports.documents.read(list_key(month))
    return open_data.entries_in(held.body if held else None)


def month_now(month: str, ports: Ports) -> Month | None:
    """The index's entry for the published month. Raises UpstreamFailed."""
    held = ports.documents.read(list_key(month))
    return open_data.month_entry(month, held.body) if held else None


def removed(key: str) -> DocumentTarget:
    """A document to be removed."""
    return DocumentTarget(key, frozenset(), frozenset((key,)), lambda *_: None)
