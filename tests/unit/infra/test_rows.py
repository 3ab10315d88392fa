"""Files as councils publish them, and as they get broken: each row is read, or refused and why."""

import gzip
import json
import math
from pathlib import Path
from typing import Any

import pytest

from chalicelib.errors import ConfigurationError
from chalicelib.geo.point import Point, distance_m
from chalicelib.geo.polygon import MultiPolygon
from infra.rows import Table, read_rows, text_of
from tests.support.councils import council_named

YORK_MINSTER = Point(lat=53.9623, long=-1.0819)
CRS84 = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
GRID = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}


def csv_file(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    file = folder / "rows.csv"
    file.write_bytes(text.encode(encoding))
    return file


def geojson_file(folder: Path, *geometries: Any, crs: Any = CRS84) -> Path:
    features = [
        {"type": "Feature", "properties": {"name": f"No {n}", "n": n}, "geometry": geometry}
        for n, geometry in enumerate(geometries, 1)
    ]
    file = folder / "rows.geojson"
    document = {"type": "FeatureCollection", "crs": crs, "features": features}
    file.write_text(json.dumps(document))
    return file


def place(*coordinates: Any) -> dict[str, Any]:
    return {"type": "Point", "coordinates": list(coordinates)}


def refusal(table: Table) -> str:
    """The one reason, where no row was read."""
    assert not table.rows
    (reason,) = table.refusals()
    return reason


@pytest.mark.parametrize(
    "text",
    [
        "Latitude,Longitude\n53.9623,-1.0819\n",
        "\ufeffLAT,Lon\n53.9623,-1.0819\n",
        "Easting,Northing\n460338,452194\n",
        "GeoX,GeoY\n460338,452194\n",
        "x,y\n460338,452194\n",
        "X,Y\n-1.0819,53.9623\n",
        'Location\n"(53.9623, -1.0819)"\n',
        'Where\n"YORK\n(53.9623, -1.0819)"\n',
        "Easting,Northing,Latitude,Longitude\n460338,452194,53.9623,-1.0819\n",
        "Easting,Northing,Latitude,Longitude\n460338,452194,,\n",
        'Easting,Northing,Location\n460338,452194,"BATH\n(51.38, -2.36)"\n',
    ],
)
def test_place_is_found_when_columns_have_the_names_that_councils_use(
    text: str, tmp_path: Path
) -> None:
    (row,) = read_rows(csv_file(tmp_path, text)).rows
    assert distance_m(row.point, YORK_MINSTER) < 20
    assert row.number == 2


def test_line_is_the_rows_first_when_values_have_several_lines(tmp_path: Path) -> None:
    text = 'name,lat,long\n"one\nmore",53.9,-1.1\n\ntwo,53.9,-1.1\nthree,nowhere,-1.1\n'
    table = read_rows(csv_file(tmp_path, text))
    assert [(row.number, row.values["name"]) for row in table.rows] == [
        (2, "one\nmore"),
        (5, "two"),
    ]
    assert table.refusals() == ["line 6: lat: 'nowhere' is not a number"]


def test_rows_are_read_when_the_file_names_no_columns_and_is_packed(tmp_path: Path) -> None:
    file = tmp_path / "postcodes.csv.gz"
    file.write_bytes(gzip.compress(b"YO1 0EB,10,459652,451975\n"))
    (row,) = read_rows(file, header=("postcode", "quality", "easting", "northing")).rows
    assert row.values["postcode"] == "YO1 0EB" and row.number == 1


def test_features_are_read_when_they_are_points_and_areas_in_degrees_or_the_grid(
    tmp_path: Path,
) -> None:
    ring = [[-1.09, 53.96], [-1.07, 53.96], [-1.07, 53.97], [-1.09, 53.96]]
    area = {"type": "MultiPolygon", "coordinates": [[ring]]}
    table = read_rows(geojson_file(tmp_path, place(-1.0819, 53.9623, 0.0), area))
    assert table.rows[0].point == YORK_MINSTER
    assert isinstance(table.rows[1].shape, MultiPolygon)
    assert table.rows[1].shape.contains(table.rows[1].point)
    assert table.rows[0].values == {"name": "No 1", "n": "1"}
    metres = [[460338, 452194], [460438, 452194], [460438, 452294], [460338, 452194]]
    in_grid = geojson_file(
        tmp_path, place(460338, 452194), {"type": "Polygon", "coordinates": [metres]}, crs=GRID
    )
    for row in read_rows(in_grid).rows:
        assert distance_m(row.point, YORK_MINSTER) < 150


BAD_ROWS = {
    "Latitude,Longitude\nnan,-1.1\n": "line 2: Latitude: 'nan' is not a number",
    "Latitude,Longitude\ninf,-1.1\n": "line 2: Latitude: 'inf' is not a number",
    "Latitude,Longitude\n,-1.1\n": "line 2: Latitude, Longitude: the row has no place",
    "Latitude,Longitude\n-1.0819,53.9623\n": "line 2: 1.0819° S, 53.9623° E is outside Eskerby "
    "Council; are lat and long swapped?",
    "Latitude,Longitude\n51.38,-2.36\n": "line 2: 51.3800° N, 2.3600° W is outside Eskerby Council",
    "Latitude,Longitude\n452194,460338\n": "line 2: Latitude, Longitude: 452194, 460338 are not "
    "degrees: are they metres of the British National Grid? One file has one coordinate system.",
    "Easting,Northing\n-1.0819,53.9623\n": "line 2: Easting, Northing: -1.0819, 53.9623 look like "
    "degrees, and the file has metres of the British National Grid; one file has one coordinate "
    "system",
    "Easting,Northing\n4603380,452194\n": "line 2: easting: 4603380.0 is not in the British "
    "National Grid: from 0 to 700000 metres",
    "Easting,Northing,Lat,Long\n460338,452194,53.99,-1.08\n": "line 2: Lat, Long and Easting, "
    "Northing are 3080 m apart: one file has one coordinate system, and one place for a row",
    "Latitude,Longitude\n53.9\n": "line 2: has 1 values for 2 columns: is the line cut off, or a "
    "comma without quotes?",
    "Latitude,Longitude\n53.9,-1.1,more\n": "line 2: has 3 values for 2 columns: is the line cut "
    "off, or a comma without quotes?",
}


@pytest.mark.parametrize("text", BAD_ROWS)
def test_row_is_refused_with_line_and_reason_when_it_is_bad(text: str, tmp_path: Path) -> None:
    table = read_rows(csv_file(tmp_path, text), inside=council_named("demo"))
    assert refusal(table) == BAD_ROWS[text]


def test_mixed_degrees_are_refused_when_the_first_row_has_metres(tmp_path: Path) -> None:
    table = read_rows(csv_file(tmp_path, "x,y\n460338,452194\n-1.0819,53.9623\n"))
    assert [row.number for row in table.rows] == [2]
    assert "look like degrees" in table.refusals()[0]


@pytest.mark.parametrize(
    ("geometry", "crs", "reason"),
    [
        (None, CRS84, "the feature has no place"),
        (place(), CRS84, "the feature has no place"),
        (place(float("nan"), 53.9), CRS84, "[nan, 53.9] are not numbers"),
        (place(None, 53.9), CRS84, "[None, 53.9] are not numbers"),
        (place(53.9623, -1.0819), CRS84, "are lat and long swapped?"),
        (place(460338, 452194), CRS84, "are they metres of the British National Grid?"),
        (place(-1.0819, 53.9623), GRID, "look like degrees, and the file says EPSG:27700"),
        ({"type": "LineString", "coordinates": [[-1, 53]]}, CRS84, "must be Polygon"),
        (
            {
                "type": "Polygon",
                "coordinates": [[[-1.1, 53.9], [-1.0, 54.0], [-1.0, 53.9], [-1.1, 54.0]]],
            },
            CRS84,
            "edges cross",
        ),
    ],
)
def test_feature_is_refused_with_its_number_and_reason_when_it_is_bad(
    geometry: Any, crs: Any, reason: str, tmp_path: Path
) -> None:
    said = refusal(
        read_rows(geojson_file(tmp_path, geometry, crs=crs), inside=council_named("demo"))
    )
    assert said.startswith("feature 1: ") and reason in said


def test_feature_is_refused_when_it_is_not_a_feature(tmp_path: Path) -> None:
    file = tmp_path / "rows.geojson"
    file.write_text('{"type": "FeatureCollection", "features": [7, {"type": "Feature"}]}')
    assert read_rows(file).refusals() == [
        "feature 1: is not a GeoJSON feature",
        "feature 2: geometry: the feature has no place",
    ]


BAD_FILES = {
    "": "rows.csv has no rows",
    "Latitude,Longitude\n": "rows.csv has no rows",
    'Latitude,Longitude\n53.9,"-1.1\n': "rows.csv, line 2: cannot be read from here",
    "name,what\na,b\n": "rows.csv has no columns that say where its rows lie: name them Latitude",
}


@pytest.mark.parametrize("text", BAD_FILES)
def test_file_is_refused_when_it_cannot_be_read_at_all(text: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read_rows(csv_file(tmp_path, text))
    assert str(refused.value).startswith(BAD_FILES[text])


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("name,lat,long\nCafé,53.9,-1.1\n".encode("cp1252"), "line 2: byte 0xe9 is not UTF-8"),
        ("lat,long\n53.9,-1.1\n".encode("utf-16"), "is in UTF-16: save it in UTF-8"),
    ],
)
def test_file_is_refused_with_its_encoding_when_it_is_not_in_utf_8(
    raw: bytes, reason: str, tmp_path: Path
) -> None:
    file = tmp_path / "rows.csv"
    file.write_bytes(raw)
    with pytest.raises(ConfigurationError, match=reason):
        read_rows(file)


@pytest.mark.parametrize(
    ("name", "raw", "reason"),
    [
        ("rows.geojson", b'{"type": "FeatureColl', "is not JSON: .*line 1"),
        ("rows.geojson", b"[1]", "is not a GeoJSON FeatureCollection"),
        ("rows.geojson", b'{"type": "FeatureCollection", "features": []}', "has no rows"),
        ("rows.csv.gz", b"no gzip", "cannot be unpacked"),
        ("rows.xlsx", b"PK", r"give a .geojson or .csv file"),
    ],
)
def test_file_is_refused_when_it_is_corrupt(
    name: str, raw: bytes, reason: str, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_bytes(raw)
    with pytest.raises(ConfigurationError, match=reason):
        read_rows(file)


def test_file_is_refused_when_its_coordinate_system_is_unknown(tmp_path: Path) -> None:
    mercator = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    with pytest.raises(ConfigurationError, match="EPSG::3857: save it in WGS84"):
        read_rows(geojson_file(tmp_path, place(0, 0), crs=mercator))


def test_file_is_refused_with_its_columns_when_a_required_one_is_missing(
    tmp_path: Path,
) -> None:
    file = csv_file(tmp_path, "lat,long\n53.9,-1.1\n")
    with pytest.raises(ConfigurationError, match="has no column 'NAME'; it has: lat, long"):
        read_rows(file, needs=("NAME",))
    features = geojson_file(tmp_path, place(-1.1, 53.9))
    with pytest.raises(ConfigurationError, match="has no column 'NAME'; it has: name, n"):
        read_rows(features, needs=("NAME",))


def test_text_loses_its_byte_order_mark_when_it_has_one(tmp_path: Path) -> None:
    assert text_of(csv_file(tmp_path, "\ufeffa")) == "a"


def test_naptan_agrees_with_itself_when_every_stop_has_both_systems(shared_data: Path) -> None:
    table = read_rows(shared_data / "facilities" / "york_bus_stops_naptan.csv")
    assert (len(table.rows), table.refused) == (1_267, [])


def test_feature_is_refused_when_a_property_is_not_a_number(tmp_path: Path) -> None:
    file = tmp_path / "parks.geojson"
    feature = {"type": "Feature", "properties": {"name": math.nan}, "geometry": place(-1.08, 53.96)}
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    assert refusal(read_rows(file)) == "feature 1: name: nan is not a number"


def test_file_is_refused_when_two_columns_have_one_name(tmp_path: Path) -> None:
    file = csv_file(tmp_path, "Name,Latitude,Longitude,Name\nA,53.9,-1.1,B\n")
    with pytest.raises(ConfigurationError, match="two columns 'Name'"):
        read_rows(file)


@pytest.mark.parametrize("crs", ["EPSG:27700", {"properties": "EPSG:27700"}, {"properties": None}])
def test_coordinate_system_is_the_standards_when_the_file_does_not_declare_one(
    tmp_path: Path, crs: Any
) -> None:
    (row,) = read_rows(geojson_file(tmp_path, place(-1.0819, 53.9623), crs=crs)).rows
    assert row.shape == YORK_MINSTER
