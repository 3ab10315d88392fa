"""The files of a part of a day: the list of its reports, the same as CSV and as GeoJSON, and the
archive of the feed of all reports.

All files of a part are made from its list. A writer reads that list last and writes it first, and
the others at the same time: a writer that replaces an unchanged document has read a list no older
than the one that document was made from.
"""

from collections.abc import Callable, Mapping
from functools import partial

import msgspec

from chalicelib.kernel.parallel import run_in_parallel
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.publishing import open_data_index as index
from chalicelib.publishing.document_targets import put_document
from chalicelib.publishing.feeds import ATOM, links_to_archives
from chalicelib.publishing.model import JSON
from chalicelib.publishing.open_data import (
    CSV,
    GEOJSON,
    Entry,
    as_csv,
    as_geojson,
    merge_entries,
)
from chalicelib.publishing.ports import Document, Ports
from chalicelib.publishing.rewriting import PublicReports


class PartTarget(msgspec.Struct, frozen=True):
    """The files of a part. `ids` are the reports that may have changed. With `is_anew` the files
    that are published under these keys so far are ignored. `entry` makes a report's entry, and
    `archive` a feed, which keeps its links to other days."""

    day: str
    part: int
    parts: int
    ids: frozenset[str]
    entry: Callable[..., Entry]
    archive: Callable[..., bytes]
    is_anew: bool = False
    reads_more: bool = False
    comes_first: bool = False

    @property
    def shows(self) -> frozenset[str]:
        return self.ids

    asked_by = shows

    @property
    def order(self) -> tuple[str, str, str, str]:
        """The keys: the list, then the others."""
        where = (self.day, self.part, self.parts)
        return (
            index.list_key(*where),
            index.csv_key(*where),
            index.geojson_key(*where),
            index.archive_key(*where),
        )

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(self.order)

    def read(self, ports: Ports) -> Mapping[str, StoredDocument | None]:
        listed, *others = self.order
        read = run_in_parallel(partial(ports.documents.read, key) for key in others)
        return {**dict(zip(others, read, strict=True)), listed: ports.documents.read(listed)}

    def make(
        self, held: Mapping[str, StoredDocument | None], public: PublicReports
    ) -> Mapping[str, Document | None]:
        """The files; none for a day that had none and has no public report."""
        listed, archive = held[self.order[0]], held[self.order[3]]
        before = listed.body if listed and not self.is_anew else None
        now = {each: self.entry(public[each]) if each in public else None for each in self.ids}
        entries = merge_entries(before, now)
        if listed is None and not entries and self.parts == 1:
            return dict.fromkeys(self.order)
        outer = links_to_archives(archive.body) if archive and not self.is_anew else {}
        links = index.archive_links(self.day, self.part, self.parts, outer)
        made = (
            Document(msgspec.json.encode(entries), JSON),
            Document(as_csv(entries), CSV),
            Document(as_geojson(entries), GEOJSON),
            Document(self.archive(self.day, links, entries), ATOM),
        )
        return dict(zip(self.order, made, strict=True))

    def put(
        self,
        made: Mapping[str, Document | None],
        held: Mapping[str, StoredDocument | None],
        ports: Ports,
    ) -> bool:
        def put(key: str) -> bool:
            return put_document(key, made[key], held[key], ports.documents)

        listed, *others = self.order
        is_list_changed = put(listed)
        return any((is_list_changed, *run_in_parallel(partial(put, key) for key in others)))
