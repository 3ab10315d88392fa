"""Two people at one slot, in every order of their reads and writes: never more units than there
are, and never a unit that nobody has and nobody can get."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import partial
from itertools import product

import pytest

from chalicelib.bookings.model import BookingDay, Claim
from chalicelib.bookings.places import Hold, Place
from chalicelib.bookings.ports import Ports
from chalicelib.bookings.usecases import confirm, hold, move, release
from chalicelib.errors import AppError
from tests.support.effort import EXHAUSTIVE
from tests.support.fakes import Clock
from tests.support.lockstep import Lockstep, Stepped, orders
from tests.unit.bookings.bookings import BULKY, LATER, MONDAY, a_calendar, ports_on

CAPACITY = 1
CALLS = 3
"""Of each writer, in a given order; those after a conflict follow in any order."""
STEP = 1 if EXHAUSTIVE else 4
"""Every so many orders are tried, others in each case."""

Act = Callable[[str, Ports], object]


def hold_it(key: str, ports: Ports) -> object:
    return hold(MONDAY, 1, "", key, ports)


def confirm_it(key: str, ports: Ports) -> None:
    confirm(f"-{key}", MONDAY, 1, ports)


def cancel_it(key: str, ports: Ports) -> None:
    release(f"-{key}", MONDAY, ports)


def move_it(key: str, ports: Ports) -> None:
    move(f"-{key}", MONDAY, LATER, ports)


def lapse_it(_: str, ports: Ports) -> None:
    ports.now.now += timedelta(minutes=30)  # type: ignore[attr-defined]


ACTS: Sequence[Act] = (hold_it, confirm_it, cancel_it, move_it, lapse_it)
BEFORE: Sequence[Sequence[tuple[Act, str]]] = (
    (),
    ((hold_it, "a"),),
    ((hold_it, "a"), (confirm_it, "a")),
    ((hold_it, "a"), (lapse_it, "a")),
)


def cases() -> Iterator[tuple[Sequence[tuple[Act, str]], Act, Act]]:
    yield from product(BEFORE, ACTS, ACTS)


@pytest.mark.parametrize("other", ["a", "b"])
def test_no_order_gives_a_unit_twice_or_loses_one(other: str) -> None:
    for number, (before, first, second) in enumerate(cases()):
        for order in list(orders(CALLS))[number % STEP :: STEP]:
            clock = Clock()
            ports = ports_on(clock, a_calendar(CAPACITY))
            for act, key in before:
                act(key, ports)
            steps = Lockstep(order)
            stepped = ports_on(clock, a_calendar(CAPACITY), Stepped(ports.days, steps))
            results = steps.run(partial(first, "a", stepped), partial(second, other, stepped))
            found = f"{before}, {first}, {second}, {order}: {results}"
            assert all(each is None or isinstance(each, AppError | Hold) for each in results), found
            if other == "b" and lapse_it not in (first, second):
                assert has_what_it_was_told(first, "a", results[0], ports), found
                assert has_what_it_was_told(second, "b", results[1], ports), found
            assert problems(ports) == [], found


def has_what_it_was_told(act: Act, key: str, result: object, ports: Ports) -> bool:
    """True if the store agrees with the answer; a refusal promises nothing."""
    if isinstance(result, AppError):
        return True
    here, later = (ports.days.get(BULKY, each.day).claim(f"-{key}") for each in (MONDAY, LATER))
    match act.__name__:
        case "hold_it":
            return here is not None and is_taken(here, ports)
        case "confirm_it":
            return here is not None and not here.is_over and here.until is None
        case "cancel_it":
            return here is None or here.is_over
        case _:
            return later is not None and is_taken(later, ports)


def is_taken(claim: Claim, ports: Ports) -> bool:
    """True until the second at which a hold lapses."""
    return not claim.is_over and (claim.until is None or claim.until > ports.now())


def problems(ports: Ports) -> list[str]:
    days = [ports.days.get(BULKY, place.day) for place in (MONDAY, LATER)]
    live = [each for day in days for each in day.claims if is_taken(each, ports)]
    return [
        problem
        for problem, is_so in {
            "more than there are": any(units(day, ports) > CAPACITY for day in days),
            "one person has two": len({each.hold_id for each in live}) < len(live),
            "a lapsed hold is not free": any(cannot_be_filled(day, ports) for day in days),
        }.items()
        if is_so
    ]


def units(day: BookingDay, ports: Ports) -> int:
    return sum(each.units for each in day.claims if is_taken(each, ports))


def cannot_be_filled(day: BookingDay, ports: Ports) -> bool:
    """True if the next person does not get what is free."""
    left = CAPACITY - units(day, ports)
    place = Place(BULKY, day.day, MONDAY.slot)
    try:
        hold(place, 1, "", "next", ports)
    except AppError:
        return left > 0
    return left <= 0
