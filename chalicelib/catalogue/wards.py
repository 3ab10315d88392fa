"""The parts of a council's document about wards, councillors, neighbours and a geocoder."""

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from chalicelib.catalogue.words import EmailAddress, ShortText, Strict
from chalicelib.geo.point import Point
from chalicelib.geo.polygon import is_in_ring

Degrees = Annotated[float, Meta(ge=-180, le=180)]
Corner = tuple[Degrees, Degrees]
Ring = Annotated[tuple[Corner, ...], Meta(min_length=3)]
WardCode = Annotated[str, Meta(pattern=r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$", max_length=60)]
WebAddress = Annotated[str, Meta(pattern=r"^https://[^\s]+$", max_length=300)]


class WardProperties(Strict, frozen=True, kw_only=True):
    """The properties with a ward's code and name in a file of boundaries; they may be the same."""

    code: ShortText
    name: ShortText


class Councillor(Strict, frozen=True, kw_only=True, omit_defaults=True):
    """A ward's councillor, with contact details."""

    name: ShortText
    party: ShortText | None = None
    email: EmailAddress | None = None
    phone: ShortText | None = None
    url: WebAddress | None = None


class Neighbour(Strict, frozen=True, kw_only=True):
    """Another council, and its approximate area."""

    name: ShortText
    polygons: Annotated[tuple[Ring, ...], Meta(min_length=1)]
    phone: ShortText | None = None
    url: WebAddress | None = None

    def covers(self, point: Point) -> bool:
        return any(is_in_ring(point, ring) for ring in self.polygons)


class GeocoderChoice(Strict, frozen=True, kw_only=True):
    """The geocoder for places that are not in the council's own files: its name in geopy, such as
    nominatim, and the options to create it with."""

    name: Annotated[str, Meta(pattern=r"^[a-z0-9_]+$", max_length=50)]
    options: Mapping[str, str] = {}
    timeout_s: Annotated[float, Meta(gt=0, le=2)] = 1.0
