"""Days of calendars as officers see them."""

from datetime import date, timedelta

import pytest

from chalicelib.bookings.ports import BookedRequest, StaffPorts
from chalicelib.bookings.staff_days import day_for_staff, set_capacity, week_for_staff
from chalicelib.bookings.staff_views import BookingView
from chalicelib.bookings.usecases import confirm, extend_hold, hold
from chalicelib.catalogue.calendars import Calendar, Slot
from chalicelib.errors import Invalid
from tests.support.builders import NOON
from tests.support.fakes import Clock
from tests.support.fakes_bookings import MemoryDays
from tests.unit.bookings.bookings import BULKY, MONDAY, a_calendar, ports_on

SOFA = BookedRequest(service_name="Bulky waste", items=("1 × Sofa",), paid_by="card")


def staff_ports(calendar: Calendar, days: MemoryDays | None = None) -> StaffPorts:
    known = {"R1": SOFA}
    return StaffPorts(
        ports_on(Clock(), calendar, days or MemoryDays()),
        lambda ids: {each: known[each] for each in ids if each in known},
    )


def booked(ports: StaffPorts, key: str, request: str | None, units: int = 1) -> None:
    place = hold(MONDAY, units, "resident", key, ports.bookings)
    if request:
        confirm(place.hold_id, MONDAY, units, ports.bookings, request)


def test_a_day_has_what_is_booked_and_what_is_only_held() -> None:
    ports = staff_ports(a_calendar(capacity=3))
    booked(ports, "one", "R1", units=2)
    booked(ports, "two", None)
    (slot,) = day_for_staff(BULKY, MONDAY.day, ports).slots
    assert (slot.name, slot.taken, slot.free) == ("From 7am", 3, 0)
    assert [(each.units, each.service_request_id, each.request) for each in slot.bookings] == [
        (2, "R1", SOFA),
        (1, None, None),
    ]
    assert [each.until is None for each in slot.bookings] == [True, False]


def test_a_day_names_the_request_whose_payment_has_begun() -> None:
    ports = staff_ports(a_calendar())
    held = hold(MONDAY, 1, "resident", "one", ports.bookings)
    until = NOON + timedelta(minutes=95)
    extend_hold(held.hold_id, MONDAY, until, "R1", ports.bookings)
    (slot,) = day_for_staff(BULKY, MONDAY.day, ports).slots
    assert slot.bookings == (
        BookingView(units=1, service_request_id="R1", until=until, request=SOFA),
    )


def test_capacity_below_what_is_booked_takes_nothing_from_anybody() -> None:
    ports = staff_ports(a_calendar(capacity=3))
    booked(ports, "one", "R1", units=2)
    before = day_for_staff(BULKY, MONDAY.day, ports)
    after = set_capacity(BULKY, MONDAY.day, 0, before.version, ports)
    assert (after.capacity, after.closed) == (0, None)
    assert [(each.taken, each.free) for each in after.slots] == [(2, 0)]
    assert after == day_for_staff(BULKY, MONDAY.day, ports)


def test_capacity_changes_from_today_until_two_years_ahead() -> None:
    ports = staff_ports(a_calendar(capacity=3))
    today = NOON.date()
    for ahead in (0, 731):
        assert set_capacity(BULKY, today + timedelta(days=ahead), 5, 0, ports).capacity == 5
    for ahead in (-1, 732):
        with pytest.raises(Invalid) as refusal:
            set_capacity(BULKY, today + timedelta(days=ahead), 5, 0, ports)
        assert refusal.value.errors[0].field == "day"


def test_bookings_stay_in_sight_after_the_councils_document_changed() -> None:
    days = MemoryDays()
    booked(staff_ports(a_calendar(), days), "one", "R1")
    closed = staff_ports(a_calendar(closed=(MONDAY.day,)), days)
    seen = day_for_staff(BULKY, MONDAY.day, closed)
    assert seen.closed == "closed"
    assert [(each.name, each.taken) for each in seen.slots] == [("From 7am", 1)]
    other_slots = staff_ports(a_calendar(slots=(Slot(slot="am", name="Morning"),)), days)
    found = day_for_staff(BULKY, MONDAY.day, other_slots).slots
    assert [(each.name, each.taken) for each in found] == [("Morning", 0), ("day", 1)]


def test_a_week_has_seven_days_and_says_why_some_are_closed() -> None:
    ports = staff_ports(a_calendar(capacity=3, closed=(date(2026, 6, 12),)))
    booked(ports, "one", "R1", units=2)
    week = week_for_staff(BULKY, MONDAY.day, ports.bookings)
    assert [each.day.day for each in week] == [8, 9, 10, 11, 12, 13, 14]
    assert [each.closed for each in week] == [
        *(None, "weekday", None, "weekday", "closed"),
        *("weekday", "weekday"),
    ]
    assert [[(slot.taken, slot.free) for slot in each.slots] for each in week[:3]] == [
        [(2, 1)],
        [],
        [(0, 3)],
    ]
