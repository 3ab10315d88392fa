"""A booking is moved in one step and cancelled within the calendar's limits."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from msgspec.structs import replace

from chalicelib.catalogue.calendars import SlotOfDay
from chalicelib.catalogue.price_lists import ItemPrice
from chalicelib.errors import AppError, Conflict, Invalid, NotFound, SlotFull, UpstreamFailed
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.order_ports import BookingDeadlines, OrderPorts
from chalicelib.reports.orders import BookedSlot
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.orders.allowed_changes import allowed_order_changes
from chalicelib.reports.usecases.orders.change_booking import cancel_order, move_booking
from chalicelib.reports.usecases.orders.effects import carry_out_stored_order
from tests.support.builders import NOON
from tests.support.fakes_orders import DAY, LIMITS, PLACE, OrderWorld, orders_at
from tests.unit.reports.orders.conftest import with_price_list
from tests.unit.reports.orders.orders import NEIGHBOUR, OFFICER, OWNER, order, paid

ANOTHER_DAY = (DAY + timedelta(days=1), "day")
THERE = replace(PLACE, day=ANOTHER_DAY[0])
MOMENT = timedelta(seconds=1)


def move(
    report: ServiceRequest,
    ports: OrderPorts,
    to: tuple[date, str] = ANOTHER_DAY,
    by: Author = OWNER,
) -> ServiceRequest:
    return move_booking(report.service_request_id, to, report.version, by, ports)


def test_moved_booking_has_the_new_slot_alone_and_one_message(world: OrderWorld) -> None:
    moved = move(paid(world), world.ports)
    assert moved.order and moved.order.booking and moved.order.booking.place == THERE
    assert (world.slots.units_taken(PLACE), world.slots.units_taken(THERE)) == (0, 1)
    assert [each.text for each in moved.updates] == ["Your booking was moved to Tuesday 9 June."]


def test_move_to_a_day_of_another_price_list_costs_what_it_did(world: OrderWorld) -> None:
    report = paid(world)
    cheaper = ItemPrice(first_pence=100)
    with_price_list(world, begins=ANOTHER_DAY[0], items={"mattress": cheaper, "fridge": cheaper})
    moved = move(report, orders_at(NOON + timedelta(days=1), world))
    assert moved.order and report.order
    assert (moved.order.amount_pence, moved.order.lines) == (2000, report.order.lines)
    assert world.refunds == {}


def test_repeated_move_changes_nothing(world: OrderWorld) -> None:
    report = paid(world)
    assert move(report, world.ports) == move(report, world.ports)


def test_move_of_another_version_is_refused(world: OrderWorld) -> None:
    report = paid(world)
    with pytest.raises(Conflict):
        move(replace(report, version=report.version - 1), world.ports)


def test_booking_stays_where_it_is_if_the_new_slot_is_full(world: OrderWorld) -> None:
    for key in ("one", "two"):
        move(paid(world, key), world.ports)
    third = paid(world, "three")
    with pytest.raises(SlotFull):
        move(third, world.ports)
    stored = world.stored_request(third.service_request_id)
    assert stored.order == third.order
    assert world.slots.units_taken(PLACE) == 1


def test_slot_that_does_not_exist_is_refused_before_anything_changes(world: OrderWorld) -> None:
    report = paid(world)
    with pytest.raises(Invalid):
        move(report, world.ports, to=(DAY, "night"))
    assert world.stored_request(report.service_request_id) == report


def test_move_that_was_interrupted_is_finished_by_the_stream(world: OrderWorld) -> None:
    report = paid(world)

    def interrupted(booking: BookedSlot) -> None:
        raise UpstreamFailed("no answer")

    with pytest.raises(UpstreamFailed):
        move(report, replace(world.ports, move_booking=interrupted))
    carry_out_stored_order(report.service_request_id, world.ports)
    moved = world.stored_request(report.service_request_id)
    assert moved.order and moved.order.booking and moved.order.booking.place == THERE
    assert (world.slots.units_taken(PLACE), world.slots.units_taken(THERE)) == (0, 1)
    assert len(moved.updates) == 1


def test_cancelled_booking_gives_slot_and_money_back_once(world: OrderWorld) -> None:
    report = paid(world)
    for _ in range(2):
        done = cancel_order(report.service_request_id, OWNER, world.ports)
    assert (done.state, world.slots.units_taken(PLACE)) == ("cancelled", 0)
    assert world.refunds == {report.service_request_id: 2000}
    assert len(done.updates) == 1


def test_cancellation_that_was_interrupted_is_finished_by_the_stream(world: OrderWorld) -> None:
    report = paid(world)

    def interrupted(service_request_id: str, amount_pence: int) -> None:
        raise UpstreamFailed("no answer")

    with pytest.raises(UpstreamFailed):
        cancel_order(report.service_request_id, OWNER, replace(world.ports, refund=interrupted))
    carry_out_stored_order(report.service_request_id, world.ports)
    assert world.refunds == {report.service_request_id: 2000}


@pytest.mark.parametrize(
    ("limit", "act"),
    [
        (LIMITS.change, lambda report, ports, by: move(report, ports, by=by)),
        (
            LIMITS.cancel,
            lambda report, ports, by: cancel_order(report.service_request_id, by, ports),
        ),
    ],
    ids=["change", "cancel"],
)
def test_limits_are_those_of_the_calendar_and_not_for_officers(
    world: OrderWorld,
    limit: datetime,
    act: Callable[[ServiceRequest, OrderPorts, Author], ServiceRequest],
) -> None:
    early, late, office = paid(world, "one"), paid(world, "two"), paid(world, "three")
    assert act(early, orders_at(limit - MOMENT, world), OWNER)
    with pytest.raises(Conflict, match="too late"):
        act(late, orders_at(limit, world), OWNER)
    assert act(office, orders_at(limit, world), OFFICER)


@pytest.mark.parametrize("act", ["move", "cancel"])
def test_booking_of_a_removed_calendar_is_changed_by_officers_alone(
    world: OrderWorld, act: str
) -> None:
    def no_limits(place: SlotOfDay) -> BookingDeadlines:
        raise NotFound("There is no such calendar.")

    report = paid(world)
    world.limits = no_limits
    with pytest.raises(Conflict, match="too late"):
        if act == "move":
            move(report, world.ports)
        else:
            cancel_order(report.service_request_id, OWNER, world.ports)
    may = allowed_order_changes(report, OWNER, world.ports)
    assert (may.change, may.cancel, may.limits) == (False, False, None)
    cancel_order(report.service_request_id, OFFICER, world.ports)
    assert world.refunds == {report.service_request_id: 2000}


@pytest.mark.parametrize(("before", "pence"), [(MOMENT, 2000), (timedelta(0), 0)])
def test_money_goes_back_until_the_calendars_limit(
    world: OrderWorld, before: timedelta, pence: int
) -> None:
    report = paid(world)
    done = cancel_order(report.service_request_id, OWNER, orders_at(LIMITS.refund - before, world))
    assert done.order and done.order.refund_pence == pence
    assert sum(world.refunds.values()) == pence


def test_officer_can_always_send_the_money_back(world: OrderWorld) -> None:
    report = paid(world)
    cancel_order(report.service_request_id, OFFICER, orders_at(LIMITS.cancel, world))
    assert world.refunds == {report.service_request_id: 2000}


def test_unpaid_order_can_be_cancelled_at_any_time(world: OrderWorld) -> None:
    report = order(world)
    done = cancel_order(report.service_request_id, OWNER, orders_at(LIMITS.cancel, world))
    assert (done.state, world.refunds) == ("cancelled", {})


@pytest.mark.parametrize("act", ["move", "cancel"])
def test_others_can_neither_move_nor_cancel_a_booking(world: OrderWorld, act: str) -> None:
    report = paid(world)
    acts: dict[str, Callable[[], object]] = {
        "move": lambda: move(report, world.ports, by=NEIGHBOUR),
        "cancel": lambda: cancel_order(report.service_request_id, NEIGHBOUR, world.ports),
    }
    with pytest.raises(NotFound):
        acts[act]()


def test_cancelled_booking_cannot_be_moved(world: OrderWorld) -> None:
    report = paid(world)
    done = cancel_order(report.service_request_id, OWNER, world.ports)
    refused: list[AppError] = []
    try:
        move(done, world.ports)
    except Conflict as error:
        refused.append(error)
    assert refused and world.slots.units_taken(THERE) == 0
