"""Routes of payments: begin, read and refund a payment, and receive the provider's
notifications."""

from http import HTTPStatus
from typing import Annotated

import msgspec
from msgspec import Meta

from chalicelib.bootstrap.payments import order_ports, payment_ids, payments_ports
from chalicelib.errors import Conflict, Forbidden, NotFound, TooMany
from chalicelib.handlers.http import auth, rate_limits, request_language
from chalicelib.handlers.http.audit import record_action
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import NOT_BLANK, id_of
from chalicelib.handlers.http.route_facts import REPORT_TOKEN
from chalicelib.handlers.http.routes import Routes
from chalicelib.integrations.payments_for_reports import card_page
from chalicelib.kernel.ids import derived_id
from chalicelib.payments.model import Charge, PaymentState
from chalicelib.payments.usecases import RefundRequest, check, refund, request_check
from chalicelib.reports import reference
from chalicelib.reports.usecases.access import get_visible_report, require_team_access
from chalicelib.reports.usecases.orders.refunds import add_refund_update
from chalicelib.texts import Text

LONGEST_REASON = 500
MOST_PENCE = 10_000_000
routes = Routes(__name__)


class PaymentBegun(msgspec.Struct, frozen=True, kw_only=True):
    """A payment that was started. The payer enters the card at `next_url`, which is the payer's
    secret."""

    payment_id: str
    next_url: str


class PaymentView(msgspec.Struct, frozen=True, kw_only=True):
    """A payment, in the state that the provider reports. `refunded_pence` was refunded or is on its
    way; `reference` is the service_request_id."""

    state: PaymentState
    amount_pence: int
    refunded_pence: int
    reference: str


class RefundDraft(msgspec.Struct, frozen=True, kw_only=True):
    """A refund that an officer makes. `refunded_pence` is the amount that was refunded before, as
    the officer saw it: if more has been refunded since, the refund is refused."""

    amount_pence: Annotated[int, Meta(ge=1, le=MOST_PENCE)]
    reason: Annotated[str, Meta(max_length=LONGEST_REASON, pattern=NOT_BLANK)]
    refunded_pence: Annotated[int, Meta(ge=0, le=MOST_PENCE)] | None = None


class NotificationReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """An empty answer: the notification was received."""


@routes.endpoint(
    "/api/reports/{service_request_id}/payments",
    method="POST",
    auth=auth.anyone,
    summary="Start a payment for a request, or continue its unfinished one; an officer can do it "
    "for a caller on the telephone",
    success=HTTPStatus.CREATED,
    keyed=True,
    query=(REPORT_TOKEN,),
    raises=(Conflict, TooMany),
    calls_out="payment",
)
def begin_payment(call: Call, service_request_id: str) -> PaymentBegun:
    _ = call.idempotency_key
    author = call.caller.author(call.parameter("token"))
    request_id, language = id_of(service_request_id), request_language.current_language().code
    report = get_visible_report(request_id, author, order_ports().reports)
    is_for_caller = author.acts_for_the_council(report)
    is_by_phone = is_for_caller and call.caller.may("payments.take")
    if is_by_phone:
        record_action("payments.take", request_id, "telephone", call.caller)
    else:
        rate_limits.check("payment", call)
    page = card_page(report, language, order_ports(), payments_ports(), is_by_phone=is_by_phone)
    return PaymentBegun(payment_id=page.payment_id, next_url=page.next_url)


@routes.endpoint(
    "/api/payments/{payment_id}",
    method="GET",
    auth=auth.anyone,
    summary="Get the state of a payment, for anyone who has its id",
    raises=(Conflict, TooMany),
    calls_out="payment page",
)
def get_payment(call: Call, payment_id: str) -> PaymentView:
    service_request_id = _request_of(payment_id)
    rate_limits.check("payment page", call)
    return _view(check(service_request_id, payments_ports()), payment_id)


@routes.endpoint(
    "/api/payments/{payment_id}/refunds",
    method="POST",
    auth=auth.may("payments.refund"),
    summary="Refund all or a part of a payment",
    success=HTTPStatus.CREATED,
    keyed=True,
    raises=(Conflict,),
    calls_out="audited",
)
def refund_payment(call: Call, draft: RefundDraft, payment_id: str) -> PaymentView:
    key, actor = call.idempotency_key, call.caller.signed_in.account_id
    service_request_id, ports = _request_of(payment_id), payments_ports()
    author, reports = call.caller.author(), order_ports().reports
    require_team_access(get_visible_report(service_request_id, author, reports), author)
    paid = check(service_request_id, ports).successful_payment
    if paid is None or paid.payment_id != payment_id:
        raise Conflict(Text("Nothing was paid that could go back."))
    record_action("payments.refund", service_request_id, f"{draft.amount_pence} pence", call.caller)
    request = RefundRequest(
        refund_id=derived_id("refund", actor, payment_id, key),
        service_request_id=service_request_id,
        amount_pence=draft.amount_pence,
        reason=draft.reason,
        by=actor,
        seen_pence=draft.refunded_pence,
    )
    charge = refund(request, ports)
    if not charge.is_owed(request.refund_id):
        add_refund_update(
            service_request_id, request.refund_id, request.amount_pence, order_ports().reports
        )
    return _view(charge, payment_id)


@routes.endpoint(
    "/api/payments/notifications",
    method="POST",
    auth=auth.payment_provider,
    summary="Receive the payment provider's notification that a payment has changed",
)
def receive_notification(call: Call) -> NotificationReceipt:
    ports = payments_ports()
    signed = (
        each.notified_reference(call.request.headers, call.body)
        for each in ports.providers.list_all()
    )
    notified = next((each for each in signed if each is not None), None)
    if notified is None:
        raise Forbidden("This is not from the payment provider.")
    if service_request_id := reference.parse_reference(notified):
        request_check(service_request_id, ports)
    return NotificationReceipt()


def _request_of(payment_id: str) -> str:
    """The request of a payment. Raises NotFound for an id that this system did not make."""
    service_request_id = payment_ids().request_of(payment_id)
    if service_request_id is None:
        raise NotFound(Text("There is no such payment."))
    return service_request_id


def _view(charge: Charge, payment_id: str) -> PaymentView:
    payment = charge.find_payment(payment_id)
    if payment is None:
        raise NotFound(Text("There is no such payment."))
    return PaymentView(
        state=payment.state,
        amount_pence=charge.amount_pence,
        refunded_pence=charge.refunded_pence if payment == charge.successful_payment else 0,
        reference=charge.service_request_id,
    )
