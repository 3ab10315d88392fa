"""The documents of wards: the number of open reports, the newest of them, and the data of the areas
slice. Like counts they are made from the published tiles (docs/adr/0016), so a report is in the
ward that contains its pin today. They are rebuilt every five minutes; removed reports and redacted
titles disappear from them at once.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

import msgspec

from chalicelib.geo.point import Point
from chalicelib.geo.quadkey import MAP_ZOOM, Tile, tile_bounds, tile_of_key, tiles_in
from chalicelib.kernel.fields import copy_fields
from chalicelib.kernel.observability import logs
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.kernel.time import truncate_to_second
from chalicelib.publishing.document_targets import DocumentTarget, published_pins
from chalicelib.publishing.model import JSON, TILES, Pin, key_of_tile
from chalicelib.publishing.ports import Document, Ports, WardArea
from chalicelib.publishing.rewriting import PublicReports
from chalicelib.reports.published import Delay

WARD_DOCUMENTS = "data/wards/"
MOST_LISTED = 20


class ListedReport(msgspec.Struct, frozen=True, kw_only=True):
    """An open report of the ward."""

    service_request_id: str
    title: str | None
    service_code: str
    lat: float
    long: float
    requested_datetime: datetime
    expected_datetime: datetime | None = None
    delay: Delay | None = None


class _PublishedWard(msgspec.Struct, frozen=True):
    """The parts read back from a published ward document."""

    reports: tuple[ListedReport, ...]
    updated_datetime: datetime


def ward_key(code: str) -> str:
    """The key of a ward's document."""
    return f"{WARD_DOCUMENTS}{code}.json"


class PublishedPins:
    """The pins of the published tiles: lists the tiles once, and reads each once for all wards. A
    pin may be gone meanwhile; a ward's document then counts it until it is next rebuilt."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._pins: dict[Tile, tuple[Pin, ...]] = {}

    def open_pins_in(self, ward: WardArea) -> list[Pin]:
        """The ward's open pins. Raises UpstreamFailed."""
        return [
            pin
            for tile in tiles_in(ward.bounds, MAP_ZOOM)
            for pin in self._pins_of(tile)
            if pin.status == "open" and ward.contains(Point(lat=pin.lat, long=pin.long))
        ]

    @cached_property
    def _keys(self) -> frozenset[str]:
        return frozenset(self._ports.documents.keys(f"{TILES}{MAP_ZOOM}/"))

    def _pins_of(self, tile: Tile) -> tuple[Pin, ...]:
        if key_of_tile(tile) not in self._keys:
            return ()
        if tile not in self._pins:
            self._pins[tile] = published_pins(tile, self._ports)
        return self._pins[tile]


class Titles:
    """The titles of a ward's newest reports. Unless `reads_all` is set, titles in the ward's
    published document are used again: a title changes only by a redaction, which rewrites that
    document. Each attempt reads the other titles again: one may have been redacted meanwhile."""

    def __init__(self, ports: Ports, *, reads_all: bool) -> None:
        self._ports = ports
        self._reads_all = reads_all
        self._read: set[str] = set()

    def titles_of(
        self, ids: Sequence[str], published: _PublishedWard | None
    ) -> dict[str, str | None]:
        """The titles by id, of the public reports among these and of all reports that the document
        lists. Raises UpstreamFailed."""
        known = {} if self._reads_all or not published else self._published_titles(published)
        wanted = [each for each in ids if each not in known]
        self._read.update(wanted)
        public = self._ports.reports.public_views(wanted) if wanted else {}
        return known | {each: report.title for each, report in public.items()}

    def _published_titles(self, published: _PublishedWard) -> dict[str, str | None]:
        listed = {each.service_request_id: each.title for each in published.reports}
        return {each: title for each, title in listed.items() if each not in self._read}


def ward_targets(
    wards: Iterable[WardArea], ports: Ports, *, reads_all_titles: bool = True
) -> list[DocumentTarget]:
    """The document of each ward; failures are returned by the ward's code."""
    pins = PublishedPins(ports)
    return [
        _ward_target(ward, pins, Titles(ports, reads_all=reads_all_titles), ports) for ward in wards
    ]


def wards_that_list(ids: Iterable[str], tiles: Iterable[str], ports: Ports) -> list[WardArea]:
    """The wards over these tiles (quadkeys) whose published documents list any of these reports."""
    wanted, boxes = set(ids), [tile_bounds(tile_of_key(each)) for each in tiles]
    over = (ward for ward in ports.wards() if any(map(ward.bounds.overlap, boxes)))
    return [ward for ward in over if wanted & _listed_ids(ward, ports)]


def _listed_ids(ward: WardArea, ports: Ports) -> set[str]:
    published = _decode_ward(ports.documents.read(ward_key(ward.code)))
    return {each.service_request_id for each in published.reports} if published else set()


def _decode_ward(held: StoredDocument | None) -> _PublishedWard | None:
    """Decodes the published document; None if there is none or it cannot be read, so that it is
    rebuilt."""
    try:
        return msgspec.json.decode(held.body, type=_PublishedWard) if held else None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        logs.failure("a ward's document cannot be read", error)
        return None


def _ward_target(
    ward: WardArea, published: PublishedPins, titles: Titles, ports: Ports
) -> DocumentTarget:
    def make(held: StoredDocument | None, _: PublicReports) -> Document | None:
        pins, before = _newest_first(published.open_pins_in(ward)), _decode_ward(held)
        reports = _listed_reports(pins[:MOST_LISTED], titles, before)
        content = ward.content | {"open_reports": len(pins), "reports": reports}
        # If only its time differs, it is left unchanged.
        if held and before and held.body == _body(content, before.updated_datetime):
            return Document(held.body, JSON)
        return Document(_body(content, truncate_to_second(ports.now())), JSON)

    key, asked_by = ward_key(ward.code), frozenset((ward.code,))
    return DocumentTarget(key, frozenset(), asked_by, make, reads_more=True)


def _body(content: dict[str, Any], updated: datetime) -> bytes:
    return msgspec.json.encode(content | {"updated_datetime": updated})


def _newest_first(pins: Iterable[Pin]) -> list[Pin]:
    by_id = sorted(pins, key=lambda pin: pin.service_request_id)
    return sorted(by_id, key=lambda pin: pin.requested_datetime, reverse=True)


def _listed_reports(
    pins: Sequence[Pin], titles: Titles, before: _PublishedWard | None
) -> tuple[ListedReport, ...]:
    by_id = titles.titles_of([pin.service_request_id for pin in pins], before)
    return tuple(
        copy_fields(ListedReport, pin, title=by_id[pin.service_request_id])
        for pin in pins
        if pin.service_request_id in by_id
    )
