"""A hold books its slot for one request alone."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.bookings.hold_ids import HoldIds
from chalicelib.bookings.ports import Ports
from chalicelib.bookings.usecases import hold
from chalicelib.catalogue.calendars import SlotOfDay
from chalicelib.errors import Conflict
from chalicelib.integrations.bookings_for_reports import (
    BookingsForReports,
    read_hold,
    reserve_hold,
)
from chalicelib.kernel.signing import hmac_hex
from tests.support.fakes import Clock
from tests.unit.bookings.bookings import BULKY, MONDAY, a_calendar, ports_on

FIRST, SECOND = "R00000000001", "R00000000002"


@pytest.fixture
def ports(clock: Clock) -> Ports:
    ids = HoldIds(lambda *parts: hmac_hex("secret", *parts))
    made = ports_on(clock, a_calendar(capacity=1))
    return replace(made, hold_id=ids.make, read_hold_id=ids.read)


def taken(ports: Ports, place: SlotOfDay = MONDAY) -> list[str | None]:
    """The requests that have units of the place."""
    claims = ports.days.get(BULKY, place.day).claims
    return [each.service_request_id for each in claims if each.is_live(ports.now())]


def test_hold_that_two_requests_name_books_the_slot_for_the_first_alone(ports: Ports) -> None:
    booking = read_hold(hold(MONDAY, 1, "somebody", "key", ports).hold_id, ports)
    bookings = BookingsForReports(ports, timedelta(hours=2))
    for _ in range(2):
        bookings.confirm_booking(FIRST, booking)
    with pytest.raises(Conflict, match="another request"):
        bookings.confirm_booking(SECOND, booking)
    assert taken(ports) == [FIRST]


def test_hold_is_reserved_for_the_first_request_that_is_sent_with_it(ports: Ports) -> None:
    booking = read_hold(hold(MONDAY, 1, "somebody", "key", ports).hold_id, ports)
    for _ in range(2):
        reserve_hold(FIRST, booking, ports)
    with pytest.raises(Conflict, match="another request"):
        reserve_hold(SECOND, booking, ports)
    assert taken(ports) == [FIRST]


def test_hold_that_is_booked_cannot_be_named_again(ports: Ports) -> None:
    hold_id = hold(MONDAY, 1, "somebody", "key", ports).hold_id
    BookingsForReports(ports, timedelta(hours=2)).confirm_booking(FIRST, read_hold(hold_id, ports))
    with pytest.raises(Conflict, match="no longer held"):
        read_hold(hold_id, ports)


def test_request_gives_back_its_own_slot_alone(ports: Ports) -> None:
    booking = read_hold(hold(MONDAY, 1, "somebody", "key", ports).hold_id, ports)
    bookings = BookingsForReports(ports, timedelta(hours=2))
    bookings.confirm_booking(FIRST, booking)
    bookings.release_booking(SECOND, booking)
    assert taken(ports) == [FIRST]
    bookings.release_booking(FIRST, booking)
    assert taken(ports) == []


def test_slot_that_a_request_is_being_paid_for_is_kept_for_that_request_alone(
    ports: Ports,
) -> None:
    booking = read_hold(hold(MONDAY, 1, "somebody", "key", ports).hold_id, ports)
    bookings = BookingsForReports(ports, timedelta(hours=2))
    for _ in range(2):
        bookings.keep_hold(FIRST, booking)
    for act in (bookings.keep_hold, bookings.confirm_booking):
        with pytest.raises(Conflict, match="another request"):
            act(SECOND, booking)
    bookings.release_booking(SECOND, booking)
    assert taken(ports) == [FIRST]
    bookings.confirm_booking(FIRST, booking)
    assert taken(ports) == [FIRST]


def test_slot_is_kept_until_a_payment_that_begins_now_has_ended(ports: Ports, clock: Clock) -> None:
    booking = read_hold(hold(MONDAY, 1, "somebody", "key", ports).hold_id, ports)
    BookingsForReports(ports, timedelta(hours=2)).keep_hold(FIRST, booking)
    clock.now += timedelta(hours=2) - timedelta(seconds=1)
    assert taken(ports) == [FIRST]
    clock.now += timedelta(seconds=1)
    assert taken(ports) == []
