"""From a council's file to what is published of it, and what a new edition changes."""

import csv
import gzip
import json
from dataclasses import replace
from pathlib import Path
from random import Random

import msgspec
import pytest

from chalicelib.catalogue.model import Council
from chalicelib.errors import ConfigurationError, UpstreamFailed
from chalicelib.facilities.model import (
    KINDS,
    FacilityList,
    KindList,
    SearchableFacilities,
    index_key,
    list_key,
)
from chalicelib.gazetteer.facility_names import FACILITY_NAMES, FacilityNames
from chalicelib.gazetteer.model import Gazetteer
from chalicelib.gazetteer.usecases import search_places
from chalicelib.geo.ellipsoid import distance_mm
from chalicelib.geo.nearest import find_nearest
from chalicelib.geo.point import Point
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.publishing.ports import Document
from infra.demo.facilities import demo_tables
from infra.facilities import Summary, import_facilities, kind_named, publish, read_facilities
from tests.support.councils import council_named
from tests.support.fakes import MemoryDocuments
from tests.support.fakes_publishing import PublishingWorld

HEADER = "id,name,address,opening_hours,accessible,notes,lat,long"
REAL = {
    # file: council, kind, taken, left out, refused
    "bath_public_toilets.csv": ("bath", "public-toilet", 18, 0, 0),
    "bath_recycling_centres.geojson": ("bath", "recycling-centre", 3, 0, 0),
    "bath_defibrillators.geojson": ("bath", "defibrillator", 62, 0, 0),
    "bath_ev_chargers.csv": ("bath", "ev-charger", 29, 4, 2),
    "bath_litter_bins.csv": ("bath", "litter-bin", 1_252, 0, 3),
    "bath_grit_bins.geojson": ("bath", "grit-bin", 440, 0, 2),
    "york_libraries.geojson": ("york", "library", 17, 0, 0),
    "york_gp_surgeries.geojson": ("york", "gp-surgery", 42, 0, 0),
    "york_pharmacies.geojson": ("york", "pharmacy", 43, 0, 0),
    "york_bus_stops_naptan.csv": ("york", "bus-stop", 1_205, 62, 0),
}


def council_of_file(name: str) -> Council:
    """York is the demo council with York's own bounds: its kinds know York's columns."""
    if name != "york":
        return council_named(name)
    return msgspec.structs.replace(council_named("demo"), bounds=(-1.3, 53.85, -0.9, 54.07))


def toilets(folder: Path, *rows: str) -> Path:
    file = folder / "toilets.csv"
    file.write_text("\n".join([HEADER, *rows, ""]))
    return file


def imported(
    file: Path,
    published: PublishingWorld,
    kind: str = "public-toilet",
    *,
    allow_rejects: bool = False,
) -> Summary:
    council = council_named("demo")
    wanted = kind_named(kind, council)
    return import_facilities(
        wanted,
        read_facilities(file, wanted, council),
        council,
        published.ports(),
        allow_rejects=allow_rejects,
    )


def listed(published: PublishingWorld, kind: str = "public-toilet") -> FacilityList:
    return msgspec.json.decode(published.documents.bodies[list_key(kind)], type=FacilityList)


@pytest.mark.parametrize("name", REAL)
def test_every_row_is_accounted_for_when_a_real_file_is_imported(
    name: str, shared_data: Path
) -> None:
    council_name, kind_name, taken, left_out, refused = REAL[name]
    council, published, steps = council_of_file(council_name), PublishingWorld(), list[int]()
    kind, file = kind_named(kind_name, council), shared_data / "facilities" / name
    table = read_facilities(file, kind, council)
    summary = import_facilities(
        kind, table, council, published.ports(), allow_rejects=True, progress=steps.append
    )
    assert (summary.taken, summary.left_out, len(summary.refused)) == (taken, left_out, refused)
    assert taken + left_out + refused == _rows_in(file)
    items = listed(published, kind_name).items
    assert len({item.facility_id for item in items}) == len(items) == summary.added == taken
    assert sum(steps) == len(table.rows)


def _rows_in(file: Path) -> int:
    if file.suffix == ".csv":
        with file.open(newline="", encoding="utf-8-sig") as opened:
            return len(list(csv.DictReader(opened)))
    return len(json.loads(file.read_bytes())["features"])


@pytest.mark.parametrize("name", REAL)
def test_published_index_finds_what_a_search_of_all_finds_when_it_is_of_a_real_file(
    name: str, shared_data: Path
) -> None:
    council_name, kind_name, *_ = REAL[name]
    council, published, rng = council_of_file(council_name), PublishingWorld(), Random(5)
    kind = kind_named(kind_name, council)
    table = read_facilities(shared_data / "facilities" / name, kind, council)
    import_facilities(kind, table, council, published.ports(), allow_rejects=True)
    bodies, items = published.documents.bodies, listed(published, kind_name).items
    index = SearchableFacilities(listed(published, kind_name), bodies[index_key(kind_name)]).index
    west, south, east, north = council.bounds
    for _ in range(40):
        point = Point(lat=rng.uniform(south - 0.1, north + 0.1), long=rng.uniform(west, east))
        everything = sorted(
            (distance_mm(round(item.lat * 1e7), round(item.long * 1e7), point), number)
            for number, item in enumerate(items)
        )
        found = find_nearest(index, point, 5)
        assert [each.number for each in found] == [number for _, number in everything[:5]]


def test_real_texts_are_converted_for_readers(shared_data: Path) -> None:
    council, folder = council_of_file("york"), shared_data / "facilities"
    found = {}
    for name in ("york_bus_stops_naptan.csv", "york_gp_surgeries.geojson"):
        published = PublishingWorld()
        kind = kind_named(REAL[name][1], council)
        table = read_facilities(folder / name, kind, council)
        import_facilities(kind, table, council, published.ports())
        found[name] = listed(published, kind.kind).items
    stop = found["york_bus_stops_naptan.csv"][0]
    assert (stop.facility_id, stop.name) == ("bus-stop-3290YYA00000", "Rail Station (Stop RE)")
    assert stop.address == "Station Road, York"
    surgeries = found["york_gp_surgeries.geojson"]
    assert surgeries[1].address == "Newton Way, Heslington, York, YO10 5DE"
    assert surgeries[1].opening_hours == "8:30am - 6pm; Sat 9am - 1pm; Sun Closed"
    assert sum(each.opens is not None for each in surgeries) == 34
    elvington = next(each for each in surgeries if each.name == "Doctors Surgery")
    assert elvington.opening_hours == "Wed 8:30am - 2:30pm, Fri 8:30am - 3pm; Sun Closed"


def test_new_edition_updates_adds_and_retires_when_it_is_imported(tmp_path: Path) -> None:
    published = PublishingWorld()
    first = toilets(
        tmp_path,
        "1,Old Market,Market Place,24 hours,Yes,,53.959,-1.0815",
        "2,Park,Park Road,8am - 6pm,No,,53.96,-1.08",
        "3,Station,,,,,53.957,-1.09",
    )
    summary = imported(first, published)
    assert (summary.added, summary.updated, summary.unchanged, summary.retired) == (3, 0, 0, 0)
    again = toilets(
        tmp_path,
        "2,Park,Park Road,8am - 6pm,No,,53.96,-1.08",
        "1,Old Market,Market Place,8am - 8pm,Yes,,53.959,-1.0815",
        "4,Abbey,,,,,53.961,-1.087",
    )
    summary = imported(again, published)
    assert (summary.added, summary.updated, summary.unchanged, summary.retired) == (1, 1, 1, 1)
    assert [item.facility_id for item in listed(published).items] == [
        "public-toilet-2",
        "public-toilet-1",
        "public-toilet-4",
    ]
    written = list(published.documents.puts)
    assert imported(again, published).unchanged == 3
    assert published.documents.puts == written, "the same file again writes nothing"


def test_ids_stay_when_rows_without_their_own_come_in_another_order(tmp_path: Path) -> None:
    rows = [",Park,,,,,53.96,-1.08", ",Station,,,,,53.957,-1.09", "a/b,Abbey,,,,,53.961,-1.087"]
    one, other = PublishingWorld(), PublishingWorld()
    imported(toilets(tmp_path, *rows), one)
    imported(toilets(tmp_path, *reversed(rows)), other)
    ids = {item.name: item.facility_id for item in listed(one).items}
    assert ids == {item.name: item.facility_id for item in listed(other).items}
    assert all("/" not in each for each in ids.values())


def test_nothing_is_published_when_a_row_is_refused(tmp_path: Path) -> None:
    published = PublishingWorld()
    imported(toilets(tmp_path, "1,Park,,,,,53.96,-1.08"), published)
    before = dict(published.documents.bodies)
    bad = toilets(tmp_path, "2,Abbey,,,,,53.961,-1.087", "3,Far,,,,,51.38,-2.36")
    summary = imported(bad, published)
    assert summary.refused == ["line 3: 51.3800° N, 2.3600° W is outside Eskerby Council"]
    assert published.documents.bodies == before
    summary = imported(bad, published, allow_rejects=True)
    assert (summary.taken, summary.added, summary.retired) == (1, 1, 1)
    assert [item.name for item in listed(published).items] == ["Abbey"]


def test_rows_are_refused_when_their_id_is_repeated(tmp_path: Path) -> None:
    file = toilets(tmp_path, "7,Park,,,,,53.96,-1.08", "7,Abbey,,,,,53.961,-1.087")
    summary = imported(file, PublishingWorld())
    assert summary.refused == ["line 3: is the same as line 2: both are public-toilet-7"]


def test_published_list_stays_when_no_row_is_valid(tmp_path: Path) -> None:
    published = PublishingWorld()
    imported(toilets(tmp_path, "1,Park,,,,,53.96,-1.08"), published)
    before = dict(published.documents.bodies)
    swapped = toilets(tmp_path, "1,Park,,,,,-1.08,53.96", "2,Abbey,,,,,-1.087,53.961")
    with pytest.raises(ConfigurationError, match=r"line 2: .*; are lat and long swapped\?"):
        imported(swapped, published, allow_rejects=True)
    assert published.documents.bodies == before


def test_invalid_page_address_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "libraries.csv"
    head = "OBJECTID,NAME,ADDRESS,PHONE,EXPLORE_YORK_URL,TYPE,lat,long\n"
    file.write_text(
        f"{head}1,A,,,javascript:alert(1),,53.96,-1.08\n2,B,,,www.b.example,,53.961,-1.08\n"
    )
    published = PublishingWorld()
    summary = imported(file, published, "library", allow_rejects=True)
    assert summary.refused == [
        "line 2: url: 'javascript:alert(1)' must begin with https:// or http://"
    ]
    assert [item.url for item in listed(published, "library").items] == ["http://www.b.example"]


def test_unknown_kind_is_refused_with_the_known_ones() -> None:
    with pytest.raises(
        ConfigurationError, match=r"castle is not a kind of Eskerby Council.*library"
    ):
        kind_named("castle", council_named("demo"))


def test_kinds_are_listed_in_the_councils_order_when_they_were_imported_in_another(
    tmp_path: Path,
) -> None:
    published, council = PublishingWorld(), council_named("demo")
    tables = demo_tables()
    for kind in ("park", "library"):
        import_facilities(kind_named(kind, council), tables[kind], council, published.ports())
    items = msgspec.json.decode(published.documents.bodies[KINDS], type=KindList).items
    assert [(item.kind, item.count) for item in items] == [("library", 17), ("park", 11)]


class Raced(MemoryDocuments):
    """Somebody else publishes a kind just before each of the first `times` writes of a document."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key, self.times = key, 0

    def write(self, key: str, document: Document, held: StoredDocument | None) -> None:
        if key == self.key and self.times:
            self.times -= 1
            raise VersionConflict(key)
        super().write(key, document, held)


def test_kinds_are_written_again_after_a_concurrent_change(tmp_path: Path) -> None:
    published, documents = PublishingWorld(), Raced(KINDS)
    published.documents = documents
    documents.times = 2
    file = toilets(tmp_path, "1,Park,,,,,53.96,-1.08")
    imported(file, published)
    assert KINDS in documents.bodies
    documents.times = 99
    del documents.bodies[KINDS]
    with pytest.raises(UpstreamFailed):
        imported(file, published)


def names(published: PublishingWorld) -> FacilityNames:
    return msgspec.json.decode(published.documents.bodies[FACILITY_NAMES], type=FacilityNames)


def labels(published: PublishingWorld, kind: str) -> list[str]:
    return [label for label, _, _ in names(published).kinds[kind]]


def test_facilities_are_listed_for_searches_with_their_kind_if_their_name_does_not_say_it(
    tmp_path: Path,
) -> None:
    published, council = PublishingWorld(), council_named("demo")
    imported(
        toilets(
            tmp_path,
            "1,Mill Lane public toilet,,,,,53.96,-1.08",
            "2,Station,North Road,,,,53.96,-1.08",
            "3,Station,South Road,,,,53.97,-1.09",
            "4,,East Road,,,,53.96,-1.08",
        ),
        published,
    )
    assert names(published).kinds["public-toilet"] == [
        ("Mill Lane public toilet", 53.96, -1.08),
        ("Station, public toilet, North Road", 53.96, -1.08),
        ("Station, public toilet, South Road", 53.97, -1.09),
    ]
    for kind in ("library", "street-light"):
        table = demo_tables()[kind]
        import_facilities(kind_named(kind, council), table, council, published.ports())
    assert list(names(published).kinds) == ["public-toilet", "library"]
    imported(toilets(tmp_path, "5,Quay,,,,,53.96,-1.08"), published)
    assert labels(published, "public-toilet") == ["Quay, public toilet"]
    assert len(labels(published, "library")) == 17


def test_real_bus_stops_are_found_by_their_names_in_a_small_document(shared_data: Path) -> None:
    council, published = council_of_file("york"), PublishingWorld()
    for file in ("york_bus_stops_naptan.csv", "york_libraries.geojson"):
        kind = kind_named(REAL[file][1], council)
        table = read_facilities(shared_data / "facilities" / file, kind, council)
        import_facilities(kind, table, council, published.ports())
    known = Gazetteer(names(published).places())
    best = {
        "rail station stop re": "Rail Station (Stop RE), bus stop",
        "acomb libary": "Acomb Explore Library",
        "alwyne drive opp bus stop": "Alwyne Drive (opp), bus stop",
    }
    for typed, label in best.items():
        assert search_places(typed, known)[0].label == label
    assert len(gzip.compress(published.documents.bodies[FACILITY_NAMES])) < 30_000


def test_names_are_written_again_after_a_concurrent_change(tmp_path: Path) -> None:
    published, documents = PublishingWorld(), Raced(FACILITY_NAMES)
    published.documents = documents
    file = toilets(tmp_path, "1,Park,,,,,53.96,-1.08")
    documents.times = 2
    imported(file, published)
    assert labels(published, "public-toilet") == ["Park, public toilet"]
    documents.times = 99
    with pytest.raises(UpstreamFailed, match="kept changing"):
        imported(toilets(tmp_path, "2,Quay,,,,,53.96,-1.08"), published)


def test_demo_facilities_are_all_accepted() -> None:
    council, published = council_named("demo"), PublishingWorld()
    counts = {}
    for name, table in demo_tables().items():
        kind = kind_named(name, council)
        summary = import_facilities(kind, replace(table, refused=[]), council, published.ports())
        assert summary.refused == []
        counts[name] = summary.taken
    assert list(counts) == [kind.kind for kind in council.facility_kinds]
    assert sum(counts.values()) > 3_000
    parks = listed(published, "park").items
    assert all(park.polygon for park in parks)
    assert all(council.box.contains(park.point) for park in parks)


def test_nothing_is_published_when_the_published_kinds_cannot_be_read(tmp_path: Path) -> None:
    here = PublishingWorld()
    here.documents.bodies[KINDS] = b"{"
    with pytest.raises(ConfigurationError, match="remove the file, and import every kind"):
        publish(
            kind_named("public-toilet", council_named("demo")),
            [],
            council_named("demo"),
            here.ports(),
        )
    assert list(here.documents.bodies) == [KINDS]
