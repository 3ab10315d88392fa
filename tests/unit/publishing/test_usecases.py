"""Published documents follow the stored reports: all in memory, one publisher at a time."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from msgspec.structs import replace

from chalicelib.errors import UpstreamFailed
from chalicelib.geo.point import Point
from chalicelib.geo.quadkey import MAP_ZOOM, key_of
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.publishing.document_targets import tile_targets
from chalicelib.publishing.lists import publish_lists
from chalicelib.publishing.model import decode_counts, decode_pins, key_of_quadkey, key_of_tile
from chalicelib.publishing.pages import JinjaPages
from chalicelib.publishing.ports import Document, Ports
from chalicelib.publishing.republishing import publish_all
from chalicelib.publishing.rewriting import rewrite
from chalicelib.publishing.usecases import (
    TouchedParts,
    publish,
    publish_fixed,
    publish_overdue,
    tidy,
)
from chalicelib.reports.published import ReportView
from tests.support.builders import MARKET_PLACE, NOON
from tests.support.councils import council_named
from tests.support.fakes import MemoryDocuments, plain_page
from tests.support.fakes_publishing import MemoryReports, PublishingWorld, photo_view, update_view

ELSEWHERE: dict[str, Any] = {"lat": 53.99, "long": -1.12}
QUARTER = timedelta(days=90)
PHOTO = (photo_view("P1"),)
FILES = {"photos/R00000000001/P1/page.jpg", "photos/R00000000001/P1/thumbnail.jpg"}


@pytest.fixture
def here() -> PublishingWorld:
    return PublishingWorld()


@pytest.fixture
def ports(here: PublishingWorld) -> Ports:
    return here.ports()


@pytest.fixture
def reports(here: PublishingWorld) -> MemoryReports:
    return here.reports


@pytest.fixture
def documents(here: PublishingWorld) -> MemoryDocuments:
    return here.documents


def tile_of(report: ReportView) -> str:
    assert report.lat is not None and report.long is not None
    return key_of(Point(lat=report.lat, long=report.long), MAP_ZOOM)


def touched(*stored: ReportView, **values: Any) -> dict[str, TouchedParts]:
    return {
        each.service_request_id: TouchedParts(tiles={tile_of(each)}, facts={"fact"}, **values)
        for each in stored
    }


def pinned(documents: MemoryDocuments, tile: str) -> list[str]:
    body = documents.bodies.get(key_of_quadkey(tile))
    return [pin.service_request_id for pin in decode_pins(body)] if body else []


def counts_key(ports: Ports) -> str:
    return key_of_tile(ports.council_tile)


def counted(documents: MemoryDocuments, ports: Ports) -> list[tuple[int, int]]:
    body = documents.bodies.get(counts_key(ports))
    return [(count.open, count.closed) for count in decode_counts(body)] if body else []


# A report


def test_report_appears_as_json_page_pin_and_count_when_it_is_published(
    ports: Ports, documents: MemoryDocuments, reports: MemoryReports
) -> None:
    stored = reports.put()
    assert publish(touched(stored), ports) == {}
    tile = key_of_quadkey(tile_of(stored))
    assert sorted(documents.bodies) == sorted(
        ["data/reports/R00000000001.json", "reports/R00000000001", tile, counts_key(ports)]
    )
    assert sorted(documents.puts) == sorted(documents.bodies)
    assert msgspec.json.decode(documents.bodies[tile]) == {
        "pins": [
            {
                "service_request_id": "R00000000001",
                **MARKET_PLACE,
                "service_code": "pothole",
                "state": "open",
                "status": "open",
                "requested_datetime": "2026-06-01T12:00:00Z",
                "updated_datetime": "2026-06-01T12:00:00Z",
            }
        ]
    }
    z, x, y = tile.removeprefix("data/tiles/").removesuffix(".json").split("/")
    assert msgspec.json.decode(documents.bodies[counts_key(ports)]) == {
        "counts": [
            {
                "z": int(z),
                "x": int(x),
                "y": int(y),
                **MARKET_PLACE,
                "open": 1,
                "closed": 0,
                "services": {"pothole": [1, 0]},
            }
        ]
    }


def test_tile_and_counts_are_written_once_when_a_batch_names_several_reports(
    ports: Ports, documents: MemoryDocuments, reports: MemoryReports
) -> None:
    stored = [reports.put(number) for number in range(5)]
    stored.append(reports.put(5, **ELSEWHERE))
    publish(touched(*stored), ports)
    assert documents.puts.count(key_of_quadkey(tile_of(stored[0]))) == 1
    assert documents.puts.count(counts_key(ports)) == 1
    ids = [each.service_request_id for each in stored[:5]]
    assert pinned(documents, tile_of(stored[0])) == ids
    assert sorted(counted(documents, ports)) == [(1, 0), (5, 0)]


def test_nothing_is_written_when_a_fact_comes_again(
    ports: Ports, documents: MemoryDocuments, reports: MemoryReports
) -> None:
    stored = reports.put()
    publish(touched(stored), ports)
    documents.puts.clear()
    publish(touched(stored), ports)
    assert documents.puts == []


def test_every_document_vanishes_when_the_report_is_no_longer_public(
    ports: Ports, documents: MemoryDocuments, reports: MemoryReports
) -> None:
    stored = reports.put()
    publish(touched(stored), ports)
    reports.hide(stored)
    publish(touched(stored), ports)
    assert documents.bodies == {}


def test_pin_leaves_its_old_tile_when_the_report_moves(
    ports: Ports, documents: MemoryDocuments, reports: MemoryReports
) -> None:
    before = reports.put()
    publish(touched(before), ports)
    after = reports.put(**ELSEWHERE)
    both = {tile_of(before), tile_of(after)}
    publish({after.service_request_id: TouchedParts(tiles=both)}, ports)
    assert pinned(documents, tile_of(before)) == []
    assert pinned(documents, tile_of(after)) == [after.service_request_id]
    assert counted(documents, ports) == [(1, 0)]


def test_report_has_a_page_and_no_pin_when_nobody_knows_where_it_is(
    ports: Ports, documents: MemoryDocuments, reports: MemoryReports
) -> None:
    stored = reports.put(lat=None, long=None)
    publish({stored.service_request_id: TouchedParts()}, ports)
    assert sorted(documents.bodies) == ["data/reports/R00000000001.json", "reports/R00000000001"]


def test_others_are_published_when_one_report_fails(here: PublishingWorld) -> None:
    def page(report: ReportView) -> bytes:
        if report.service_request_id.endswith("2"):
            raise ZeroDivisionError
        return plain_page(report)

    stored = [here.reports.put(1), here.reports.put(2, **ELSEWHERE), here.reports.put(3)]
    failed = publish(touched(*stored), replace(here.ports(), pages={"en": page}))
    assert list(failed) == ["R00000000002"]
    assert {"reports/R00000000001", "reports/R00000000003"} <= set(here.documents.bodies)


# Somebody else in between


def test_late_writer_removes_its_document_when_the_report_was_hidden_meanwhile(
    here: PublishingWorld,
) -> None:
    """It read a public report, was held up, and writes where nothing is left."""
    stored = here.reports.put()

    class HidesMeanwhile(MemoryDocuments):
        hidden = False

        def write(self, key: str, document: Document, held: StoredDocument | None) -> None:
            if not self.hidden:
                self.hidden = True
                here.reports.hide(stored)
            super().write(key, document, held)

    slow = here.documents = HidesMeanwhile()
    publish(touched(stored), here.ports())
    assert slow.hidden and slow.bodies == {}
    [dropped] = here.cdn.invalidated.values()
    assert "/data/reports/R00000000001.json" in dropped


def test_publishing_starts_again_after_a_concurrent_write_of_the_tile(
    here: PublishingWorld,
) -> None:
    first, second = here.reports.put(1), here.reports.put(2)

    class WrittenMeanwhile(MemoryDocuments):
        interrupted = False

        def write(self, key: str, document: Document, held: StoredDocument | None) -> None:
            if key.startswith("data/tiles/14/") and not self.interrupted:
                self.interrupted = True
                publish(touched(second), here.ports())
            super().write(key, document, held)

    here.documents = WrittenMeanwhile()
    publish(touched(first), here.ports())
    assert pinned(here.documents, tile_of(first)) == ["R00000000001", "R00000000002"]
    assert counted(here.documents, here.ports()) == [(2, 0)]


def test_counts_are_made_again_when_the_tile_changed_while_they_were_written(
    here: PublishingWorld,
) -> None:
    """Another publisher has rewritten the tile, and has not come to the counts yet."""
    first, second = here.reports.put(1), here.reports.put(2)
    tile = tile_of(first)

    class TileChangesMeanwhile(MemoryDocuments):
        changed = False

        def write(self, key: str, document: Document, held: StoredDocument | None) -> None:
            if key == counts_key(here.ports()) and not self.changed:
                self.changed = True
                rewrite(
                    tile_targets({tile: [second.service_request_id]}, here.ports()), here.ports()
                )
            super().write(key, document, held)

    here.documents = TileChangesMeanwhile()
    publish(touched(first), here.ports())
    assert counted(here.documents, here.ports()) == [(2, 0)]


# What was closed long ago


def closed(reports: MemoryReports, number: int = 1, **values: Any) -> ReportView:
    return reports.put(number, state="fixed", status="closed", **values)


def test_pin_leaves_the_map_and_the_counts_and_keeps_its_page_when_it_was_closed_long_ago(
    here: PublishingWorld, ports: Ports, documents: MemoryDocuments, reports: MemoryReports
) -> None:
    old, open_one = closed(reports), reports.put(2)
    later = closed(reports, 3, updated_datetime=NOON + QUARTER / 2)
    publish(touched(old, open_one, later), ports)
    assert counted(documents, ports) == [(1, 2)]
    here.now.now = NOON + QUARTER
    documents.puts.clear()
    assert tidy(ports) == {}
    assert pinned(documents, tile_of(old)) == ["R00000000002", "R00000000003"]
    assert counted(documents, ports) == [(1, 1)]
    assert "reports/R00000000001" in documents.bodies
    assert documents.puts == [key_of_quadkey(tile_of(old)), counts_key(ports)]


def test_tidying_reads_no_report_and_writes_nothing_when_nothing_is_that_old(
    ports: Ports, documents: MemoryDocuments, reports: MemoryReports
) -> None:
    publish(touched(closed(reports), reports.put(2, **ELSEWHERE)), ports)
    documents.puts.clear()
    reports.asked.clear()
    assert tidy(ports) == {}
    assert documents.puts == [] and reports.asked == []


def test_pin_stays_when_its_report_was_reopened_before_tidying(
    here: PublishingWorld, ports: Ports, documents: MemoryDocuments, reports: MemoryReports
) -> None:
    publish(touched(closed(reports)), ports)
    again = reports.put(state="reopen", updated_datetime=NOON + QUARTER)
    here.now.now = NOON + QUARTER
    tidy(ports)
    assert pinned(documents, tile_of(again)) == [again.service_request_id]
    assert counted(documents, ports) == [(1, 0)]


def test_report_never_appears_on_the_map_when_it_was_closed_long_ago(
    here: PublishingWorld, ports: Ports, documents: MemoryDocuments, reports: MemoryReports
) -> None:
    here.now.now = NOON + QUARTER
    publish(touched(closed(reports)), ports)
    assert sorted(documents.bodies) == ["data/reports/R00000000001.json", "reports/R00000000001"]


def test_failed_tidying_is_reported_and_repeated(
    here: PublishingWorld, ports: Ports, documents: MemoryDocuments, reports: MemoryReports
) -> None:
    publish(touched(closed(reports), closed(reports, 2, **ELSEWHERE)), ports)
    here.now.now = NOON + QUARTER

    class Refusing(MemoryReports):
        def public_views(self, service_request_ids: Sequence[str]) -> Mapping[str, ReportView]:
            if "R00000000001" in service_request_ids:
                raise UpstreamFailed("The store of reports did not answer.")
            return super().public_views(service_request_ids)

    assert list(tidy(replace(ports, reports=Refusing()))) == ["R00000000001"]
    assert counted(documents, ports) == [(0, 1)]
    assert tidy(ports) == {}
    assert counted(documents, ports) == []


# What is overdue


def pages_of(here: PublishingWorld) -> JinjaPages:
    return JinjaPages(
        council=council_named("demo").page_details,
        zone=ZoneInfo("Europe/London"),
        now=here.now,
    )


def test_page_says_overdue_after_its_day_though_its_report_did_not_change(
    here: PublishingWorld, ports: Ports, documents: MemoryDocuments, reports: MemoryReports
) -> None:
    ports = replace(ports, pages={"en": pages_of(here).render_report})
    due = NOON + timedelta(hours=4)
    promised = reports.put(expected_datetime=due)
    later = reports.put(2, expected_datetime=due + timedelta(days=1))
    publish(touched(promised, later), ports)
    documents.puts.clear()
    assert publish_overdue(ports) == {} and documents.puts == []
    here.now.now = NOON + timedelta(days=1)
    assert publish_overdue(ports) == {}
    assert documents.puts == ["reports/R00000000001"]
    assert b"This is overdue." in documents.bodies["reports/R00000000001"]
    assert b"We aim to" in documents.bodies["reports/R00000000002"]
    documents.puts.clear()
    here.now.now += timedelta(hours=1)
    assert publish_overdue(ports) == {} and documents.puts == []


def test_report_that_cannot_be_read_does_not_stop_the_others(
    ports: Ports, documents: MemoryDocuments, reports: MemoryReports
) -> None:
    stored = [reports.put(number) for number in (1, 2, 3)]
    reports.unreadable = {stored[0].service_request_id}
    failed = publish(touched(*stored), ports)
    assert {"reports/R00000000002", "reports/R00000000003"} <= {*documents.bodies}
    assert "reports/R00000000001" not in documents.bodies
    assert stored[0].service_request_id in failed


def test_tile_that_cannot_be_read_does_not_stop_the_tidying_of_the_others(
    here: PublishingWorld, ports: Ports, documents: MemoryDocuments, reports: MemoryReports
) -> None:
    broken, other = closed(reports), closed(reports, 2, **ELSEWHERE)
    publish(touched(broken, other), ports)
    here.now.now = NOON + QUARTER
    documents.unreadable = {key_of_quadkey(tile_of(broken))}
    assert tile_of(broken) in tidy(ports)
    documents.unreadable = set()
    assert pinned(documents, tile_of(other)) == []


# Photos


def test_photos_of_a_report_and_its_updates_are_published_and_removed(
    here: PublishingWorld, ports: Ports, reports: MemoryReports
) -> None:
    here.photos.keep("R00000000001", "P1", "P2")
    update = update_view(photos=(photo_view("P2"),))
    stored = reports.put(photos=PHOTO, updates=(update,))
    publish(touched(stored, photos={"P1", "P2"}), ports)
    assert here.photos.published == FILES | {each.replace("P1", "P2") for each in FILES}
    publish(touched(reports.put(updates=(update,)), photos={"P1", "P2"}), ports)
    assert here.photos.published == {each.replace("P1", "P2") for each in FILES}
    reports.hide(stored)
    publish(touched(stored, photos={"P1", "P2"}), ports)
    assert here.photos.published == set()


def test_up_to_date_photos_are_left_unchanged(
    here: PublishingWorld, ports: Ports, reports: MemoryReports
) -> None:
    here.photos.keep("R00000000001", "P1")
    stored = reports.put(photos=PHOTO)
    publish(touched(stored, photos={"P1"}), ports)
    here.photos.acts.clear()
    publish(touched(stored, photos={"P1"}), ports)
    assert here.photos.acts == []


def test_photos_are_published_again_after_a_removal(
    here: PublishingWorld, ports: Ports, reports: MemoryReports
) -> None:
    here.photos.keep("R00000000001", "P1")
    stored = reports.put(photos=PHOTO)
    publish(touched(stored, photos={"P1"}), ports)
    here.photos.acts.clear()
    publish(touched(stored, photos={"P1"}, purge=True), ports)
    assert len(here.photos.acts) == len(FILES) and here.photos.published == FILES


def test_photo_is_hidden_before_the_page_is_rewritten(here: PublishingWorld) -> None:
    here.photos.keep("R00000000001", "P1")
    publish(touched(here.reports.put(photos=PHOTO), photos={"P1"}), here.ports())
    order: list[str] = []

    class Noting(MemoryDocuments):
        def write(self, key: str, document: Document, held: StoredDocument | None) -> None:
            order.append(f"write {key}")
            super().write(key, document, held)

    here.documents, here.photos.acts = Noting(), order
    publish(touched(here.reports.put(), photos={"P1"}), here.ports())
    assert [each.partition(" ")[0] for each in order[:3]] == ["hide", "hide", "write"]


def test_photo_appears_after_its_review(
    here: PublishingWorld, ports: Ports, documents: MemoryDocuments, reports: MemoryReports
) -> None:
    """The fact of the photo touches the page and the JSON, and no tile."""
    stored = reports.put()
    publish(touched(stored), ports)
    documents.puts.clear()
    here.photos.keep("R00000000001", "P1")
    reports.put(photos=PHOTO)
    publish({"R00000000001": TouchedParts(photos={"P1"}, facts={"photo"})}, ports)
    assert here.photos.published == FILES
    assert documents.puts == ["data/reports/R00000000001.json"]


# The CDN


def test_copies_of_page_photos_and_tile_are_purged_when_the_report_is_hidden(
    here: PublishingWorld, ports: Ports, reports: MemoryReports
) -> None:
    here.photos.keep("R00000000001", "P1")
    stored, other = reports.put(photos=PHOTO), reports.put(2)
    publish(touched(stored, photos={"P1"}), ports)
    assert here.cdn.invalidated == {}
    reports.hide(stored)
    both = touched(stored, photos={"P1"}, purge=True) | touched(other)
    assert publish(both, ports) == {}
    [dropped] = here.cdn.invalidated.values()
    assert set(dropped) == {
        "/reports/R00000000001",
        "/data/reports/R00000000001.json",
        f"/{key_of_quadkey(tile_of(stored))}",
        *(f"/{file}" for file in FILES),
    }


def test_report_fails_until_the_cdn_confirms_and_the_others_do_not(
    here: PublishingWorld, ports: Ports, reports: MemoryReports
) -> None:
    stored, other = reports.put(), reports.put(2)
    publish(touched(stored, other), ports)
    reports.hide(stored)
    here.cdn.refuses = True
    both = touched(stored, purge=True) | touched(other)
    assert list(publish(both, ports)) == [stored.service_request_id]
    here.cdn.refuses = False
    assert publish(touched(stored, purge=True), ports) == {}
    assert len(here.cdn.invalidated) == 1


def test_copies_stay_when_a_document_could_not_be_rewritten(here: PublishingWorld) -> None:
    """A copy dropped before the document is gone would be fetched again."""
    stored = here.reports.put()
    publish(touched(stored), here.ports())
    here.reports.hide(stored)

    class Stubborn(MemoryDocuments):
        def delete(self, key: str, held: StoredDocument) -> None:
            raise OSError

    stubborn = Stubborn()
    stubborn.bodies = here.documents.bodies
    here.documents = stubborn
    assert list(publish(touched(stored, purge=True), here.ports())) == [stored.service_request_id]
    assert here.cdn.invalidated == {}


# Everything again


def test_full_rebuild_equals_publishing_one_by_one(
    here: PublishingWorld, ports: Ports, documents: MemoryDocuments, reports: MemoryReports
) -> None:
    stored = [reports.put(number) for number in range(3)]
    stored += [reports.put(4, **ELSEWHERE), closed(reports, 6)]
    reports.hide(reports.put(5))
    here.photos.keep("R00000000007", "P1")
    photographed = reports.put(7, photos=PHOTO)
    publish(touched(*stored), ports)
    publish(touched(photographed, photos={"P1"}), ports)
    publish_fixed(ports)
    days = dict.fromkeys(reports.shown)
    assert publish_lists(days, ports) == {}
    one_by_one, photos = dict(documents.bodies), set(here.photos.published)
    documents.bodies.clear()
    here.photos.published.clear()
    assert publish_all(ports) == {}
    assert documents.bodies == one_by_one
    assert here.photos.published == photos != set()


def test_obsolete_documents_are_removed_by_a_full_rebuild(
    here: PublishingWorld, ports: Ports, documents: MemoryDocuments, reports: MemoryReports
) -> None:
    stored = reports.put()
    publish(touched(stored), ports)
    gone = {
        key.replace("R00000000001", "R00000000009"): b"{}"
        for key in documents.bodies
        if "tiles" not in key
    }
    far = key_of_quadkey(key_of(Point(**ELSEWHERE), MAP_ZOOM))
    documents.bodies |= gone | {far: msgspec.json.encode({"pins": []})}
    documents.bodies |= {
        counts_key(ports): b'{"counts":[{"z":14,"x":1,"y":1,"lat":0.0,"long":0.0,'
        b'"open":7,"closed":0,"services":{}}]}',
    }
    here.photos.published |= {"photos/R00000000009/P1/page.jpg"}
    assert publish_all(ports) == {}
    assert not [key for key in documents.bodies if "R00000000009" in key]
    assert here.photos.published == set()
    assert far not in documents.bodies
    assert pinned(documents, tile_of(stored)) == ["R00000000001"]
    assert counted(documents, ports) == [(1, 0)]


# Pages in other languages


@pytest.fixture
def bilingual(here: PublishingWorld) -> Ports:
    here.pages["cy"] = plain_page
    return here.ports()


def test_page_appears_and_disappears_in_all_languages_at_once(
    here: PublishingWorld, bilingual: Ports, documents: MemoryDocuments, reports: MemoryReports
) -> None:
    stored = reports.put()
    publish(touched(stored), bilingual)
    pages = {"reports/R00000000001", "cy/reports/R00000000001"}
    assert pages <= documents.bodies.keys()
    reports.hide(stored)
    publish({stored.service_request_id: TouchedParts(purge=True, facts={"F1"})}, bilingual)
    assert not pages & documents.bodies.keys()
    (purged,) = here.cdn.invalidated.values()
    assert {f"/{each}" for each in pages} <= set(purged)


def test_pages_in_a_language_that_is_no_longer_offered_are_removed(
    here: PublishingWorld, bilingual: Ports, documents: MemoryDocuments, reports: MemoryReports
) -> None:
    publish(touched(reports.put()), bilingual)
    del here.pages["cy"]
    assert publish_all(here.ports()) == {}
    assert "reports/R00000000001" in documents.bodies
    assert "cy/reports/R00000000001" not in documents.bodies
