"""Routes of officers: an order for which nothing has to be paid, or whose money the council took
without a card."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from chalicelib.bootstrap.payments import charges, order_ports, payments_ports
from chalicelib.errors import Conflict
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.audit import record_action
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import NOT_BLANK, id_of
from chalicelib.handlers.http.routes import Routes
from chalicelib.handlers.reports.orders import OfficerOrderView, officer_order_view
from chalicelib.kernel.audit_entry import Action
from chalicelib.payments.usecases import check
from chalicelib.reports.usecases.orders.staff import settle_without_card

LONGEST_REASON = 500
LONGEST_NUMBER = 60
routes = Routes(__name__)


class WaiverDraft(msgspec.Struct, frozen=True, kw_only=True):
    """Why nothing has to be paid for a request."""

    reason: Annotated[str, Meta(max_length=LONGEST_REASON, pattern=NOT_BLANK)]


class ReceiptDraft(msgspec.Struct, frozen=True, kw_only=True):
    """The number of the receipt that the payer was given."""

    number: Annotated[str, Meta(max_length=LONGEST_NUMBER, pattern=NOT_BLANK)]


@routes.endpoint(
    "/api/reports/{service_request_id}/waiver",
    method="POST",
    auth=auth.may("payments.waive"),
    summary="Waive the payment for a request",
    raises=(Conflict,),
    calls_out="audited",
)
def waive(call: Call, draft: WaiverDraft, service_request_id: str) -> OfficerOrderView:
    return _settle(call, service_request_id, "waived", draft.reason)


@routes.endpoint(
    "/api/reports/{service_request_id}/receipt",
    method="POST",
    auth=auth.may("payments.take"),
    summary="Record a payment for a request that was not made here, such as by cheque",
    raises=(Conflict,),
    calls_out="audited",
)
def take(call: Call, draft: ReceiptDraft, service_request_id: str) -> OfficerOrderView:
    return _settle(call, service_request_id, "receipt", draft.number)


def _settle(
    call: Call, sent_id: str, paid_by: Literal["waived", "receipt"], receipt: str
) -> OfficerOrderView:
    service_request_id = id_of(sent_id)
    if charges().get(service_request_id):
        # A payment by card that nobody has seen yet settles the order first.
        check(service_request_id, payments_ports())
    action: Action = "payments.waive" if paid_by == "waived" else "payments.take"
    record_action(action, service_request_id, paid_by, call.caller)
    author = call.caller.author()
    return officer_order_view(
        settle_without_card(service_request_id, paid_by, receipt.strip(), author, order_ports())
    )
