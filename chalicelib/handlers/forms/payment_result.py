"""The page that payers return to, without JavaScript: the result of the payment, and the next
step."""

from typing import NamedTuple

from msgspec.structs import replace

from chalicelib.bootstrap.payment_provider import card_pages
from chalicelib.bootstrap.payments import order_ports, payment_ids, payments_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import NotFound, UpstreamFailed
from chalicelib.handlers.forms.form_pages import query_of, render_form
from chalicelib.handlers.forms.order_context import NOT_REFUNDED, slot_context
from chalicelib.handlers.http import cookies, rate_limits, request_language
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.page_answers import Page, SeeOther
from chalicelib.integrations.payments_for_reports import card_page
from chalicelib.kernel.languages import translatable
from chalicelib.kernel.money import format_pounds
from chalicelib.kernel.observability import logs
from chalicelib.payments.model import Charge, Failure, Payment
from chalicelib.payments.usecases import check
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.reference import format_reference
from chalicelib.reports.usecases.access import get_report
from chalicelib.texts import Text

SOON_S = 5
LATER_S = 20
_NO_MONEY = translatable("No money was taken.")


class ResultText(NamedTuple):
    """The texts of the page. It reloads after `refresh_s` seconds, has a button to the card page
    with `may_pay`, and shows the request if it `is_paid`."""

    heading: str
    text: str
    refresh_s: int | None = None
    may_pay: bool = False
    is_paid: bool = False


PAID = ResultText(
    translatable("Payment received"),
    translatable("Keep the reference. You do not need to do anything else."),
    is_paid=True,
)
MAILED = PAID._replace(
    text=translatable("We send you an email with the details and a link to your request.")
)
LOST = PAID._replace(
    text=translatable(
        "Somebody else booked that day before your payment came. You can choose another day on the "
        "page of your request. If no other day is chosen within 2 working days, we send the money "
        "back to your card."
    )
)
LOST_WITHOUT_LINK = PAID._replace(
    text=translatable(
        "Somebody else booked that day before your payment came. Call us on {phone} to choose "
        "another day. If no other day is chosen within 2 working days, we send the money back to "
        "your card."
    )
)
REFUNDED = ResultText(
    translatable("Payment received"),
    translatable("We have sent {amount} back to your card. It can take some days to arrive."),
    is_paid=True,
)
REFUND_FAILED = ResultText(
    translatable("Payment received"),
    NOT_REFUNDED,
    is_paid=True,
)
WAITING = ResultText(
    translatable("We are waiting for your payment"),
    translatable(
        "This page looks again by itself. If you closed the card page, you can open it again."
    ),
    refresh_s=SOON_S,
    may_pay=True,
)
BEING_PROCESSED = ResultText(
    translatable("Your payment is being processed"),
    translatable("This page looks again by itself. You can also close it: nothing is lost."),
    refresh_s=SOON_S,
)
NOT_KNOWN = ResultText(
    translatable("We cannot see your payment at the moment"),
    translatable(
        "The payment provider does not answer. If you paid, your money is safe, and we will notice "
        "it. Do not pay again. This page looks again by itself."
    ),
    refresh_s=LATER_S,
)
FAILED: dict[Failure, ResultText] = {
    "declined": ResultText(translatable("Your card was declined"), _NO_MONEY, may_pay=True),
    "expired": ResultText(translatable("Your payment has expired"), _NO_MONEY, may_pay=True),
    "cancelled": ResultText(translatable("You cancelled the payment"), _NO_MONEY, may_pay=True),
}
CLOSED = ResultText(
    translatable("This payment was closed"),
    translatable(
        "No money was taken on this page. The payment was continued in another way, such as on the "
        "telephone."
    ),
    may_pay=True,
)
OTHERWISE_FAILED = ResultText(
    translatable("Your payment did not go through"), _NO_MONEY, may_pay=True
)


def show_result(call: Call, payment_id: str) -> Page:
    """The present result of a payment, by the provider. Raises NotFound, TooMany."""
    service_request_id = _request_of(payment_id)
    rate_limits.check("payment page", call)
    try:
        charge = check(service_request_id, payments_ports())
    except UpstreamFailed as error:
        logs.failure("a payment was not checked", error, service_request_id=service_request_id)
        return _page(call, payment_id, NOT_KNOWN, "")
    result, amount = _result_of_charge(charge, payment_id)
    report = reports_ports().repository.get(service_request_id) if result.is_paid else None
    if result is PAID and report:
        result = _result_for_request(report, has_link=bool(_own_page(call, service_request_id)))
    return _page(call, payment_id, result, amount, report)


def pay_again(call: Call, payment_id: str) -> SeeOther:
    """Leads to the card page of the request's payment. Raises NotFound, Conflict if there is
    nothing to pay now, TooMany, UpstreamFailed."""
    service_request_id = _request_of(payment_id)
    rate_limits.check("payment", call)
    report, language = (
        get_report(service_request_id, reports_ports()),
        request_language.current_language().code,
    )
    return SeeOther(card_page(report, language, order_ports(), payments_ports()).next_url)


def _request_of(payment_id: str) -> str:
    service_request_id = payment_ids().request_of(payment_id)
    if service_request_id is None:
        raise NotFound(Text("There is no such payment."))
    return service_request_id


def _result_of_charge(charge: Charge, payment_id: str) -> tuple[ResultText, str]:
    """The text about a payment, and the amount that it names."""
    paid = charge.successful_payment
    if paid and charge.failed_refund_pence:
        return REFUND_FAILED, format_pounds(charge.failed_refund_pence)
    if paid and charge.refunded_pence:
        return REFUNDED, format_pounds(charge.refunded_pence)
    payment = paid or charge.find_payment(payment_id)
    if payment is None:
        raise NotFound(Text("There is no such payment."))
    return _result_of_payment(payment), format_pounds(charge.amount_pence)


def _result_of_payment(payment: Payment) -> ResultText:
    match payment.state:
        case "success":
            return PAID
        case "created" | "started":
            return WAITING
        case "submitted" | "capturable":
            return BEING_PROCESSED
        case "cancelled":
            return CLOSED
        case _:
            return FAILED[payment.failure] if payment.failure else OTHERWISE_FAILED


def _result_for_request(report: ServiceRequest, *, has_link: bool) -> ResultText:
    """The text about a paid request."""
    if report.order and report.order.state == "lost":
        return LOST if has_link else LOST_WITHOUT_LINK
    return MAILED if report.alerts and report.contact and report.contact.email else PAID


def _own_page(call: Call, service_request_id: str) -> str:
    """The address of the request's page, if this browser began the payment; else empty."""
    token = cookies.find_payer(call.request)
    if not reports_ports().ids.is_link_token(service_request_id, token):
        return ""
    return f"/forms/reports/{service_request_id}{query_of(token)}"


def _page(
    call: Call,
    payment_id: str,
    result: ResultText,
    amount: str,
    report: ServiceRequest | None = None,
) -> Page:
    language, service_request_id = request_language.current_language(), _request_of(payment_id)
    html = render_form(
        "payment",
        heading=language.say(result.heading),
        text=language.say(result.text, amount=amount, phone=request_language.council().phone),
        amount="" if result in (REFUNDED, REFUND_FAILED) else amount,
        reference=format_reference(service_request_id),
        refresh_s=result.refresh_s,
        may_pay=result.may_pay,
        is_paid=result.is_paid,
        action=f"/forms/payments/{payment_id}",
        own_page=_own_page(call, service_request_id),
        **_purchase_context(report),
    )
    return Page(html, leads_to=card_pages())


def _purchase_context(report: ServiceRequest | None) -> dict[str, str]:
    """The service and the booking of a request, in words."""
    if report is None or report.order is None:
        return {"service_name": "", "booked": "", "place": ""}
    service = request_language.council().by_code.get(report.service_code)
    is_booked = report.order.state == "settled"
    return {
        "service_name": service.service_name if service else "",
        **slot_context(report.order if is_booked else replace(report.order, booking=None)),
    }
