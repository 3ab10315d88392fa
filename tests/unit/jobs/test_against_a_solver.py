"""The order of the day beside VROOM's on real reports; `make bench` does it for 50 days."""

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest

from bench.orders import (
    MOST_GAP,
    REPORTS,
    TRAVEL,
    Day,
    driving_gap,
    shared_days,
    single_crew_days,
    solve_with_vroom,
)
from chalicelib.jobs.route_order import plan_order
from tests.support.effort import effort


@pytest.mark.parametrize(("days", "step"), [(single_crew_days, 17), (shared_days, effort(50, 25))])
def test_crews_drive_hardly_longer_than_a_solvers_tours(
    days: Callable[[], Iterator[Day]], step: int, shared_data: Path
) -> None:
    assert REPORTS.is_relative_to(shared_data)
    for day in islice(days(), 0, None, step):
        order = plan_order(day.stops, day.crews, TRAVEL)
        theirs = solve_with_vroom(day)
        assert theirs.left_out == 0
        assert driving_gap(order, theirs) <= MOST_GAP
