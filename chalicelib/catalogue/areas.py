"""Areas of the council that another body, or one team, is responsible for."""

from chalicelib.catalogue.wards import Ring, WardCode
from chalicelib.catalogue.words import Code, LongText, ShortText, Strict
from chalicelib.geo.point import Point
from chalicelib.geo.polygon import is_in_ring


class Area(Strict, frozen=True, kw_only=True):
    """An area with a different responsible body from the rest of the council.

    It is made of polygons or wards. `services` are those that it applies to; None means all. One
    of the council's own teams is responsible, or another body: then `advice` says what to do, and
    `phone` and `url` where to go.
    """

    name: ShortText
    polygons: tuple[Ring, ...] = ()
    wards: tuple[WardCode, ...] = ()
    services: tuple[Code, ...] | None = None
    team: Code | None = None
    advice: LongText | None = None
    phone: ShortText | None = None
    url: ShortText | None = None

    def covers(self, service_code: str, point: Point, ward_code: str | None = None) -> bool:
        about = self.services is None or service_code in self.services
        within = any(is_in_ring(point, ring) for ring in self.polygons)
        return about and (within or ward_code in self.wards)
