"""The extent of a disruption or of road works: around a place, in a ward, or the whole council."""

from msgspec import Struct

from chalicelib.geo.point import Box, Point, distance_m
from chalicelib.geo.polygon import MultiPolygon
from chalicelib.geo.polygon_edge import nearest_on_edge


class Extent(Struct, frozen=True, kw_only=True):
    """A circle or a shape; with neither, the extent is the whole council. `box` contains it, and
    `ward_codes` are the wards that it overlaps."""

    box: Box
    ward_codes: tuple[str, ...]
    centre: Point | None = None
    radius_m: float = 0.0
    shape: MultiPolygon | None = None

    def touches(self, place: Point, radius_m: float) -> bool:
        """True if the circle around that place overlaps the extent."""
        if self.centre:
            return distance_m(self.centre, place) <= self.radius_m + radius_m
        return self.shape is None or reaches(self.shape, place, radius_m)


def reaches(shape: MultiPolygon, place: Point, radius_m: float) -> bool:
    """True if the circle around that place overlaps the shape."""
    return shape.contains(place) or nearest_on_edge(shape, place).distance_m <= radius_m
