"""Builds the slice of areas; gives the codes of wards to other slices."""

from time import monotonic
from typing import TYPE_CHECKING, Any

from chalicelib.areas.ports import Ports
from chalicelib.bootstrap import container
from chalicelib.bootstrap.gazetteer import published_places
from chalicelib.kernel.time import utc_now

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chalicelib.geo.point import Point


@container.once
def areas_ports() -> Ports:
    from chalicelib.integrations.places_for_areas import PlacesForAreas

    here = container.council()
    return Ports(
        places=PlacesForAreas(container.read_published, published_places(), monotonic),
        council=here,
        nearest=_nearest_of_each,
        today=lambda: utc_now().astimezone(here.zone).date(),
    )


def ward_codes() -> set[str]:
    """The codes of today's wards. Raises UpstreamFailed."""
    return {ward.code for ward in areas_ports().places.wards()}


def _nearest_of_each(point: "Point") -> "Mapping[str, Any]":
    """The nearest facility of each kind."""
    from chalicelib.bootstrap.facilities import facilities_ports
    from chalicelib.facilities.usecases import nearest_of_each

    return nearest_of_each(point, facilities_ports())
