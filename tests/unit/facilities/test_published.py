"""Published facilities are read once a minute, and searched by their own index."""

import pytest

from chalicelib.errors import UpstreamFailed
from chalicelib.facilities.model import KINDS, index_key, index_of, list_key
from tests.support.fakes_facilities import FacilitiesWorld, facility, facility_list


@pytest.fixture
def shelf() -> FacilitiesWorld:
    return two_libraries()


def two_libraries() -> FacilitiesWorld:
    return FacilitiesWorld(facility_list([facility(1), facility(2)]))


def test_documents_are_read_again_when_a_minute_has_passed(shelf: FacilitiesWorld) -> None:
    facilities = shelf.facilities()
    for seconds in (0.0, 59.9):
        shelf.seconds = seconds
        known = facilities.facilities_of_kind("library")
        assert known is not None and len(known.index.numbers) == 2
        assert shelf.reads == [KINDS, list_key("library"), index_key("library")]
    shelf.seconds = 60.0
    facilities.facilities_of_kind("library")
    assert len(shelf.reads) == 6


def test_unknown_kind_is_not_read(shelf: FacilitiesWorld) -> None:
    assert shelf.facilities().facilities_of_kind("../index") is None
    assert shelf.reads == [KINDS]


def test_list_of_kinds_is_empty_when_nothing_is_published(shelf: FacilitiesWorld) -> None:
    shelf.documents.clear()
    assert shelf.facilities().kinds() == ()


@pytest.mark.parametrize("index", [None, b"torn", index_of([facility(7, lat=1.0)])])
def test_index_is_rebuilt_when_the_published_one_belongs_to_another_list(
    index: bytes | None, shelf: FacilitiesWorld
) -> None:
    del shelf.documents[index_key("library")]
    if index is not None:
        shelf.documents[index_key("library")] = index
    known = shelf.facilities().facilities_of_kind("library")
    assert known is not None and len(known.index.numbers) == 2


def test_facilities_fail_when_a_document_cannot_be_read() -> None:
    for key in (KINDS, list_key("library")):
        shelf = two_libraries()
        shelf.documents[key] = b'{"items":['
        with pytest.raises(UpstreamFailed):
            shelf.facilities().facilities_of_kind("library")
