"""From the pieces of a street to the one entry that people search for."""

import json
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from chalicelib.gazetteer.model import PLACES, Gazetteer, PlaceList
from chalicelib.gazetteer.postcodes import POSTCODES, Postcodes
from chalicelib.gazetteer.usecases import search_places
from chalicelib.gazetteer.wards import WARDS, Wards
from chalicelib.geo.place import Place
from chalicelib.geo.point import Point
from chalicelib.geo.polygon import is_in_ring
from infra.demo.gazetteer import COMMITTED, documents
from infra.gazetteer import Settlement, gather_places, places_document, places_of, streets_document
from tests.support.councils import council_named

KILOMETRE = 1 / 111.32  # in degrees of latitude
VILLAGES = [
    Settlement("Lower Wick", (-1.0, 50.0), True),
    Settlement("Upper Wick", (-1.0, 50.0 + 10 * KILOMETRE), True),
    Settlement("Lone Farm", (-1.0, 50.0 + 5 * KILOMETRE), False),
]


BATH = {
    "12 Great Pulteney Street": "Great Pulteney Street",
    "great pultney street 12": "Great Pulteney Street",
    "Flat 3, 4-6 Milsom St, Bath, England": "Milsom Street",
    "high st 4, keynsham": "High Street, Keynsham",
    "a4 keynsham": "A4, Keynsham",
    "A 367, odd down": "A367, Odd Down",
    "b3116 keynsham": "B3116, Keynsham",
    "kennet and avon canal": "Kennet and Avon Canal",
    "solsbury hill": "Little Solsbury Hill",
    "royal victoria park": "Royal Victoria Park",
    "alice park": "Alice Park",
    "river avon, saltford": "River Avon, Saltford",
}
"""Places as people type them, and what they mean."""


def northwards(start_km: float, end_km: float) -> list[tuple[float, float]]:
    """A straight piece of street from south to north, beginning at Lower Wick."""
    return [(-1.0, 50.0 + start_km * KILOMETRE), (-1.0, 50.0 + end_km * KILOMETRE)]


def streets(*pieces: tuple[float, float], name: str = "The Row") -> list[Place]:
    found = gather_places({name: [northwards(*piece) for piece in pieces]}, VILLAGES)
    return [place for place in found if place.kind == "street"]


def test_street_is_one_entry_in_its_middle_when_it_comes_in_pieces() -> None:
    [row] = streets((0, 0.4), (0.4, 0.8), (0.9, 1.0))
    assert row.label == "The Row"
    assert abs(row.lat - (50.0 + 0.4611 * KILOMETRE)) < 0.00001


def test_street_is_one_entry_when_a_gap_parts_it_within_its_locality() -> None:
    assert len(streets((0, 0.3), (1.5, 1.9))) == 1


def test_streets_carry_their_localities_when_they_share_a_name() -> None:
    found = streets((0, 0.3), (9.5, 10))
    assert [place.label for place in found] == ["The Row, Lower Wick", "The Row, Upper Wick"]


def test_street_is_an_entry_for_each_locality_when_it_is_long() -> None:
    found = streets((0, 3), (3, 6), (6, 10))
    assert [place.label for place in found] == ["The Row, Lower Wick", "The Row, Upper Wick"]


def test_entry_lies_on_the_street_when_the_street_is_bent() -> None:
    bend = [(-1.0, 50.0), (-1.0, 50.005), (-0.99, 50.005), (-0.99, 50.0)]
    [row] = [place for place in gather_places({"The Bend": [bend]}, []) if place.kind == "street"]
    assert row.lat == 50.005 or row.long in (-1.0, -0.99)


def test_place_and_street_keep_their_plain_names_when_they_share_one() -> None:
    found = gather_places({"Lower Wick": [northwards(0, 0.1)]}, VILLAGES)
    assert [(place.label, place.kind) for place in found] == [
        ("Lower Wick", "street"),
        ("Lower Wick", "place"),
        ("Upper Wick", "place"),
        ("Lone Farm", "place"),
    ]


def test_places_are_left_out_when_they_have_no_name_or_cannot_be_read(tmp_path: Path) -> None:
    file = tmp_path / "roads.geojson"
    features = [road("Thimble Row"), road(""), road("Off", kind="canal"), {}]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    assert [place.label for place in places_of([file])] == ["Thimble Row"]


def road(name: str, kind: str = "minor", number: str = "") -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"name": name, "kind": kind, "number": number},
        "geometry": {"type": "LineString", "coordinates": [[-1.08, 53.95], [-1.07, 53.96]]},
    }


def test_road_is_searched_by_its_number_and_green_and_water_by_their_names(tmp_path: Path) -> None:
    ring = [[-1.08, 53.95], [-1.07, 53.95], [-1.07, 53.96], [-1.08, 53.95]]
    drawn = {
        "roads": [road("Thimble Row"), road("", number="A64"), road("Off", kind="canal")],
        "green": [polygon("Ings Green", "park", ring), polygon("", "wood", ring)],
        "water": [polygon("Heron Mere", "lake", ring), polygon("Broken", "lake", ring[:2])],
    }
    for layer, features in drawn.items():
        document = {"type": "FeatureCollection", "features": features}
        (tmp_path / f"{layer}.geojson").write_text(json.dumps(document))
    found = places_of(tmp_path.iterdir())
    assert sorted((place.kind, place.label) for place in found) == [
        ("landmark", "Heron Mere"),
        ("landmark", "Ings Green"),
        ("road", "A64"),
        ("street", "Thimble Row"),
    ]
    inside = Point(lat=found[-1].lat, long=found[-1].long)
    assert is_in_ring(inside, tuple((long, lat) for long, lat in ring))


def polygon(name: str, kind: str, ring: list[list[float]]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"name": name, "kind": kind},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def test_document_is_sorted_by_label_when_places_come_in_any_order() -> None:
    places = streets((0, 0.3), (9.5, 10))
    assert places_document(places) == places_document(reversed(places))
    labels = [place.label for place in decoded(places_document(places))]
    assert labels == sorted(labels)


def decoded(raw: bytes) -> list[Place]:
    return msgspec.json.decode(raw, type=PlaceList).items


def test_every_street_name_of_bath_is_found_when_built_from_os_files(shared_data: Path) -> None:
    folder = shared_data / "basemap"
    names = ("roads", "place_names", "water", "greenspace")
    places = places_of([folder / f"bath_{name}.geojson.gz" for name in names])
    assert Counter(place.kind for place in places) == {
        "street": 2_372,
        "place": 602,
        "landmark": 493,
        "road": 170,
    }
    streets = {place.label.partition(",")[0] for place in places if place.kind == "street"}
    assert len(streets) == 2_080
    again = Counter((place.label, place.kind) for place in places)
    assert [label for label, count in again.items() if count > 1] == [
        ("Bloomfield Road, Bloomfield", "street")  # there are two Bloomfields
    ]
    known = Gazetteer(places)
    high_streets = {place.label for place in search_places("high st", known)}
    assert {"High Street, Bath", "High Street, Batheaston", "High Street, Keynsham"} <= high_streets
    assert search_places("st jamess sq", known)[0].label == "St James's Square"
    assert search_places("midsomer norton", known)[0].label == "Midsomer Norton"
    for typed, label in BATH.items():
        assert search_places(typed, known)[0].label == label, typed


def test_committed_documents_equal_newly_made_ones() -> None:
    for key, body in documents().items():
        assert COMMITTED[key].read_bytes() == body, "run infra.demo.gazetteer.write_documents"


def test_demo_town_has_its_places_and_no_real_postcode_when_it_is_searched() -> None:
    places = decoded(COMMITTED[PLACES].read_bytes())
    assert Counter(place.kind for place in places) == {
        "street": 1_175,
        "place": 28,
        "road": 12,
        "landmark": 27,
    }
    assert len({place.label for place in places}) == len(places)
    known = Gazetteer(places)
    for typed, label in {"heron mere": "Heron Mere", "b6491": "B6491"}.items():
        assert search_places(typed, known)[0].label == label
    postcodes = msgspec.json.decode(COMMITTED[POSTCODES].read_bytes(), type=Postcodes)
    assert sum(map(len, postcodes.sectors.values())) == 1_121
    assert all(sector.startswith("ZZ") for sector in postcodes.sectors), (
        "real postcodes have no place in an invented town"
    )


def test_demo_wards_have_each_place_once_when_they_tile_the_council() -> None:
    wards = msgspec.json.decode(COMMITTED[WARDS].read_bytes(), type=Wards)
    council = council_named("demo")
    rng, box = Random(1), council.box
    for _ in range(1_000):
        point = Point(lat=rng.uniform(box.south, box.north), long=rng.uniform(box.west, box.east))
        count = sum(ward.shape.contains(point) for ward in wards.items)
        elsewhere = council.neighbour_at(point)
        assert count == 1 or (elsewhere and elsewhere.name == "Wold District Council")
    assert {ward.code for ward in wards.items} == set(council.councillors)


def test_street_lines_keep_their_corners_when_straight_stretches_are_left_out() -> None:
    line = [(-1.0, 50.0), (-1.0, 50.001), (-1.0, 50.002), (-0.998, 50.002)]
    raw = streets_document({"The Row": [line]})
    assert msgspec.json.decode(raw) == {
        "streets": {"The Row": [[[-1.0, 50.0], [-1.0, 50.002], [-0.998, 50.002]]]}
    }
