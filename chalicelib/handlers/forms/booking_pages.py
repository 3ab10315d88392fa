"""The pages to move a booking to another day and to cancel it, without JavaScript."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from chalicelib.bootstrap.payments import charges, order_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import Conflict, FieldError, Invalid, SlotFull
from chalicelib.forms.answers import Answers
from chalicelib.forms.order_answers import chosen_day
from chalicelib.forms.ordering import day_choices, slot_full_message
from chalicelib.forms.ports import FreeDay
from chalicelib.handlers.forms.form_pages import posted_form, query_of, render_form
from chalicelib.handlers.forms.forms_orders import Orders
from chalicelib.handlers.forms.order_context import (
    allowed_changes,
    moment_words,
    price_context,
    slot_context,
)
from chalicelib.handlers.http import rate_limits, request_language
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.page_answers import Page, SeeOther
from chalicelib.handlers.http.params import id_of
from chalicelib.kernel.money import format_pounds
from chalicelib.kernel.numbers import whole_number
from chalicelib.kernel.posted_form import PostedForm
from chalicelib.kernel.site import Site
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.orders import BookedSlot, Order
from chalicelib.reports.reference import format_reference
from chalicelib.reports.usecases.access import get_visible_report
from chalicelib.reports.usecases.orders.change_booking import cancel_order, move_booking
from chalicelib.texts import Text

Faults = Sequence[FieldError]


def ask_slot(call: Call, service_request_id: str) -> Page:
    """The page of free days. Raises NotFound, Conflict if the booking cannot be moved."""
    token = call.parameter("token")
    return _slot_page(_get_report(call, service_request_id, token), token, call)


def move(call: Call, service_request_id: str) -> Page | SeeOther:
    """Moves the booking, or asks for what is missing. Raises NotFound, Conflict."""
    form = posted_form(call)
    token = form.one("token") or None
    report = _get_report(call, service_request_id, token)
    day, only = chosen_day(Answers.from_posted(form))
    slot = only or form.one("slot")
    if day is None:
        choose = [FieldError("day", Text("Choose a day"))]
        return _slot_page(report, token, call, faults=choose)
    if not slot:
        missing = [FieldError("slot", Text("Choose a time"))] if form.one("of_day") else ()
        return _slot_page(report, token, call, day=day, faults=missing)
    faults = _try_move(report, (day, slot), "day" if only else "slot", form, call)
    if faults:
        now = _get_report(call, service_request_id, token)
        return _slot_page(
            now, token, call, day=None if only else day, faults=faults, chosen=f"{day},{only}"
        )
    return SeeOther(_page_of(report, token))


def _try_move(
    report: ServiceRequest, to: tuple[date, str], field: str, form: PostedForm, call: Call
) -> Faults:
    """Moves the booking. Returns: the reasons why it cannot be moved there."""
    author = call.caller.author(form.one("token") or None)
    version = whole_number(form.one("version"))
    version = report.version if version is None else version
    try:
        move_booking(report.service_request_id, to, version, author, order_ports())
    except SlotFull as full:
        calendar = _require_booking(_require_order(report)).place.calendar
        return [FieldError(field, slot_full_message(full, calendar, Orders(author, None)))]
    except Invalid as error:
        return [FieldError(field, each.message) for each in error.errors]
    except Conflict as error:
        if error.version in (None, version):
            raise
        changed = Text("Your request has changed since you opened this page. Check it and go on.")
        return [FieldError(field, changed)]
    return ()


def ask_cancellation(call: Call, service_request_id: str) -> Page:
    """Says whether money goes back, before the booking is cancelled. Raises NotFound, Conflict if
    it cannot be cancelled."""
    token = call.parameter("token")
    report = _get_report(call, service_request_id, token)
    order, may = _require_order(report), allowed_changes(report, call.caller.author(token))
    if not may.cancel:
        raise _too_late(report)
    limit = may.limits.refund if may.limits else None
    context = {
        **_booking_context(report, token),
        **price_context(order, report.service_code),
        **_refund_words(report.service_request_id, may.refund_pence),
        "is_paid": order.paid_by == "card",
        "limit": moment_words(limit) if limit else "",
        "action": f"{_path(report)}/cancellation",
    }
    return Page(render_form("cancellation", **context))


def _refund_words(service_request_id: str, refund_pence: int) -> dict[str, str]:
    """`refund`: the amount still to be refunded of `refund_pence`; `refunded`: the amount refunded
    before."""
    charge = charges().get(service_request_id) if refund_pence else None
    before = charge.refunded_pence if charge else 0
    left = refund_pence - before
    return {
        "refund": format_pounds(left) if left > 0 else "",
        "refunded": format_pounds(before) if before else "",
    }


def cancel(call: Call, service_request_id: str) -> SeeOther:
    """Cancels the booking; a repeat changes nothing. Raises NotFound, Conflict, TooMany,
    UpstreamFailed."""
    token = posted_form(call).one("token") or None
    rate_limits.check_resident("payment", call)
    author = call.caller.author(token)
    return SeeOther(_page_of(cancel_order(id_of(service_request_id), author, order_ports()), token))


def _slot_page(
    report: ServiceRequest,
    token: str | None,
    call: Call,
    *,
    day: date | None = None,
    faults: Faults = (),
    chosen: str = "",
) -> Page:
    """The free days, or the free slots of a day. Raises Conflict if the booking cannot be moved."""
    if not allowed_changes(report, call.caller.author(token)).change:
        raise _too_late(report)
    free = _other_free_days(_require_order(report), Orders(call.caller.author(token), None))
    of_day = [each for each in free if each.day == day]
    html = render_form(
        "booking",
        **_booking_context(report, token),
        version=report.version,
        days=day_choices(free, [chosen]),
        day=f"{day}" if day else "",
        title=of_day[0].title if of_day else "",
        slots=[(slot, name, "") for each in of_day for slot, name in each.slots],
        chosen=chosen,
        action=f"{_path(report)}/booking",
        again=f"{_path(report)}/booking{query_of(token)}",
        faults=[(each.field, each.message) for each in faults],
    )
    return Page(html, is_refusal=bool(faults))


def _other_free_days(order: Order, orders: Orders) -> Sequence[FreeDay]:
    """The days with enough free units, without the slot that the order has. Raises Conflict if it
    books nothing."""
    booking = _require_booking(order)
    at = booking.place
    if order.state == "lost":
        return orders.free_days(at.calendar, booking.units)
    found = [
        each._replace(slots=[(slot, name) for slot, name in each.slots if slot != at.slot])
        if each.day == at.day
        else each
        for each in orders.free_days(at.calendar, booking.units)
    ]
    return [each for each in found if each.slots]


def _booking_context(report: ServiceRequest, token: str | None) -> dict[str, Any]:
    service = request_language.council().by_code.get(report.service_code)
    return {
        **slot_context(_require_order(report)),
        "service_name": service.service_name if service else "",
        "reference": format_reference(report.service_request_id),
        "page": _path(report) + query_of(token),
        "token": token or "",
    }


def _get_report(call: Call, text: str, token: str | None) -> ServiceRequest:
    return get_visible_report(id_of(text), call.caller.author(token), reports_ports())


def _require_order(report: ServiceRequest) -> Order:
    if report.order is None:
        raise Conflict(Text("Nothing is booked with this request."))
    return report.order


def _require_booking(order: Order) -> BookedSlot:
    if order.booking is None:
        raise Conflict(Text("Nothing is booked with this request."))
    return order.booking


def _too_late(report: ServiceRequest) -> Conflict:
    """The error that explains why the order cannot be changed."""
    if _require_order(report).state in ("settled", "lost"):
        phone = request_language.council().phone
        return Conflict(Text("It is too late to do this online. Call us on {phone}.", phone=phone))
    return Conflict(Text("Nothing is booked with this request."))


def _path(report: ServiceRequest) -> str:
    return f"/forms/reports/{report.service_request_id}"


def _page_of(report: ServiceRequest, token: str | None) -> str:
    return Site("", request_language.current_language()).page(_path(report) + query_of(token))
