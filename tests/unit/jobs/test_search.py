"""A stop that was left out takes the place of less important stops, whatever the search found."""

import pytest

from chalicelib.jobs.tour import PlaceTable, Tour
from chalicelib.jobs.tour_search import Search

DEPOT, HOME = 3, 4
TABLE = PlaceTable(
    stops=3,
    drive_from=[[0 if a == b else 10 for b in range(5)] for a in range(5)],
    drive_to=[[0 if a == b else 10 for b in range(5)] for a in range(5)],
    opens=[0] * 5,
    closes=[130] * 5,
    work=[50, 50, 50, 0, 0],
    nearest=[[0, 1, 2]] * 3,
)
"""There is time for two of the three stops."""


@pytest.mark.parametrize("served", [[], [2], [1, 2], [2, 0], [1, 0]])
def test_most_important_stops_are_served_at_the_end(served: list[int]) -> None:
    tours = [Tour(TABLE, (DEPOT, HOME), served)]
    assert tours[0].is_feasible
    (tour,) = Search(TABLE, [(0,)] * 3).prefer_important(tours)
    assert sorted(tour.stops) == [0, 1]
    assert tour.is_feasible
