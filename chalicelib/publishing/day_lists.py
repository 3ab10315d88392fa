"""Open data of a day: the files of its parts, and the document that lists the parts.

A change rewrites the files of one part, then the day's document, each on the version that was read
(ADR 3). All files of a part are made from its list. A writer reads that list last and writes it
first: a writer that replaces an unchanged document has read a list no older than the one that
document was made from.

The number of parts changes with the day's document alone. A writer that finds another number there
than it used starts over; one that changes the number replaces the document that it read first.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

import msgspec

from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.publishing import open_data_index as index
from chalicelib.publishing.document_targets import DocumentTarget, put
from chalicelib.publishing.model import JSON
from chalicelib.publishing.open_data import (
    CSV,
    GEOJSON,
    Entry,
    as_csv,
    as_geojson,
    entries_in,
    with_entries,
)
from chalicelib.publishing.open_data_index import Day, day_key, list_key, part_of
from chalicelib.publishing.ports import Document, Ports
from chalicelib.publishing.rounds import Public, rewrite

ATTEMPTS = 10

Failed = dict[str, Exception]


class PartTarget(msgspec.Struct, frozen=True):
    """The files of a part. `ids` are the reports that may have changed; `is_anew`: what is
    published under this name so far does not count."""

    day: str
    part: int
    parts: int
    ids: frozenset[str]
    entry: Callable[..., Entry]
    is_anew: bool = False
    reads_more: bool = False

    @property
    def shows(self) -> frozenset[str]:
        return self.ids

    asked_by = shows

    @property
    def order(self) -> tuple[str, str, str]:
        """The keys in the order of writing."""
        make = (list_key, index.csv_key, index.geojson_key)
        first, second, third = (each(self.day, self.part, self.parts) for each in make)
        return first, second, third

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(self.order)

    def read(self, ports: Ports) -> Mapping[str, StoredDocument | None]:
        return {key: ports.documents.read(key) for key in reversed(self.order)}

    def make(
        self, held: Mapping[str, StoredDocument | None], public: Public
    ) -> Mapping[str, Document | None]:
        """No files of a day that had none if no report is public."""
        listed = held[self.order[0]]
        before = listed.body if listed and not self.is_anew else None
        now = {each: self.entry(public[each]) if each in public else None for each in self.ids}
        entries = with_entries(before, now)
        if listed is None and not entries and self.parts == 1:
            return dict.fromkeys(self.order)
        bodies = (msgspec.json.encode(entries), as_csv(entries), as_geojson(entries))
        made = (Document(*each) for each in zip(bodies, (JSON, CSV, GEOJSON), strict=True))
        return dict(zip(self.order, made, strict=True))

    def put(
        self,
        made: Mapping[str, Document | None],
        held: Mapping[str, StoredDocument | None],
        ports: Ports,
    ) -> bool:
        return sum(put(key, made[key], held[key], ports) for key in self.order) > 0


def published_day(day: str, ports: Ports) -> Day | None:
    """The published document of a day. Raises UpstreamFailed."""
    held = ports.documents.read(day_key(day))
    return msgspec.json.decode(held.body, type=Day) if held else None


def published_list(day: str, part: int, parts: int, ports: Ports) -> list[Entry]:
    """The reports in a part's published list. Raises UpstreamFailed."""
    held = ports.documents.read(list_key(day, part, parts))
    return entries_in(held.body if held else None)


def listed_before(day: str, ids: Collection[str], ports: Ports) -> Iterator[Entry]:
    """The published entries of these reports of the day. Raises UpstreamFailed."""
    parts = _number_of_parts(day, ports)
    for part in sorted({part_of(each, parts) for each in ids}):
        for entry in published_list(day, part, parts, ports):
            if entry["service_request_id"] in ids:
                yield entry


def change_day(day: str, ids: Collection[str], ports: Ports) -> Failed:
    """Updates the files of a day to these reports, which were requested on it. Returns the
    failures, by service_request_id. Raises UpstreamFailed."""
    for _ in range(ATTEMPTS):
        parts = _number_of_parts(day, ports)
        if failed := _write_parts(day, parts, ids, ports):
            return failed
        now = published_day(day, ports)
        if now is None:
            return {}
        if len(now.parts) != parts:
            # Another writer has removed these, or they would stay beside those of the new number.
            _remove_parts(day, parts, ports)
            continue
        if max(each.count for each in now.parts) > index.MOST_IN_A_PART:
            return rebuild_day(day, ports)
        return {}
    return dict.fromkeys(ids, _keeps_changing(day))


def rebuild_day(day: str, ports: Ports) -> Failed:
    """Makes the files of a day from the store, in as many parts as it needs, and not in fewer than
    it has. Returns and raises as `change_day`."""
    for _ in range(ATTEMPTS):
        held = ports.documents.read(day_key(day))
        before = len(msgspec.json.decode(held.body, type=Day).parts) if held else 1
        ids = {*ports.reports.of_day(day), *_listed_ids(day, before, ports)}
        after = max(before, index.parts_for(ids))
        if failed := _write_all_parts(day, before, after, ids, ports):
            return failed
        if _replace_day(day, after, held, ports):
            if after != before:
                _remove_parts(day, before, ports)
            return {}
    return {day: _keeps_changing(day)}


def _number_of_parts(day: str, ports: Ports) -> int:
    now = published_day(day, ports)
    return len(now.parts) if now else 1


def _write_parts(day: str, parts: int, ids: Collection[str], ports: Ports) -> Failed:
    """Writes the parts with these reports, and the day's document."""
    touched = sorted({part_of(each, parts) for each in ids})
    failed: Failed = {}
    for part in touched:
        mine = frozenset(each for each in ids if part_of(each, parts) == part)
        target = PartTarget(day, part, parts, mine, ports.entry)
        failed |= rewrite([target], ports).failed
    return failed | rewrite([_day_target(day, parts, touched, ids, ports)], ports).failed


def _day_target(
    day: str, parts: int, touched: Collection[int], ids: Collection[str], ports: Ports
) -> DocumentTarget:
    """The day's document after these parts were written; unchanged if it has another number of
    parts by now."""

    def make(held: StoredDocument | None, _: Public) -> Document | None:
        before = msgspec.json.decode(held.body, type=Day) if held else None
        if held and before and len(before.parts) != parts:
            return Document(held.body, JSON)
        known = list(before.parts) if before else [None] * parts
        made = [
            _part_now(day, part, parts, ports) if part in touched or each is None else each
            for part, each in enumerate(known)
        ]
        if before is None and not any(each.count for each in made):
            return None
        return Document(msgspec.json.encode(index.day_entry(day, made)), JSON)

    return DocumentTarget(day_key(day), frozenset(), frozenset(ids), make, reads_more=True)


def _part_now(day: str, part: int, parts: int, ports: Ports) -> index.Part:
    held = ports.documents.read(list_key(day, part, parts))
    return index.part_entry(day, part, parts, held.body if held else None)


def _listed_ids(day: str, parts: int, ports: Ports) -> Iterator[str]:
    for part in range(parts):
        for entry in published_list(day, part, parts, ports):
            yield entry["service_request_id"]


def _write_all_parts(day: str, before: int, after: int, ids: Iterable[str], ports: Ports) -> Failed:
    by_part: dict[int, set[str]] = {part: set() for part in range(after)}
    for each in ids:
        by_part[part_of(each, after)].add(each)
    failed: Failed = {}
    for part, mine in by_part.items():
        # Files of another number of parts than the published one were left by an interrupted run.
        is_anew = after != before
        target = PartTarget(day, part, after, frozenset(mine), ports.entry, is_anew)
        failed |= rewrite([target], ports).failed
    return failed


def _replace_day(day: str, parts: int, held: StoredDocument | None, ports: Ports) -> bool:
    """Replaces the day's document; False if it has changed since it was read."""
    made = index.day_entry(day, (_part_now(day, part, parts, ports) for part in range(parts)))
    document = Document(msgspec.json.encode(made), JSON) if held or made.count else None
    try:
        put(day_key(day), document, held, ports)
    except VersionConflict:
        return False
    return True


def _remove_parts(day: str, parts: int, ports: Ports) -> None:
    for part in range(parts):
        for key in index.keys_of_part(day, part, parts):
            remove(key, ports)


def remove(key: str, ports: Ports) -> None:
    """Deletes the document, if it exists. Raises UpstreamFailed."""
    target = DocumentTarget(key, frozenset(), frozenset((key,)), lambda *_: None)
    for error in rewrite([target], ports).failed.values():
        raise error


def _keeps_changing(day: str) -> UpstreamFailed:
    return UpstreamFailed(f"The open data of {day} kept changing while it was being published.")
