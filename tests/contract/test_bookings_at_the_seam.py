"""Bookings with DynamoDB's own answers: two people in every order of their calls, a crowd at the
last places, and replies that are lost."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from itertools import count

import pytest
from msgspec.structs import replace

from chalicelib.bookings.dynamo import DynamoDays
from chalicelib.bookings.hold_ids import Hold
from chalicelib.bookings.model import HELD_FOR, BookingDay
from chalicelib.bookings.ports import BookingDays, Ports
from chalicelib.bookings.usecases import hold, release
from chalicelib.bootstrap import container
from chalicelib.errors import SlotFull, UpstreamFailed
from tests.support.bookings_race import (
    CAPACITY,
    Act,
    Race,
    cancel_it,
    confirm_it,
    hold_it,
    move_it,
    races,
)
from tests.support.builders import NOON
from tests.support.effort import EXHAUSTIVE, sample
from tests.support.fakes import Clock
from tests.support.seam import (
    ALL_TRIES,
    Interleaving,
    every_interleaving,
    lose_reply,
    some_interleavings,
)
from tests.unit.bookings.bookings import BULKY, MONDAY, a_calendar, ports_on

numbers = count(1)
pytestmark = pytest.mark.usefixtures("cloud_of_the_module")
USUAL_RACES = 50
AT_MOST = 400
"""Interleavings of two people; each of their retries adds some."""


class FreshDays:
    """The days of a calendar that no other test writes to, in DynamoDB."""

    def __init__(self) -> None:
        self._days = DynamoDays(container.table("bookings"))
        self._number = next(numbers)

    def get(self, calendar: str, day: date) -> BookingDay:
        return replace(self._days.get(self._own(calendar), day), calendar=calendar)

    def list_between(self, calendar: str, first: date, last: date) -> list[BookingDay]:
        found = self._days.list_between(self._own(calendar), first, last)
        return [replace(each, calendar=calendar) for each in found]

    def save(self, *days: BookingDay) -> None:
        self._days.save(*(replace(each, calendar=self._own(each.calendar)) for each in days))

    def _own(self, calendar: str) -> str:
        return f"{calendar}-{self._number}"


def fresh_ports(capacity: int = CAPACITY) -> Ports:
    days: BookingDays = FreshDays()
    return ports_on(Clock(), a_calendar(capacity), days)


def run(race: Race, interleaving: Interleaving) -> list[str]:
    ports = fresh_ports()
    race.prepare(ports)
    results = interleaving.run(
        partial(race.first, "a", ports), partial(race.second, race.other, ports)
    )
    return race.problems(results, ports)


def interleavings(number: int) -> Iterator[Interleaving]:
    """All of them, or one: both read before one of them writes, or in any order."""
    if EXHAUSTIVE:
        yield from every_interleaving(at_least=1, at_most=AT_MOST)
    elif number % 2:
        yield Interleaving([0, 1] * 50)
    else:
        yield from some_interleavings(1, of=2, seed=number)


def test_no_order_of_two_peoples_calls_gives_a_unit_twice_or_loses_one() -> None:
    for number, race in enumerate(sample(list(races()), USUAL_RACES)):
        for interleaving in interleavings(number):
            problems = run(race, interleaving)
            assert problems == [], f"{race}, turns {interleaving.turns}"


def test_crowd_gets_no_more_places_than_there_are() -> None:
    places = 3
    ports = fresh_ports(places)
    (order,) = some_interleavings(1, of=places + 50, seed=1)
    people = [partial(hold, MONDAY, 1, f"{each}", "k", ports) for each in range(places + 50)]
    results = order.run(*people)
    # Who lost too often is asked to send it again.
    results = [
        again(person) if isinstance(result, UpstreamFailed) else result
        for person, result in zip(people, results, strict=True)
    ]
    assert sum(isinstance(each, Hold) for each in results) == places
    assert sum(isinstance(each, SlotFull) for each in results) == 50
    assert len(ports.days.get(BULKY, MONDAY.day).claims) == places


def again(person: Callable[[], Hold]) -> Hold | SlotFull:
    try:
        return person()
    except SlotFull as full:
        return full


def test_a_lapsed_hold_is_free_at_its_second() -> None:
    ports = fresh_ports()
    hold(MONDAY, 1, "", "a", ports)
    for moment, is_free in ((HELD_FOR - timedelta(seconds=1), False), (HELD_FOR, True)):
        at = replace(ports, now=Clock(NOON + moment))
        assert isinstance(again(partial(hold, MONDAY, 1, "", "b", at)), Hold) is is_free


def test_a_capacity_below_the_bookings_gives_nothing_more_and_takes_nothing_away() -> None:
    ports = fresh_ports(2)
    for key in "ab":
        hold(MONDAY, 1, "", key, ports)
    ports.days.save(replace(ports.days.get(BULKY, MONDAY.day), capacity=1))
    confirm_it("a", ports)
    confirm_it("b", ports)
    release("-b", MONDAY, ports)
    assert isinstance(again(partial(hold, MONDAY, 1, "", "c", ports)), SlotFull)
    (kept, _) = ports.days.get(BULKY, MONDAY.day).claims
    assert (kept.hold_id, kept.until) == ("-a", None)


STEPS: dict[str, tuple[tuple[Act, ...], Act]] = {
    "hold": ((), hold_it),
    "confirm": ((hold_it,), confirm_it),
    "move": ((hold_it, confirm_it), move_it),
    "cancel": ((hold_it, confirm_it), cancel_it),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("times", [1, ALL_TRIES], ids=["once", "always"])
def test_a_lost_reply_changes_nothing_for_who_sends_it_again(step: str, times: int) -> None:
    before, act = STEPS[step]
    nth = 1
    while True:
        ports = fresh_ports()
        for each in before:
            each("a", ports)
        with lose_reply(nth, times=times) as struck:
            try:
                act("a", ports)
            except UpstreamFailed:
                assert times == ALL_TRIES
        if not struck:
            break
        act("a", ports)
        race = Race((), act, cancel_it, "b")
        assert race.problems([None, UpstreamFailed("")], ports) == [], f"call {nth}"
        nth += 1
    assert nth > 2
