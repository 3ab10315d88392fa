"""Every part of the service reads a postcode in the same way. The web client has the same cases."""

import json
from pathlib import Path

import pytest

from chalicelib.gazetteer.model import Gazetteer
from chalicelib.gazetteer.postcodes import Postcode, postcodes_document
from chalicelib.gazetteer.usecases import search_places
from chalicelib.geo.point import Point
from chalicelib.geo.postcode import full_postcode

CASES = json.loads((Path(__file__).parent / "postcode_cases.json").read_text())


@pytest.mark.parametrize(("typed", "read"), CASES)
def test_postcode_is_read_however_it_is_typed(typed: str, read: str | None) -> None:
    assert full_postcode(typed) == read


@pytest.mark.parametrize("typed", [typed for typed, read in CASES if read == "ZZ1 2DN"])
def test_search_finds_each_postcode_that_bins_and_bookings_read(typed: str) -> None:
    postcodes = postcodes_document([Postcode("ZZ1 2DN", Point(lat=53.9, long=-1.1))], "")
    assert [place.label for place in search_places(typed, Gazetteer((), postcodes))] == ["ZZ1 2DN"]
    assert postcodes.find(typed) == Postcode("ZZ1 2DN", Point(lat=53.9, long=-1.1))
