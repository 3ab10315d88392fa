"""Payments as the orders of requests see them."""

from chalicelib.catalogue.model import Council
from chalicelib.payments.model import Charge
from chalicelib.payments.ports import Ports
from chalicelib.payments.usecases import RefundRequest, refund
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.orders import Order


def charge_of(report: ServiceRequest, order: Order, council: Council) -> Charge:
    """What the order of a request costs, before anybody pays it."""
    service = council.by_code.get(report.service_code)
    return Charge(
        service_request_id=report.service_request_id,
        amount_pence=order.amount_pence,
        fund=order.fund,
        description=service.service_name if service else report.service_code,
    )


def refund_of_cancelled(
    refund_id: str, service_request_id: str, amount_pence: int, ports: Ports
) -> None:
    """Send money back because an order was cancelled; once for each refund_id. Raises NotFound,
    Conflict, Invalid, UpstreamFailed."""
    asked = RefundRequest(
        refund_id=refund_id,
        service_request_id=service_request_id,
        amount_pence=amount_pence,
        reason="The request was cancelled",
        by=None,
    )
    refund(asked, ports)
