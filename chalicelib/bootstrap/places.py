"""The slices that answer from published files: gazetteer, facilities, my area."""

from collections.abc import Sequence
from functools import cache

from chalicelib.areas import ports as areas
from chalicelib.areas.model import ROADWORKS, RoadWork, RoadWorks, WardDocument
from chalicelib.bootstrap.base import council, read_published
from chalicelib.errors import UpstreamFailed
from chalicelib.facilities import ports as facilities
from chalicelib.facilities import usecases as where
from chalicelib.gazetteer import ports as gazetteer
from chalicelib.gazetteer.published import PublishedPlaces
from chalicelib.gazetteer.wards import WARDS, Ward, Wards
from chalicelib.gazetteer.whereabouts import PublishedWhereabouts
from chalicelib.geo.point import Point
from chalicelib.kernel.cached_document import CachedDocument, decoded
from chalicelib.publishing.wards import ward_key


@cache
def gazetteer_ports() -> gazetteer.Ports:
    return gazetteer.Ports(places=_published_places(), elsewhere=_geocoder())


@cache
def areas_ports() -> areas.Ports:
    from chalicelib.kernel.time import utc_now

    here = council()
    return areas.Ports(
        places=PlacesOfAreas(),
        council=here,
        nearest=lambda point: where.nearest_of_each(point, facilities_ports()),
        today=lambda: utc_now().astimezone(here.zone).date(),
    )


@cache
def facilities_ports() -> facilities.Ports:
    from time import monotonic

    from chalicelib.facilities.published import PublishedFacilities
    from chalicelib.kernel.time import utc_now
    from chalicelib.publishing.assets import ReportedAssets

    here = council()
    return facilities.Ports(
        facilities=PublishedFacilities(read_published, monotonic),
        open_reports=ReportedAssets(read_published, monotonic),
        now=utc_now,
        zone=here.zone,
        holidays=here.calendar.holidays,
    )


@cache
def whereabouts() -> PublishedWhereabouts:
    """What a place belongs to."""
    from time import monotonic

    return PublishedWhereabouts(read_published, monotonic)


class PlacesOfAreas:
    """The gazetteer and the published documents as my area sees them."""

    def __init__(self) -> None:
        from time import monotonic

        self._wards = CachedDocument(lambda: decoded(read_published, WARDS, Wards), monotonic)
        self._roadworks = CachedDocument(
            lambda: decoded(read_published, ROADWORKS, RoadWorks), monotonic
        )

    def wards(self) -> Sequence[Ward]:
        found = self._wards.value()
        return found.items if found else ()

    def roadworks(self) -> Sequence[RoadWork]:
        try:
            found = self._roadworks.value()
        except UpstreamFailed:
            # A ward is worth knowing without them, and what is taken back has to leave it.
            return ()
        return found.items if found else ()

    def postcode(self, text: str) -> Point | None:
        found = _published_places().postcodes().find(text)
        return found.point if found else None

    def document(self, ward_code: str) -> WardDocument | None:
        return decoded(read_published, ward_key(ward_code), WardDocument)


@cache
def _published_places() -> PublishedPlaces:
    from time import monotonic

    return PublishedPlaces(read_published, monotonic)


def _geocoder() -> gazetteer.Geocoder:
    from time import monotonic

    from chalicelib.gazetteer.geocoder import FallbackGeocoder, GeopyGeocode

    here = council()
    chosen = here.geocoder
    if chosen is None:
        return gazetteer.NoGeocoder()
    ask = GeopyGeocode(chosen.name, chosen.options, chosen.timeout_s, here.box)
    return FallbackGeocoder(ask, here.box, monotonic)
