"""How a sampled figure grows with the reports of the month, those of a day, and the wards."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

NOISE = {"cpu_ms": 5.0, "trips": 0.0, "peak_kb": 1000.0}
NOISE_SHARE = 0.5
COUNT_NOISE = 2.0
"""A figure whose samples differ by less than this and by less than the share does not grow: a
document that is kept for a minute is read in one sample and not in another."""


class SamplePoint(NamedTuple):
    """Where a sample was taken, or is wanted: reports of the month and of one day, and wards."""

    month: float
    day: float
    wards: float


class Growth(NamedTuple):
    """A figure as a sum: a fixed part, and a part for each report of the month and of the day, and
    for each ward."""

    fixed: float
    month: float
    day: float
    wards: float

    def at(self, where: SamplePoint) -> float:
        grown = (self.month * where.month, self.day * where.day, self.wards * where.wards)
        return max(0.0, self.fixed + sum(grown))


def fit_growth(places: Sequence[SamplePoint], values: Sequence[float], what: str) -> Growth:
    """The least squares of the values at those places, without a part that would shrink."""
    noise = NOISE.get(what, COUNT_NOISE) + NOISE_SHARE * min(values)
    kept = [0, 1, 2, 3] if max(values) - min(values) > noise else [0]
    rows = np.array([(1.0, *place) for place in places])
    while True:
        found, *_ = np.linalg.lstsq(rows[:, kept], np.array(values), rcond=None)
        parts = dict(zip(kept, map(float, found), strict=True))
        shrinking = [at for at in kept if at and parts[at] < 0]
        if not shrinking:
            return Growth(*(parts.get(at, 0.0) for at in range(4)))
        kept.remove(min(shrinking, key=lambda at: parts[at]))
