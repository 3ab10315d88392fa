"""What is published of a calendar."""

from collections.abc import Callable
from datetime import date, timedelta

import msgspec
from msgspec.structs import replace

from chalicelib.bookings.availability import Availability, AvailabilityPorts, publish_availability
from chalicelib.bookings.model import HELD_FOR
from chalicelib.bookings.ports import Ports
from chalicelib.bookings.usecases import hold
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.stored_document import StoredDocument
from tests.support.fakes import Clock
from tests.unit.bookings.bookings import BULKY, LATER, MONDAY, a_calendar, ports_on

CALENDAR = a_calendar(3, horizon_days=10)
KEY = "data/bookings/bulky.json"


def _nothing() -> None:
    pass


class Published:
    """Documents in memory; `before_write` happens between a read and the first write."""

    def __init__(self) -> None:
        self.held: StoredDocument | None = None
        self.writes = 0
        self.before_write: Callable[[], None] = _nothing

    def read(self, key: str) -> StoredDocument | None:
        assert key == KEY
        return self.held

    def write(self, key: str, body: bytes, held: StoredDocument | None) -> None:
        act, self.before_write = self.before_write, _nothing
        act()
        if self.held is not held:
            raise VersionConflict
        self.writes += 1
        self.held = StoredDocument(body, f"{self.writes}")

    def free(self) -> dict[date, int]:
        """The free units of each published day, whose calendar has one slot."""
        assert self.held
        found = msgspec.json.decode(self.held.body, type=Availability)
        assert (found.calendar, found.known_until) == (BULKY, found.days[-1].day)
        return {each.day: each.slots[0].free for each in found.days}


def at(clock: Clock, published: Published) -> tuple[Ports, AvailabilityPorts]:
    ports = ports_on(clock, CALENDAR)
    return ports, AvailabilityPorts(ports, (BULKY,), published.read, published.write)


def test_each_day_has_the_units_that_nobody_holds() -> None:
    published = Published()
    ports, to = at(Clock(), published)
    hold(MONDAY, 2, "", "k", ports)
    publish_availability(BULKY, to)
    free = published.free()
    assert (free[MONDAY.day], free[LATER.day]) == (1, 3)
    assert all(day.weekday() in CALENDAR.weekdays for day in free)


def test_an_officers_capacity_counts() -> None:
    published = Published()
    ports, to = at(Clock(), published)
    ports.days.save(replace(ports.days.get(BULKY, LATER.day), capacity=7))
    publish_availability(BULKY, to)
    assert published.free()[LATER.day] == 7


def test_a_lapsed_hold_is_published_as_free() -> None:
    clock, published = Clock(), Published()
    ports, to = at(clock, published)
    hold(MONDAY, 2, "", "k", ports)
    clock.now += HELD_FOR
    publish_availability(BULKY, to)
    assert published.free()[MONDAY.day] == 3


def test_an_unchanged_document_is_not_written_again() -> None:
    published = Published()
    _, to = at(Clock(), published)
    publish_availability(BULKY, to)
    publish_availability(BULKY, to)
    assert published.writes == 1


def test_a_slow_writer_does_not_put_an_older_state_over_a_newer_one() -> None:
    published = Published()
    ports, to = at(Clock(), published)

    def somebody_else() -> None:
        hold(MONDAY, 1, "", "k", ports)
        publish_availability(BULKY, to)

    published.before_write = somebody_else
    publish_availability(BULKY, to)
    assert published.free()[MONDAY.day] == 2


def test_a_calendar_out_of_its_time_has_no_days() -> None:
    published = Published()
    never = replace(CALENDAR, closed=tuple(LATER.day + timedelta(days=n) for n in range(-15, 15)))
    ports = ports_on(Clock(), never)
    publish_availability(BULKY, AvailabilityPorts(ports, (BULKY,), published.read, published.write))
    assert published.held
    assert msgspec.json.decode(published.held.body) == {
        "calendar": BULKY,
        "known_until": None,
        "days": [],
    }


def test_a_calendar_that_the_council_dropped_is_not_published() -> None:
    published = Published()
    _, to = at(Clock(), published)
    publish_availability("dropped", to)
    assert published.held is None
