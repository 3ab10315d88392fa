"""A paid or free request gets what it books and goes to the council's staff, exactly once."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from chalicelib.errors import Conflict, SlotFull
from chalicelib.reports.automatic_texts import PAID_BACK, PAID_TOO_LATE, PAYMENT_CAME
from chalicelib.reports.needs import Need
from chalicelib.reports.orders import Order
from chalicelib.reports.usecases.orders.change_booking import (
    cancel_lost_orders,
    cancel_order,
    move_booking,
)
from chalicelib.reports.usecases.orders.effects import carry_out_order
from chalicelib.reports.usecases.orders.settling import settle_order
from chalicelib.reports.usecases.orders.staff import settle_without_card
from chalicelib.reports.usecases.resident.own_reports import withdraw_own_report
from chalicelib.reports.usecases.resident.withdrawing import withdraw_report
from tests.support.builders import NOON, report
from tests.support.fakes_orders import DAY, PLACE, OrderWorld, orders_at
from tests.unit.reports.orders.conftest import with_free
from tests.unit.reports.orders.orders import NO_HOLD, OFFICER, OWNER, order, paid, pay


def of(world: OrderWorld, service_request_id: str) -> Order:
    found = world.stored_request(service_request_id).order
    assert found
    return found


def test_paid_request_is_booked_and_in_the_queue(world: OrderWorld) -> None:
    report = paid(world)
    assert (report.visibility, report.is_in_queue) == ("private", True)
    assert (of(world, report.service_request_id).state, world.slots.units_taken(PLACE)) == (
        "settled",
        1,
    )
    assert world.fulfilled == [report.service_request_id]


def test_paid_bill_is_closed_and_in_nobodys_queue(world: OrderWorld) -> None:
    for _ in range(2):
        report = paid(world, service_code="bill", premises_id=None, hold_id=NO_HOLD)
    assert (report.state, report.visibility) == ("closed", "private")
    assert (report.is_in_queue, report.closed_datetime) == (False, NOON)
    assert [each.text for each in report.updates] == [PAYMENT_CAME]


def test_payer_cannot_take_a_paid_bill_back_but_an_officer_can(world: OrderWorld) -> None:
    bill = paid(world, service_code="bill", premises_id=None, hold_id=NO_HOLD)
    with pytest.raises(Conflict, match="too late"):
        cancel_order(bill.service_request_id, OWNER, world.ports)
    cancel_order(bill.service_request_id, OFFICER, world.ports)
    assert world.refunds == {bill.service_request_id: 2000}


def test_settling_again_changes_nothing(world: OrderWorld) -> None:
    report = paid(world)
    assert pay(report, world) == report
    assert (world.slots.units_taken(PLACE), world.refunds) == (1, {})


def test_free_request_is_settled_when_it_is_carried_out(world: OrderWorld) -> None:
    with_free(world, 1)
    done = carry_out_order(order(world), world.ports)
    assert done.order and (done.order.state, done.order.paid_by) == ("settled", "free")


def test_request_that_has_to_be_paid_is_not_settled_by_carrying_it_out(world: OrderWorld) -> None:
    report = order(world)
    assert carry_out_order(report, world.ports) == report
    assert world.slots.units_taken(PLACE) == 0


def test_request_paid_after_its_slot_had_gone_needs_an_officer(world: OrderWorld) -> None:
    late = order(world, "late")
    del world.slots.held["hold-late"]
    paid(world, "one", premises_id="101"), paid(world, "two", premises_id="101")
    lost = pay(late, world)
    assert (of(world, late.service_request_id).state, lost.attention) == ("lost", "slot_lost")
    assert (lost.updates[-1].text, world.slots.units_taken(PLACE)) == (PAID_TOO_LATE, 2)
    assert late.service_request_id not in world.fulfilled


def lost(world: OrderWorld) -> str:
    late = order(world, "late")
    del world.slots.held["hold-late"]
    paid(world, "one", premises_id="101"), paid(world, "two", premises_id="101")
    return pay(late, world).service_request_id


@pytest.mark.parametrize(
    ("after", "is_refunded"),
    [(timedelta(days=2, seconds=-1), False), (timedelta(days=2), True)],
)
def test_money_for_a_lost_slot_goes_back_after_two_working_days(
    world: OrderWorld, after: timedelta, is_refunded: bool
) -> None:
    request_id = lost(world)
    assert cancel_lost_orders(orders_at(NOON + after, world)) == {}
    assert world.refunds == ({request_id: 2000} if is_refunded else {})
    if is_refunded:
        report = world.stored_request(request_id)
        assert (report.state, report.updates[-1].text) == ("cancelled", PAID_BACK)
        assert report.attention is None


def test_lost_slot_is_found_behind_a_hundred_that_wait_for_something_else(
    world: OrderWorld,
) -> None:
    need = Need(need_id="slot-lost", reason="slot_lost", since=NOON - timedelta(days=9))
    for number in range(100):
        world.reports.repository.create(report(number, needs=(need,)))
    request_id = lost(world)
    assert cancel_lost_orders(orders_at(NOON + timedelta(days=2), world)) == {}
    assert world.refunds == {request_id: 2000}


def test_officer_has_nothing_to_decide_when_a_lost_slot_is_cancelled(world: OrderWorld) -> None:
    request_id = lost(world)
    cancelled = cancel_order(request_id, OWNER, world.ports)
    assert (cancelled.attention, world.refunds) == (None, {request_id: 2000})


def test_service_that_can_no_longer_do_its_part_needs_an_officer(world: OrderWorld) -> None:
    world.cannot_fulfil = True
    found = paid(world)
    assert found.order and (found.order.state, found.attention) == ("lost", "slot_lost")


def test_weekend_does_not_count_for_a_lost_slot(world: OrderWorld) -> None:
    friday = orders_at(NOON + timedelta(days=4), world)
    world.reports = friday.reports
    lost(world)
    assert cancel_lost_orders(orders_at(NOON + timedelta(days=7), world)) == {} == world.refunds
    cancel_lost_orders(orders_at(NOON + timedelta(days=8), world))
    assert len(world.refunds) == 1


def test_lost_slot_can_be_replaced_by_another_one(world: OrderWorld) -> None:
    request_id = lost(world)
    another = (DAY + timedelta(days=1), "day")
    version = world.stored_request(request_id).version
    moved = move_booking(request_id, another, version, OWNER, world.ports)
    assert (of(world, request_id).state, moved.attention) == ("settled", None)
    cancel_lost_orders(orders_at(NOON + timedelta(days=9), world))
    assert world.refunds == {}


def test_lost_slot_can_be_had_after_all_when_an_officer_makes_room(world: OrderWorld) -> None:
    request_id = lost(world)
    world.slots.room = 3
    version = world.stored_request(request_id).version
    for _ in range(2):
        again = move_booking(request_id, (PLACE.day, PLACE.slot), version, OWNER, world.ports)
    assert (of(world, request_id).state, again.attention) == ("settled", None)
    assert (world.slots.units_taken(PLACE), len(again.updates)) == (3, 2)


def test_paid_request_is_settled_although_the_council_dropped_its_service(
    world: OrderWorld,
) -> None:
    report = order(world)
    kept = [each for each in world.reports.council.services if each.service_code != "bulky"]
    council = replace(world.reports.council, services=tuple(kept))
    world.reports = replace(world.reports, council=council)
    assert pay(report, world).is_in_queue
    assert of(world, report.service_request_id).state == "settled"


def test_payment_of_a_request_that_was_cancelled_meanwhile_goes_back(world: OrderWorld) -> None:
    report = order(world)
    cancel_order(report.service_request_id, OWNER, world.ports)
    pay(report, world)
    assert world.refunds == {report.service_request_id: 2000}
    assert world.slots.units_taken(PLACE) == 0


def test_payment_of_a_request_that_was_withdrawn_meanwhile_goes_back(world: OrderWorld) -> None:
    report = order(world)
    withdraw_own_report(report.service_request_id, OWNER, world.reports)
    pay(report, world)
    assert world.refunds == {report.service_request_id: 2000}


def test_paid_request_cannot_be_withdrawn(world: OrderWorld) -> None:
    request_id = paid(world).service_request_id
    with pytest.raises(Conflict, match="Cancel it instead"):
        withdraw_own_report(request_id, OWNER, world.reports)
    with pytest.raises(Conflict, match="Cancel it instead"):
        withdraw_report(request_id, "key-1", OWNER, world.reports)


def test_request_whose_slot_has_gone_stays_to_be_paid_when_an_officer_waives_it(
    world: OrderWorld,
) -> None:
    late = order(world, "late")
    del world.slots.held["hold-late"]
    paid(world, "one", premises_id="101"), paid(world, "two", premises_id="101")
    with pytest.raises(SlotFull):
        settle_without_card(late.service_request_id, "waived", "Hardship", OFFICER, world.ports)
    found = of(world, late.service_request_id)
    assert (found.is_to_pay, found.paid_by, found.receipt) == (True, None, None)


def test_waived_request_is_settled_with_the_reason(world: OrderWorld) -> None:
    report = order(world)
    settle_order(report.service_request_id, "waived", world.ports, receipt="Hardship")
    found = of(world, report.service_request_id)
    assert (found.state, found.paid_by, found.receipt) == ("settled", "waived", "Hardship")
    cancel_order(report.service_request_id, OWNER, world.ports)
    assert world.refunds == {}
