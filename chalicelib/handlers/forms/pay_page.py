"""The page on which a request is paid, without JavaScript."""

from typing import Any

from chalicelib.bootstrap.payment_provider import card_pages
from chalicelib.bootstrap.payments import order_ports, payments_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import NotFound
from chalicelib.handlers.forms.form_pages import own_report, posted_form, query_of, render_form
from chalicelib.handlers.forms.order_context import price_context, slot_context
from chalicelib.handlers.http import cookies, rate_limits, request_language
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.page_answers import Page, SeeOther
from chalicelib.handlers.http.params import id_of
from chalicelib.integrations.payments_for_reports import card_page
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.reference import format_reference
from chalicelib.reports.usecases.access import get_visible_report
from chalicelib.texts import Text


def ask_payment(call: Call, service_request_id: str) -> Page:
    """The page with the price and the button to the card page. Raises NotFound."""
    token = call.parameter("token")
    report = _get_ordered(call, service_request_id, token)
    html = render_form("pay", **_payment_context(report, token or ""))
    return Page(html, leads_to=card_pages(), has_script=True)


def begin_payment(call: Call, service_request_id: str) -> SeeOther:
    """Leads to the card page, and keeps the payer's link for the page afterwards. Raises NotFound,
    Conflict if it is paid, TooMany, UpstreamFailed."""
    token = posted_form(call).one("token")
    author = call.caller.author(token or None)
    request_id, language = id_of(service_request_id), request_language.current_language().code
    rate_limits.check("payment", call)
    report = get_visible_report(request_id, author, reports_ports())
    next_url = card_page(report, language, order_ports(), payments_ports()).next_url
    has_link = reports_ports().ids.is_link_token(request_id, token)
    return SeeOther(next_url, (cookies.payer_cookie(token),) if has_link else ())


def _get_ordered(call: Call, text: str, token: str | None) -> ServiceRequest:
    """The request with an order, for its sender. Raises NotFound."""
    report = get_visible_report(id_of(text), call.caller.author(token), reports_ports())
    if report.order is None:
        raise NotFound(Text("There is nothing to pay for this request."))
    return report


def _payment_context(report: ServiceRequest, token: str) -> dict[str, Any]:
    order = report.order
    assert order
    service = request_language.council().by_code.get(report.service_code)
    path = f"/forms/reports/{report.service_request_id}"
    page = path + query_of(token)
    return {
        "own_report": own_report(report, page),
        "service_name": service.service_name if service else "",
        "reference": format_reference(report.service_request_id),
        **price_context(order, report.service_code),
        **slot_context(order),
        "is_to_pay": order.is_to_pay,
        "action": f"{path}/payment",
        "page": page,
        "token": token,
    }
