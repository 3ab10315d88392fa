"""An officer changes a report: its state, its place, what is public of it, what it belongs to."""

from dataclasses import replace

from chalicelib.errors import Conflict, Invalid
from chalicelib.reports.model import (
    Changes,
    ServiceRequest,
    Update,
    Visibility,
    next_state,
    to_the_second,
)
from chalicelib.reports.ports import Ports, Stale
from chalicelib.reports.reference import parse as parse_reference
from chalicelib.reports.states import State
from chalicelib.reports.usecases.access import Author, save, stored, visible
from chalicelib.reports.usecases.following import carry_followers, surviving


def change(
    service_request_id: str, changes: Changes, version: int, author: Author, ports: Ports
) -> ServiceRequest:
    """Changes a report that still has this version.

    Raises NotFound, Invalid, Conflict (another version; it carries the present one).
    """
    report = visible(service_request_id, author, ports)
    if report.version != version:
        raise _stale(report)
    survivor = _survivor(report, changes, ports)
    after = report
    for apply in (_classify, _place, _move, _redact, _show):
        after = apply(after, changes, ports)
    _redact_archived(report, changes, ports)
    if survivor:
        after = replace(_moved(after, "duplicate", ports), duplicate_of=survivor.service_request_id)
        carry_followers(report, survivor.service_request_id, ports)
    saved = _saved(replace(after, updated_datetime=to_the_second(ports.now())), ports)
    if survivor:
        # Whoever followed while this was being saved.
        carry_followers(saved, survivor.service_request_id, ports)
    return saved


def _saved(report: ServiceRequest, ports: Ports) -> ServiceRequest:
    """The report, stored in the place of its version. Raises Conflict."""
    try:
        return save(report, ports)
    except Stale as error:
        # Where only the reply was lost, what is stored is what was to be stored.
        present = stored(report.service_request_id, ports)
        if replace(present, version=report.version) == report.trimmed()[0]:
            return present
        raise _stale(present) from error


def _classify(report: ServiceRequest, changes: Changes, ports: Ports) -> ServiceRequest:
    report = replace(report, priority=changes.priority or report.priority)
    if changes.service_code in (None, report.service_code):
        return report
    if changes.service_code not in ports.council.by_code:
        known = ", ".join(ports.council.by_code)
        raise Invalid.field("service_code", f"is not offered here; choose one of: {known}")
    return replace(
        report,
        service_code=changes.service_code,
        team=ports.council.team_for(changes.service_code, report.point),
        expected_datetime=ports.council.due(changes.service_code, report.requested_datetime),
        visibility=_visibility_under(changes.service_code, report, ports),
    )


def _visibility_under(service_code: str, report: ServiceRequest, ports: Ports) -> Visibility:
    """A report never becomes public by being put under another service."""
    private = ports.council.by_code[service_code].visibility == "private"
    if report.visibility in ("hidden", "withdrawn"):
        return report.visibility
    if private:
        return "private"
    return "waiting" if report.visibility == "private" else report.visibility


def _place(report: ServiceRequest, changes: Changes, ports: Ports) -> ServiceRequest:
    if changes.lat is None and changes.long is None:
        return report
    point = changes.point
    if point is None:
        raise Invalid.field("lat", "give lat and long together")
    if not ports.council.box.contains(point):
        raise Invalid.field("lat", f"the place is outside {ports.council.name}")
    team = ports.council.team_for(report.service_code, point)
    return replace(report, lat=point.lat, long=point.long, team=team)


def _move(report: ServiceRequest, changes: Changes, ports: Ports) -> ServiceRequest:
    if changes.state is None or changes.state == report.state:
        return report
    return _moved(replace(report, duplicate_of=None), changes.state, ports)


def _moved(report: ServiceRequest, state: State, ports: Ports) -> ServiceRequest:
    """The report in its new state, and that in its timeline."""
    if report.state == state:
        return report
    key = f"version {report.version}"
    update_id = ports.ids.update_id("change", report.service_request_id, key)
    return report.with_update(
        Update(
            update_id=update_id,
            datetime=to_the_second(ports.now()),
            state=next_state(report, state),
            text="",
            by="council",
            fingerprint=update_id,
        )
    )


def _redact(report: ServiceRequest, changes: Changes, ports: Ports) -> ServiceRequest:
    texts = changes.updates or {}
    known = {update.update_id for update in report.updates}
    if report.archived:
        known |= {u.update_id for u in ports.repository.archived(report.service_request_id)}
    if unknown := sorted(set(texts) - known):
        raise Invalid.field(f"updates.{unknown[0]}", "is no update of this report")
    updates = [replace(u, text=texts.get(u.update_id, u.text)) for u in report.updates]
    redacted = bool(texts or changes.title or changes.description or changes.address)
    return replace(
        report,
        redactions=report.redactions + redacted,
        title=changes.title or report.title,
        description=changes.description or report.description,
        address=changes.address or report.address,
        updates=tuple(updates),
        flags=() if changes.flags_settled else report.flags,
    )


def _redact_archived(report: ServiceRequest, changes: Changes, ports: Ports) -> None:
    if not (changes.updates and report.archived):
        return
    for update in ports.repository.archived(report.service_request_id):
        if text := changes.updates.get(update.update_id):
            ports.repository.rewrite_archived(report.service_request_id, replace(update, text=text))


def _show(report: ServiceRequest, changes: Changes, ports: Ports) -> ServiceRequest:
    wanted = changes.photos or {}
    if unknown := sorted(set(wanted) - {photo.photo_id for photo in report.photos}):
        raise Invalid.field(f"photos.{unknown[0]}", "is no photo of this report")
    photos = [replace(p, state=wanted.get(p.photo_id, p.state)) for p in report.photos]
    redacted = "hidden" in wanted.values()
    report = replace(report, photos=tuple(photos), redactions=report.redactions + redacted)
    if changes.visibility is None or changes.visibility == report.visibility:
        return report
    if changes.visibility == "public" and (reason := _kept_from_the_public(report, ports)):
        raise Invalid.field("visibility", reason)
    return replace(report, visibility=changes.visibility, publish_at=None)


def _kept_from_the_public(report: ServiceRequest, ports: Ports) -> str | None:
    service = ports.council.by_code.get(report.service_code)
    if service is None or service.visibility == "private":
        return "reports of this service are never public"
    if report.visibility == "withdrawn":
        return "the reporter has withdrawn this report"
    return None if report.point else "find its place first: send lat and long too"


def _survivor(report: ServiceRequest, changes: Changes, ports: Ports) -> ServiceRequest | None:
    if changes.duplicate_of is None:
        return None
    into = ports.repository.get(parse_reference(changes.duplicate_of) or "")
    if into is None:
        raise Invalid.field("duplicate_of", "there is no such report")
    into = surviving(into, ports)
    if into.service_request_id == report.service_request_id:
        raise Invalid.field("duplicate_of", "a report cannot be a duplicate of itself")
    return into


def _stale(report: ServiceRequest) -> Conflict:
    return Conflict(
        f"The report has version {report.version} by now: read it again and decide anew.",
        version=report.version,
    )
