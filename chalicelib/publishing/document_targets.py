"""Derives each document, and each report's folder of photos, from the store."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import msgspec

from chalicelib.geo.point import Point
from chalicelib.geo.quadkey import MAP_ZOOM, Tile, key_of, tile_of_key
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.publishing.model import (
    HTML,
    JSON,
    Pin,
    count_of,
    decode_pins,
    is_past_display,
    key_of_quadkey,
    key_of_tile,
    page_key,
    photo_keys,
    pin_of,
    report_key,
    shown_photo_ids,
    tile_with_counts,
    tile_with_pins,
)
from chalicelib.publishing.ports import Document, Documents, Ports
from chalicelib.publishing.rewriting import PublicReports, Target
from chalicelib.reports.published import ReportView


class DocumentTarget(msgspec.Struct, frozen=True):
    """A document, made from the reports it shows and its published version; None to remove it.
    `reads_more`: it is made of other documents or reports, too."""

    key: str
    shows: frozenset[str]
    asked_by: frozenset[str]
    make: Callable[[StoredDocument | None, PublicReports], Document | None]
    reads_more: bool = False
    comes_first: bool = False

    @property
    def keys(self) -> frozenset[str]:
        return frozenset((self.key,))

    def read(self, ports: Ports) -> StoredDocument | None:
        return ports.documents.read(self.key)

    def put(self, made: Document | None, held: StoredDocument | None, ports: Ports) -> bool:
        return put_document(self.key, made, held, ports.documents)


class PhotosTarget(msgspec.Struct, frozen=True):
    """The published files of a report's photos: exactly those that it shows. `keys` may name some
    of them. `anew`: they are published again, because a picture may have changed."""

    service_request_id: str
    keys: frozenset[str]
    anew: bool = False
    reads_more: bool = False
    comes_first: bool = True

    @property
    def shows(self) -> frozenset[str]:
        return frozenset((self.service_request_id,))

    asked_by = shows

    def read(self, ports: Ports) -> frozenset[str]:
        return ports.photos.keys(self.service_request_id)

    def make(self, _: frozenset[str], public: PublicReports) -> frozenset[str]:
        report = public.get(self.service_request_id)
        return photo_keys(self.service_request_id, shown_photo_ids(report) if report else ())

    def put(self, made: frozenset[str], held: frozenset[str], ports: Ports) -> bool:
        for key in sorted(held - made):
            ports.photos.hide(key)
        for key in sorted(made if self.anew else made - held):
            ports.photos.show(key)
        return made != held


def put_document(
    key: str, document: Document | None, held: StoredDocument | None, documents: Documents
) -> bool:
    """Replaces the document `held`, or deletes it if `document` is None; returns False if it is
    unchanged. Raises VersionConflict if another writer was faster."""
    if document is None:
        if held:
            documents.delete(key, held)
        return held is not None
    if held and held.body == document.body:
        return False
    documents.write(key, document, held)
    return True


def photo_targets(
    by_report: Mapping[str, Iterable[str]], anew: Collection[str] = ()
) -> list[PhotosTarget]:
    """The photos of each report; `by_report` has the photos that facts name. All photos of the
    reports in `anew` are published again."""
    return [
        PhotosTarget(
            service_request_id,
            photo_keys(service_request_id, photo_ids),
            service_request_id in anew,
        )
        for service_request_id, photo_ids in by_report.items()
    ]


def report_targets(ids: Iterable[str], ports: Ports) -> list[DocumentTarget]:
    """The JSON and the pages of each report."""
    return [target for each in ids for target in _targets_of_report(each, ports)]


def page_targets(ids: Iterable[str], ports: Ports) -> list[DocumentTarget]:
    """The pages of each report."""
    return [target for each in ids for target in _targets_of_pages(each, ports)]


def tile_targets(by_tile: Mapping[str, Iterable[str]], ports: Ports) -> list[DocumentTarget]:
    """Each tile of the map, with the reports that may have joined or left it."""
    return [_tile_target(tile, frozenset(ids), ports) for tile, ids in by_tile.items()]


def count_targets(
    by_tile: Mapping[str, Iterable[str]],
    ports: Ports,
    just_made: Mapping[Target, Any] | None = None,
) -> list[DocumentTarget]:
    """The one document of counts, if any of these tiles may have changed.

    It is made from the tiles, so they come before it; those of `just_made` (targets and their new
    documents) need not be read. After it is written all tiles are read again: the last writer of a
    tile finds its own count in it, or writes it.
    """
    if not by_tile:
        return []
    tiles = [tile_of_key(tile) for tile in sorted(by_tile)]
    known = _documents_by_key(just_made or {})

    def make(held: StoredDocument | None, _: PublicReports) -> Document | None:
        counts = {tile: count_of(tile, _pins_of(tile, known, ports)) for tile in tiles}
        after = tile_with_counts(held.body if held else None, counts)
        return Document(msgspec.json.encode(after), JSON) if after.counts else None

    asked_by = frozenset(each for ids in by_tile.values() for each in ids)
    key = key_of_tile(ports.council_tile)
    return [DocumentTarget(key, frozenset(), asked_by, make, reads_more=True)]


def _documents_by_key(made: Mapping[Target, Any]) -> dict[str, Document | None]:
    return {
        target.key: document
        for target, document in made.items()
        if isinstance(target, DocumentTarget)
    }


def _pins_of(tile: Tile, known: dict[str, Document | None], ports: Ports) -> tuple[Pin, ...]:
    """The tile's pins in its known document, which is used once, or in the published one."""
    key = key_of_tile(tile)
    if key not in known:
        return published_pins(tile, ports)
    document = known.pop(key)
    return decode_pins(document.body) if document else ()


def published_pins(tile: Tile, ports: Ports) -> tuple[Pin, ...]:
    """The pins of a published tile. Raises UpstreamFailed."""
    held = ports.documents.read(key_of_tile(tile))
    return decode_pins(held.body) if held else ()


def is_closed_too_long(pin: Pin, ports: Ports) -> bool:
    """True for a report closed too long ago."""
    return is_past_display(pin, now=ports.now(), closed_shown=ports.closed_shown)


def _targets_of_report(service_request_id: str, ports: Ports) -> list[DocumentTarget]:
    shows = frozenset((service_request_id,))

    def as_json(_: StoredDocument | None, public: PublicReports) -> Document | None:
        report = public.get(service_request_id)
        return Document(msgspec.json.encode(report), JSON) if report else None

    of_report = DocumentTarget(report_key(service_request_id), shows, shows, as_json)
    return [of_report, *_targets_of_pages(service_request_id, ports)]


def _targets_of_pages(service_request_id: str, ports: Ports) -> Iterator[DocumentTarget]:
    shows = frozenset((service_request_id,))

    def made_by(
        page: Callable[[ReportView], bytes], _: StoredDocument | None, public: PublicReports
    ) -> Document | None:
        report = public.get(service_request_id)
        return Document(page(report), HTML) if report else None

    for language, page in ports.pages.items():
        key = page_key(service_request_id, language)
        yield DocumentTarget(key, shows, shows, partial(made_by, page))


def _tile_target(tile: str, ids: frozenset[str], ports: Ports) -> DocumentTarget:
    def pin_here(service_request_id: str, public: PublicReports) -> Pin | None:
        report = public.get(service_request_id)
        pin = pin_of(report) if report else None
        if pin is None or tile_of_pin(pin) != tile or is_closed_too_long(pin, ports):
            return None
        return pin

    def make(held: StoredDocument | None, public: PublicReports) -> Document | None:
        pins = {each: pin_here(each, public) for each in ids}
        after = tile_with_pins(held.body if held else None, pins)
        return Document(msgspec.json.encode(after), JSON) if after.pins else None

    return DocumentTarget(key_of_quadkey(tile), ids, ids, make)


def tile_of_pin(pin: Pin) -> str:
    """The quadkey of the map's tile that contains the pin."""
    return key_of(Point(lat=pin.lat, long=pin.long), MAP_ZOOM)
