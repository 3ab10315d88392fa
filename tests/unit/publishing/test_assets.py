"""Open reports of assets are read off the published tiles."""

import msgspec
import pytest

from chalicelib.errors import UpstreamFailed
from chalicelib.geo.quadkey import Tile
from chalicelib.publishing.assets import ReportedAssets
from chalicelib.publishing.model import PinTile, key_of_tile, pin_of
from chalicelib.reports.published import ReportView
from tests.support.fakes_publishing import report_view

HERE, THERE = Tile(14, 8142, 5271), Tile(14, 8143, 5271)


def tile(*reports: ReportView) -> bytes:
    return msgspec.json.encode(PinTile(tuple(pin for each in reports if (pin := pin_of(each)))))


class Shelf:
    """Documents and a clock, set by hand; `reads` counts."""

    def __init__(self, *reports: ReportView) -> None:
        self.documents = {key_of_tile(HERE): tile(*reports)}
        self.seconds = 0.0
        self.reads = 0

    def read(self, key: str) -> bytes | None:
        self.reads += 1
        return self.documents.get(key)

    def assets(self) -> ReportedAssets:
        return ReportedAssets(self.read, lambda: self.seconds)


def test_assets_have_their_open_reports_when_tiles_carry_them() -> None:
    lamp = report_view("R1", asset_id="street-light-1", service_code="street-light")
    about_the_road = report_view("R4", asset_id="street-light-3", service_code="pothole")
    mended = report_view(
        "R2",
        asset_id="street-light-2",
        service_code="street-light",
        status="closed",
    )
    plain = report_view("R3")
    shelf = Shelf(lamp, mended, about_the_road, plain)
    found = shelf.assets().reports_by_asset([HERE, THERE], "street-light")
    assert found == {"street-light-1": "R1"}


def test_pin_has_no_asset_id_in_its_document_when_the_report_has_none() -> None:
    assert b"asset_id" not in tile(report_view("R1"))


def test_tile_is_read_again_when_some_seconds_have_passed() -> None:
    shelf = Shelf()
    assets = shelf.assets()
    for seconds, reads in ((0.0, 1), (9.9, 1), (10.0, 2)):
        shelf.seconds = seconds
        assets.reports_by_asset([HERE], "street-light")
        assert shelf.reads == reads


@pytest.mark.parametrize("body", [b"{", b'{"pins":[{}]}'])
def test_assets_have_no_reports_when_a_tile_cannot_be_read(body: bytes) -> None:
    shelf = Shelf()
    shelf.documents[key_of_tile(HERE)] = body
    assert shelf.assets().reports_by_asset([HERE], "street-light") == {}


def test_assets_have_no_reports_when_the_store_does_not_answer() -> None:
    def read(key: str) -> bytes | None:
        raise UpstreamFailed(f"no {key}")

    assert ReportedAssets(read, lambda: 0.0).reports_by_asset([HERE], "street-light") == {}
