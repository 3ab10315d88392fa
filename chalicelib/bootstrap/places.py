"""Builds the slices that answer from published files: gazetteer, facilities, my area."""

from time import monotonic

from chalicelib.areas import ports as areas
from chalicelib.bootstrap import container
from chalicelib.facilities import ports as facilities
from chalicelib.facilities.published import PublishedFacilities
from chalicelib.gazetteer import ports as gazetteer
from chalicelib.gazetteer.published import PublishedPlaces
from chalicelib.kernel.time import utc_now


@container.once
def gazetteer_ports() -> gazetteer.Ports:
    here = container.council()
    published, chosen = _published_places().gazetteer, here.geocoder
    if chosen is None:
        return gazetteer.Ports(gazetteer=published)
    from chalicelib.gazetteer.geocoder import FallbackGeocoder, GeopyGeocode

    ask = GeopyGeocode(chosen.name, chosen.options, chosen.timeout_s, here.box)
    geocoder = FallbackGeocoder(ask, here.box, monotonic)
    return gazetteer.Ports(gazetteer=published, geocode=geocoder.find)


@container.once
def areas_ports() -> areas.Ports:
    from chalicelib.facilities.usecases import nearest_of_each
    from chalicelib.integrations.places_for_areas import PlacesForAreas

    here = container.council()
    return areas.Ports(
        places=PlacesForAreas(container.read_published, _published_places(), monotonic),
        council=here,
        nearest=lambda point: nearest_of_each(point, facilities_ports()),
        today=lambda: utc_now().astimezone(here.zone).date(),
    )


def ward_codes() -> set[str]:
    """The codes of today's wards. Raises UpstreamFailed."""
    return {ward.code for ward in areas_ports().places.wards()}


@container.once
def facilities_ports() -> facilities.Ports:
    from chalicelib.publishing.assets import ReportedAssets

    here = container.council()
    return facilities.Ports(
        facilities=PublishedFacilities(container.read_published, monotonic),
        open_reports=ReportedAssets(container.read_published, monotonic).about_assets,
        now=utc_now,
        zone=here.zone,
        holidays=here.calendar.holidays,
    )


@container.once
def _published_places() -> PublishedPlaces:
    return PublishedPlaces(container.read_published, monotonic)
