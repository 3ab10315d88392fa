"""What everybody may see of a report: the one shape of the API's answer and of its document.

Nothing personal is in these classes, so nothing personal can be published through them.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from chalicelib.reports.model import Author, ServiceRequest, Summary, Update
from chalicelib.reports.ports import Service
from chalicelib.reports.states import State, Status, status_of


class PhotoView(msgspec.Struct, frozen=True, kw_only=True):
    """A published photo, at page size and as a thumbnail."""

    url: str
    thumbnail_url: str


class UpdateView(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the timeline."""

    update_id: str
    state: State
    text: str
    datetime: datetime
    by: Author


class ReportView(msgspec.Struct, frozen=True, kw_only=True):
    """A report with its timeline, oldest update first."""

    service_request_id: str
    status: Status
    state: State
    service_code: str
    service_name: str
    title: str | None
    description: str
    lat: float
    long: float
    address: str | None
    requested_datetime: datetime
    updated_datetime: datetime
    expected_datetime: datetime | None
    external_reference: str | None
    tracking_url: str
    photos: tuple[PhotoView, ...]
    updates: tuple[UpdateView, ...]
    followers: int
    version: int


class SummaryView(msgspec.Struct, frozen=True, kw_only=True):
    """A report as a list shows it."""

    service_request_id: str
    status: Status
    state: State
    service_code: str
    title: str | None
    lat: float
    long: float
    requested_datetime: datetime
    tracking_url: str


def tracking_url(site_url: str, service_request_id: str) -> str:
    """The address of the report's public page."""
    return f"{site_url}/reports/{service_request_id}"


def report_view(
    report: ServiceRequest,
    updates: Iterable[Update],
    *,
    services: Mapping[str, Service],
    site_url: str,
) -> ReportView:
    """The report with all of its timeline; a service no longer offered is named by its code."""
    service = services.get(report.service_code)
    return ReportView(
        service_request_id=report.service_request_id,
        status=status_of(report.state),
        state=report.state,
        service_code=report.service_code,
        service_name=service.service_name if service else report.service_code,
        title=report.title,
        description=report.description,
        lat=report.lat,
        long=report.long,
        address=report.address,
        requested_datetime=report.requested_datetime,
        updated_datetime=report.updated_datetime,
        expected_datetime=report.expected_datetime,
        external_reference=report.external_reference,
        tracking_url=tracking_url(site_url, report.service_request_id),
        photos=(),
        updates=tuple(update_view(update) for update in updates),
        followers=report.followers,
        version=report.version,
    )


def update_view(update: Update) -> UpdateView:
    return UpdateView(
        update_id=update.update_id,
        state=update.state,
        text=update.text,
        datetime=update.datetime,
        by=update.by,
    )


def summary_view(summary: Summary, site_url: str) -> SummaryView:
    return SummaryView(
        service_request_id=summary.service_request_id,
        status=status_of(summary.state),
        state=summary.state,
        service_code=summary.service_code,
        title=summary.title,
        lat=summary.lat,
        long=summary.long,
        requested_datetime=summary.requested_datetime,
        tracking_url=tracking_url(site_url, summary.service_request_id),
    )
