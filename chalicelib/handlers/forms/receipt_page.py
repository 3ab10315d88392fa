"""The receipt of what was paid for a request, without JavaScript."""

from chalicelib.bootstrap import container
from chalicelib.bootstrap.payments import charges
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import NotFound
from chalicelib.handlers.forms.form_pages import query_of, render_form
from chalicelib.handlers.forms.order_context import slot_context
from chalicelib.handlers.http import request_language
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.page_answers import Page
from chalicelib.handlers.http.params import id_of
from chalicelib.kernel.money import format_pounds
from chalicelib.reports.order_lines import translate_order
from chalicelib.reports.orders import Order
from chalicelib.reports.receipts import Receipt, receipt_of
from chalicelib.reports.reference import format_reference
from chalicelib.reports.usecases.access import get_visible_report
from chalicelib.texts import Text


def receipt(call: Call, service_request_id: str) -> Page:
    """The receipt, for the reader who has the link to the request. Raises NotFound if
    nothing was paid, UpstreamFailed."""
    token = call.parameter("token")
    report = get_visible_report(
        id_of(service_request_id), call.caller.author(token), reports_ports()
    )
    order, found = _find_receipt(report.order, report.service_code)
    service = request_language.council().by_code.get(report.service_code)
    request_id = report.service_request_id
    html = render_form(
        "receipt",
        receipt=found,
        reference=format_reference(request_id),
        service_name=service.service_name if service else report.service_code,
        booked=slot_context(order)["booked"],
        refunded=_refund_words(request_id, order),
        page=f"/forms/reports/{request_id}{query_of(token)}",
    )
    return Page(html)


def _find_receipt(order: Order | None, service_code: str) -> tuple[Order, Receipt]:
    """The order and its receipt. Raises NotFound if nothing was paid."""
    language, council = request_language.current_language(), request_language.council()
    if order is not None:
        said = translate_order(language, order, service_code, container.council())
        if found := receipt_of(said, council, language):
            return order, found
    raise NotFound(Text("Nothing was paid for this request."))


def _refund_words(service_request_id: str, order: Order) -> str:
    """The refunds to the card, also those on their way; empty if there are none."""
    charge = charges().get(service_request_id) if order.paid_by == "card" else None
    back = charge.refunded_pence if charge else 0
    return format_pounds(back) if back else ""
