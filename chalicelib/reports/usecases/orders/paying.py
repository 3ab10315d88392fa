"""Prepare an order for its payment."""

from typing import NamedTuple

from chalicelib.errors import Conflict
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.order_ports import OrderPorts
from chalicelib.reports.orders import Order
from chalicelib.reports.usecases.access import Author, visible
from chalicelib.texts import Text


class Unpaid(NamedTuple):
    """A request and its order, which is to be paid."""

    report: ServiceRequest
    order: Order


def unpaid(service_request_id: str, author: Author, ports: OrderPorts) -> Unpaid:
    """A request that is to be paid. What it holds stays held until the payment has ended.

    Raises: NotFound, Conflict if nothing is to be paid or its slot is no longer held,
    UpstreamFailed.
    """
    report = visible(service_request_id, author, ports.reports)
    order = report.order
    if order is None or order.state == "cancelled" or not order.amount_pence:
        raise Conflict(Text("There is nothing to pay for this request."), version=report.version)
    if order.paid_by is not None:
        raise Conflict(Text("This is already paid."), version=report.version)
    if order.booking:
        ports.keep(service_request_id, order.booking)
    return Unpaid(report, order)
