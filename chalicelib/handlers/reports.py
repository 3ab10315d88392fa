"""Routes of reports: submit, read, list, update."""

import math
import re
from datetime import datetime
from http import HTTPStatus

import msgspec

from chalicelib import bootstrap
from chalicelib.errors import Invalid, NotFound
from chalicelib.geo.point import Box
from chalicelib.handlers import auth
from chalicelib.handlers.http import Call, Query, Routes
from chalicelib.parsing import parse_json
from chalicelib.reports import reference, usecases
from chalicelib.reports.model import Draft, ServiceRequest, UpdateDraft
from chalicelib.reports.ports import Filters
from chalicelib.reports.states import State, Status, status_of
from chalicelib.reports.views import (
    ReportView,
    SummaryView,
    UpdateView,
    summary_view,
    tracking_url,
    update_view,
)

MOST_IN_A_LIST = 100
routes = Routes(__name__)


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """What a reporter gets back at once."""

    service_request_id: str
    status: Status
    state: State
    service_code: str
    lat: float
    long: float
    requested_datetime: datetime
    expected_datetime: datetime | None
    tracking_url: str
    version: int


class ReportList(msgspec.Struct, frozen=True, kw_only=True):
    """Some reports; `next` is the cursor of those that follow."""

    items: list[SummaryView]
    next: str | None


@routes.endpoint(
    "/api/reports",
    method="POST",
    auth=auth.anyone,
    summary="Report something",
    body=Draft,
    answer=Receipt,
    success=HTTPStatus.CREATED,
    keyed=True,
)
def submit(call: Call) -> Receipt:
    key = call.idempotency_key
    draft = parse_json(call.body, Draft)
    ports = bootstrap.reports_ports()
    return _receipt(usecases.submit(draft, key, call.caller.author, ports), ports.site_url)


@routes.endpoint(
    "/api/reports",
    method="GET",
    auth=auth.anyone,
    summary="Public reports in a box on the map",
    answer=ReportList,
    query=(
        Query("bbox", "west,south,east,north in WGS84 degrees", required=True),
        Query("status", "open or closed"),
        Query("service_code", "one service"),
        Query("limit", "1 to 100; 100 if not given"),
        Query("cursor", "`next` of the list before"),
    ),
)
def list_reports(call: Call) -> ReportList:
    ports = bootstrap.reports_ports()
    page = usecases.list_in_box(
        _box(call.parameter("bbox")),
        Filters(_status(call.parameter("status")), call.parameter("service_code")),
        limit=_limit(call.parameter("limit")),
        after=_cursor(call.parameter("cursor")),
        ports=ports,
    )
    return ReportList(
        items=[summary_view(report, ports.site_url) for report in page.reports], next=page.next
    )


@routes.endpoint(
    "/api/reports/{service_request_id}",
    method="GET",
    auth=auth.anyone,
    summary="A report with its timeline",
    answer=ReportView,
)
def read(call: Call, service_request_id: str) -> ReportView:
    ports = bootstrap.reports_ports()
    return usecases.view(_id(service_request_id), call.caller.author, ports)


@routes.endpoint(
    "/api/reports/{service_request_id}/updates",
    method="POST",
    auth=auth.anyone,
    summary="Add to a report",
    body=UpdateDraft,
    answer=UpdateView,
    success=HTTPStatus.CREATED,
    keyed=True,
)
def add_update(call: Call, service_request_id: str) -> UpdateView:
    key = call.idempotency_key
    draft = parse_json(call.body, UpdateDraft)
    ports = bootstrap.reports_ports()
    request_id = _id(service_request_id)
    return update_view(usecases.add_update(request_id, draft, key, call.caller.author, ports))


def _receipt(report: ServiceRequest, site_url: str) -> Receipt:
    return Receipt(
        service_request_id=report.service_request_id,
        status=status_of(report.state),
        state=report.state,
        service_code=report.service_code,
        lat=report.lat,
        long=report.long,
        requested_datetime=report.requested_datetime,
        expected_datetime=report.expected_datetime,
        tracking_url=tracking_url(site_url, report.service_request_id),
        version=report.version,
    )


def _id(text: str) -> str:
    found = reference.parse(text)
    if found is None:
        raise NotFound("A reference has 12 letters and digits, such as 7K3M-2QXV-9HTD.")
    return found


def _box(text: str | None) -> Box:
    try:
        edges = [float(part) for part in (text or "").split(",")]
    except ValueError:
        edges = []
    if len(edges) != 4 or not all(map(math.isfinite, edges)):
        raise Invalid.field("bbox", "give west,south,east,north in WGS84 degrees")
    west, south, east, north = edges
    if west > east or south > north:
        raise Invalid.field("bbox", "west must not be east of east, nor south north of north")
    return Box(west=west, south=south, east=east, north=north)


def _status(text: str | None) -> Status | None:
    match text:
        case None | "open" | "closed":
            return text
        case _:
            raise Invalid.field("status", "must be open or closed")


def _cursor(text: str | None) -> str | None:
    if text is not None and not re.fullmatch(r"[0-3]{24}-[0-9A-Z]{12}", text):
        raise Invalid.field("cursor", "give `next` of the list before, as it was")
    return text


def _limit(text: str | None) -> int:
    if text is None:
        return MOST_IN_A_LIST
    if not re.fullmatch(r"[1-9][0-9]?|100", text):
        raise Invalid.field("limit", f"must be a whole number from 1 to {MOST_IN_A_LIST}")
    return int(text)
