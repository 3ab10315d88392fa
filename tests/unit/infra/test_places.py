"""Postcodes, wards and road works as they are really published, and as they are when they are
broken."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chalicelib.catalogue.model import Council
from chalicelib.errors import ConfigurationError
from chalicelib.gazetteer.wards import Wards, WardSet
from chalicelib.geo.point import Point
from infra.postcodes import postcodes_of
from infra.roadworks import COLUMNS, roadworks_of
from infra.wards import wards_of, with_wards
from tests.support.councils import council_named

DEMO = council_named("demo")
YORK = msgspec.structs.replace(DEMO, bounds=(-1.3, 53.85, -0.9, 54.1))
"""The real wards of York reach beyond the demo council."""

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


# Postcodes


def test_every_real_postcode_is_accounted_for(
    shared_data: Path,
) -> None:
    files = sorted((shared_data / "gazetteer").glob("*.csv.gz"))
    for council, taken in (("demo", 5_656), ("bath", 5_538)):
        document, summary = postcodes_of(files, council_named(council))
        assert summary.taken + summary.outside == 19_164 + 15_490
        assert (summary.taken, summary.without_place, summary.refused) == (taken, 0, [])
        assert sum(map(len, document.sectors.values())) == taken


def test_real_postcode_has_its_known_place(shared_data: Path) -> None:
    document, _ = postcodes_of([shared_data / "gazetteer" / "yo_postcodes.csv.gz"], DEMO)
    found = document.find("yo17hh")
    assert found and found.label == "YO1 7HH"
    assert DEMO.box.contains(found.point)


def test_postcode_without_a_place_is_counted_when_its_quality_is_ninety(write: Write) -> None:
    file = write(
        "codes.csv", "YO1 7HH,10,460360,452140\nYO1 7AB,90,0,0\nYO1 9TL,10,530000,180000\n"
    )
    _, summary = postcodes_of([file], DEMO)
    assert (summary.taken, summary.without_place, summary.outside) == (1, 1, 1)


def test_postcodes_are_taken_when_their_file_has_all_ten_columns_of_the_product(
    write: Write,
) -> None:
    codes = "E92000001,E19000001,E18000003,,E06000014,E05010318"
    _, summary = postcodes_of([write("yo.csv", f'"YO1 7HH",10,460360,452140,{codes}\n')], DEMO)
    assert (summary.taken, summary.refused) == (1, [])


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("YO1,10,460360,452140", "line 2: postcode: 'YO1' is none"),
        ("YO1 7HH,10,460360,452140", "line 2: postcode: YO1 7HH appeared before"),
        ("YO1 7AB,10,nan,452140", "line 2: easting: nan is not in the British National Grid"),
        ("YO1 7AB,10,53.9,-1.08", "line 2: northing: -1.08 is not in the British National Grid"),
        ("YO1 7AB,10,east,452140", "line 2: easting, northing: are not two numbers"),
        ("YO1 7AB,10", "line 2: has 2 values for 4 columns"),
    ],
)
def test_postcode_is_refused_with_its_line_when_it_is_bad(
    write: Write, row: str, reason: str
) -> None:
    file = write("codes.csv", f"YO1 7HH,10,460360,452140\n{row}\n")
    _, summary = postcodes_of([file], DEMO)
    [refused] = summary.refused
    assert refused.startswith(f"codes.csv, {reason}")
    assert summary.taken == 1


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "has no rows"),
        ("SW1A 1AA,10,529090,179645\n", "None of the postcodes is in"),
        ("YO1 7HH,10,460360\n", r"codes.csv, line 1: has 3 values for 4 columns"),
    ],
)
def test_file_of_postcodes_is_refused_when_it_is_for_another_area(
    write: Write, text: str, reason: str
) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        postcodes_of([write("codes.csv", text)], DEMO)


# Wards


@pytest.mark.parametrize(
    ("name", "council", "count", "one"),
    [
        ("york_wards_2024", YORK, 21, ("E05010311", "Acomb")),
        ("york_wards_2013", YORK, 22, ("E05001745", "Acomb")),
        ("bath_wards_2018", council_named("bath"), 33, ("Westfield", "Westfield")),
    ],
)
def test_every_real_ward_is_imported(
    shared_data: Path, name: str, council: Council, count: int, one: tuple[str, str]
) -> None:
    wards, table = wards_of(shared_data / "boundaries" / f"{name}.geojson", council)
    assert (len(wards), table.refusals()) == (count, [])
    assert one in {(ward.code, ward.name) for ward in wards}


def test_places_change_wards_when_york_changed_its_boundaries(shared_data: Path) -> None:
    wards = Wards()
    for year, valid_from in ((2024, date(2015, 5, 7)), (2013, date(2003, 5, 1))):
        file = shared_data / "boundaries" / f"york_wards_{year}.geojson"
        found, _ = wards_of(file, YORK)
        wards = wards.with_set(WardSet(items=tuple(found), valid_from=valid_from))
    minster = Point(lat=53.9623, long=-1.0819)
    codes = [
        ward.code
        for day in (2014, 2020)
        if (ward := wards.set_on(date(day, 6, 1)).ward_at(minster))
    ]
    assert codes == ["E05001752", "E05010318"]


def ring(west: float, south: float) -> list[list[float]]:
    side = 0.01
    corners = [
        (west, south),
        (west + side, south),
        (west + side, south + side),
        (west, south + side),
    ]
    return [list(corner) for corner in (*corners, corners[0])]


def collection(*features: Any, **members: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features, **members})


def ward(
    code: str = "A", name: str = "Acomb", coordinates: Any = None, kind: str = "Polygon"
) -> Any:
    return {
        "type": "Feature",
        "properties": {"ward_code": code, "ward_name": name},
        "geometry": {"type": kind, "coordinates": coordinates or [ring(-1.09, 53.95)]},
    }


GOOD = ward("GOOD")
SPECK = [[-1.08, 53.95], [-1.0799999, 53.95], [-1.08, 53.9500001], [-1.08, 53.95]]
BOW_TIE = [[[-1.09, 53.95], [-1.08, 53.96], [-1.08, 53.95], [-1.09, 53.96], [-1.09, 53.95]]]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (ward("BOW", coordinates=BOW_TIE), "feature 2: geometry: polygon 1: edges cross"),
        (ward("GOOD"), "feature 2: ward_code: 'GOOD' is used twice"),
        (ward(""), "feature 2: ward_code: is empty"),
        (ward(name=""), "feature 2: ward_name: is empty"),
        (ward(coordinates=[[[float("nan"), 53.95], *ring(-1.09, 53.95)]]), "feature 2: geometry"),
        (ward(coordinates=[ring(460_000, 450_000)]), "feature 2: geometry"),
        (ward(coordinates=[ring(-0.1, 51.5)]), "feature 2: 51.5050° N, 0.0950° W is outside"),
        (ward(coordinates=[-1.08, 53.95], kind="Point"), "feature 2: geometry: is a place"),
        (ward(coordinates=[SPECK]), "feature 2: geometry: the area is smaller than 0.1 m"),
        (ward(coordinates=[ring(-1.085, 53.955)]), "feature 2: geometry: lies over Acomb, at"),
        (GOOD | {"properties": [1]}, "feature 2: properties: must be an object"),
        (GOOD | {"geometry": {"type": ["Polygon"], "coordinates": [[]]}}, "feature 2: geometry"),
        (ward(coordinates=[[[10**400, 53.95], *ring(-1.09, 53.95)]]), "feature 2: geometry"),
    ],
)
def test_ward_is_refused_with_its_feature_and_reason_when_it_is_bad(
    write: Write, bad: Any, reason: str
) -> None:
    wards, table = wards_of(write("wards.geojson", collection(GOOD, bad)), DEMO)
    [refused] = table.refusals()
    assert refused.startswith(reason)
    assert [each.code for each in wards] == ["GOOD"]


def test_tiny_hole_of_a_ward_is_left_out(write: Write) -> None:
    speck = [[long - 0.005, lat + 0.005] for long, lat in SPECK]
    file = write("wards.geojson", collection(ward(coordinates=[ring(-1.09, 53.95), speck])))
    [found], table = wards_of(file, DEMO)
    assert table.refusals() == []
    assert [len(rings) for rings in found.polygons] == [1]
    assert found.shape.contains(Point(lat=53.955, long=-1.085))


def test_wards_are_accepted_when_their_simplified_edges_overlap_slightly(
    write: Write,
) -> None:
    beside = [[long + 0.0099, lat] for long, lat in ring(-1.09, 53.95)]
    wards, table = wards_of(write("w.geojson", collection(GOOD, ward(coordinates=[beside]))), DEMO)
    assert (len(wards), table.refusals()) == (2, [])


def test_swapped_lat_and_long_of_a_ward_are_suggested(write: Write) -> None:
    swapped = [[lat, long] for long, lat in ring(-1.09, 53.95)]
    _, table = wards_of(write("wards.geojson", collection(ward(coordinates=[swapped]))), DEMO)
    assert "are lat and long swapped?" in table.refusals()[0]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (collection(), "has no rows"),
        (
            collection(GOOD, crs={"properties": {"name": "EPSG:3857"}}),
            "coordinate system EPSG:3857",
        ),
        (collection({**GOOD, "properties": {"ref": "1"}}), "has no properties 'ward_code'"),
        ('{"type": "FeatureCollection", "fea', "is not JSON"),
    ],
)
def test_file_of_wards_is_refused_as_a_whole_when_it_is_unusable(
    write: Write, text: str, reason: str
) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        wards_of(write("wards.geojson", text), DEMO)


def test_properties_of_wards_are_requested_when_the_council_names_none(write: Write) -> None:
    nameless = msgspec.structs.replace(DEMO, ward_properties=())
    with pytest.raises(ConfigurationError, match="ward_properties"):
        wards_of(write("wards.geojson", collection(GOOD)), nameless)


def test_published_wards_are_kept_when_they_cannot_be_read() -> None:
    with pytest.raises(ConfigurationError, match="published wards cannot be read"):
        with_wards(b"{", [], date(2026, 6, 1))


# Road works


def test_every_real_row_of_road_works_is_accounted_for(
    shared_data: Path,
) -> None:
    file, council = shared_data / "reports" / "bath_street_works.csv", council_named("bath")
    for day, counts in REAL_ROADWORKS.items():
        document, summary = roadworks_of(file, council, day)
        found = (summary.taken, summary.past, summary.outside, summary.repeated)
        assert (found, summary.refused) == (counts, [])
        assert sum(found) == 648
        assert len(document.items) == summary.taken


REAL_ROADWORKS = {
    date(2016, 7, 1): (647, 0, 1, 0),
    date(2016, 8, 1): (440, 207, 1, 0),
    date(2026, 6, 1): (0, 647, 1, 0),
}
"""By day: taken, past, outside, repeated."""

HEAD = [*COLUMNS.values(), "Latitude", "Longitude"]
WORK = ["R1", "Gas", ",Market Street,", "Planned", "01/06/2026", "03/06/2026 12:00:00 AM"]
REST = ["Demo Gas", "Signs", "53.959", "-1.0815"]


def works(*rows: list[str]) -> str:
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in (HEAD, *rows))


def test_untidy_road_work_gets_a_plain_text(write: Write) -> None:
    document, _ = roadworks_of(write("w.csv", works([*WORK, *REST])), DEMO, date(2026, 6, 3))
    [work] = document.items
    assert (work.location, work.starts, work.ends) == (
        "Market Street",
        date(2026, 6, 1),
        date(2026, 6, 3),
    )


@pytest.mark.parametrize(
    ("at", "value", "reason"),
    [
        (0, "", "line 3: Ref: is empty"),
        (4, "2026-06-01", "line 3: Start: '2026-06-01' is not a date such as 31/12/2026"),
        (5, "31/02/2026", "line 3: End: '31/02/2026' is not a date"),
        (5, "01/05/2026", "line 3: End: 01/05/2026 is before the start, 01/06/2026"),
        (8, "nan", "line 3: Latitude: 'nan' is not a number"),
    ],
)
def test_road_work_is_refused_with_its_line_when_it_is_bad(
    write: Write, at: int, value: str, reason: str
) -> None:
    bad = [*WORK, *REST]
    bad[at] = value
    file = write("w.csv", works([*WORK, *REST], bad))
    document, summary = roadworks_of(file, DEMO, date(2026, 6, 1))
    [refused] = summary.refused
    assert refused.startswith(reason)
    assert len(document.items) == 1


def test_swapped_lat_and_long_of_road_works_are_suggested(write: Write) -> None:
    swapped = [*WORK, *REST[:2], "-1.0815", "53.959"]
    with pytest.raises(ConfigurationError, match="are lat and long swapped"):
        roadworks_of(write("w.csv", works(swapped)), DEMO, date(2026, 6, 1))
