"""Builds the gazetteer."""

from time import monotonic

from chalicelib.bootstrap import container
from chalicelib.gazetteer.ports import Ports
from chalicelib.gazetteer.published import PublishedPlaces


@container.once
def gazetteer_ports() -> Ports:
    here = container.council()
    published, chosen = published_places().gazetteer, here.geocoder
    if chosen is None:
        return Ports(gazetteer=published)
    from chalicelib.gazetteer.geocoder import FallbackGeocoder, GeopyGeocode

    ask = GeopyGeocode(chosen.name, chosen.options, chosen.timeout_s, here.box)
    geocoder = FallbackGeocoder(ask, here.box, monotonic)
    return Ports(gazetteer=published, geocode=geocoder.find)


@container.once
def published_places() -> PublishedPlaces:
    return PublishedPlaces(container.read_published, monotonic)
