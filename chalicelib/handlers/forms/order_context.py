"""The variables of an order for the page of its request: slot, price and allowed changes."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from chalicelib.bootstrap import container
from chalicelib.bootstrap.forms import wording
from chalicelib.bootstrap.payments import charges, order_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.catalogue.vat import vat_words
from chalicelib.handlers.forms.forms_orders import day_words, slot_words, time_of_day
from chalicelib.handlers.http import request_language
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import id_of
from chalicelib.kernel.languages import translatable
from chalicelib.kernel.money import format_pounds
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.order_lines import translate_order
from chalicelib.reports.order_ports import BookingDeadlines
from chalicelib.reports.orders import Order, booking_of, sender_action_of
from chalicelib.reports.receipts import paid_words
from chalicelib.reports.usecases.access import Author, get_visible_report
from chalicelib.reports.usecases.orders.allowed_changes import (
    AllowedOrderChanges,
    allowed_order_changes,
)

NOT_REFUNDED = translatable(
    "We could not send {amount} back to your card. Call us on {phone} if you have not heard from "
    "us about it."
)


def order_context(
    service_code: str, text: str, token: str | None, call: Call
) -> dict[str, Any] | None:
    """The variables of a request's order; None if it has none. Raises NotFound."""
    service = request_language.council().by_code.get(service_code)
    if service is not None and service.price is None and service.calendar is None:
        return None
    author = call.caller.author(token)
    report = get_visible_report(id_of(text), author, reports_ports())
    if report.order is None:
        return None
    may = allowed_changes(report, author)
    return {
        "sent_as": sender_action_of(service, report.order),
        "paid_on": _paid_on(report.order),
        **slot_context(report.order),
        **price_context(report.order, service_code),
        "paid": payment_words(report.service_request_id, report.order),
        "is_over": report.order.state == "cancelled",
        "has_receipt": report.order.paid_at is not None,
        "has_file": booking_of(report.order) is not None,
        "may": may,
        "until": list(_deadline_words(may.limits, report.order)),
    }


def _paid_on(order: Order) -> str:
    """The day of the payment, empty if nothing was paid."""
    return wording(request_language.current_language()).date(order.paid_at) if order.paid_at else ""


def allowed_changes(report: ServiceRequest, author: Author) -> AllowedOrderChanges:
    """The changes of the order that the author may make now."""
    return allowed_order_changes(report, author, order_ports())


def slot_context(order: Order) -> dict[str, str]:
    """The booked day and slot in words, and the place to go to."""
    if order.booking is None:
        return {"booked": "", "place": ""}
    at = order.booking.place
    calendar = request_language.council().by_calendar.get(at.calendar)
    place = calendar.place if calendar else None
    return {
        "booked": slot_words(at),
        "place": f"{place.name}, {place.address}" if place else "",
    }


def price_context(order: Order, service_code: str) -> dict[str, Any]:
    """The lines of the price, in the reader's language, its total and the VAT in it."""
    language = request_language.current_language()
    said = translate_order(language, order, service_code, container.council())
    return {
        "lines": [(each.text, format_pounds(each.amount_pence)) for each in said.lines],
        "total": format_pounds(order.amount_pence),
        "vat": language.say(vat_words(order.vat_pence)),
    }


def payment_words(service_request_id: str, order: Order) -> str:
    """The sentence about the payment or refund, in the reader's language."""
    say = request_language.current_language().say
    match order.state:
        case "cancelled" if order.refund_pence:
            return _refund_words(service_request_id, order.refund_pence)
        case "cancelled":
            return say("No money goes back") if order.paid_by == "card" else say("Nothing was paid")
        case "unpaid":
            return say("Not paid yet. We deal with your request when it is paid.")
        case "lost":
            return say("Paid after your slot had gone to somebody else")
        case _:
            return paid_words(
                order, request_language.council(), request_language.current_language()
            )


def _refund_words(service_request_id: str, refund_pence: int) -> str:
    say = request_language.current_language().say
    charge = charges().get(service_request_id)
    if charge and charge.failed_refund_pence:
        failed = format_pounds(charge.failed_refund_pence)
        return say(NOT_REFUNDED, amount=failed, phone=request_language.council().phone)
    back = format_pounds(refund_pence)
    return say("{amount} goes back to your card. It can take some days.", amount=back)


def _deadline_words(limits: BookingDeadlines | None, order: Order) -> Iterator[str]:
    """The sentences about the deadlines to change and cancel the booking."""
    if limits is None:
        return
    say, now = request_language.current_language().say, order_ports().reports.now()
    if now < limits.change:
        yield say("You can change the day until {moment}.", moment=moment_words(limits.change))
    if now < limits.cancel:
        yield say("You can cancel until {moment}.", moment=moment_words(limits.cancel))
    else:
        phone = request_language.council().phone
        yield say("It is too late to do this online. Call us on {phone}.", phone=phone)
    if order.paid_by == "card" and now < min(limits.refund, limits.cancel):
        moment = moment_words(limits.refund)
        yield say("If you cancel before {moment}, you get your money back.", moment=moment)


def moment_words(moment: datetime) -> str:
    """The day and time on the council's clock, such as Monday 3 June, 14:00."""
    local = moment.astimezone(request_language.council().zone)
    return f"{day_words(local.date())}, {time_of_day(moment)}"
