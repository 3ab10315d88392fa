"""The travel times of crews."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chalicelib.geo.point import Point, distance_m

METRES_A_KM, SECONDS_AN_HOUR = 1_000, 3_600


Travel = Callable[[Sequence[Point]], Sequence[Sequence[int]]]
"""Gives the travel times in whole seconds from each point to each point; 0 from a point to itself.
The way back may take another time. Raises UpstreamFailed."""


@dataclass(frozen=True, kw_only=True)
class StraightLines:
    """Stands in for a router of roads: straight lines, longer by a factor, at one speed."""

    detour_factor: float
    speed_kmh: float

    def __call__(self, points: Sequence[Point]) -> Sequence[Sequence[int]]:
        a_metre = self.detour_factor * SECONDS_AN_HOUR / (self.speed_kmh * METRES_A_KM)
        table = [[0] * len(points) for _ in points]
        for row, one in enumerate(points):
            for column in range(row):
                lasts = round(distance_m(one, points[column]) * a_metre)
                table[row][column] = table[column][row] = lasts
        return table
