"""Places and the documents published of them, as my area sees them."""

from collections.abc import Callable, Sequence

from chalicelib.areas.model import ROADWORKS, RoadWork, RoadWorks, WardDocument
from chalicelib.errors import UpstreamFailed
from chalicelib.gazetteer.published import PublishedPlaces
from chalicelib.gazetteer.wards import WARDS, Wards
from chalicelib.geo.point import Point
from chalicelib.geo.ward import Ward
from chalicelib.kernel.cached_document import CachedDocument, decode_document
from chalicelib.publishing.wards import ward_key


class PlacesForAreas:
    def __init__(
        self,
        read_published: Callable[[str], bytes | None],
        places: PublishedPlaces,
        monotonic: Callable[[], float],
    ) -> None:
        self._read = read_published
        self._places = places
        self._wards = CachedDocument(lambda: decode_document(self._read, WARDS, Wards), monotonic)
        self._roadworks = CachedDocument(
            lambda: decode_document(self._read, ROADWORKS, RoadWorks), monotonic
        )

    def wards(self) -> Sequence[Ward]:
        found = self._wards.value()
        return found.items if found else ()

    def roadworks(self) -> Sequence[RoadWork]:
        try:
            found = self._roadworks.value()
        except UpstreamFailed:
            # A ward is worth knowing without road works, and withdrawn reports have to leave it.
            return ()
        return found.items if found else ()

    def postcode(self, text: str) -> Point | None:
        found = self._places.postcodes().find(text)
        return found.point if found else None

    def document(self, ward_code: str) -> WardDocument | None:
        return decode_document(self._read, ward_key(ward_code), WardDocument)
