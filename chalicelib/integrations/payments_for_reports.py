"""Payments for the orders of requests."""

from chalicelib.catalogue.model import Council
from chalicelib.errors import Conflict, Invalid, UpstreamFailed
from chalicelib.payments.model import Charge
from chalicelib.payments.ports import Ports
from chalicelib.payments.usecases import CardPage, RefundRequest, check, open_charge, pay, refund
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.order_ports import OrderPorts
from chalicelib.reports.orders import Order
from chalicelib.reports.usecases.orders.unpaid_order import require_unpaid_order


def card_page(
    report: ServiceRequest,
    language: str,
    orders: OrderPorts,
    ports: Ports,
    *,
    is_by_phone: bool = False,
) -> CardPage:
    """The card page of a request, whose slot stays held until the payment has ended. Raises
    Conflict if there is nothing to pay, UpstreamFailed."""
    order = require_unpaid_order(report, orders)
    open_charge(charge_of(report, order, orders.reports.council), ports)
    return pay(report.service_request_id, language, ports, is_by_phone=is_by_phone)


def charge_of(report: ServiceRequest, order: Order, council: Council) -> Charge:
    """The charge of a request's order, before any payment."""
    service = council.by_code.get(report.service_code)
    return Charge(
        service_request_id=report.service_request_id,
        amount_pence=order.amount_pence,
        fund=order.fund,
        vat_pence=order.vat_pence,
        description=service.service_name if service else report.service_code,
    )


def refund_cancelled_order(
    refund_id: str, service_request_id: str, amount_pence: int, ports: Ports
) -> None:
    """Refund a cancelled order up to `amount_pence` in all, earlier refunds included. A repeat
    changes nothing, but sends a failed refund again. Raises UpstreamFailed, also while another
    refund is on its way."""
    try:
        charge = check(service_request_id, ports)
        left = amount_pence - charge.refunded_pence
        if left <= 0:
            return
        failures = sum(each.state == "error" for each in charge.refunds)
        request = RefundRequest(
            refund_id=f"{refund_id}-{failures}",
            service_request_id=service_request_id,
            amount_pence=left,
            reason="The request was cancelled",
            by=None,
        )
        refund(request, ports)
    except (Conflict, Invalid) as error:
        raise UpstreamFailed(error.detail) from error
