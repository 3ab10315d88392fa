"""From what people type to the place that they mean."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Invalid
from chalicelib.gazetteer.model import Gazetteer
from chalicelib.gazetteer.ports import Ports
from chalicelib.gazetteer.postcodes import Postcode, Postcodes, postcodes_document
from chalicelib.gazetteer.usecases import MAX_RESULTS, find_places, search_places
from chalicelib.geo.place import Place
from chalicelib.geo.point import Point

LABELS = {
    "street": (
        "St James's Square",
        "St James's Street",
        "High Street, Weston",
        "High Street, Keynsham",
        "Bath Street",
        "Old Bath Road",
        "Cafe Lane",
        "Château Avenue",
        "Mill-Race Road",
        "Market Stile",
        "Market Street",
    ),
    "place": ("Bath", "Bathford", "Northend"),
}
AT = Point(lat=51.38, long=-2.36)
POSTCODES = [Postcode(label, AT) for label in ("ZZ14 4AB", "ZZ1 4AD", "ZZ1 4AB", "ZO1 1OL")]


def place(label: str, kind: str = "street") -> Place:
    return Place(label=label, kind=kind, lat=51.38, long=-2.36)  # type: ignore[arg-type]


PLACES = Gazetteer(
    (place(label, kind) for kind, labels in LABELS.items() for label in labels),
    postcodes_document(POSTCODES, ""),
)


def labels(q: str) -> list[str]:
    return [found.label for found in search_places(q, PLACES)]


@pytest.mark.parametrize(
    ("q", "best"),
    [
        ("bath", "Bath"),
        ("BATH STREET", "Bath Street"),
        ("bath st", "Bath Street"),
        ("mill race rd", "Mill-Race Road"),
        ("st jamess sq", "St James's Square"),
        ("Saint James’s Square", "St James's Square"),
        ("café ln", "Cafe Lane"),
        ("chateau ave.", "Château Avenue"),
        ("high st keynsham", "High Street, Keynsham"),
        ("keyn high", "High Street, Keynsham"),
        ("market street", "Market Street"),
        ("zz14ab", "ZZ1 4AB"),
        ("zz1 4ad", "ZZ1 4AD"),
        ("ZZ14 4", "ZZ14 4AB"),
    ],
)
def test_search_returns_the_intended_place_first_for_other_spellings(q: str, best: str) -> None:
    assert labels(q)[0] == best


def test_search_sorts_labels_by_how_well_they_match() -> None:
    assert labels("bath") == ["Bath", "Bathford", "Bath Street", "Old Bath Road"]
    assert labels("high street") == ["High Street, Weston", "High Street, Keynsham"]
    assert labels("orthen") == ["Northend"]


def test_search_returns_all_postcodes_with_a_prefix() -> None:
    assert labels("zz1 4a") == ["ZZ1 4AB", "ZZ1 4AD"]
    assert labels("zz14") == ["ZZ1 4AB", "ZZ1 4AD", "ZZ14 4AB"]
    assert labels("4ab") == []


@pytest.mark.parametrize("q", ["", " ", "!?", "'", "nowhere at all", "zz2"])
def test_search_returns_nothing_when_nothing_matches(q: str) -> None:
    assert labels(q) == []


def test_search_stops_at_twenty_when_more_would_fit() -> None:
    many = Gazetteer(place(f"Long Row {number}") for number in range(50))
    assert len(search_places("long", many)) == MAX_RESULTS == 20


@given(st.text(max_size=120))
def test_search_answers_for_any_text(q: str) -> None:
    assert len(search_places(q, PLACES)) <= MAX_RESULTS


@pytest.mark.parametrize("q", [None, "", "  ", "x" * 101])
def test_find_names_the_field_when_q_cannot_be_searched(q: str | None) -> None:
    with pytest.raises(Invalid) as caught:
        find_places(q, Ports(gazetteer=lambda: PLACES))
    assert [fault.field for fault in caught.value.errors] == ["q"]


def test_find_takes_q_when_it_has_a_hundred_characters() -> None:
    assert find_places("x" * 100, Ports(gazetteer=lambda: PLACES)) == []


CASES = json.loads(Path(__file__).with_name("search_cases.json").read_text(encoding="utf-8"))
"""What the web client's twin of this search is held to as well."""
SHARED = Gazetteer(
    msgspec.convert(CASES["places"], list[Place]), msgspec.convert(CASES["postcodes"], Postcodes)
)


@pytest.mark.parametrize("case", CASES["cases"], ids=lambda case: case["q"])
def test_search_has_the_order_of_the_shared_cases(case: dict[str, Any]) -> None:
    assert [found.label for found in search_places(case["q"], SHARED)] == case["labels"]


def test_search_prefers_exact_spelling() -> None:
    near = Gazetteer([place("Parkes Road"), place("Parker Road")])
    assert [found.label for found in search_places("parker road", near)] == ["Parker Road"]


class Stranger:
    """A geocoder that knows one place, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def find(self, typed: str) -> list[Place]:
        self.asked += 1
        return [place("The Old Mint", "place")]


def test_find_asks_the_geocoder_when_the_council_has_no_match() -> None:
    stranger = Stranger()
    ports = Ports(gazetteer=lambda: PLACES, geocode=stranger.find)
    assert [found.label for found in find_places("old mint", ports)] == ["The Old Mint"]
    assert find_places("bath", ports)[0].label == "Bath"
    assert stranger.asked == 1
