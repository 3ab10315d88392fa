"""Settle an order without a card, by an officer."""

from typing import Literal

from chalicelib.errors import Conflict
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.order_ports import OrderPorts
from chalicelib.reports.usecases.access import Author, require_team_access, visible
from chalicelib.reports.usecases.orders.effects import carry_out
from chalicelib.reports.usecases.orders.settling import settle
from chalicelib.texts import Text


def settle_without_card(
    service_request_id: str,
    paid_by: Literal["waived", "receipt"],
    receipt: str,
    author: Author,
    ports: OrderPorts,
) -> ServiceRequest:
    """Settle the order: nothing has to be paid for the reason in `receipt`, or the council took
    the money under that number. A repeat changes nothing.

    Raises: NotFound, Forbidden for an officer of another team, Conflict if nothing is to be paid,
    it is paid, or (SlotFull) its slot has gone, UpstreamFailed.
    """
    report = visible(service_request_id, author, ports.reports)
    require_team_access(report, author)
    order = report.order
    if order is None or order.state == "cancelled" or not order.amount_pence:
        raise Conflict(Text("There is nothing to pay for this request."), version=report.version)
    if order.paid_by is None:
        if order.booking:
            ports.confirm(service_request_id, order.booking)
        report = settle(service_request_id, paid_by, ports, receipt)
    if report.order is None or (report.order.paid_by, report.order.receipt) != (paid_by, receipt):
        raise Conflict(Text("This is already paid."), version=report.version)
    return carry_out(report, ports)
