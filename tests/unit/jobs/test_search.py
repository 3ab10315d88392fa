"""What is left out takes the place of what matters less, however the search went before."""

import pytest

from chalicelib.jobs.tour import Ground, Tour
from chalicelib.jobs.tour_search import Search

DEPOT, HOME = 3, 4
GROUND = Ground(
    stops=3,
    there=[[0 if a == b else 10 for b in range(5)] for a in range(5)],
    back=[[0 if a == b else 10 for b in range(5)] for a in range(5)],
    opens=[0] * 5,
    closes=[130] * 5,
    work=[50, 50, 50, 0, 0],
    near=[[0, 1, 2]] * 3,
)
"""There is time for two of the three stops."""


@pytest.mark.parametrize("served", [[], [2], [1, 2], [2, 0], [1, 0]])
def test_most_important_stops_are_served_once_settled(served: list[int]) -> None:
    tours = [Tour(GROUND, (DEPOT, HOME), served)]
    assert tours[0].holds
    (settled,) = Search(GROUND, [(0,)] * 3).settled(tours)
    assert sorted(settled.stops) == [0, 1]
    assert settled.holds
