"""Open data of a day: the files of its parts, and the document that lists the parts.

A change rewrites the files of one part, then the day's document, each on the version that was read
(ADR 3). The day's document is first made from the lists that were just written, and after it is
written from those in the store: so another writer's list is not missed.

The number of parts changes with the day's document alone. A writer that finds another number there
than it used starts over; one that changes the number replaces the document that it read first.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import NamedTuple

import msgspec

from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.optimistic import VersionConflict, retry_on_conflict
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.publishing import open_data_index as index
from chalicelib.publishing.document_targets import DocumentTarget, put_document
from chalicelib.publishing.feeds import archive_feed
from chalicelib.publishing.model import JSON
from chalicelib.publishing.open_data import Entry, decode_entries
from chalicelib.publishing.open_data_index import Day, Part, day_key, list_key, part_of
from chalicelib.publishing.part_files import PartTarget
from chalicelib.publishing.ports import Document, Ports
from chalicelib.publishing.rewriting import PublicReports, rewrite

Failed = dict[str, Exception]


class WrittenDay(NamedTuple):
    """The result of writing a day: the failures, by service_request_id, and the published document
    of the day, None if it has none."""

    failed: Failed
    day: Day | None = None


def published_day(day: str, ports: Ports) -> Day | None:
    """The published document of a day. Raises UpstreamFailed."""
    return _decode_day(ports.documents.read(day_key(day)))


def published_list(day: str, part: int, parts: int, ports: Ports) -> list[Entry]:
    """The reports in a part's published list. Raises UpstreamFailed."""
    held = ports.documents.read(list_key(day, part, parts))
    return decode_entries(held.body if held else None)


def published_entries(day: str, ids: Collection[str], ports: Ports) -> Iterator[Entry]:
    """The published entries of these reports of the day. Raises UpstreamFailed."""
    parts = _number_of_parts(day, ports)
    for part in sorted({part_of(each, parts) for each in ids}):
        for entry in published_list(day, part, parts, ports):
            if entry["service_request_id"] in ids:
                yield entry


def change_day(day: str, ids: Collection[str], ports: Ports) -> WrittenDay:
    """Updates the files of a day to these reports, which were requested on it."""
    try:
        return retry_on_conflict(lambda: _change_day(day, ids, ports), what=_description_of(day))
    except UpstreamFailed as error:
        return WrittenDay(dict.fromkeys(ids, error))


def rebuild_day(day: str, ports: Ports) -> Failed:
    """Makes the files of a day from the store, in as many parts as it needs, and not in fewer than
    it has. Returns the failures."""
    try:
        return retry_on_conflict(lambda: _rebuild_day(day, ports), what=_description_of(day))
    except UpstreamFailed as error:
        return {day: error}


def _change_day(day: str, ids: Collection[str], ports: Ports) -> WrittenDay:
    """Raises UpstreamFailed, VersionConflict."""
    parts = _number_of_parts(day, ports)
    failed, now = _write_parts(day, parts, ids, ports)
    if failed or now is None:
        return WrittenDay(failed)
    if len(now.parts) != parts:
        # Another writer may have removed these; if not, they would stay beside the new parts.
        _remove_parts(day, parts, ports)
        raise VersionConflict
    if max(each.count for each in now.parts) > index.MOST_IN_A_PART:
        return WrittenDay(rebuild_day(day, ports), published_day(day, ports))
    return WrittenDay({}, now)


def _rebuild_day(day: str, ports: Ports) -> Failed:
    """Raises UpstreamFailed, VersionConflict."""
    held = ports.documents.read(day_key(day))
    published = _decode_day(held)
    before = len(published.parts) if published else 1
    ids = {*ports.reports.ids_of_day(day), *_published_ids(day, before, ports)}
    after = max(before, index.number_of_parts(ids))
    if failed := _write_all_parts(day, before, after, ids, ports):
        return failed
    _replace_day(day, after, held, ports)
    if after != before:
        _remove_parts(day, before, ports)
    return {}


def _description_of(day: str) -> str:
    return f"the open data of {day}"


def _decode_day(held: StoredDocument | Document | None) -> Day | None:
    return msgspec.json.decode(held.body, type=Day) if held else None


def _number_of_parts(day: str, ports: Ports) -> int:
    now = published_day(day, ports)
    return len(now.parts) if now else 1


def _write_parts(day: str, parts: int, ids: Collection[str], ports: Ports) -> WrittenDay:
    """Writes the parts with these reports, and the day's document."""
    failed: Failed = {}
    written: dict[int, Part] = {}
    for part in sorted({part_of(each, parts) for each in ids}):
        mine = (each for each in ids if part_of(each, parts) == part)
        target = _part_target(day, part, parts, mine, ports)
        result = rewrite([target], ports)
        failed |= result.failed
        if made := result.made.get(target):
            listed = made[target.order[0]]
            written[part] = index.part_entry(day, part, parts, listed and listed.body)
    of_day = _day_target(day, parts, written, ids, ports)
    result = rewrite([of_day], ports)
    return WrittenDay(failed | result.failed, _decode_day(result.made.get(of_day)))


def _part_target(
    day: str, part: int, parts: int, ids: Iterable[str], ports: Ports, *, is_anew: bool = False
) -> PartTarget:
    archive = partial(archive_feed, publisher=ports.publisher)
    return PartTarget(day, part, parts, frozenset(ids), ports.open311_entry, archive, is_anew)


def _day_target(
    day: str,
    parts: int,
    written: Mapping[int, Part],
    ids: Iterable[str],
    ports: Ports,
) -> DocumentTarget:
    """The day's document after these parts were written; unchanged if it has another number of
    parts by now."""
    unread = dict(written)

    def current(part: int) -> Part:
        return unread.pop(part) if part in unread else _published_part(day, part, parts, ports)

    def make(held: StoredDocument | None, _: PublicReports) -> Document | None:
        before = _decode_day(held)
        if held and before and len(before.parts) != parts:
            return Document(held.body, JSON)
        known = list(before.parts) if before else [None] * parts
        made = [
            current(part) if part in written or each is None else each
            for part, each in enumerate(known)
        ]
        if before is None and not any(each.count for each in made):
            return None
        return Document(msgspec.json.encode(index.day_entry(day, made)), JSON)

    return DocumentTarget(day_key(day), frozenset(), frozenset(ids), make, reads_more=True)


def _published_part(day: str, part: int, parts: int, ports: Ports) -> Part:
    held = ports.documents.read(list_key(day, part, parts))
    return index.part_entry(day, part, parts, held.body if held else None)


def _published_ids(day: str, parts: int, ports: Ports) -> Iterator[str]:
    for part in range(parts):
        for entry in published_list(day, part, parts, ports):
            yield entry["service_request_id"]


def _write_all_parts(day: str, before: int, after: int, ids: Iterable[str], ports: Ports) -> Failed:
    by_part: dict[int, set[str]] = {part: set() for part in range(after)}
    for each in ids:
        by_part[part_of(each, after)].add(each)
    failed: Failed = {}
    for part, mine in by_part.items():
        # Files for another number of parts than the published one are from an interrupted run.
        target = _part_target(day, part, after, mine, ports, is_anew=after != before)
        failed |= rewrite([target], ports).failed
    return failed


def _replace_day(day: str, parts: int, held: StoredDocument | None, ports: Ports) -> None:
    """Replaces the day's document. Raises VersionConflict if it has changed since it was read."""
    made = index.day_entry(day, (_published_part(day, part, parts, ports) for part in range(parts)))
    document = Document(msgspec.json.encode(made), JSON) if held or made.count else None
    put_document(day_key(day), document, held, ports.documents)


def _remove_parts(day: str, parts: int, ports: Ports) -> None:
    for part in range(parts):
        for key in index.keys_of_part(day, part, parts):
            remove_document(key, ports)


def remove_document(key: str, ports: Ports) -> None:
    """Deletes the document, if it exists. Raises UpstreamFailed."""
    target = DocumentTarget(key, frozenset(), frozenset((key,)), lambda *_: None)
    for error in rewrite([target], ports).failed.values():
        raise error
