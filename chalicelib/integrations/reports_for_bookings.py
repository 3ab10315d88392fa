"""Requests, as the days of calendars show them."""

from collections.abc import Mapping, Sequence

from chalicelib.bookings.ports import BookedRequest
from chalicelib.catalogue.model import Council
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Repository


def booked_requests(
    service_request_ids: Sequence[str], council: Council, repository: Repository
) -> Mapping[str, BookedRequest]:
    """Those of the requests that are stored, by id. Raises UpstreamFailed."""
    found = repository.get_many(service_request_ids)
    return {key: _request_of(report, council) for key, report in found.items()}


def _request_of(report: ServiceRequest, council: Council) -> BookedRequest:
    service, order = council.by_code.get(report.service_code), report.order
    price = service.price if service else None
    names = {each.code: each.name for each in price.items} if price else {}
    items = order.items if order else ()
    return BookedRequest(
        service_name=service.service_name if service else report.service_code,
        items=tuple(f"{each.count} × {names.get(each.code, each.code)}" for each in items),
        paid_by=order.paid_by if order else None,
        no_show_at=order.booking.no_show_at if order and order.booking else None,
    )
