"""Points and boxes in WGS84 degrees, latitude and longitude always by keyword."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """A place: `lat` north, `long` east, in WGS84 degrees."""

    lat: float
    long: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A box in WGS84 degrees, edges included; it does not cross the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def contains(self, point: Point) -> bool:
        """True on the edges too; never true of NaN."""
        return self.west <= point.long <= self.east and self.south <= point.lat <= self.north

    def overlap(self, other: "Box") -> "Box | None":
        """The box that both cover, None where they do not meet."""
        west, east = max(self.west, other.west), min(self.east, other.east)
        south, north = max(self.south, other.south), min(self.north, other.north)
        if west > east or south > north:
            return None
        return Box(west=west, south=south, east=east, north=north)
