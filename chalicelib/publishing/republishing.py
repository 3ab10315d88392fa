"""Publishes everything again from the store.

`publish_all` does it in one process, report by report. For many reports, the function `publish`
makes the documents of each, and `publish_rest` all documents that belong to several reports or to
none.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from chalicelib.geo.quadkey import MAP_ZOOM, key_of, quadkey, tile_of_key
from chalicelib.kernel.languages import language_names
from chalicelib.publishing.document_targets import (
    count_targets,
    photo_targets,
    published_pins,
    report_targets,
    tile_targets,
)
from chalicelib.publishing.lists import days_of, finish_lists, published_days, rebuild_lists
from chalicelib.publishing.model import (
    REPORTS,
    decode_counts,
    key_of_tile,
    pages_folder,
    shown_photo_ids,
)
from chalicelib.publishing.ports import Ports
from chalicelib.publishing.rewriting import rewrite
from chalicelib.publishing.usecases import (
    Failed,
    publish_fixed,
    publish_wards,
    published_tiles,
    remove_documents,
)
from chalicelib.reports.published import ReportOutline

AT_ONCE = 100
"""The number of reports read together."""


def publish_all(
    ports: Ports, progress: Callable[[int, int], None] = lambda done, of: None
) -> Failed:
    """Publishes everything from the store, and removes documents and photos that no longer belong
    to it. Returns the failures, by service_request_id; `progress` is called for each portion of
    reports with their total. Raises UpstreamFailed.
    """
    publish_fixed(ports)
    stored = list(ports.reports.outlines())
    failed = _publish_reports({each.service_request_id for each in stored}, ports, progress)
    failed |= _publish_map(stored, ports)
    failed |= remove_documents(_pages_in_former_languages(ports), ports)
    return failed | publish_wards(ports) | rebuild_lists(ports, days_of(stored))


def publish_rest(stored: Sequence[ReportOutline], ports: Ports) -> Failed:
    """Publishes the map, the wards, and all that is derived from the published days of open data;
    removes documents and photos of reports that are not stored, and photos of those that have none.
    Returns and raises as `publish_all`.
    """
    known = {each.service_request_id for each in stored}
    failed = _publish_reports((), ports, without=known)
    bare = ports.photos.service_request_ids() - {
        each.service_request_id for each in stored if each.has_photos
    }
    failed |= rewrite(photo_targets(dict.fromkeys(sorted(bare), ())), ports).failed
    failed |= _publish_map(stored, ports)
    failed |= remove_documents(_pages_in_former_languages(ports), ports)
    failed |= publish_wards(ports)
    return failed | finish_lists({*published_days(ports), *days_of(stored)}, ports)


def _publish_reports(
    stored: Collection[str],
    ports: Ports,
    progress: Callable[[int, int], None] = lambda done, of: None,
    *,
    without: Collection[str] = (),
) -> Failed:
    """The documents and photos of these reports, and of all published ones but those of
    `without`."""
    with_photos = ports.photos.service_request_ids()
    ids = sorted({*stored, *_published_ids(ports), *with_photos}.difference(without))
    failed: Failed = {}
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        photos: dict[str, Iterable[str]] = {each: () for each in some if each in with_photos}
        for service_request_id, report in ports.reports.public_views(some).items():
            if shown := shown_photo_ids(report):
                photos[service_request_id] = shown
        failed |= rewrite([*photo_targets(photos), *report_targets(some, ports)], ports).failed
        progress(len(some), len(ids))
    return failed


def _publish_map(stored: Iterable[ReportOutline], ports: Ports) -> Failed:
    """All tiles and their counts."""
    tiles = {tile: _pinned_reports(tile, ports) for tile in published_tiles(ports)}
    for report in stored:
        if report.point and _may_be_on_the_map(report, ports):
            tile = key_of(report.point, MAP_ZOOM)
            tiles.setdefault(tile, set()).add(report.service_request_id)
    failed: Failed = {}
    for tile, shows in tiles.items():
        failed |= rewrite(tile_targets({tile: shows}, ports), ports).failed
    counted: dict[str, set[str]] = {tile: set() for tile in _counted_tiles(ports)}
    return failed | rewrite(count_targets(counted | tiles, ports), ports).failed


def _may_be_on_the_map(report: ReportOutline, ports: Ports) -> bool:
    if not report.is_public:
        return False
    return report.is_open or ports.now() - report.updated_datetime < ports.closed_shown


def _published_ids(ports: Ports) -> Iterator[str]:
    for prefix in (REPORTS, *map(pages_folder, ports.pages)):
        for key in ports.documents.keys(prefix):
            yield key.removeprefix(prefix).removesuffix(".json")


def _pinned_reports(tile: str, ports: Ports) -> set[str]:
    return {pin.service_request_id for pin in published_pins(tile_of_key(tile), ports)}


def _counted_tiles(ports: Ports) -> Iterator[str]:
    """Quadkeys of the tiles that have a count now."""
    held = ports.documents.read(key_of_tile(ports.council_tile))
    for count in decode_counts(held.body) if held else ():
        yield quadkey(count.tile)


def _pages_in_former_languages(ports: Ports) -> Iterator[str]:
    """The keys of the reports' pages in languages that the council no longer offers."""
    for language in language_names().keys() - ports.pages.keys():
        yield from ports.documents.keys(pages_folder(language))
