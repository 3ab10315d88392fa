"""The extent of something such as a disruption: round a place, in a ward, or all over the
council."""

from msgspec import Struct

from chalicelib.geo.point import Box, Point, distance_m
from chalicelib.geo.polygon import MultiPolygon
from chalicelib.geo.polygon_edge import nearest_on_edge


class Extent(Struct, frozen=True, kw_only=True):
    """`box` holds the whole extent, which reaches into the wards of `ward_codes`. The extent is a
    circle or a shape; with neither, it is everywhere."""

    box: Box
    ward_codes: tuple[str, ...]
    centre: Point | None = None
    radius_m: float = 0.0
    shape: MultiPolygon | None = None

    def touches(self, place: Point, radius_m: float) -> bool:
        """True if the circle round that place holds some of the extent."""
        if self.centre:
            return distance_m(self.centre, place) <= self.radius_m + radius_m
        return self.shape is None or reaches(self.shape, place, radius_m)


def reaches(shape: MultiPolygon, place: Point, radius_m: float) -> bool:
    """True if the circle round that place holds some of the shape."""
    return shape.contains(place) or nearest_on_edge(shape, place).distance_m <= radius_m
