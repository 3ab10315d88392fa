"""What can be done with reports: one function a verb."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import msgspec

from chalicelib.errors import Conflict, Forbidden, Invalid, NotFound, UpstreamFailed
from chalicelib.geo.point import Box, Point
from chalicelib.reports.model import (
    Draft,
    Imported,
    ServiceRequest,
    Update,
    UpdateDraft,
    next_state,
    to_the_second,
)
from chalicelib.reports.ports import Exists, Filters, Page, Ports, Stale
from chalicelib.reports.views import ReportView, report_view, tracking_url

IMPORT_SCOPE = "import"
"""Keeps the references of another system apart from everybody's keys."""
ATTEMPTS = 10
"""How often an update is tried again when somebody else wrote in between."""


@dataclass(frozen=True)
class Author:
    """Who acts. `scope` keeps one caller's Idempotency-Keys apart from another's; `account` is
    None for somebody who is not signed in."""

    account: str | None = None
    is_staff: bool = False

    @property
    def scope(self) -> str:
        return f"account:{self.account}" if self.account else "anonymous"


def submit(draft: Draft, key: str, author: Author, ports: Ports) -> ServiceRequest:
    """Stores a report; the same draft under the same key gives the stored one, as it is now.

    Raises Invalid, Conflict (another draft under this key).
    """
    request_id = ports.ids.service_request_id(author.scope, key)
    fingerprint = ports.ids.fingerprint(_canonical(draft))
    try:
        _check_place_and_service(draft, ports)
        report = _new_report(draft, request_id, fingerprint, ports)
        return ports.repository.create(replace(report, reporter=author.account))
    except Exists:
        return _stored_already(request_id, fingerprint, ports)
    except Invalid:
        # A repeat still gets what it stored before the service or the bounds were changed.
        stored = ports.repository.get(request_id)
        if stored and stored.fingerprint == fingerprint:
            return stored
        raise


def take_over(imported: Imported, ports: Ports) -> bool:
    """Stores a report of another system under its reference; False if it is stored already.

    Raises Invalid, Conflict (stored with other values).
    """
    _check_place_and_service(imported.draft, ports)
    request_id = ports.ids.service_request_id(IMPORT_SCOPE, imported.external_reference)
    fingerprint = ports.ids.fingerprint(msgspec.json.encode(imported))
    report = replace(
        _new_report(imported.draft, request_id, fingerprint, ports),
        external_reference=imported.external_reference,
        state=imported.state,
        visibility=imported.visibility,
        requested_datetime=to_the_second(imported.requested_datetime),
        updated_datetime=to_the_second(imported.updated_datetime),
        expected_datetime=None,
    )
    try:
        ports.repository.create(report)
    except Exists:
        _stored_already(request_id, fingerprint, ports)
        return False
    return True


def add_update(
    service_request_id: str, draft: UpdateDraft, key: str, author: Author, ports: Ports
) -> Update:
    """Adds to a report's timeline; the same draft under the same key is added once.

    Raises NotFound, Forbidden (a state asked by somebody who is not staff), Invalid, Conflict.
    """
    if draft.state not in (None, "not_fixed") and not author.is_staff:
        raise Forbidden("Only the council's staff can set a state; a resident may send not_fixed.")
    update_id = ports.ids.update_id(author.scope, service_request_id, key)
    fingerprint = ports.ids.fingerprint(_canonical(draft))
    for _ in range(ATTEMPTS):
        report = _visible(service_request_id, author, ports)
        if earlier := _find(report, update_id, ports):
            return _same_update(earlier, fingerprint, ports, service_request_id)
        update = Update(
            update_id=update_id,
            datetime=to_the_second(ports.now()),
            state=next_state(report, draft.state),
            text=draft.text,
            by="council" if author.is_staff else "resident",
            fingerprint=fingerprint,
        )
        try:
            _append(update, report, ports)
        except Stale:
            continue
        return update
    raise UpstreamFailed("Many people are writing to this report just now; send it again.")


def view(service_request_id: str, author: Author, ports: Ports) -> ReportView:
    """The report as this caller may see it. Raises NotFound."""
    return public_shape(_visible(service_request_id, author, ports), ports)


def public_views(service_request_ids: Sequence[str], ports: Ports) -> dict[str, ReportView]:
    """Those of the reports that everybody may see, as they are now."""
    found = ports.repository.many(service_request_ids)
    return {
        report.service_request_id: public_shape(report, ports)
        for report in found.values()
        if report.visibility == "public"
    }


def public_shape(report: ServiceRequest, ports: Ports) -> ReportView:
    """The report with its whole timeline, archived updates too."""
    return report_view(
        report, _timeline(report, ports), services=ports.services, site_url=ports.site_url
    )


def list_in_box(box: Box, filters: Filters, *, limit: int, after: str | None, ports: Ports) -> Page:
    """Public reports in the part of the box that the council covers, in Z-order."""
    part = box.overlap(ports.bounds)
    if part is None:
        return Page((), None)
    return ports.repository.in_box(part, filters, limit=limit, after=after)


def every_id(ports: Ports) -> Iterator[str]:
    """The id of every stored report, public or not."""
    return ports.repository.ids()


def _check_place_and_service(draft: Draft, ports: Ports) -> None:
    """Raises Invalid where the council does not offer the service or does not cover the place."""
    if draft.service_code not in ports.services:
        known = ", ".join(ports.services)
        raise Invalid.field("service_code", f"is not offered here; choose one of: {known}")
    box = ports.bounds
    if not box.contains(Point(lat=draft.lat, long=draft.long)):
        raise Invalid.field(
            "lat" if not box.south <= draft.lat <= box.north else "long",
            f"the place is outside {ports.council_name}: choose one between latitude {box.south} "
            f"and {box.north}, longitude {box.west} and {box.east}",
        )


def _new_report(draft: Draft, request_id: str, fingerprint: str, ports: Ports) -> ServiceRequest:
    requested = to_the_second(ports.now())
    service = ports.services[draft.service_code]
    return ServiceRequest(
        service_request_id=request_id,
        fingerprint=fingerprint,
        service_code=draft.service_code,
        team=service.team,
        state="open",
        visibility="public",
        title=draft.title,
        description=draft.description,
        address=draft.address,
        asset_id=draft.asset_id,
        lat=draft.lat,
        long=draft.long,
        requested_datetime=requested,
        updated_datetime=requested,
        expected_datetime=service.due(requested),
        contact=draft.contact,
        anonymous=draft.anonymous,
    )


def _append(update: Update, report: ServiceRequest, ports: Ports) -> None:
    """Saves the report with the update. What no longer fits is archived before it is trimmed, so
    that nothing is lost in between. Raises Stale."""
    kept, oldest = report.with_update(update).trimmed()
    if oldest:
        ports.repository.archive(report.service_request_id, oldest, first=report.archived)
    ports.repository.save(kept)


def _stored_already(request_id: str, fingerprint: str, ports: Ports) -> ServiceRequest:
    stored = ports.repository.get(request_id)
    if stored is None:
        raise UpstreamFailed("The report could not be read back; send it again.")
    if stored.fingerprint != fingerprint:
        raise _other_body(request_id, ports)
    return stored


def _same_update(
    earlier: Update, fingerprint: str, ports: Ports, service_request_id: str
) -> Update:
    if earlier.fingerprint != fingerprint:
        raise _other_body(service_request_id, ports)
    return earlier


def _other_body(service_request_id: str, ports: Ports) -> Conflict:
    return Conflict(
        "Something else was stored under this Idempotency-Key. It is kept as it was; "
        "to send this as well, use a new key.",
        link=tracking_url(ports.site_url, service_request_id),
    )


def _canonical(draft: Draft | UpdateDraft) -> bytes:
    return msgspec.json.encode(draft, order="sorted")


def _visible(service_request_id: str, author: Author, ports: Ports) -> ServiceRequest:
    report = ports.repository.get(service_request_id)
    if report is None or not _may_see(report, author):
        raise NotFound(f"There is no report {service_request_id}.")
    return report


def _may_see(report: ServiceRequest, author: Author) -> bool:
    own = author.account is not None and report.reporter == author.account
    return report.visibility == "public" or author.is_staff or own


def _find(report: ServiceRequest, update_id: str, ports: Ports) -> Update | None:
    return next((u for u in _timeline(report, ports) if u.update_id == update_id), None)


def _timeline(report: ServiceRequest, ports: Ports) -> list[Update]:
    """All updates, oldest first: an archived one may still stand in the report as well."""
    archived: Sequence[Update] = ()
    if report.archived:
        archived = ports.repository.archived(report.service_request_id)
    return list({update.update_id: update for update in [*archived, *report.updates]}.values())
