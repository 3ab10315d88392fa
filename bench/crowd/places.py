"""The places in the invented council."""

import math
from random import Random

WEST, SOUTH, EAST, NORTH = -1.2, 53.89, -0.963, 54.028
OF_OTHERS = (
    (-1.0418, 53.9824, EAST, NORTH),
    (-1.03, SOUTH, EAST, 53.929),
    (WEST, SOUTH, -1.175, 53.905),
)
"""Boxes with places of another organisation, which takes the reports there."""
MARGIN_M = 0.3
M_A_DEGREE = 6_371_008.8 * math.pi / 180
Circle = tuple[float, float, float]


def place(random: Random) -> tuple[float, float]:
    """A random place in the council; one in ten is on the corner of four cells."""
    while True:
        lat, long = random.uniform(SOUTH, NORTH), random.uniform(WEST, EAST)
        if random.random() < 0.1:
            lat, long = _corner_near(lat, long, random.choice((11, 13, 15)))
        is_ours = not any(_is_in(box, lat, long) for box in OF_OTHERS)
        if is_ours and _is_in((WEST, SOUTH, EAST, NORTH), lat, long):
            return round(lat, 6), round(long, 6)


def _is_in(box: tuple[float, float, float, float], lat: float, long: float) -> bool:
    west, south, east, north = box
    return south <= lat <= north and west <= long <= east


def _corner_near(lat: float, long: float, z: int) -> tuple[float, float]:
    """Where four map tiles of that zoom meet (Web Mercator)."""
    side = 2**z
    x = round((long + 180) / 360 * side)
    y = round((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * side)
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / side)))), x / side * 360 - 180


def circle_at(lat: float, long: float, radius_m: float, random: Random) -> Circle:
    """A circle that ends just before or just after the place; smaller if its middle would be
    outside."""
    while True:
        away, bearing = radius_m + random.choice((-MARGIN_M, MARGIN_M)), random.uniform(0, math.tau)
        centre = _move(lat, long, away, bearing)
        if _is_in((WEST, SOUTH, EAST, NORTH), *centre):
            return (*centre, radius_m)
        radius_m = max(100.0, radius_m * 0.9)


def _move(lat: float, long: float, away_m: float, bearing: float) -> tuple[float, float]:
    """The place that far away on a sphere."""
    far, north = math.radians(away_m / M_A_DEGREE), math.radians(lat)
    there = math.asin(
        math.sin(north) * math.cos(far) + math.cos(north) * math.sin(far) * math.cos(bearing)
    )
    east = math.atan2(
        math.sin(bearing) * math.sin(far) * math.cos(north),
        math.cos(far) - math.sin(north) * math.sin(there),
    )
    return math.degrees(there), long + math.degrees(east)


def radius(least: float, most: float, random: Random) -> float:
    """More small ones than large ones, because large ones cover more ground."""
    return math.exp(random.uniform(math.log(least), math.log(most)))
