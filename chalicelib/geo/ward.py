"""A ward: one of the areas that a council is divided into for elections."""

from functools import cached_property

import msgspec

from chalicelib.geo.point import Box, Point
from chalicelib.geo.polygon import Corner, MultiPolygon, Polygon
from chalicelib.geo.polygon_edge import nearest_on_edge

MARGIN_M = 50.0
"""A place up to this distance outside all wards still counts as the council's: boundaries are not
visible on the ground, and published ones are simplified."""


class Ward(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """A ward. `box`: west, south, east, north; `polygons`: rings of (long, lat), holes after the
    outer one."""

    code: str
    name: str
    box: tuple[float, float, float, float]
    polygons: tuple[tuple[tuple[Corner, ...], ...], ...]

    @cached_property
    def shape(self) -> MultiPolygon:
        return MultiPolygon(tuple(Polygon(rings[0], rings[1:]) for rings in self.polygons))

    @property
    def bounds(self) -> Box:
        west, south, east, north = self.box
        return Box(west=west, south=south, east=east, north=north)

    def is_near(self, point: Point) -> bool:
        """True for a place inside, or at most MARGIN_M outside."""
        if self.bounds.overlap(Box.around(point, MARGIN_M)) is None:
            return False
        return (
            self.shape.contains(point) or nearest_on_edge(self.shape, point).distance_m <= MARGIN_M
        )
