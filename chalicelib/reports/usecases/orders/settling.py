"""Settle an order: it is paid, or nothing has to be paid."""

from functools import partial

from msgspec.structs import replace

from chalicelib.errors import Conflict
from chalicelib.reports.automatic_texts import PAID_TOO_LATE, PAYMENT_CAME
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.needs import Need, with_need
from chalicelib.reports.order_ports import OrderPorts
from chalicelib.reports.orders import Order, OrderState, PaidBy
from chalicelib.reports.usecases.access import stored, update_report
from chalicelib.reports.usecases.updating import council_update


def settle(
    service_request_id: str, paid_by: PaidBy, ports: OrderPorts, receipt: str | None = None
) -> ServiceRequest:
    """Confirm what a request books, and hand the request to the council's staff. Where the slot has
    gone since, an officer has to decide. Money by card for an order that was cancelled, or settled
    without a card, is to go back. A repeat changes nothing; `carry_out` does the rest.

    Returns: the request.

    Raises: NotFound, UpstreamFailed.
    """

    def change(report: ServiceRequest) -> ServiceRequest:
        order = report.order
        if order is None or order.paid_by in (paid_by, "card"):
            return report
        if order.paid_by is not None:
            return _paid_again(report, order, paid_by)
        paid = replace(order, paid_by=paid_by, receipt=receipt)
        if order.state == "cancelled":
            return replace(report, order=replace(paid, refund_pence=_back(paid)))
        return _settled(report, paid, ports)

    read = partial(stored, service_request_id, ports.reports)
    return update_report(read, change, ports.reports)


def _paid_again(report: ServiceRequest, order: Order, paid_by: PaidBy) -> ServiceRequest:
    """Somebody finished a payment by card after an officer had settled the order."""
    if paid_by != "card" or order.refund_pence:
        return report
    return replace(report, order=replace(order, refund_pence=order.amount_pence))


def _back(order: Order) -> int:
    """Money that came by card goes back to it; other money is the officer's concern."""
    return order.amount_pence if order.paid_by == "card" else 0


def _settled(report: ServiceRequest, order: Order, ports: OrderPorts) -> ServiceRequest:
    confirmed = replace(report, order=replace(order, state=_confirmed(report, order, ports)))
    after = confirmed.touched(ports.reports.now())
    if report.visibility == "unconfirmed":
        after = confirmed.with_visibility("private", ports.reports.now())
    if after.order and after.order.state == "settled":
        return _closed(after, ports) if _is_bill(after, ports) else after
    update = council_update("slot-lost", "", report.state, PAID_TOO_LATE, ports.reports)
    need = Need(need_id="slot-lost", reason="slot_lost", since=update.datetime)
    return replace(after.with_update(update), needs=with_need(after.needs, need))


def _is_bill(report: ServiceRequest, ports: OrderPorts) -> bool:
    """True if nobody has anything left to do once it is paid."""
    service = ports.reports.council.by_code.get(report.service_code)
    return service is not None and service.kind == "payment" and service.needs == "none"


def _closed(report: ServiceRequest, ports: OrderPorts) -> ServiceRequest:
    return report.with_update(council_update("paid", "", "closed", PAYMENT_CAME, ports.reports))


def _confirmed(report: ServiceRequest, order: Order, ports: OrderPorts) -> OrderState:
    """Whether the request got what it books."""
    try:
        if order.booking:
            ports.confirm(report.service_request_id, order.booking)
        ports.fulfil(replace(report, order=order))
    except Conflict:
        return "lost"
    return "settled"
