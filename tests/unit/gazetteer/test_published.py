"""The published places are read once a minute, and are none where none were published."""

import pytest

from chalicelib.errors import UpstreamFailed
from chalicelib.gazetteer.model import PLACES
from chalicelib.gazetteer.published import PublishedPlaces

ONE = b'{"items":[{"label":"Bath","kind":"place","lat":51.38,"long":-2.36}]}'


class Shelf:
    """One document and a clock, both set by hand; `reads` counts."""

    def __init__(self, document: bytes | None) -> None:
        self.document = document
        self.seconds = 0.0
        self.reads = 0

    def read(self, key: str) -> bytes | None:
        if key != PLACES:
            return None
        self.reads += 1
        return self.document

    def places(self) -> PublishedPlaces:
        return PublishedPlaces(self.read, lambda: self.seconds)


def test_places_are_read_again_when_a_minute_has_passed() -> None:
    shelf = Shelf(None)
    places = shelf.places()
    assert not places.gazetteer().indexed
    shelf.document, shelf.seconds = ONE, 59.9
    assert not places.gazetteer().indexed
    assert shelf.reads == 1
    shelf.seconds = 60.0
    assert [known.place.label for known in places.gazetteer().indexed] == ["Bath"]
    assert shelf.reads == 2


def test_places_fail_and_are_read_again_when_the_document_cannot_be_read() -> None:
    shelf = Shelf(b'{"items":[{"label":')
    places = shelf.places()
    for _ in range(2):
        with pytest.raises(UpstreamFailed):
            places.gazetteer()
    assert shelf.reads == 2


def test_places_stay_as_they_were_when_a_document_that_was_read_cannot_be_read_again() -> None:
    shelf = Shelf(ONE)
    places = shelf.places()
    places.gazetteer()
    shelf.document, shelf.seconds = b"{", 60.0
    assert [known.place.label for known in places.gazetteer().indexed] == ["Bath"]
