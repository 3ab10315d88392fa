"""A report and its updates as Open311 shows them.

Names and meanings are those of GeoReport v2 (wiki.open311.org/GeoReport_v2), and of its extension
for updates as FixMyStreet reads it. Everything is built from ReportView, so no personal data can
get through.
"""

from collections.abc import Mapping

from chalicelib.georeport.wire import Tree
from chalicelib.reports.published import PhotoView, ReportView, UpdateView
from chalicelib.reports.states import State

Wire = dict[str, Tree]


def wire_request(report: ReportView, *, agency: str) -> Wire:
    """The report as an entry of `service_requests`; `agency` is the council's name.

    Every key of GeoReport is always present: an unknown value is None, or empty text for the
    address. `title` comes from FixMyStreet, and is present only if the report has one.
    """
    return {
        "service_request_id": report.service_request_id,
        "status": report.status,
        "status_notes": _last_council_text(report),
        "service_name": report.service_name,
        "service_code": report.service_code,
        **({"title": report.title} if report.title else {}),
        "description": report.description,
        "agency_responsible": agency,
        "service_notice": None,
        "requested_datetime": report.requested_datetime,
        "updated_datetime": report.updated_datetime,
        "expected_datetime": report.expected_datetime,
        "address": report.address or "",
        "address_id": None,
        "zipcode": None,
        "lat": report.lat,
        "long": report.long,
        "media_url": _first_photo_url(report.photos),
    }


def extended_attributes_of(report: ReportView) -> Wire:
    """The values that Open311 has no field for, under the name that others use for such values.
    They are added to the report if a client asks for extensions."""
    attributes: Mapping[str, Tree] = {
        "state": report.state,
        "ward_code": report.ward_code,
        "external_reference": report.external_reference,
        "duplicate_of": report.duplicate_of,
        "followers": report.followers,
        "tracking_url": report.tracking_url,
        "media_urls": [photo.url for photo in report.photos],
    }
    return {"extended_attributes": attributes}


STATUS_OF_UPDATES: Mapping[State, str] = {"reopen": "open"}
"""FixMyStreet takes an update whose status is `open` as a reopening, and knows no `reopen`."""


def wire_update(update: UpdateView, report: ReportView) -> Wire:
    """The update as an entry of `service_request_updates`. `media_url` is always present: empty
    without a photo, and a list if there are several photos."""
    urls = [photo.url for photo in update.photos]
    return {
        "update_id": update.update_id,
        "service_request_id": report.service_request_id,
        "status": STATUS_OF_UPDATES.get(update.state, update.state),
        "updated_datetime": update.datetime,
        "description": update.text,
        "media_url": urls if len(urls) > 1 else "".join(urls),
    }


def _last_council_text(report: ReportView) -> str | None:
    """The council's last words about the report."""
    said = [update.text for update in report.updates if update.by == "council"]
    return said[-1] if said else None


def _first_photo_url(photos: tuple[PhotoView, ...]) -> str | None:
    return photos[0].url if photos else None
