"""Points and boxes in WGS84 degrees, latitude and longitude always by keyword."""

import math
from typing import NamedTuple

EARTH_RADIUS_M = 6_371_008.8


class Point(NamedTuple):
    """A place: `lat` north, `long` east, in WGS84 degrees."""

    lat: float
    long: float


class Box(NamedTuple):
    """A box in WGS84 degrees, edges included; it does not cross the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def contains(self, point: Point) -> bool:
        """True on the edges too; never for NaN."""
        return self.west <= point.long <= self.east and self.south <= point.lat <= self.north

    def overlap(self, other: "Box") -> "Box | None":
        """The box that both cover, None if they do not overlap."""
        west, east = max(self.west, other.west), min(self.east, other.east)
        south, north = max(self.south, other.south), min(self.north, other.north)
        if west > east or south > north:
            return None
        return Box(west=west, south=south, east=east, north=north)

    @classmethod
    def around(cls, point: Point, radius_m: float) -> "Box":
        """The smallest box that contains the circle; away from the poles."""
        high = math.degrees(radius_m / EARTH_RADIUS_M)
        wide = high / math.cos(math.radians(abs(point.lat) + high))
        return cls(
            west=point.long - wide,
            south=point.lat - high,
            east=point.long + wide,
            north=point.lat + high,
        )


def point_if_known(lat: float | None, long: float | None) -> Point | None:
    """The point; None unless both are known."""
    return None if lat is None or long is None else Point(lat=lat, long=long)


def distance_m(one: Point, other: Point) -> float:
    """Great-circle distance in metres: within 0.57 % of the ellipsoid's, antipodes too.

    For sorting and bounds; displayed numbers use `ellipsoid.displayed_distance_m`.
    Source: the haversine formula on a sphere of the mean radius of WGS84.
    """
    south, north = math.radians(one.lat), math.radians(other.lat)
    across = math.radians(other.long - one.long)
    chord = (
        math.sin((north - south) / 2) ** 2
        + math.cos(south) * math.cos(north) * math.sin(across / 2) ** 2
    )
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord)))
