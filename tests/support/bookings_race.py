"""Actions of two people at one slot, and the rules that hold in any order of their calls."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import product
from typing import NamedTuple

from chalicelib.bookings.model import BookingDay, Claim
from chalicelib.bookings.ports import Ports
from chalicelib.bookings.usecases import confirm, hold, move, release
from chalicelib.catalogue.calendars import SlotOfDay
from chalicelib.errors import AppError
from tests.unit.bookings.bookings import BULKY, LATER, MONDAY

CAPACITY = 1
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
    """Reads first, so that its turn can come between any two calls of the other."""
    ports.days.get(BULKY, MONDAY.day)
    ports.now.now += timedelta(minutes=30)  # type: ignore[attr-defined]


ACTS: Sequence[Act] = (hold_it, confirm_it, cancel_it, move_it, lapse_it)
BEFORE: Sequence[Sequence[tuple[Act, str]]] = (
    (),
    ((hold_it, "a"),),
    ((hold_it, "a"), (confirm_it, "a")),
    ((hold_it, "a"), (lapse_it, "a")),
)


class Race(NamedTuple):
    """The actions before, those of each of the two, and whether the other is another person."""

    before: Sequence[tuple[Act, str]]
    first: Act
    second: Act
    other: str

    def prepare(self, ports: Ports) -> None:
        for act, key in self.before:
            act(key, ports)

    def problems(self, results: Sequence[object], ports: Ports) -> list[str]:
        """The faults afterwards."""
        found = find_problems(ports)
        if self.other == "b" and lapse_it not in (self.first, self.second):
            if not agrees_with_store(self.first, "a", results[0], ports):
                found.append("the first does not have what it was told")
            if not agrees_with_store(self.second, "b", results[1], ports):
                found.append("the second does not have what it was told")
        return found

    def __str__(self) -> str:
        before = "+".join(f"{act.__name__}-{key}" for act, key in self.before) or "nothing"
        return f"{before}, {self.first.__name__}-a, {self.second.__name__}-{self.other}"


def races() -> Iterator[Race]:
    for other, (before, first, second) in product("ab", product(BEFORE, ACTS, ACTS)):
        yield Race(before, first, second, other)


def agrees_with_store(act: Act, key: str, result: object, ports: Ports) -> bool:
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


def find_problems(ports: Ports) -> list[str]:
    days = [ports.days.get(BULKY, place.day) for place in (MONDAY, LATER)]
    live = [each for day in days for each in day.claims if is_taken(each, ports)]
    return [
        problem
        for problem, is_so in {
            "more than there are": any(booked_units(day, ports) > CAPACITY for day in days),
            "one person has two": len({each.hold_id for each in live}) < len(live),
            "a lapsed hold is not free": any(cannot_be_filled(day, ports) for day in days),
        }.items()
        if is_so
    ]


def booked_units(day: BookingDay, ports: Ports) -> int:
    return sum(each.units for each in day.claims if is_taken(each, ports))


def cannot_be_filled(day: BookingDay, ports: Ports) -> bool:
    """True if the next person does not get what is free."""
    left = CAPACITY - booked_units(day, ports)
    place = SlotOfDay(BULKY, day.day, MONDAY.slot)
    try:
        hold(place, 1, "", "next", ports)
    except AppError:
        return left > 0
    return left <= 0
