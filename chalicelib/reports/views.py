"""Views of a report: the API's answer and the published document have the same shape.

ReportView has no personal data, so no personal data can be published through it. FullView has the
rest, and is only for officers.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

import msgspec

from chalicelib.catalogue.decisions import Opens, Priority, Reason
from chalicelib.kernel.fields import copy_fields
from chalicelib.kernel.languages import ENGLISH, Language
from chalicelib.kernel.site import Site
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.order_views import CaseOrderView, case_order_view
from chalicelib.reports.parts import (
    Channel,
    Contact,
    ContactKind,
    FlagReason,
    ManualChoice,
    MissedCollection,
    Note,
    Photo,
    PhotoState,
    Update,
)
from chalicelib.reports.ports import ContactPreferences, Ports
from chalicelib.reports.published import PhotoView, ReportView, UpdateView, Visibility, Writer
from chalicelib.reports.queries import ReportSummary
from chalicelib.reports.states import State, Status, status_of

Pairs = Collection[tuple[str, str]]


class KeptPhotoView(PhotoView, frozen=True, kw_only=True):
    """A photo, shown or not, at addresses that are valid for some minutes."""

    state: PhotoState
    update_id: str | None


class FlagView(msgspec.Struct, frozen=True, kw_only=True):
    """A flag as officers see it, without its sender."""

    flag_id: str
    reason: FlagReason
    text: str
    datetime: datetime


class HeldUpdateView(msgspec.Struct, frozen=True, kw_only=True):
    """An update of another system that waits for an officer; `requested_state` is the state that it
    says the report has."""

    update_id: str
    datetime: datetime
    text: str
    by: Writer
    requested_state: State | None


class FullView(ReportView, frozen=True, kw_only=True):
    """A whole report, for officers. `held_updates` wait for an officer. `all_photos` includes the
    photos that are not shown. `language` and `reach_by` are the preferences of the sender's
    account, if the sender was signed in, or else the language in which the report was sent.
    `review_on` is when officers look again at what was granted. `said_fixed` and `said_not_fixed`
    count the answers to the question whether the problem is mended. `because` has the reasons for
    what rules decided, and `decided_by_hand` names what an officer chose."""

    team: str
    priority: Priority
    opens: Opens
    because: tuple[Reason, ...]
    decided_by_hand: tuple[ManualChoice, ...]
    premises_id: str | None
    review_on: date | None
    collection: MissedCollection | None
    order: CaseOrderView | None
    attributes: Mapping[str, tuple[str, ...]]
    contact: Contact | None
    language: str | None
    reach_by: ContactKind | None
    anonymous: bool
    channel: Channel
    publish_at: datetime | None
    flags: tuple[FlagView, ...]
    failed_repairs: int
    said_fixed: int
    said_not_fixed: int
    held_updates: tuple[HeldUpdateView, ...]
    all_photos: tuple[KeptPhotoView, ...]
    notes: tuple[Note, ...]


class Withdrawn(msgspec.Struct, frozen=True, kw_only=True):
    """A report after its reporter withdrew it."""

    service_request_id: str
    state: State
    visibility: Visibility


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


class NearView(SummaryView, frozen=True, kw_only=True):
    """A report and its distance from the location, in metres."""

    distance_m: float


def public_page(site_url: str, service_request_id: str) -> str:
    """The address of the report's public page."""
    return f"{site_url}/reports/{service_request_id}"


def tracking_url(report: ServiceRequest, ports: Ports, language: Language = ENGLISH) -> str:
    """The address where the reporter follows the report in a language: its public page, or a link
    that only the reporter has."""
    if report.visibility == "public":
        return Site(ports.site_url, language).page(public_page("", report.service_request_id))
    return _private_page(report, "", ports, language)


def status_url(report: ServiceRequest, ports: Ports, language: Language = ENGLISH) -> str:
    """The address where a follower of somebody else's report sees its state: the public page, or a
    link that shows the state only."""
    if report.visibility == "public":
        return tracking_url(report, ports, language)
    request_id, site = report.service_request_id, Site(ports.site_url, language)
    token = ports.ids.follow_token(request_id)
    return site.page(f"/forms/reports/{request_id}/status?token={token}")


def case_url(report: ServiceRequest, ports: Ports) -> str:
    """The address of the report for officers: the public page, or the case at the desk, where the
    officer signs in."""
    if report.visibility == "public":
        return tracking_url(report, ports)
    return f"{ports.site_url}/desk/case/?id={report.service_request_id}"


def payment_url(report: ServiceRequest, ports: Ports, language: Language = ENGLISH) -> str:
    """The address of the page on which the order of a report is paid, with a link that only the
    reporter has."""
    return _private_page(report, "/payment", ports, language)


def receipt_url(report: ServiceRequest, ports: Ports, language: Language = ENGLISH) -> str:
    """The address of the receipt of a report's order, with a link that only the reporter has."""
    return _private_page(report, "/receipt", ports, language)


def _private_page(report: ServiceRequest, page: str, ports: Ports, language: Language) -> str:
    request_id, site = report.service_request_id, Site(ports.site_url, language)
    token = ports.ids.link_token(request_id)
    return site.page(f"/forms/reports/{request_id}{page}?token={token}")


def photo_pairs(report: ServiceRequest) -> Iterator[tuple[str, str]]:
    """Every photo that the report shows, as (service_request_id, photo_id)."""
    for photo in report.photos:
        if photo.state == "shown":
            yield report.service_request_id, photo.photo_id


def report_view(
    report: ServiceRequest, updates: Iterable[Update], ready: Pairs, ports: Ports
) -> ReportView:
    """The report with all of its timeline; a service no longer offered is named by its code.
    `ready` are the photos that can be shown."""
    return copy_fields(ReportView, report, **_derived_values(report, updates, ready, ports))


def full_view(
    report: ServiceRequest,
    updates: Iterable[Update],
    notes: Iterable[Note],
    ready: Pairs,
    ports: Ports,
) -> FullView:
    """The report with everything that only officers may see."""
    wishes = ports.preferences_of(report.reporter) if report.reporter else ContactPreferences()
    return copy_fields(
        FullView,
        report,
        **(
            _derived_values(report, updates, ready, ports)
            | {"tracking_url": case_url(report, ports)}
        ),
        language=wishes.language or report.language,
        reach_by=wishes.reach_by,
        flags=tuple(copy_fields(FlagView, flag) for flag in report.flags),
        order=case_order_view(report.order),
        held_updates=tuple(copy_fields(HeldUpdateView, each) for each in report.waiting_updates),
        all_photos=tuple(_kept_photo(report, photo, ports) for photo in report.photos),
        notes=tuple(notes),
    )


def _derived_values(
    report: ServiceRequest, updates: Iterable[Update], ready: Pairs, ports: Ports
) -> dict[str, Any]:
    """The public values that the report does not hold as they are shown."""
    service = ports.council.by_code.get(report.service_code)
    return {
        "status": status_of(report.state),
        "service_name": service.service_name if service else report.service_code,
        "tracking_url": tracking_url(report, ports),
        "photos": _photos(report, None, ready, ports),
        "updates": tuple(update_view(update, report, ready, ports) for update in updates),
    }


def update_view(update: Update, report: ServiceRequest, ready: Pairs, ports: Ports) -> UpdateView:
    return copy_fields(UpdateView, update, photos=_photos(report, update.update_id, ready, ports))


def summary_view(summary: ReportSummary, site_url: str) -> SummaryView:
    return copy_fields(SummaryView, summary, **_summary_values(summary, site_url))


def near_view(summary: ReportSummary, distance_m: float, site_url: str) -> NearView:
    made = _summary_values(summary, site_url)
    return copy_fields(NearView, summary, **made, distance_m=round(distance_m, 1))


def _summary_values(summary: ReportSummary, site_url: str) -> dict[str, str]:
    page = public_page(site_url, summary.service_request_id)
    return {"status": status_of(summary.state), "tracking_url": page}


def _photos(
    report: ServiceRequest, update_id: str | None, ready: Pairs, ports: Ports
) -> tuple[PhotoView, ...]:
    request_id = report.service_request_id
    return tuple(
        PhotoView(
            photo_id=photo_id,
            url=photo_address(report, photo_id, "page", ports),
            thumbnail_url=photo_address(report, photo_id, "thumbnail", ports),
        )
        for photo_id in report.photos_of(update_id)
        if (request_id, photo_id) in ready
    )


def _kept_photo(report: ServiceRequest, photo: Photo, ports: Ports) -> KeptPhotoView:
    def address(size: str) -> str:
        return ports.photos.private_address(report.service_request_id, photo.photo_id, size)

    urls = {"url": address("page"), "thumbnail_url": address("thumbnail")}
    return copy_fields(KeptPhotoView, photo, **urls)


def photo_address(report: ServiceRequest, photo_id: str, size: str, ports: Ports) -> str:
    """The address of a photo: of its published file if the report is public."""
    if report.visibility != "public":
        return ports.photos.private_address(report.service_request_id, photo_id, size)
    return f"{ports.site_url}/photos/{report.service_request_id}/{photo_id}/{size}.jpg"
