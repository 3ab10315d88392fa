"""Routes of what a request booked: move it and cancel it."""

from datetime import date

import msgspec

from chalicelib.bootstrap.payments import order_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.catalogue.words import Code
from chalicelib.errors import Conflict, SlotFull, TooMany
from chalicelib.handlers.http import auth, rate_limits
from chalicelib.handlers.http.audit import record_action
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import id_of
from chalicelib.handlers.http.route_facts import REPORT_TOKEN
from chalicelib.handlers.http.routes import Routes
from chalicelib.kernel.audit_entry import Action
from chalicelib.kernel.fields import copy_fields
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.order_views import (
    CaseOrderView,
    OrderedView,
    case_order_view,
    ordered_view,
)
from chalicelib.reports.states import State
from chalicelib.reports.usecases.access import Author, get_visible_report
from chalicelib.reports.usecases.orders.change_booking import cancel_order, move_booking
from chalicelib.reports.usecases.orders.no_shows import note_no_show

routes = Routes(__name__)


class NewSlot(msgspec.Struct, frozen=True, kw_only=True):
    """The slot to move a booking to, in the same calendar."""

    day: date
    slot: Code


class Attendance(msgspec.Struct, frozen=True, kw_only=True):
    """Whether somebody came to the booked slot."""

    came: bool


class OrderView(msgspec.Struct, frozen=True, kw_only=True):
    """A request with its order; `version` is that of the request."""

    service_request_id: str
    state: State
    order: OrderedView | None
    version: int


class OfficerOrderView(OrderView, frozen=True, kw_only=True):
    """A request with its order, for officers; `version` is that of the request."""

    order: CaseOrderView | None


@routes.endpoint(
    "/api/reports/{service_request_id}/booking",
    method="PATCH",
    auth=auth.anyone,
    summary="Move a booking to another slot; If-Match names the version of the report",
    versioned=True,
    query=(REPORT_TOKEN,),
    raises=(Conflict, SlotFull),
)
def move(call: Call, to: NewSlot, service_request_id: str) -> OrderView:
    version, request_id = call.version, id_of(service_request_id)
    author = call.caller.author(call.parameter("token"))
    _note("bookings.move", request_id, author, call)
    return order_view(move_booking(request_id, (to.day, to.slot), version, author, order_ports()))


@routes.endpoint(
    "/api/reports/{service_request_id}/booking/cancellation",
    method="POST",
    auth=auth.anyone,
    summary="Cancel a booking and refund what the calendar's rules allow",
    query=(REPORT_TOKEN,),
    raises=(Conflict, TooMany),
    calls_out="payment",
)
def cancel(call: Call, service_request_id: str) -> OrderView:
    request_id = id_of(service_request_id)
    author = call.caller.author(call.parameter("token"))
    _note("bookings.cancel", request_id, author, call)
    rate_limits.check_resident("payment", call)
    return order_view(cancel_order(request_id, author, order_ports()))


@routes.endpoint(
    "/api/reports/{service_request_id}/booking/no-show",
    method="POST",
    auth=auth.may("cases.handle"),
    summary="Record that nobody came to a booking, or undo that on the same day",
    raises=(Conflict,),
)
def note_attendance(
    call: Call, attendance: Attendance, service_request_id: str
) -> OfficerOrderView:
    request_id, author = id_of(service_request_id), call.caller.author()
    record_action("bookings.no_show", request_id, f"came={attendance.came}".lower(), call.caller)
    return officer_order_view(note_no_show(request_id, attendance.came, author, reports_ports()))


def _note(action: Action, request_id: str, author: Author, call: Call) -> None:
    """Records what an officer is about to do with somebody else's order. Raises NotFound,
    UpstreamFailed."""
    if not author.officer_in:
        return
    report = get_visible_report(request_id, author, reports_ports())
    if author.acts_for_the_council(report):
        record_action(action, request_id, "", call.caller)


def order_view(report: ServiceRequest) -> OrderView:
    """The request with its order, for its sender."""
    return copy_fields(OrderView, report, order=ordered_view(report.order))


def officer_order_view(report: ServiceRequest) -> OfficerOrderView:
    """The request with its order, for officers."""
    return copy_fields(OfficerOrderView, report, order=case_order_view(report.order))
