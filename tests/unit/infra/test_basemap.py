"""The base map: what it takes from files, what it refuses, and the demo map that is committed."""

import gzip
import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pmtiles.reader
import pytest

from chalicelib.geo.point import Point, distance_m
from infra.basemap import BasemapError, build, layer_of
from infra.basemap_layers import read_feature
from infra.demo.basemap import COMMITTED, fingerprint, write_basemap
from infra.demo.houses import houses
from infra.demo.town import load_town
from tests.support.councils import council_named

PMTILES: Any = pmtiles.reader  # its functions carry no types
BATH = Path(__file__).parents[4] / "shared" / "data" / "basemap"
BATH_FEATURES = {"roads": 9_015, "greenspace": 520, "water": 2_600, "place_names": 936}
ROAD = {
    "type": "Feature",
    "properties": {"name": "Thimble Row", "kind": "minor"},
    "geometry": {"type": "LineString", "coordinates": [[-1.08, 53.95], [-1.07, 53.96]]},
}


def test_every_bath_feature_is_taken_or_refused_when_built_from_os_files(tmp_path: Path) -> None:
    assert BATH.is_dir(), f"The folder {BATH} is missing: put the shared test data there."
    files = {name: BATH / f"bath_{name}.geojson.gz" for name in BATH_FEATURES}
    calls: list[int] = []
    summary = build(list(files.values()), tmp_path / "bath.pmtiles", progress=calls.append)
    assert calls == [1, 1, 1, 1]
    assert sum(summary.taken.values()) + len(summary.refused) == sum(BATH_FEATURES.values())
    assert summary.taken == {"roads": 9_015, "green": 520, "water": 2_600, "places": 606}
    assert {refused.file for refused in summary.refused} == {files["place_names"]}
    assert len(summary.refused) == 936 - 606
    assert summary.refused[0].number == 1
    assert summary.refused[0].reason == "names a Woodland Or Forest, not a populated place"
    assert summary.size == (tmp_path / "bath.pmtiles").stat().st_size
    assert _layers(tmp_path / "bath.pmtiles") == {"roads", "green", "water", "places"}


@pytest.mark.parametrize(
    ("name", "layer"),
    [
        ("roads.geojson", "roads"),
        ("my_town_water.geojson.gz", "water"),
        ("bath_greenspace.geojson", "green"),
        ("bath_place_names.geojson.gz", "places"),
        ("SU_Building.geojson", "buildings"),
        ("town_house_numbers.geojson.gz", "house_numbers"),
    ],
)
def test_layer_is_found_when_the_file_is_named_after_it(name: str, layer: str) -> None:
    assert layer_of(Path(name)) == layer


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"geometry": None}, "has no geometry"),
        ({"properties": None}, "has no properties"),
        ({"type": "Thing"}, "is not a GeoJSON feature"),
        ({"properties": {"kind": "canal"}}, "kind 'canal' is not one of major, minor, path"),
        ({"properties": {"classifica": "Runway"}}, "road class 'Runway' is not known"),
        (
            {"geometry": {"type": "Point", "coordinates": [0, 0]}},
            "is a Point; roads are drawn from LineString or MultiLineString",
        ),
        (
            {"geometry": {"type": "LineString", "coordinates": [[460000, 451000], [1, 1]]}},
            "its coordinates are not longitude and latitude: convert it to EPSG:4326",
        ),
        (
            {"geometry": {"type": "LineString", "coordinates": [["a", 1], [1, 1]]}},
            "its coordinates cannot be read",
        ),
    ],
)
def test_feature_is_counted_with_its_reason_when_it_cannot_be_read(
    tmp_path: Path, change: Mapping[str, Any], reason: str
) -> None:
    file = _collection(tmp_path / "roads.geojson", [ROAD, {**ROAD, **change}])
    summary = build([file], tmp_path / "out.pmtiles")
    assert summary.taken == {"roads": 1}
    assert [(r.file, r.number, r.reason) for r in summary.refused] == [(file, 2, reason)]


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("roads.geojson", None, "does not exist: check its path."),
        ("roads.geojson", b"{", "cannot be read as GeoJSON"),
        ("roads.geojson", b"\xff\xfe\xfa", "cannot be read as GeoJSON"),
        ("roads.geojson", b"[]", "it needs a FeatureCollection at its top."),
        ("roads.geojson.gz", b"plain", "cannot be read as GeoJSON"),
        ("roads.geojson.gz", gzip.compress(b"{}" * 99, mtime=0)[:-9], "cannot be read as GeoJSON"),
        ("roads.csv", b"", "give a file that ends in .geojson(.gz)."),
        ("trams.geojson", b"{}", "name it roads, water, green, places, "),
    ],
)
def test_build_names_the_file_and_the_fix_when_it_cannot_start(
    tmp_path: Path, name: str, text: bytes | None, problem: str
) -> None:
    file = tmp_path / name
    if text is not None:
        file.write_bytes(text)
    with pytest.raises(BasemapError) as caught:
        build([file], tmp_path / "out.pmtiles")
    assert str(caught.value).startswith(str(file))
    assert problem in str(caught.value)
    assert not (tmp_path / "out.pmtiles").exists()


def test_house_numbers_are_taken_from_open_street_map_and_from_our_own_files(
    tmp_path: Path,
) -> None:
    at = {"type": "Point", "coordinates": [-1.08, 53.95]}
    theirs = {"addr:housenumber": "12a", "addr:street": "Thimble Row"}
    ours = {"name": "14", "kind": "house_number", "street": "Thimble Row"}
    none = {"addr:street": "Thimble Row"}
    features: list[Mapping[str, Any]] = [
        {"type": "Feature", "properties": each, "geometry": at} for each in (theirs, ours, none)
    ]
    assert [read_feature("house_numbers", each)["properties"] for each in features[:2]] == [
        {"name": number, "kind": "house_number", "street": "Thimble Row"}
        for number in ("12a", "14")
    ]
    file = _collection(tmp_path / "house_numbers.geojson", features)
    summary = build([file], tmp_path / "out.pmtiles")
    assert summary.taken == {"house_numbers": 2}
    assert [refused.reason for refused in summary.refused] == ["has no house number"]


def test_building_of_the_survey_needs_no_property_to_be_drawn() -> None:
    ring = [[-1.08, 53.95], [-1.07, 53.95], [-1.07, 53.96], [-1.08, 53.95]]
    building = {
        "type": "Feature",
        "properties": {"featcode": 15014},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    assert read_feature("buildings", building)["properties"]["kind"] == "building"


def test_houses_of_the_demo_town_are_numbered_by_side_and_stand_off_the_streets() -> None:
    on_street = [each for each in houses() if each.street == "Tinder Gate"]
    odd = [each.number for each in on_street if each.number % 2]
    even = [each.number for each in on_street if not each.number % 2]
    assert odd == list(range(1, 2 * len(odd), 2)) and len(odd) > 10
    assert even == list(range(2, 2 * len(even) + 1, 2)) and len(even) > 10
    corners = [corner for street in load_town().streets for corner in street.line]
    for each in on_street:
        assert min(map(partial(_metres, each.middle), corners)) > 10


def _metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    return distance_m(Point(long=one[0], lat=one[1]), Point(long=other[0], lat=other[1]))


def test_build_says_so_when_nothing_is_left_to_draw(tmp_path: Path) -> None:
    file = _collection(tmp_path / "roads.geojson", [])
    with pytest.raises(BasemapError, match="Nothing to draw"):
        build([file], tmp_path / "out.pmtiles")


def test_committed_map_is_of_this_town_when_its_description_is_read() -> None:
    reader = PMTILES.Reader(PMTILES.MemorySource(COMMITTED.read_bytes()))
    header, metadata = reader.header(), reader.metadata()
    assert metadata["description"] == f"features {fingerprint()}", (
        "run infra.demo.basemap.write_basemap"
    )
    assert (header["min_zoom"], header["max_zoom"]) == (10, 14)
    assert _layers(COMMITTED) == {
        *("roads", "green", "water", "places"),
        *("buildings", "house_numbers"),
    }
    west, south, east, north = (edge * 1e7 for edge in council_named("demo").box)
    assert west <= header["min_lon_e7"] < header["max_lon_e7"] <= east
    assert south <= header["min_lat_e7"] < header["max_lat_e7"] <= north
    assert COMMITTED.stat().st_size < 700_000


def test_every_street_name_is_in_the_committed_map_when_fully_zoomed_in() -> None:
    text = b"".join(data for (zoom, _, _), data in _tiles(COMMITTED).items() if zoom == 14)
    assert [s.name for s in load_town().streets if s.name.encode() not in text] == []


@pytest.mark.exhaustive
def test_demo_map_holds_the_same_tiles_when_written_again(tmp_path: Path) -> None:
    write_basemap(tmp_path / "again.pmtiles")
    assert _tiles(tmp_path / "again.pmtiles") == _tiles(COMMITTED)


def _tiles(file: Path) -> dict[tuple[int, int, int], bytes]:
    tiles = PMTILES.all_tiles(PMTILES.MemorySource(file.read_bytes()))
    return {place: gzip.decompress(data) for place, data in tiles}


def _layers(file: Path) -> set[str]:
    metadata = PMTILES.Reader(PMTILES.MemorySource(file.read_bytes())).metadata()
    return {layer["id"] for layer in metadata["vector_layers"]}


def _collection(file: Path, features: list[Mapping[str, Any]]) -> Path:
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return file
