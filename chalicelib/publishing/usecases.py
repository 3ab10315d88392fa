"""Publishing: makes everything public again from the store, until nothing changes."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from hashlib import sha256

import msgspec

from chalicelib.errors import AppError, UpstreamFailed
from chalicelib.geo.quadkey import MAP_ZOOM, Tile, quadkey, tile_of_key
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.publishing.document_targets import (
    DocumentTarget,
    count_targets,
    is_closed_too_long,
    page_targets,
    photo_targets,
    published_pins,
    put_document,
    report_targets,
    tile_targets,
)
from chalicelib.publishing.model import (
    JSON,
    TILES,
    key_of_quadkey,
    page_key,
    photo_keys,
    report_key,
)
from chalicelib.publishing.ports import Document, Ports
from chalicelib.publishing.rewriting import rewrite
from chalicelib.publishing.security_txt import publish_security_txt
from chalicelib.publishing.wards import WARD_DOCUMENTS, ward_key, ward_targets, wards_that_list

AT_ONCE = 100
"""The number of reports read together when everything is published."""

LOOKS_BACK = timedelta(days=4)
"""How long after a promise has passed its page is checked: a day longer than a failure can go
without an alarm."""

WARDS_EVERY = timedelta(minutes=5)
"""The schedule of `update_wards`."""

Failed = dict[str, Exception]


class TouchedParts(msgspec.Struct):
    """The parts of publication that the facts about one report touch: tiles (quadkeys) and photos
    that may have changed, the facts' ids, and whether a fact removed something from public view."""

    tiles: set[str] = msgspec.field(default_factory=set)
    photos: set[str] = msgspec.field(default_factory=set)
    facts: set[str] = msgspec.field(default_factory=set)
    purge: bool = False


def publish(touched: Mapping[str, TouchedParts], ports: Ports) -> Failed:
    """Publishes reports, their photos, the tiles they touch and the counts, and purges the copies
    of what was removed. `touched` is by service_request_id. Returns the failures, by
    service_request_id; the rest is published.
    """
    by_tile: dict[str, set[str]] = defaultdict(set)
    for service_request_id, this in touched.items():
        for tile in this.tiles:
            by_tile[tile].add(service_request_id)
    photos = {each: this.photos for each, this in touched.items() if this.photos}
    # A part of a picture may have been removed.
    purged = {each for each, this in touched.items() if this.purge}
    failed, made, outdated_keys = rewrite(
        # Photos first: no page shows a missing one, none stays longer than its page.
        [
            *photo_targets(photos, purged),
            *report_targets(touched, ports),
            *tile_targets(by_tile, ports),
        ],
        ports,
    )
    failed |= rewrite(count_targets(by_tile, ports, made), ports).failed
    done = {each: this for each, this in touched.items() if each not in failed}
    # Copies are purged even if a ward fails, and again when it is retried.
    left_in_wards = _take_out_of_wards(touched, ports)
    return failed | left_in_wards | _purge(done, outdated_keys, ports)


def publish_fixed(ports: Ports) -> None:
    """Publishes the documents that depend only on configuration, and security.txt. Raises
    UpstreamFailed."""
    publish_security_txt(ports)
    for key, content in ports.fixed_documents().items():
        document = Document(msgspec.json.encode(content), JSON)
        held = ports.documents.read(key)
        try:
            put_document(key, document, held, ports.documents)
        except VersionConflict as error:
            raise UpstreamFailed(
                f"Somebody else published {key} at the same time. Try again."
            ) from error


def publish_wards(ports: Ports, *, reads_all_titles: bool = True) -> Failed:
    """Makes the documents of all wards from the published tiles, writes those that changed, and
    removes those of former wards. Returns the failures, by ward code. Raises UpstreamFailed.
    """
    wards = ports.wards()
    gone = set(ports.documents.keys(WARD_DOCUMENTS)) - {ward_key(ward.code) for ward in wards}
    failed: Failed = {}
    for target in ward_targets(wards, ports, reads_all_titles=reads_all_titles):
        failed |= rewrite([target], ports).failed
    return failed | remove_documents(gone, ports)


def update_wards(ports: Ports) -> Failed:
    """Publishes the wards as `publish_wards` does, for a run every WARDS_EVERY; it reads published
    titles again once an hour."""
    is_first_of_hour = ports.now().minute < WARDS_EVERY // timedelta(minutes=1)
    return publish_wards(ports, reads_all_titles=is_first_of_hour)


def tidy(ports: Ports) -> Failed:
    """Removes reports from the map that were closed too long ago. Reads the tiles, and writes only
    those with such reports. Returns the failures, by service_request_id, or by the tile that could
    not be read; the next run finds them again. Raises UpstreamFailed.
    """
    tidied: dict[str, set[str]] = {}
    failed: Failed = {}
    for tile in published_tiles(ports):
        try:
            pins = published_pins(tile_of_key(tile), ports)
        except AppError as error:
            failed |= {tile: error}
            continue
        aged = {pin.service_request_id for pin in pins if is_closed_too_long(pin, ports)}
        if aged:
            tidied[tile] = aged
            failed |= rewrite(tile_targets({tile: aged}, ports), ports).failed
    return failed | rewrite(count_targets(tidied, ports), ports).failed


def publish_overdue(ports: Ports) -> Failed:
    """Rebuilds the pages of reports whose promise has passed in the last days, to say that they are
    overdue. Writes only pages that change. Returns the failures, by service_request_id. Raises
    UpstreamFailed.
    """
    now = ports.now()
    passed = list(ports.reports.ids_promised(now - LOOKS_BACK, now))
    failed: Failed = {}
    for start in range(0, len(passed), AT_ONCE):
        failed |= rewrite(page_targets(passed[start : start + AT_ONCE], ports), ports).failed
    return failed


def content_version(content: object) -> str:
    """A short digest of a document's content, for `versions` in the index."""
    return sha256(msgspec.json.encode(content)).hexdigest()[:12]


def remove_documents(keys: Iterable[str], ports: Ports) -> Failed:
    """Removes the documents. Returns the failures, by key."""
    failed: Failed = {}
    for key in keys:
        target = DocumentTarget(key, frozenset(), frozenset((key,)), _make_nothing)
        failed |= rewrite([target], ports).failed
    return failed


def _make_nothing(*_: object) -> None:
    """The content of a document to be removed: None."""


def _take_out_of_wards(touched: Mapping[str, TouchedParts], ports: Ports) -> Failed:
    """Rebuilds at once the documents of wards that list removed reports. A failure is retried with
    all removed reports."""
    purged = [each for each, this in touched.items() if this.purge]
    if not purged:
        return {}
    tiles = {tile for each in purged for tile in touched[each].tiles}
    try:
        wards = wards_that_list(purged, tiles, ports)
        failed = rewrite(ward_targets(wards, ports), ports).failed
    except AppError as error:
        failed = {"": error}
    return dict.fromkeys(purged, next(iter(failed.values()))) if failed else {}


def _purge(done: Mapping[str, TouchedParts], outdated_keys: Iterable[str], ports: Ports) -> Failed:
    """Purges the copies of the pages, photos and tiles of reports with a purge, and of documents
    that were briefly outdated. Lists of wards, open data and feeds are rewritten, and their copies
    end after a minute (`s-maxage`): a CDN takes only 15 purges of whole folders at a time. Returns
    the failures."""
    purged = {each: this for each, this in done.items() if this.purge}
    keys = {
        *outdated_keys,
        *(key for each, this in purged.items() for key in _keys_to_purge(each, this, ports)),
    }
    if not keys:
        return {}
    asked_by = purged or done
    facts = {fact for this in asked_by.values() for fact in this.facts}
    reference = content_version([sorted(facts), sorted(keys)])
    try:
        ports.purge([f"/{key}" for key in sorted(keys)], reference)
    except AppError as error:
        return dict.fromkeys(asked_by, error)
    return {}


def _keys_to_purge(service_request_id: str, this: TouchedParts, ports: Ports) -> set[str]:
    return {
        report_key(service_request_id),
        *(page_key(service_request_id, language) for language in ports.pages),
        *map(key_of_quadkey, this.tiles),
        *photo_keys(service_request_id, this.photos),
    }


def published_tiles(ports: Ports) -> Iterator[str]:
    """Quadkeys of the published tiles with pins."""
    for key in ports.documents.keys(f"{TILES}{MAP_ZOOM}/"):
        z, x, y = key.removeprefix(TILES).removesuffix(".json").split("/")
        yield quadkey(Tile(int(z), int(x), int(y)))
