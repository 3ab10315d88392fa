"""Two people at one slot, in every order of their reads and writes: never more units than there
are, and never a unit that nobody has and nobody can get."""

from functools import partial

import pytest

from chalicelib.bookings.hold_ids import Hold
from chalicelib.errors import AppError
from tests.support.bookings_race import CAPACITY, races
from tests.support.effort import EXHAUSTIVE
from tests.support.fakes import Clock
from tests.support.lockstep import Lockstep, LockstepPort, call_orders
from tests.unit.bookings.bookings import a_calendar, ports_on

CALLS = 3
"""Of each writer, in a given order; those after a conflict follow in any order."""
STEP = 1 if EXHAUSTIVE else 4
"""Every so many orders are tried, others in each case."""


@pytest.mark.parametrize("other", ["a", "b"])
def test_no_order_gives_a_unit_twice_or_loses_one(other: str) -> None:
    for number, race in enumerate(each for each in races() if each.other == other):
        for order in list(call_orders(CALLS))[number % STEP :: STEP]:
            clock = Clock()
            ports = ports_on(clock, a_calendar(CAPACITY))
            race.prepare(ports)
            steps = Lockstep(order)
            stepped = ports_on(clock, a_calendar(CAPACITY), LockstepPort(ports.days, steps))
            results = steps.run(
                partial(race.first, "a", stepped), partial(race.second, other, stepped)
            )
            found = f"{race}, {order}: {results}"
            assert all(each is None or isinstance(each, AppError | Hold) for each in results), found
            assert race.problems(results, ports) == [], found
