"""Rounds areas for publication: to a tenth of a metre, without smaller parts."""

from chalicelib.errors import Invalid
from chalicelib.geo.polygon import Corner, MultiPolygon, Polygon, Ring

DECIMALS = 6
"""Decimal places of degrees: about 0.1 m."""
FEWEST_CORNERS = 3

Rings = tuple[tuple[Corner, ...], ...]
"""A polygon's rings of (long, lat), the holes after the outer one."""


def round_shape(shape: MultiPolygon) -> tuple[Rings, ...]:
    """The polygons of the shape, each corner rounded; holes and polygons without an area are left
    out. Raises Invalid if nothing is left."""
    polygons = tuple(rings for each in shape.polygons if (rings := _round_polygon(each)))
    if not polygons:
        raise Invalid.field("geometry", "the area is smaller than 0.1 m: give it as a Point")
    return polygons


def _round_polygon(polygon: Polygon) -> Rings:
    """Its rings; none if the outer one is too small."""
    outer, *holes = map(_round_ring, polygon.rings)
    return (outer, *filter(None, holes)) if outer else ()


def _round_ring(ring: Ring) -> tuple[Corner, ...]:
    """The ring without repeated corners; empty if too few are left."""
    corners = [(round(long, DECIMALS), round(lat, DECIMALS)) for long, lat in ring]
    apart = tuple(corner for at, corner in enumerate(corners) if corner != corners[at - 1])
    return apart if len(set(apart)) >= FEWEST_CORNERS else ()
