"""Publishing: documents are made again from what is stored, until nothing changes.

A document is read, made from consistent reads of the reports it shows, and put in the place of
what was read, or all of it starts over. After each write it is made once more: a writer that was
held up between reading and writing so finds out itself that what it wrote is old. That is why
facts may come twice, late or out of order.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256

import msgspec

from chalicelib.errors import AppError, UpstreamFailed
from chalicelib.geo.point import Point
from chalicelib.geo.quadkey import MAP_ZOOM, Tile, key_of, quadkey
from chalicelib.publishing.model import (
    HTML,
    JSON,
    PAGES,
    REPORTS,
    TILES,
    PinTile,
    page_key,
    pin_of,
    pins_in,
    report_key,
    tile_key,
    with_pins,
)
from chalicelib.publishing.ports import Document, Held, Moved, Ports, PublicReport

ATTEMPTS = 20
AT_ONCE = 100
"""How many reports are read together when everything is published anew."""

Make = Callable[[Held | None], Document | None]


def publish(touched: Mapping[str, Iterable[str]], ports: Ports) -> dict[str, AppError]:
    """Publishes reports and the tiles they touch: `touched` maps service_request_id to quadkeys.

    Answers what failed, by service_request_id; the rest is published.
    """
    failed: dict[str, AppError] = {}
    by_tile: dict[str, set[str]] = defaultdict(set)
    for service_request_id, tiles in touched.items():
        for tile in tiles:
            by_tile[tile].add(service_request_id)
        try:
            _publish_report(service_request_id, ports)
        except AppError as error:
            failed[service_request_id] = error
    for tile, ids in by_tile.items():
        try:
            _publish_tile(tile, ids, ports)
        except AppError as error:
            failed |= dict.fromkeys(ids, error)
    return failed


def publish_fixed(ports: Ports) -> None:
    """Publishes the documents that configuration alone decides."""
    for key, content in ports.fixed.items():
        _publish_one(key, Document(msgspec.json.encode(content), JSON), ports)


def publish_all(ports: Ports, progress: Callable[[int, int], None] = lambda done, of: None) -> int:
    """Publishes everything from the store, and removes documents of what is not there any more.

    Answers how many reports were looked at; `progress` hears of each portion and of how many.
    Raises UpstreamFailed.
    """
    publish_fixed(ports)
    tiles = {tile: _pinned(tile, ports) for tile in _published_tiles(ports)}
    ids = sorted({*ports.reports.every_id(), *_published_ids(ports)})
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        for report in ports.reports.public(some).values():
            tiles.setdefault(_tile_of(report), set()).add(report.service_request_id)
        for service_request_id in some:
            _publish_report(service_request_id, ports)
        progress(len(some), len(ids))
    for tile, shown in tiles.items():
        _publish_tile(tile, shown, ports)
    return len(ids)


def content_version(content: object) -> str:
    """A short digest of a document's content, for `versions` in the index."""
    return sha256(msgspec.json.encode(content)).hexdigest()[:12]


def _publish_one(key: str, document: Document, ports: Ports) -> None:
    _rewrite(key, lambda _: document, ports)


def _publish_report(service_request_id: str, ports: Ports) -> None:
    def current() -> PublicReport | None:
        return ports.reports.public([service_request_id]).get(service_request_id)

    def as_json(_: Held | None) -> Document | None:
        report = current()
        return Document(msgspec.json.encode(report), JSON) if report else None

    def as_page(_: Held | None) -> Document | None:
        report = current()
        return Document(ports.pages.report(report), HTML) if report else None

    _rewrite(report_key(service_request_id), as_json, ports)
    _rewrite(page_key(service_request_id), as_page, ports)


def _publish_tile(tile: str, ids: Iterable[str], ports: Ports) -> None:
    wanted = sorted(ids)

    def make(held: Held | None) -> Document | None:
        public = ports.reports.public(wanted)
        here = {i: report for i, report in public.items() if _tile_of(report) == tile}
        pins = {i: pin_of(here[i]) if i in here else None for i in wanted}
        return _tile_document(with_pins(held.body if held else None, pins))

    _rewrite(tile_key(tile), make, ports)


def _tile_document(tile: PinTile) -> Document | None:
    return Document(msgspec.json.encode(tile), JSON) if tile.pins else None


def _rewrite(key: str, make: Make, ports: Ports) -> None:
    for _ in range(ATTEMPTS):
        held = ports.documents.read(key)
        document = make(held)
        try:
            if not _put(key, document, held, ports) or make(held) == document:
                return
        except Moved:
            continue
    raise UpstreamFailed(f"{key} kept changing while it was published.")


def _put(key: str, document: Document | None, held: Held | None, ports: Ports) -> bool:
    """Puts the document in its place; False where it stood there already."""
    if document is None:
        if held:
            ports.documents.delete(key, held)
        return held is not None
    if held and held.body == document.body:
        return False
    ports.documents.write(key, document, held)
    return True


def _tile_of(report: PublicReport) -> str:
    return key_of(Point(lat=report.lat, long=report.long), MAP_ZOOM)


def _published_ids(ports: Ports) -> Iterable[str]:
    for prefix in (REPORTS, PAGES):
        for key in ports.documents.keys(prefix):
            yield key.removeprefix(prefix).removesuffix(".json")


def _pinned(tile: str, ports: Ports) -> set[str]:
    held = ports.documents.read(tile_key(tile))
    return {pin.service_request_id for pin in pins_in(held.body)} if held else set()


def _published_tiles(ports: Ports) -> Iterable[str]:
    for key in ports.documents.keys(TILES):
        z, x, y = key.removeprefix(TILES).removesuffix(".json").split("/")
        if int(z) == MAP_ZOOM:
            yield quadkey(Tile(int(z), int(x), int(y)))
