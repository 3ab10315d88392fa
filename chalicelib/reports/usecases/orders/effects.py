"""Carry out the effects of a stored order outside the report. Each step can be repeated: it runs
after the change of the order, and again from the reports' stream in case it was interrupted."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

from msgspec.structs import replace

from chalicelib.errors import AppError, Conflict, Invalid, NotFound
from chalicelib.reports.automatic_texts import MOVED, format_day
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.needs import mark_settled
from chalicelib.reports.order_ports import OrderPorts
from chalicelib.reports.orders import MOVE_UPDATE, BookedSlot, Order
from chalicelib.reports.usecases.access import get_report, update_report
from chalicelib.reports.usecases.attention import SETTLED_BY_NEW_SLOT
from chalicelib.reports.usecases.orders.settling import fulfil_order, settle_order
from chalicelib.reports.usecases.updating import council_update

LEFT_TO_MESSAGES = timedelta(minutes=2)
"""A changed order is left to its message for so long."""
MOST_AT_ONCE = 10


def carry_out_order(report: ServiceRequest, ports: OrderPorts) -> ServiceRequest:
    """Carry out the order of a stored report, and return the report as it is then. Raises
    UpstreamFailed, and Conflict (of which SlotFull is one), Invalid or NotFound if its booking
    cannot be moved, or if an officer settled it and its slot has gone."""
    report = _settle_if_due(report, ports)
    order = report.order
    if order is None:
        return report
    if order.state == "cancelled":
        if order.booking:
            ports.release_booking(report.service_request_id, order.booking)
        ports.undo_fulfilment(report)
    if order.refund_pence:
        # Last, since others wait for the slot and the provider may be down.
        ports.refund(report.service_request_id, order.refund_pence)
    report = _mark_undone(report, order, ports)
    if order.state == "cancelled":
        return report
    if order.booking and order.booking.moving_to:
        report = _move_booking(report, report.order or order, ports)
    return report


def _mark_undone(report: ServiceRequest, order: Order, ports: OrderPorts) -> ServiceRequest:
    if not order.is_to_undo:
        return report
    return _save_order(report, replace(order, undone_pence=order.refund_pence), ports)


def carry_out_stored_order(service_request_id: str, ports: OrderPorts) -> None:
    """Carry out the order of a report as it is stored. Raises UpstreamFailed."""
    report = ports.reports.repository.get(service_request_id)
    if report is None:
        return
    try:
        carry_out_order(report, ports)
    except (Conflict, Invalid, NotFound):
        # It is noted that the booking stays where it is, or that the order is not settled.
        return


def carry_out_waiting_orders(ports: OrderPorts) -> Mapping[str, AppError]:
    """Carry out some of the orders that their messages did not carry out. Each call takes them in
    another order, so that those which fail do not stop those behind them.

    Returns: the error of each that failed, by service_request_id.

    Raises: UpstreamFailed if they cannot be listed.
    """
    now = ports.reports.now()
    waiting = ports.reports.repository.list_orders_to_carry_out(until=now - LEFT_TO_MESSAGES)
    failed: dict[str, AppError] = {}
    for each in sorted(waiting, key=lambda each: _place_at(now, each))[:MOST_AT_ONCE]:
        try:
            carry_out_stored_order(each, ports)
        except AppError as error:
            failed[each] = error
    return failed


def _place_at(now: datetime, service_request_id: str) -> bytes:
    """The place of a request in the order of that moment."""
    return sha256(f"{now.isoformat()}#{service_request_id}".encode()).digest()


def _settle_if_due(report: ServiceRequest, ports: OrderPorts) -> ServiceRequest:
    """Settle the order if it is free or an officer has settled it, and return the report."""
    order = report.order
    if order is None or order.state != "unpaid" or order.is_to_pay:
        return fulfil_order(report, ports)
    paid_by = order.paid_by or "free"
    try:
        return settle_order(report.service_request_id, paid_by, ports, order.receipt)
    except Conflict:
        _save_order(report, replace(order, paid_by=None, receipt=None), ports)
        raise


def _move_booking(report: ServiceRequest, order: Order, ports: OrderPorts) -> ServiceRequest:
    """Move the booking and return the report; a booking that cannot be moved stays where it was."""
    booking = order.booking
    assert booking and booking.moving_to
    there = replace(
        booking, place=booking.moving_to, moving_to=None, moved_by=None, no_show_at=None
    )
    try:
        if order.state == "lost":
            ports.confirm_booking(report.service_request_id, there)
        else:
            ports.move_booking(booking)
    except (Conflict, Invalid, NotFound):
        stays = replace(order, booking=replace(booking, moving_to=None, moved_by=None))
        _save_order(report, stays, ports)
        raise
    is_to_fulfil = order.state == "lost" and ports.has_fulfilment(report.service_code)
    moved = replace(order, state="settled", booking=there, is_to_fulfil=is_to_fulfil)
    return _save_order(report, moved, ports, lambda each: _with_move_update(each, booking, ports))


def _save_order(
    report: ServiceRequest,
    after: Order,
    ports: OrderPorts,
    told: Callable[[ServiceRequest], ServiceRequest] = lambda report: report,
) -> ServiceRequest:
    """The stored report with another order, unless somebody changed the order meanwhile; `told`
    adds what people are told of it."""

    def change(present: ServiceRequest) -> ServiceRequest:
        if present.order != report.order:
            return present
        return told(replace(present, order=after))

    read = partial(get_report, report.service_request_id, ports.reports)
    return update_report(read, change, ports.reports)


def _with_move_update(
    report: ServiceRequest, moved: BookedSlot, ports: OrderPorts
) -> ServiceRequest:
    to, update_id = moved.moving_to or moved.place, f"{MOVE_UPDATE}{report.version}"
    words = MOVED.format(day=format_day(to.day))
    by_council = council_update(update_id, "", report.state, words, ports.reports)
    update = replace(by_council, by=moved.moved_by or "council")
    needs = mark_settled(report.needs, update.datetime, reasons=SETTLED_BY_NEW_SLOT)
    return replace(report.with_update(update), needs=needs)
