"""How long a crew drives from place to place: a port, and what stands in for a router of roads."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chalicelib.geo.point import Point, distance_m

METRES_A_KM, SECONDS_AN_HOUR = 1_000, 3_600


Travel = Callable[[Sequence[Point]], Sequence[Sequence[int]]]
"""For each of the points, how long the way from there to each takes, in whole seconds; nothing to
itself. One way and the way back may differ. Raises UpstreamFailed."""


@dataclass(frozen=True, kw_only=True)
class StraightLines:
    """Straight lines, longer by what streets wind, at one speed."""

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
