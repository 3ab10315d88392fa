"""Holding, confirming, releasing and moving units of a slot."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from chalicelib.bookings.availability import availability_of
from chalicelib.bookings.free_days import free_slots
from chalicelib.bookings.model import HELD_FOR, RELEASE_NOTED_FOR, BookingDay, erase_claim
from chalicelib.bookings.offers import nearest_free_slots
from chalicelib.bookings.ports import Ports
from chalicelib.bookings.usecases import (
    confirm,
    extend_hold,
    hold,
    move,
    release,
)
from chalicelib.catalogue.calendars import CutOff, Slot, SlotOfDay
from chalicelib.errors import Conflict, FreeSlot, Invalid, NotFound, SlotFull
from tests.support.builders import NOON
from tests.support.fakes import Clock
from tests.unit.bookings.bookings import BULKY, LATER, MONDAY, a_calendar, ports_on

CAPACITY = 2


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ports(clock: Clock) -> Ports:
    return ports_on(clock, a_calendar(CAPACITY))


def fill(place: SlotOfDay, ports: Ports, first: int = 0) -> None:
    for number in range(first, CAPACITY):
        hold(place, 1, "other", f"{number}", ports)


def test_units_are_held_for_thirty_minutes(ports: Ports) -> None:
    assert hold(MONDAY, 1, "", "k", ports).until == NOON + timedelta(minutes=30)


def test_the_same_key_gets_the_same_hold(ports: Ports, clock: Clock) -> None:
    first = hold(MONDAY, 1, "", "k", ports)
    clock.now += timedelta(minutes=1)
    assert hold(MONDAY, 1, "", "k", ports) == first


def test_a_full_slot_names_the_nearest_free_ones(ports: Ports) -> None:
    fill(MONDAY, ports)
    with pytest.raises(SlotFull) as refused:
        hold(MONDAY, 1, "", "k", ports)
    days = [each.day for each in refused.value.nearest]
    assert days == [date(2026, 6, 10), date(2026, 6, 12), date(2026, 6, 15)]


def test_more_units_need_more_room(ports: Ports) -> None:
    hold(MONDAY, 1, "", "one", ports)
    with pytest.raises(SlotFull):
        hold(MONDAY, 2, "", "two", ports)


def test_a_hold_is_free_again_at_its_second(ports: Ports, clock: Clock) -> None:
    fill(MONDAY, ports)
    clock.now = NOON + HELD_FOR - timedelta(seconds=1)
    with pytest.raises(SlotFull):
        hold(MONDAY, 1, "", "k", ports)
    clock.now = NOON + HELD_FOR
    assert hold(MONDAY, 1, "", "k", ports).units == 1


def test_a_hold_can_outlive_its_payment(ports: Ports, clock: Clock) -> None:
    fill(MONDAY, ports, first=1)
    held = hold(MONDAY, 1, "", "k", ports)
    extend_hold(held.hold_id, MONDAY, NOON + timedelta(minutes=95), "R1", ports)
    clock.now = NOON + timedelta(minutes=94)
    fill(MONDAY, ports, first=1)
    with pytest.raises(SlotFull):
        hold(MONDAY, 1, "", "late", ports)


def test_a_hold_that_has_lapsed_cannot_be_kept(ports: Ports, clock: Clock) -> None:
    held = hold(MONDAY, 1, "", "k", ports)
    clock.now += HELD_FOR
    with pytest.raises(Conflict, match="no longer held"):
        extend_hold(held.hold_id, MONDAY, clock.now + HELD_FOR, "R1", ports)


def test_a_confirmed_booking_does_not_lapse(ports: Ports, clock: Clock) -> None:
    fill(MONDAY, ports, first=1)
    held = hold(MONDAY, 1, "", "k", ports)
    confirm(held.hold_id, MONDAY, 1, ports)
    clock.now += timedelta(days=1)
    fill(MONDAY, ports, first=1)
    with pytest.raises(SlotFull):
        hold(MONDAY, 1, "", "late", ports)


def test_a_late_confirmation_gets_the_slot_if_it_is_free(ports: Ports, clock: Clock) -> None:
    held = hold(MONDAY, 1, "", "k", ports)
    clock.now += HELD_FOR
    confirm(held.hold_id, MONDAY, 1, ports)
    claim = ports.days.get(BULKY, MONDAY.day).claim(held.hold_id)
    assert claim is not None and claim.until is None


def test_a_late_confirmation_of_a_slot_that_is_full_is_refused(ports: Ports, clock: Clock) -> None:
    held = hold(MONDAY, 1, "", "k", ports)
    clock.now += HELD_FOR
    fill(MONDAY, ports)
    with pytest.raises(SlotFull):
        confirm(held.hold_id, MONDAY, 1, ports)


def test_a_late_confirmation_of_a_day_that_has_begun_is_refused(ports: Ports, clock: Clock) -> None:
    held = hold(MONDAY, 1, "", "k", ports)
    clock.now = datetime(2026, 6, 7, 22, 59, tzinfo=UTC)
    confirm(held.hold_id, MONDAY, 1, ports)
    late = hold(LATER, 1, "", "late", ports)
    clock.now = datetime(2026, 6, 9, 23, 0, tzinfo=UTC)
    with pytest.raises(Conflict, match="can no longer be booked"):
        confirm(late.hold_id, LATER, 1, ports)


def test_a_late_confirmation_of_a_day_that_was_closed_is_refused(
    ports: Ports, clock: Clock
) -> None:
    held = hold(MONDAY, 1, "", "k", ports)
    clock.now += HELD_FOR
    for closed in (a_calendar(CAPACITY, closed=(MONDAY.day,)), a_calendar(calendar="another")):
        with pytest.raises(Conflict, match="can no longer be booked"):
            confirm(held.hold_id, MONDAY, 1, ports_on(clock, closed, ports.days))


def test_a_slot_is_confirmed_while_it_is_held_although_the_council_dropped_its_calendar(
    ports: Ports, clock: Clock
) -> None:
    held = hold(MONDAY, 1, "", "k", ports)
    confirm(held.hold_id, MONDAY, 1, ports_on(clock, a_calendar(calendar="another"), ports.days))
    claim = ports.days.get(BULKY, MONDAY.day).claim(held.hold_id)
    assert claim is not None and claim.until is None


def test_a_slot_that_has_begun_is_neither_offered_nor_booked(clock: Clock) -> None:
    hours = tuple(
        Slot(slot=f"{at}00", name=f"{at}:00", begins=f"{at}:00") for at in (11, 12, 13, 14)
    )
    calendar = a_calendar(slots=hours, book_until=CutOff(working_days=0, time="17:00"))
    ports = ports_on(clock, calendar)
    today = NOON.date()
    place = SlotOfDay(BULKY, today, "1300")
    with pytest.raises(Invalid) as refused:
        hold(place, 1, "", "k", ports)
    assert [each.field for each in refused.value.errors] == ["slot"]
    assert hold(replace(place, slot="1400"), 1, "", "k", ports).units == 1
    assert nearest_free_slots(calendar, place, 1, ports)[0] == FreeSlot(today, "1400")
    _, slots = next(free_slots(calendar, 1, ports))
    assert [each.slot for each in slots] == ["1400"]
    assert [each.slot for each in availability_of(calendar, ports).days[0].slots] == ["1400"]


def test_a_cancelled_booking_is_free_and_cannot_come_back(ports: Ports) -> None:
    held = hold(MONDAY, 1, "", "k", ports)
    release(held.hold_id, MONDAY, ports)
    fill(MONDAY, ports)
    for again in (
        lambda: confirm(held.hold_id, MONDAY, 1, ports),
        lambda: hold(MONDAY, 1, "", "k", ports),
    ):
        with pytest.raises(Conflict, match="cancelled or moved"):
            again()


def test_a_cancelled_booking_is_noted_until_no_payment_for_it_can_be_unfinished(
    ports: Ports,
) -> None:
    release(hold(MONDAY, 1, "", "k", ports).hold_id, MONDAY, ports)
    hold(MONDAY, 1, "", "other", ports)
    day, over = ports.days.get(BULKY, MONDAY.day), ports.now() + RELEASE_NOTED_FOR
    assert len(erase_claim(day, "other", over - timedelta(seconds=1)).claims) == 1
    assert erase_claim(day, "other", over).claims == ()


def test_a_booking_moves_to_another_day_once(ports: Ports) -> None:
    held = hold(MONDAY, 1, "", "k", ports)
    confirm(held.hold_id, MONDAY, 1, ports)
    for _ in range(2):
        move(held.hold_id, MONDAY, LATER, ports)
    fill(MONDAY, ports)
    fill(LATER, ports, first=1)
    with pytest.raises(SlotFull):
        hold(LATER, 1, "", "late", ports)


def test_a_booking_moves_there_and_back_as_often_as_somebody_wants(ports: Ports) -> None:
    held = hold(MONDAY, 1, "", "k", ports)
    confirm(held.hold_id, MONDAY, 1, ports)
    for _ in range(5):
        move(held.hold_id, MONDAY, LATER, ports)
        move(held.hold_id, LATER, MONDAY, ports)
    fill(LATER, ports)
    fill(MONDAY, ports, first=1)
    with pytest.raises(SlotFull):
        hold(MONDAY, 1, "", "late", ports)


def test_a_booking_stays_where_it_is_if_the_other_day_is_full(ports: Ports) -> None:
    held = hold(MONDAY, 1, "", "k", ports)
    confirm(held.hold_id, MONDAY, 1, ports)
    fill(LATER, ports)
    with pytest.raises(SlotFull):
        move(held.hold_id, MONDAY, LATER, ports)
    claim = ports.days.get(BULKY, MONDAY.day).claim(held.hold_id)
    assert claim is not None and not claim.is_over


def test_a_hold_that_is_not_confirmed_cannot_be_moved(ports: Ports) -> None:
    held = hold(MONDAY, 1, "", "k", ports)
    with pytest.raises(NotFound):
        move(held.hold_id, MONDAY, LATER, ports)


def test_a_capacity_below_the_bookings_takes_nothing_away_and_gives_nothing(ports: Ports) -> None:
    held = hold(MONDAY, 1, "", "k", ports)
    fill(MONDAY, ports, first=1)
    ports.days.save(replace(ports.days.get(BULKY, MONDAY.day), capacity=1))
    confirm(held.hold_id, MONDAY, 1, ports)
    release("other-1", MONDAY, ports)
    with pytest.raises(SlotFull):
        hold(MONDAY, 1, "", "late", ports)


def test_an_officer_can_raise_the_capacity_of_a_day(ports: Ports) -> None:
    fill(MONDAY, ports)
    day = ports.days.get(BULKY, MONDAY.day)
    ports.days.save(replace(day, capacity=CAPACITY + 1))
    assert nearest_free_slots(a_calendar(CAPACITY), MONDAY, 1, ports)[0] == (
        MONDAY.day,
        MONDAY.slot,
    )


@pytest.mark.parametrize(
    ("place", "field"),
    [
        (SlotOfDay(BULKY, date(2026, 6, 9), "day"), "day"),
        (SlotOfDay(BULKY, date(2026, 6, 1), "day"), "day"),
        (SlotOfDay(BULKY, date(2027, 6, 7), "day"), "day"),
        (SlotOfDay(BULKY, date(2026, 6, 8), "evening"), "slot"),
    ],
    ids=["a Tuesday", "today", "next year", "no such slot"],
)
def test_a_slot_outside_the_calendar_cannot_be_held(
    ports: Ports, place: SlotOfDay, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        hold(place, 1, "", "k", ports)
    assert [each.field for each in refused.value.errors] == [field]


def test_a_slot_in_the_hour_that_the_clock_change_leaves_out_cannot_be_held(clock: Clock) -> None:
    night = Slot(slot="0130", name="1:30am", begins="01:30", minutes=30)
    calendar = a_calendar(slots=(night,), weekdays=(6,), horizon_days=400)
    sunday = SlotOfDay(BULKY, date(2027, 3, 28), "0130")
    ports = ports_on(clock, calendar)
    with pytest.raises(Invalid) as refused:
        hold(sunday, 1, "", "k", ports)
    assert [each.field for each in refused.value.errors] == ["slot"]
    assert hold(replace(sunday, day=date(2027, 3, 21)), 1, "", "k", ports).units == 1


@pytest.mark.parametrize("units", [0, CAPACITY + 1])
def test_units_are_from_one_to_the_capacity(ports: Ports, units: int) -> None:
    with pytest.raises(Invalid, match="from 1 to 2"):
        hold(MONDAY, units, "", "k", ports)


def test_an_unknown_calendar_has_no_slots(ports: Ports) -> None:
    with pytest.raises(NotFound):
        hold(SlotOfDay("halls", MONDAY.day, "day"), 1, "", "k", ports)


def test_a_day_that_nobody_has_booked_is_empty(ports: Ports) -> None:
    assert ports.days.get(BULKY, MONDAY.day) == BookingDay(calendar=BULKY, day=MONDAY.day)


def test_hold_takes_at_most_the_units_of_one_order(ports: Ports) -> None:
    few = replace(ports, most_units=lambda _: 1)
    assert hold(MONDAY, 1, "", "one", few).units == 1
    with pytest.raises(Invalid) as refused:
        hold(MONDAY, 2, "", "two", few)
    assert [each.field for each in refused.value.errors] == ["units"]


def test_hold_is_extended_by_the_first_payment_alone(ports: Ports, clock: Clock) -> None:
    held = hold(MONDAY, 1, "", "k", ports)
    first = NOON + timedelta(minutes=95)
    extend_hold(held.hold_id, MONDAY, first, "R1", ports)
    clock.now += timedelta(minutes=60)
    extend_hold(held.hold_id, MONDAY, clock.now + timedelta(minutes=95), "R1", ports)
    claim = ports.days.get(BULKY, MONDAY.day).claim(held.hold_id)
    assert claim is not None and claim.until == first
