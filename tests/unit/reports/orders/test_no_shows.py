"""An officer notes that nobody came to a booking."""

from datetime import UTC, datetime, time, timedelta

import pytest
from msgspec.structs import replace

from chalicelib.catalogue.calendars import BookedPlace
from chalicelib.errors import AppError, Conflict, Forbidden, NotFound
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.orders import BookedSlot
from chalicelib.reports.usecases.access import Author, Remit
from chalicelib.reports.usecases.orders.change_booking import cancel_order, move_booking
from chalicelib.reports.usecases.orders.no_shows import note_no_show
from tests.support.builders import MARKET_PLACE
from tests.support.fakes_orders import DAY, OrderWorld, orders_at
from tests.unit.reports.orders.orders import NEIGHBOUR, OFFICER, OWNER, order, paid

HALL = BookedPlace(name="Hall", address="1 Market Place", **MARKET_PLACE)
ON_THE_DAY = datetime.combine(DAY, time(22, 59), UTC)
"""23:59 on the council's clock."""
MINUTE = timedelta(minutes=1)
ELSEWHERE = Author("officer", officer_in=(Remit(teams=("parks",)),))


@pytest.fixture
def hall(world: OrderWorld) -> OrderWorld:
    council = world.reports.council
    calendars = tuple(replace(each, place=HALL) for each in council.calendars)
    world.reports = replace(world.reports, council=replace(council, calendars=calendars))
    return world


def noted(
    report: ServiceRequest,
    world: OrderWorld,
    when: datetime = ON_THE_DAY,
    *,
    came: bool = False,
    by: Author = OFFICER,
) -> ServiceRequest:
    return note_no_show(report.service_request_id, came, by, orders_at(when, world).reports)


def booking(report: ServiceRequest) -> BookedSlot:
    assert report.order and report.order.booking
    return report.order.booking


def test_note_is_kept_with_the_booking_and_nothing_else_changes(hall: OrderWorld) -> None:
    before = paid(hall)
    after = noted(before, hall)
    assert booking(after).no_show_at == ON_THE_DAY
    assert booking(replace(before, order=after.order)) == replace(
        booking(before), no_show_at=ON_THE_DAY
    )
    assert (after.updates, after.state, hall.refunds) == (before.updates, before.state, {})
    assert noted(before, hall, ON_THE_DAY + MINUTE) == after


def test_officer_undoes_the_note_on_the_same_day(hall: OrderWorld) -> None:
    report = noted(paid(hall), hall)
    with pytest.raises(Conflict):
        noted(report, hall, ON_THE_DAY + MINUTE, came=True)
    assert booking(noted(report, hall, came=True)).no_show_at is None


def test_nothing_is_noted_before_the_day(hall: OrderWorld) -> None:
    report = paid(hall)
    with pytest.raises(Conflict):
        noted(report, hall, ON_THE_DAY - timedelta(days=1))
    assert booking(noted(report, hall, ON_THE_DAY + timedelta(days=3))).no_show_at


@pytest.mark.parametrize(
    ("by", "error"), [(OWNER, Forbidden), (NEIGHBOUR, NotFound), (ELSEWHERE, NotFound)]
)
def test_only_an_officer_of_the_team_notes_it(
    hall: OrderWorld, by: Author, error: type[AppError]
) -> None:
    with pytest.raises(error):
        noted(paid(hall), hall, by=by)


def test_bookings_to_which_the_council_comes_are_the_crews(world: OrderWorld) -> None:
    with pytest.raises(Conflict):
        noted(paid(world), world)


def test_request_without_a_booking_cannot_be_missed(hall: OrderWorld) -> None:
    unpaid, cancelled = order(hall, "one"), paid(hall, "two")
    cancel_order(cancelled.service_request_id, OFFICER, hall.ports)
    for each in (unpaid, cancelled):
        with pytest.raises(Conflict):
            noted(each, hall)


def test_booking_that_is_moved_is_a_new_chance(hall: OrderWorld) -> None:
    report = noted(paid(hall), hall)
    to = (DAY + timedelta(days=1), "day")
    moved = move_booking(report.service_request_id, to, report.version, OFFICER, hall.ports)
    assert booking(moved).no_show_at is None
