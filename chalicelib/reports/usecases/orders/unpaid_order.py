"""Prepare an order for its payment."""

from chalicelib.errors import Conflict
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.order_ports import OrderPorts
from chalicelib.reports.orders import Order
from chalicelib.texts import Text


def require_unpaid_order(report: ServiceRequest, ports: OrderPorts) -> Order:
    """Return the order of a request that is to be paid, and extend its hold, once, until a payment
    that begins now has ended.

    Raises: Conflict if nothing is to be paid or its slot is no longer held, UpstreamFailed.
    """
    order = report.order
    if order is None or order.state == "cancelled" or not order.amount_pence:
        raise Conflict(Text("There is nothing to pay for this request."), version=report.version)
    if order.paid_by is not None:
        raise Conflict(Text("This is already paid."), version=report.version)
    if order.booking:
        ports.keep_hold(report.service_request_id, order.booking)
    return order
