"""The route of a case's payment, with the actions that the officer may take."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from chalicelib.bootstrap.payments import charges
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.identity import Caller
from chalicelib.handlers.http.params import id_of
from chalicelib.handlers.http.routes import Routes
from chalicelib.reports.orders import Order
from chalicelib.reports.usecases.access import get_visible_report, require_team_access

Act = Literal["telephone", "receipt", "waive", "refund"]
routes = Routes(__name__)


class CasePayment(msgspec.Struct, frozen=True, kw_only=True):
    """The payment of a case. `payment_id` is that of the payment that succeeded, None before.
    `refunded_pence` was refunded or is on its way, `left_pence` can still be refunded;
    `failed_refund_pence` could not be refunded and was not sent again. `may` lists what this
    officer may do now."""

    payment_id: str | None = None
    refunded_pence: int = 0
    left_pence: int = 0
    failed_refund_pence: int = 0
    may: list[Act] = []


@routes.endpoint(
    "/api/cases/{service_request_id}/payment",
    method="GET",
    auth=auth.may("cases.handle"),
    summary="Get the payment of a case, and what the officer may do about it",
)
def get_payment(call: Call, service_request_id: str) -> CasePayment:
    author = call.caller.author()
    report = get_visible_report(id_of(service_request_id), author, reports_ports())
    require_team_access(report, author)
    if report.order is None or not report.order.amount_pence:
        return CasePayment()
    charge = charges().get(report.service_request_id)
    paid = charge.successful_payment if charge else None
    left = charge.left_pence if charge else 0
    return CasePayment(
        payment_id=paid.payment_id if paid else None,
        refunded_pence=charge.refunded_pence if charge else 0,
        left_pence=left,
        failed_refund_pence=charge.failed_refund_pence if charge else 0,
        may=list(_acts(report.order, left, call.caller)),
    )


def _acts(order: Order, left_pence: int, officer: Caller) -> Iterator[Act]:
    if order.is_to_pay and officer.may("payments.take"):
        yield from ("telephone", "receipt")
    if order.is_to_pay and officer.may("payments.waive"):
        yield "waive"
    if left_pence and officer.may("payments.refund"):
        yield "refund"
