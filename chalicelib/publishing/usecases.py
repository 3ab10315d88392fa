"""Publishing: documents are made again from what is stored, until nothing changes.

Documents are read, made from consistent reads of the reports they show, and each put in the place
of what was read, or started over. Then the reports are read once more: a writer that was held up
between reading and writing so finds out itself that what it wrote is old. That is why facts may
come twice, late or out of order.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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

Public = Mapping[str, PublicReport]


@dataclass(frozen=True)
class Target:
    """A document to publish: the reports it shows, and how it is made of them and of what stands
    there. None is made where the document is to vanish."""

    key: str
    shows: frozenset[str]
    make: Callable[[Held | None, Public], Document | None]


def publish(touched: Mapping[str, Iterable[str]], ports: Ports) -> dict[str, Exception]:
    """Publishes reports and the tiles they touch: `touched` maps service_request_id to quadkeys.

    Answers what failed, by service_request_id; the rest is published.
    """
    by_tile: dict[str, set[str]] = defaultdict(set)
    for service_request_id, tiles in touched.items():
        for tile in tiles:
            by_tile[tile].add(service_request_id)
    return _rewrite([*_report_targets(touched, ports), *_tile_targets(by_tile)], ports)


def publish_fixed(ports: Ports) -> None:
    """Publishes the documents that configuration alone decides. Raises UpstreamFailed."""
    for key, content in ports.fixed.items():
        document = Document(msgspec.json.encode(content), JSON)
        held = ports.documents.read(key)
        try:
            _put(key, document, held, ports)
        except Moved as error:
            raise UpstreamFailed(f"{key} was published by somebody else; try again.") from error


def publish_all(
    ports: Ports, progress: Callable[[int, int], None] = lambda done, of: None
) -> dict[str, Exception]:
    """Publishes everything from the store, and removes documents of what is not there any more.

    Answers what failed, by service_request_id; `progress` hears of each portion of reports and
    of how many there are. Raises UpstreamFailed.
    """
    publish_fixed(ports)
    tiles = {tile: _pinned(tile, ports) for tile in _published_tiles(ports)}
    ids = sorted({*ports.reports.every_id(), *_published_ids(ports)})
    failed: dict[str, Exception] = {}
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        for report in ports.reports.public(some).values():
            tiles.setdefault(_tile_of(report), set()).add(report.service_request_id)
        failed |= _rewrite(_report_targets(some, ports), ports)
        progress(len(some), len(ids))
    for tile, shown in tiles.items():
        failed |= _rewrite(_tile_targets({tile: shown}), ports)
    return failed


def content_version(content: object) -> str:
    """A short digest of a document's content, for `versions` in the index."""
    return sha256(msgspec.json.encode(content)).hexdigest()[:12]


class Round:
    """One try at some documents: what is to be tried again, and what failed and why."""

    def __init__(self, targets: Sequence[Target], ports: Ports) -> None:
        self.again: list[Target] = []
        self.failed: dict[str, Exception] = {}
        self._ports = ports
        try:
            self._run(targets)
        except AppError as error:
            self.again = []
            self._fail(targets, error)

    def _run(self, targets: Sequence[Target]) -> None:
        held = {target.key: self._ports.documents.read(target.key) for target in targets}
        public = _public(targets, self._ports)
        written: dict[Target, Document | None] = {}
        for target in targets:
            with self._kept_apart(target):
                document = target.make(held[target.key], public)
                if _put(target.key, document, held[target.key], self._ports):
                    written[target] = document
        now = _public(written, self._ports)
        for target, document in written.items():
            with self._kept_apart(target):
                if target.make(held[target.key], now) != document:
                    self.again.append(target)

    @contextmanager
    def _kept_apart(self, target: Target) -> Iterator[None]:
        """Whatever one document breaks, the others are published."""
        try:
            yield
        except Moved:
            self.again.append(target)
        except Exception as error:
            self._fail([target], error)

    def _fail(self, targets: Iterable[Target], error: Exception) -> None:
        for target in targets:
            self.failed |= dict.fromkeys(target.shows, error)


def _rewrite(targets: Sequence[Target], ports: Ports) -> dict[str, Exception]:
    failed: dict[str, Exception] = {}
    for _ in range(ATTEMPTS):
        if not targets:
            return failed
        this = Round(targets, ports)
        targets, failed = this.again, failed | this.failed
    for target in targets:
        error = UpstreamFailed(f"{target.key} kept changing while it was published.")
        failed |= dict.fromkeys(target.shows, error)
    return failed


def _public(targets: Iterable[Target], ports: Ports) -> Public:
    ids = sorted({each for target in targets for each in target.shows})
    return ports.reports.public(ids) if ids else {}


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


def _report_targets(ids: Iterable[str], ports: Ports) -> list[Target]:
    return [target for each in ids for target in _targets_of_report(each, ports)]


def _targets_of_report(service_request_id: str, ports: Ports) -> tuple[Target, Target]:
    shows = frozenset((service_request_id,))

    def as_json(_: Held | None, public: Public) -> Document | None:
        report = public.get(service_request_id)
        return Document(msgspec.json.encode(report), JSON) if report else None

    def as_page(_: Held | None, public: Public) -> Document | None:
        report = public.get(service_request_id)
        return Document(ports.pages.report(report), HTML) if report else None

    return (
        Target(report_key(service_request_id), shows, as_json),
        Target(page_key(service_request_id), shows, as_page),
    )


def _tile_targets(by_tile: Mapping[str, Iterable[str]]) -> list[Target]:
    return [_tile_target(tile, frozenset(ids)) for tile, ids in by_tile.items()]


def _tile_target(tile: str, ids: frozenset[str]) -> Target:
    def make(held: Held | None, public: Public) -> Document | None:
        here = {i: public[i] for i in ids if i in public and _tile_of(public[i]) == tile}
        pins = {i: pin_of(here[i]) if i in here else None for i in ids}
        after = with_pins(held.body if held else None, pins)
        return Document(msgspec.json.encode(after), JSON) if after.pins else None

    return Target(tile_key(tile), ids, make)


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
