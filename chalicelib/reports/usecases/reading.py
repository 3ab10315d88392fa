"""Reads reports: one report, the reports of a place, and those that everybody may see."""

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from chalicelib.geo.ellipsoid import displayed_distance_m
from chalicelib.geo.point import Box, Point
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Update
from chalicelib.reports.ports import Ports
from chalicelib.reports.published import ReportOutline, ReportView
from chalicelib.reports.queries import ReportFilters, ReportPage, ReportSummary
from chalicelib.reports.usecases.access import Author, get_visible_report, is_private_service
from chalicelib.reports.views import FullView, full_view, photo_pairs, report_view

REQUESTS = ((25, 2), (150, 4))
"""Radius limits in metres, each with the most requests that a search up to that radius may make;
beyond them, MOST_REQUESTS."""
MOST_REQUESTS = 8
BOX_MARGIN = 1.006
"""A margin: the box is computed on a sphere, the circle on the ellipsoid, and they may differ by
this factor."""


class NearbyReport(NamedTuple):
    """A report and how far it is."""

    report: ReportSummary
    distance_m: float


def view_report(service_request_id: str, author: Author, ports: Ports) -> ReportView:
    """The report as this caller may see it; its officers see all of it. Raises NotFound."""
    report = get_visible_report(service_request_id, author, ports)
    if author.is_officer_for(report):
        return full_view_of(report, ports)
    ready = ports.photos.select_ready(photo_pairs(report))
    return report_view(report, read_timeline(report, ports), ready, ports)


def full_view_of(report: ServiceRequest, ports: Ports) -> FullView:
    """All of a report, for officers."""
    ready = ports.photos.select_ready(photo_pairs(report))
    notes = ports.repository.list_notes(report.service_request_id)
    return full_view(report, read_timeline(report, ports), notes, ready, ports)


def public_views(service_request_ids: Sequence[str], ports: Ports) -> dict[str, ReportView]:
    """Those of the reports that everybody may see, as they are now."""
    found = ports.repository.get_many(service_request_ids)
    public = [
        report
        for report in found.values()
        if report.visibility == "public" and not is_private_service(report.service_code, ports)
    ]
    return {view.service_request_id: view for view in views_of(public, ports)}


def views_of(reports: Collection[ServiceRequest], ports: Ports) -> list[ReportView]:
    """The view of each report for everybody who may see that report."""
    ready = ports.photos.select_ready([pair for report in reports for pair in photo_pairs(report)])
    return [report_view(report, read_timeline(report, ports), ready, ports) for report in reports]


def list_in_box(
    box: Box, filters: ReportFilters, *, limit: int, after: str | None, ports: Ports
) -> ReportPage:
    """Public reports in the part of the box that the council covers, in Z-order."""
    part = box.overlap(ports.council.box)
    if part is None:
        return ReportPage((), None)
    return ports.repository.list_in_box(part, filters, limit=limit, after=after)


def list_nearby(
    point: Point, service_code: str | None, *, radius_m: float, limit: int, ports: Ports
) -> Sequence[NearbyReport]:
    """Open public reports within the circle, the nearest first."""
    box, filters = Box.around(point, radius_m * BOX_MARGIN), ReportFilters("open", service_code)
    found = ports.repository.find_near(box, filters, budget=most_requests(radius_m))
    distances = [
        NearbyReport(report, displayed_distance_m(report.point, point)) for report in found
    ]
    within = [near for near in distances if near.distance_m <= radius_m]
    return sorted(within, key=lambda near: (near.distance_m, near.report.service_request_id))[
        :limit
    ]


def most_requests(radius_m: float) -> int:
    """How many requests a search of that radius may make."""
    return next((most for up_to, most in REQUESTS if radius_m <= up_to), MOST_REQUESTS)


def list_outlines(ports: Ports) -> Iterator[ReportOutline]:
    """An outline of every stored report, public or not."""
    return ports.repository.list_outlines()


def has_photo(service_request_id: str, photo_id: str, ports: Ports) -> bool:
    """True if a stored report has this photo, whether it shows it or not."""
    report = ports.repository.get(service_request_id)
    return report is not None and photo_id in {photo.photo_id for photo in report.photos}


def read_timeline(report: ServiceRequest, ports: Ports) -> list[Update]:
    """All updates, oldest first: an archived one may still stand in the report as well."""
    archived: Sequence[Update] = ()
    if report.archived:
        archived = ports.repository.list_archived_updates(report.service_request_id)
    return list({update.update_id: update for update in [*archived, *report.updates]}.values())
