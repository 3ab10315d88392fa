"""Settle an order that is paid or free, and fulfil it."""

from datetime import datetime
from functools import partial

from msgspec.structs import replace

from chalicelib.errors import Conflict
from chalicelib.kernel.time import truncate_to_second
from chalicelib.reports.automatic_texts import PAID_TOO_LATE, PAYMENT_CAME
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.needs import Need, with_need
from chalicelib.reports.order_ports import OrderPorts
from chalicelib.reports.orders import BY_OFFICER, WITH_MONEY, Order, PaidBy
from chalicelib.reports.usecases.access import get_report, update_report
from chalicelib.reports.usecases.updating import council_update


def settle_order(
    service_request_id: str, paid_by: PaidBy, ports: OrderPorts, receipt: str | None = None
) -> ServiceRequest:
    """Confirm what a request books, and hand the request to the council's staff. Where the slot has
    gone since, an officer has to decide; an officer who settles it is told. Money by card for an
    order that was cancelled, or settled without a card, is to go back. A repeat changes nothing;
    `carry_out_order` does the rest.

    Returns: the request.

    Raises: NotFound, Conflict (an officer settles it, and its slot has gone), UpstreamFailed.
    """

    def change(report: ServiceRequest) -> ServiceRequest:
        order = report.order
        if order is None or (order.paid_by == paid_by and order.state != "unpaid"):
            return report
        if order.paid_by not in (None, paid_by):
            return _refund_second_payment(report, order, paid_by)
        paid = replace(order, paid_by=paid_by, receipt=receipt, paid_at=_paid_at(paid_by, ports))
        if order.state == "cancelled":
            return replace(report, order=replace(paid, refund_pence=_card_refund_of(paid)))
        return _settle(report, paid, ports)

    read = partial(get_report, service_request_id, ports.reports)
    return fulfil_order(update_report(read, change, ports.reports), ports)


def fulfil_order(report: ServiceRequest, ports: OrderPorts) -> ServiceRequest:
    """The request after its service has done what was settled, once. Where it no longer can, an
    officer has to decide. Where the order was cancelled meanwhile, the stored change leads to
    `carry_out_order`, which takes it back. Raises UpstreamFailed."""
    if not _is_to_fulfil(report):
        return report
    read = partial(get_report, report.service_request_id, ports.reports)
    try:
        ports.fulfil(report)
    except Conflict:
        return update_report(
            read, lambda each: _mark_lost_if_unfulfilled(each, ports), ports.reports
        )
    return update_report(read, _mark_fulfilled, ports.reports)


def _is_to_fulfil(report: ServiceRequest) -> bool:
    order = report.order
    return order is not None and order.state == "settled" and order.is_to_fulfil


def _mark_lost_if_unfulfilled(report: ServiceRequest, ports: OrderPorts) -> ServiceRequest:
    return _mark_lost(report, ports) if _is_to_fulfil(report) else report


def _mark_fulfilled(report: ServiceRequest) -> ServiceRequest:
    return replace(report, order=report.order and replace(report.order, is_to_fulfil=False))


def _paid_at(paid_by: PaidBy, ports: OrderPorts) -> datetime | None:
    return truncate_to_second(ports.reports.now()) if paid_by in WITH_MONEY else None


def _refund_second_payment(report: ServiceRequest, order: Order, paid_by: PaidBy) -> ServiceRequest:
    """Refund a payment by card that ended after an officer had settled the order."""
    if paid_by != "card" or order.refund_pence:
        return report
    return replace(report, order=replace(order, refund_pence=order.amount_pence))


def _card_refund_of(order: Order) -> int:
    """The pence to refund to the card; an officer refunds other payments."""
    return order.amount_pence if order.paid_by == "card" else 0


def _settle(report: ServiceRequest, order: Order, ports: OrderPorts) -> ServiceRequest:
    is_to_fulfil = ports.has_fulfilment(report.service_code)
    settled = replace(order, state="settled", is_to_fulfil=is_to_fulfil)
    after = replace(report, order=settled).with_updated_datetime(ports.reports.now())
    if report.visibility == "unconfirmed":
        after = after.with_visibility("private", ports.reports.now())
    if not _confirm_booking(report, order, ports):
        return _mark_lost(after, ports)
    return _close_paid_bill(after, ports) if _needs_only_payment(after, ports) else after


def _mark_lost(report: ServiceRequest, ports: OrderPorts) -> ServiceRequest:
    """The request after its slot was lost: it is paid, and an officer has to offer something
    else."""
    order = report.order and replace(report.order, state="lost", is_to_fulfil=False)
    update = council_update("slot-lost", "", report.state, PAID_TOO_LATE, ports.reports)
    need = Need(need_id="slot-lost", reason="slot_lost", since=update.datetime)
    needs = with_need(report.needs, need)
    return replace(report.with_update(update), order=order, needs=needs)


def _needs_only_payment(report: ServiceRequest, ports: OrderPorts) -> bool:
    """True if the request is only a payment, so that nothing remains to be done after it."""
    service = ports.reports.council.by_code.get(report.service_code)
    return service is not None and service.kind == "payment" and service.needs == "none"


def _close_paid_bill(report: ServiceRequest, ports: OrderPorts) -> ServiceRequest:
    return report.with_update(council_update("paid", "", "closed", PAYMENT_CAME, ports.reports))


def _confirm_booking(report: ServiceRequest, order: Order, ports: OrderPorts) -> bool:
    """Confirm the booking, if there is one. Returns False if the slot is gone; raises Conflict
    instead if an officer settles the order."""
    try:
        if order.booking:
            ports.confirm_booking(report.service_request_id, order.booking)
    except Conflict:
        if order.paid_by in BY_OFFICER:
            raise
        return False
    return True
