"""Ward documents follow the published tiles, and lose at once what is taken back."""

import dataclasses
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.errors import UpstreamFailed
from chalicelib.geo.point import Box, Point
from chalicelib.geo.quadkey import MAP_ZOOM, key_of
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.publishing.model import key_of_quadkey
from chalicelib.publishing.ports import Document, Ports
from chalicelib.publishing.republishing import publish_all
from chalicelib.publishing.usecases import TouchedParts, publish, publish_wards, update_wards
from chalicelib.reports.published import ReportView
from tests.support.builders import MARKET_PLACE, NOON
from tests.support.fakes import MemoryDocuments
from tests.support.fakes_publishing import PublishingWorld

TILE = key_of(Point(**MARKET_PLACE), MAP_ZOOM)


@dataclass(frozen=True)
class Area:
    """A ward that is a box."""

    code: str
    bounds: Box

    @property
    def name(self) -> str:
        return self.code.title()

    @property
    def content(self) -> dict[str, Any]:
        return {"ward": {"code": self.code}, "roadworks": []}

    def contains(self, point: Point) -> bool:
        return self.bounds.contains(point)


CENTRE = Area("centre", Box(west=-1.09, south=53.95, east=-1.07, north=53.97))
SOUTH = Area("south", Box(west=-1.09, south=53.90, east=-1.07, north=53.94))


@pytest.fixture
def here() -> PublishingWorld:
    return PublishingWorld()


def ports(here: PublishingWorld, wards: Sequence[Area] = (CENTRE, SOUTH)) -> Ports:
    return replace(here.ports(), wards=lambda: wards)


def touch(
    report: ReportView, here: PublishingWorld, *, purge: bool = False
) -> dict[str, Exception]:
    touched = TouchedParts(tiles={TILE}, facts={"fact"}, purge=purge)
    return publish({report.service_request_id: touched}, ports(here))


def ward(here: PublishingWorld, code: str = "centre") -> Any:
    return json.loads(here.documents.bodies[f"data/wards/{code}.json"])


def test_ward_lists_its_newest_open_reports_when_it_is_published(here: PublishingWorld) -> None:
    for number in range(25):
        later = NOON + timedelta(minutes=number)
        touch(here.reports.put(number, title=f"No {number}", requested_datetime=later), here)
    touch(here.reports.put(30, status="closed", state="fixed"), here)
    assert publish_wards(ports(here)) == {}
    assert ward(here)["open_reports"] == 25
    assert [each["title"] for each in ward(here)["reports"]] == [
        f"No {n}" for n in range(24, 4, -1)
    ]
    assert ward(here, "south")["open_reports"] == 0


def test_ward_is_unchanged_when_nothing_changed(here: PublishingWorld) -> None:
    touch(here.reports.put(), here)
    publish_wards(ports(here))
    here.documents.puts.clear()
    here.now.now += timedelta(minutes=5)
    publish_wards(ports(here))
    assert here.documents.puts == []
    touch(here.reports.put(2), here)
    publish_wards(ports(here))
    assert here.documents.puts[-1:] == ["data/wards/centre.json"]
    assert ward(here)["updated_datetime"] == "2026-06-01T12:05:00Z"


def test_ordinary_change_writes_no_ward(here: PublishingWorld) -> None:
    touch(here.reports.put(), here)
    publish_wards(ports(here))
    here.documents.puts.clear()
    touch(here.reports.put(state="investigating"), here)
    assert not [key for key in here.documents.puts if key.startswith("data/wards/")]


def test_hidden_report_leaves_its_ward_at_once_when_it_was_listed(here: PublishingWorld) -> None:
    report = here.reports.put(title="Somebody's name")
    touch(report, here)
    publish_wards(ports(here))
    here.reports.hide(report)
    assert touch(report, here, purge=True) == {}
    assert (ward(here)["open_reports"], ward(here)["reports"]) == (0, [])


def test_hidden_report_costs_a_read_of_the_wards_over_its_place_alone(
    here: PublishingWorld,
) -> None:
    far = [Area(f"far-{n}", SOUTH.bounds) for n in range(20)]
    report = here.reports.put()
    touch(report, here)
    here.reports.hide(report)
    here.documents.reads.clear()
    touched = {report.service_request_id: TouchedParts(tiles={TILE}, facts={"fact"}, purge=True)}
    publish(touched, ports(here, [CENTRE, *far]))
    read = {key for key in here.documents.reads if key.startswith("data/wards/")}
    assert read == {"data/wards/centre.json"}


def test_copies_are_purged_and_the_report_is_repeated_when_a_ward_fails(
    here: PublishingWorld,
) -> None:
    report = here.reports.put()
    touch(report, here)
    here.reports.hide(report)

    def unreadable() -> Sequence[Area]:
        raise UpstreamFailed("no wards")

    touched = {report.service_request_id: TouchedParts(tiles={TILE}, facts={"fact"}, purge=True)}
    failed = publish(touched, replace(here.ports(), wards=unreadable))
    assert list(failed) == [report.service_request_id]
    [dropped] = here.cdn.invalidated.values()
    assert f"/{key_of_quadkey(TILE)}" in dropped


@pytest.mark.parametrize("broken", [b"{", b"{}", b"\xff"])
def test_unreadable_ward_is_rebuilt_after_a_removal(here: PublishingWorld, broken: bytes) -> None:
    report = here.reports.put()
    touch(report, here)
    publish_wards(ports(here))
    here.documents.bodies["data/wards/south.json"] = broken
    here.documents.bodies["data/wards/centre.json"] = broken
    here.reports.hide(report)
    assert touch(report, here, purge=True) == {}
    assert publish_wards(ports(here)) == {}
    assert (ward(here)["open_reports"], ward(here, "south")["open_reports"]) == (0, 0)


def test_redacted_title_leaves_its_ward_at_once_when_the_report_stays(
    here: PublishingWorld,
) -> None:
    touch(here.reports.put(title="Somebody's name"), here)
    publish_wards(ports(here))
    touch(here.reports.put(title=None), here, purge=True)
    assert ward(here)["reports"][0]["title"] is None


def test_titles_that_are_published_are_read_again_once_an_hour(here: PublishingWorld) -> None:
    touch(here.reports.put(title="Somebody's name"), here)
    publish_wards(ports(here))
    here.reports.put(title=None)
    here.now.now = NOON + timedelta(minutes=55)
    update_wards(ports(here))
    assert ward(here)["reports"][0]["title"] == "Somebody's name"
    here.now.now = NOON + timedelta(hours=1, minutes=4)
    update_wards(ports(here))
    assert ward(here)["reports"][0]["title"] is None


def test_only_reports_that_were_not_listed_are_read_within_the_hour(here: PublishingWorld) -> None:
    first = here.reports.put(1, title="First")
    touch(first, here)
    publish_wards(ports(here))
    second = here.reports.put(2, title="Second")
    touch(second, here)
    here.reports.asked.clear()
    here.now.now = NOON + timedelta(minutes=30)
    update_wards(ports(here))
    assert {each for asked in here.reports.asked for each in asked} == {second.service_request_id}
    assert {each["title"] for each in ward(here)["reports"]} == {"First", "Second"}


def test_title_is_redacted_when_the_redaction_overtook_its_first_listing(
    here: PublishingWorld,
) -> None:
    class Overtaken(MemoryDocuments):
        def write(self, key: str, document: Document, held: StoredDocument | None) -> None:
            here.reports.put(title=None)
            super().write(key, document, held)

    publish_wards(ports(here))
    touch(here.reports.put(title="Somebody's name"), here)
    overtaken = Overtaken()
    overtaken.bodies = here.documents.bodies
    here.now.now = NOON + timedelta(minutes=30)
    update_wards(replace(ports(here), documents=overtaken))
    assert ward(here)["reports"][0]["title"] is None


def test_ward_documents_are_deleted_with_their_wards(here: PublishingWorld) -> None:
    publish_wards(ports(here))
    assert publish_wards(ports(here, [CENTRE])) == {}
    assert "data/wards/south.json" not in here.documents.bodies


def test_full_rebuild_includes_wards(here: PublishingWorld) -> None:
    here.reports.put()
    assert publish_all(ports(here)) == {}
    assert ward(here)["open_reports"] == 1


def test_each_published_tile_is_read_once_for_all_wards_and_no_other_tile(
    here: PublishingWorld,
) -> None:
    touch(here.reports.put(), here)
    here.documents.reads.clear()
    north = dataclasses.replace(CENTRE, code="north")
    publish_wards(ports(here, [CENTRE, north, SOUTH]))
    read = [key for key in here.documents.reads if key.startswith(f"data/tiles/{MAP_ZOOM}/")]
    assert read == [key_of_quadkey(TILE)]
    assert ward(here)["open_reports"] == ward(here, "north")["open_reports"] == 1
