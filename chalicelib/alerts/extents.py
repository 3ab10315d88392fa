"""Where something is that has an extent, such as a disruption: round a place, in a ward, or all
over the council."""

from dataclasses import dataclass

from chalicelib.geo.edge import nearest_on_edge
from chalicelib.geo.point import Box, Point, distance_m
from chalicelib.geo.polygon import MultiPolygon


@dataclass(frozen=True, kw_only=True)
class Extent:
    """`box` holds it all, and it reaches into the wards of `ward_codes`. It is a circle, or a
    shape, or with neither everywhere."""

    box: Box
    ward_codes: tuple[str, ...]
    centre: Point | None = None
    radius_m: float = 0.0
    shape: MultiPolygon | None = None

    def touches(self, place: Point, radius_m: float) -> bool:
        """True where the circle round that place holds some of it."""
        if self.centre:
            return distance_m(self.centre, place) <= self.radius_m + radius_m
        return self.shape is None or reaches(self.shape, place, radius_m)


def reaches(shape: MultiPolygon, place: Point, radius_m: float) -> bool:
    """True where the circle round that place holds some of the shape."""
    return shape.contains(place) or nearest_on_edge(shape, place).distance_m <= radius_m
