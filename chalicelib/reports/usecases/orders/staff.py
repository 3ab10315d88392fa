"""Settle an order without a card, by an officer."""

from functools import partial
from typing import Literal

from msgspec.structs import replace

from chalicelib.errors import Conflict
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.order_ports import OrderPorts
from chalicelib.reports.usecases.access import (
    Author,
    get_visible_report,
    require_team_access,
    update_report,
)
from chalicelib.reports.usecases.orders.effects import carry_out_order
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

    def change(report: ServiceRequest) -> ServiceRequest:
        require_team_access(report, author)
        order = report.order
        if order is None or order.state == "cancelled" or not order.amount_pence:
            raise Conflict(
                Text("There is nothing to pay for this request."), version=report.version
            )
        if (order.paid_by, order.receipt) == (paid_by, receipt):
            return report
        if order.paid_by is not None:
            raise Conflict(Text("This is already paid."), version=report.version)
        return replace(report, order=replace(order, paid_by=paid_by, receipt=receipt))

    read = partial(get_visible_report, service_request_id, author, ports.reports)
    return carry_out_order(update_report(read, change, ports.reports), ports)
