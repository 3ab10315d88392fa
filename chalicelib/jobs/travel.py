"""The driving times of crews between places, and an estimate in place of a road router."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from chalicelib.geo.point import Point, distance_m

METRES_A_KM, SECONDS_AN_HOUR = 1_000, 3_600


Travel = Callable[[Sequence[Point]], Sequence[Sequence[int]]]
"""Gives the driving times between all points, in whole seconds: `[a][b]` is from a to b, and
`[a][a]` is 0. The two directions may differ. Raises UpstreamFailed."""


class StraightLines(Struct, frozen=True, kw_only=True):
    """Estimates driving times from straight lines, lengthened by a factor for the detours of
    streets, at one speed."""

    detour_factor: float
    speed_kmh: float

    def __call__(self, points: Sequence[Point]) -> Sequence[Sequence[int]]:
        seconds_a_metre = self.detour_factor * SECONDS_AN_HOUR / (self.speed_kmh * METRES_A_KM)
        table = [[0] * len(points) for _ in points]
        for row, one in enumerate(points):
            for column in range(row):
                drive_s = round(distance_m(one, points[column]) * seconds_a_metre)
                table[row][column] = table[column][row] = drive_s
        return table
