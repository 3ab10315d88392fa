"""The published documents of the council's places, each read at most once a minute."""

from chalicelib.gazetteer.facility_names import FACILITY_NAMES, FacilityNames
from chalicelib.gazetteer.model import PLACES, Gazetteer, PlaceList
from chalicelib.gazetteer.postcodes import POSTCODES, Postcodes
from chalicelib.kernel.cached_document import (
    CachedDocument,
    MonotonicClock,
    ReadDocument,
    decode_document,
)


class PublishedPlaces:
    """Streets, places, facilities and postcodes."""

    def __init__(self, read: ReadDocument, seconds: MonotonicClock) -> None:
        self._read = read
        self._gazetteer = CachedDocument(self._read_gazetteer, seconds)
        self._postcodes = CachedDocument(
            lambda: decode_document(read, POSTCODES, Postcodes), seconds
        )

    def gazetteer(self) -> Gazetteer:
        return self._gazetteer.value()

    def postcodes(self) -> Postcodes:
        """Postcodes only, for callers who search no street."""
        return self._postcodes.value() or Postcodes()

    def _read_gazetteer(self) -> Gazetteer:
        places = decode_document(self._read, PLACES, PlaceList)
        facilities = decode_document(self._read, FACILITY_NAMES, FacilityNames)
        known = [*(places.items if places else ()), *(facilities.places() if facilities else ())]
        return Gazetteer(known, self.postcodes())
