"""Routes of reports: submit, read, list, find nearby, update."""

import math
import re
from datetime import datetime
from http import HTTPStatus
from typing import get_args

import msgspec

from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import Conflict, Invalid, PriceChanged, TooMany
from chalicelib.geo.point import Box
from chalicelib.handlers.http import auth, rate_limits, request_language
from chalicelib.handlers.http.audit import audit_view
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.params import (
    NEAR_M,
    PAGED,
    cursor_of,
    id_of,
    limit_of,
    limit_query,
    number_of,
    one_of,
    point_of,
    point_query,
)
from chalicelib.handlers.http.route_facts import REPORT_TOKEN, Query
from chalicelib.handlers.http.routes import Routes
from chalicelib.kernel.fields import copy_fields
from chalicelib.reports.drafts import Draft, UpdateDraft
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.published import ReportView, UpdateView, Visibility
from chalicelib.reports.queries import ReportFilters
from chalicelib.reports.states import State, Status, status_of
from chalicelib.reports.usecases import reading, submission, updating
from chalicelib.reports.usecases.access import is_sender_of
from chalicelib.reports.views import (
    FullView,
    NearView,
    SummaryView,
    near_view,
    payment_url,
    photo_pairs,
    status_url,
    summary_view,
    tracking_url,
    update_view,
)
from chalicelib.texts import Text

FURTHEST_M = 1000
CURSOR = re.compile(r"[0-3]{24}-[0-9A-Z]{12}")
_DEGREES = r"-?[0-9]{1,3}(\.[0-9]{1,15})?"
BOX = f"^{_DEGREES}(,{_DEGREES}){{3}}$"
routes = Routes(__name__)


class PaymentDue(msgspec.Struct, frozen=True, kw_only=True):
    """The amount to pay before the council deals with a request, and the page to pay it on."""

    amount_pence: int
    payment_url: str


class ReportReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """A report that was created. `tracking_url` is its page; `payment` is None if nothing has to be
    paid. `follows`: somebody else had sent this request already, and the caller follows that one;
    then `tracking_url` shows its state only."""

    service_request_id: str
    status: Status
    state: State
    service_code: str
    visibility: Visibility
    lat: float | None
    long: float | None
    requested_datetime: datetime
    expected_datetime: datetime | None
    tracking_url: str
    payment: PaymentDue | None
    follows: bool
    version: int


class ReportList(msgspec.Struct, frozen=True, kw_only=True):
    """Some reports; `next` is the cursor of the next page."""

    items: list[SummaryView]
    next: str | None


class NearList(msgspec.Struct, frozen=True, kw_only=True):
    """Open reports, the nearest first."""

    items: list[NearView]
    next: None


@routes.endpoint(
    "/api/reports",
    method="POST",
    auth=auth.anyone,
    summary="Create a report",
    success=HTTPStatus.CREATED,
    keyed=True,
    raises=(Conflict, PriceChanged, TooMany),
)
def submit(call: Call, draft: Draft) -> ReportReceipt:
    key, language = call.idempotency_key, request_language.current_language().code
    author, ports = call.caller.author(), reports_ports()
    if call.is_rehearsal:
        return receipt(submission.rehearse(draft, key, author, ports, language=language), ports)
    admit, may_write = (
        rate_limits.admit_report(draft, key, call),
        rate_limits.may_write_to_contact(draft, call),
    )
    report = submission.submit(
        draft,
        key,
        author,
        ports,
        admit=admit,
        may_write=may_write,
        language=language,
    )
    return receipt(report, ports, follows=not is_sender_of(report, key, author, ports))


@routes.endpoint(
    "/api/reports",
    method="GET",
    auth=auth.anyone,
    open_to_sites=True,
    summary="List public reports in a box on the map",
    query=(
        Query(
            "bbox",
            "west,south,east,north in WGS84 degrees",
            True,
            {"type": "string", "pattern": BOX},
        ),
        Query("status", "open or closed", schema=one_of(get_args(Status))),
        Query("service_code", "only reports of this service"),
        *PAGED,
    ),
)
def list_reports(call: Call) -> ReportList:
    ports = reports_ports()
    page = reading.list_in_box(
        _box(call.parameter("bbox")),
        ReportFilters(_status(call.parameter("status")), call.parameter("service_code")),
        limit=limit_of(call),
        after=cursor_of(call, CURSOR),
        ports=ports,
    )
    return ReportList(
        items=[summary_view(report, ports.site_url) for report in page.reports], next=page.next
    )


@routes.endpoint(
    "/api/reports/nearby",
    method="GET",
    auth=auth.anyone,
    open_to_sites=True,
    summary="List open public reports near a location, nearest first",
    query=(
        *point_query(required=True),
        Query("service_code", "only reports of this service"),
        Query(
            "radius_m",
            f"1 to {FURTHEST_M} metres; {NEAR_M} by default",
            schema={"type": "number", "minimum": 1, "maximum": FURTHEST_M},
        ),
        limit_query(),
    ),
)
def nearby(call: Call) -> NearList:
    ports = reports_ports()
    found = reading.list_nearby(
        point_of(call),
        call.parameter("service_code"),
        radius_m=_radius(call.parameter("radius_m")),
        limit=limit_of(call),
        ports=ports,
    )
    items = [near_view(near.report, near.distance_m, ports.site_url) for near in found]
    return NearList(items=items, next=None)


@routes.endpoint(
    "/api/reports/{service_request_id}",
    method="GET",
    auth=auth.anyone,
    summary="Get a report with its timeline; officers get all of it",
    answer=(FullView, ReportView),
    query=(REPORT_TOKEN,),
)
def read(call: Call, service_request_id: str) -> ReportView:
    author = call.caller.author(call.parameter("token"))
    view = reading.view_report(id_of(service_request_id), author, reports_ports())
    audit_view(view, call.caller)
    return view


@routes.endpoint(
    "/api/reports/{service_request_id}/updates",
    method="POST",
    auth=auth.anyone,
    summary="Add an update to a report",
    success=HTTPStatus.CREATED,
    keyed=True,
    query=(REPORT_TOKEN,),
    raises=(Conflict, TooMany),
)
def add_update(call: Call, draft: UpdateDraft, service_request_id: str) -> UpdateView:
    key = call.idempotency_key
    request_id, ports = id_of(service_request_id), reports_ports()
    author = call.caller.author(call.parameter("token"))
    admit = rate_limits.admit_update(request_id, draft, call)
    update, report = updating.add_update(request_id, draft, key, author, ports, admit=admit)
    return update_view(update, report, ports.photos.select_ready(photo_pairs(report)), ports)


def receipt(report: ServiceRequest, ports: Ports, *, follows: bool = False) -> ReportReceipt:
    """The new report, as the reporter gets it at once."""
    link = status_url if follows else tracking_url
    return copy_fields(
        ReportReceipt,
        report,
        status=status_of(report.state),
        tracking_url=link(report, ports, request_language.current_language()),
        payment=None if follows else _payment_due(report, ports),
        follows=follows,
    )


def _payment_due(report: ServiceRequest, ports: Ports) -> PaymentDue | None:
    order = report.order
    if order is None or order.state != "unpaid" or not order.amount_pence:
        return None
    url = payment_url(report, ports, request_language.current_language())
    return PaymentDue(amount_pence=order.amount_pence, payment_url=url)


def _radius(text: str | None) -> float:
    radius_m = NEAR_M if text is None else number_of(text)
    if not 1 <= radius_m <= FURTHEST_M:
        raise Invalid.field(
            "radius_m", Text("must be a number of metres from 1 to {most}", most=FURTHEST_M)
        )
    return radius_m


def _box(text: str | None) -> Box:
    try:
        edges = [float(part) for part in (text or "").split(",")]
    except ValueError:
        edges = []
    if len(edges) != 4 or not all(map(math.isfinite, edges)):
        raise Invalid.field("bbox", "enter west,south,east,north in WGS84 degrees")
    west, south, east, north = edges
    if west > east or south > north:
        raise Invalid.field("bbox", "west must be less than east, and south less than north")
    return Box(west=west, south=south, east=east, north=north)


def _status(text: str | None) -> Status | None:
    match text:
        case None | "open" | "closed":
            return text
        case _:
            raise Invalid.field("status", "must be open or closed")
