"""An officer changes a report: its state, place, service and visibility, or what it duplicates."""

from typing import Any, NamedTuple

from msgspec.structs import replace

from chalicelib.errors import Conflict, Invalid
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.reports.drafts import ReportChanges
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Question
from chalicelib.reports.ports import Ports
from chalicelib.reports.published import Visibility
from chalicelib.reports.usecases.access import (
    Author,
    get_report,
    get_visible_report,
    is_private_service,
    limit_to_service,
    refuse_if_withdrawn,
    require_team_access,
    save,
    update_report,
)
from chalicelib.reports.usecases.attention import settle_needs
from chalicelib.reports.usecases.held_updates import decide_held_updates
from chalicelib.reports.usecases.location import (
    complete_address,
    move_report,
    refuse_other_place,
    refuse_place,
    refuse_service_of_other_body,
    refuse_unplaced,
)
from chalicelib.reports.usecases.reading import read_timeline
from chalicelib.reports.usecases.reviews import apply_review_date
from chalicelib.reports.usecases.staff.merging import (
    add_reply,
    complete_merge,
    find_merge_target,
    move_to_state,
)
from chalicelib.reports.usecases.staff.officer_changes import record_officer_change
from chalicelib.reports.usecases.target_dates import apply_new_date, new_date_text
from chalicelib.reports.usecases.triage import apply_officer_choices, apply_rules

VISIBLE_FIELDS = (
    *("service_code", "expected_datetime", "visibility"),
    *("lat", "long", "photos", "redactions"),
)
"""The fields that an officer can change and others can see, besides the timeline."""


class PlannedChange(NamedTuple):
    """A change before it is stored: the report as it is and as it will be. `merges`: the report
    will be the duplicate of another one."""

    before: ServiceRequest
    after: ServiceRequest
    changes: ReportChanges
    merges: bool


def change_report(
    service_request_id: str,
    changes: ReportChanges,
    version: int,
    author: Author,
    ports: Ports,
    *,
    reply: str | None = None,
) -> ServiceRequest:
    """Changes a report that still has this version; `reply` goes into its timeline.

    Raises NotFound, Forbidden (beyond the officer's remit), Invalid, Conflict (another version; the
    error carries the present one).
    """
    return carry_out_change(
        plan_change(service_request_id, changes, version, author, ports, reply=reply), ports
    )


def plan_change(
    service_request_id: str,
    changes: ReportChanges,
    version: int,
    author: Author,
    ports: Ports,
    *,
    reply: str | None = None,
    change_id: str | None = None,
) -> PlannedChange:
    """Plans a change without saving it. A repeat finds the change by its `change_id`. Raises as
    `change_report` does."""
    report = get_visible_report(service_request_id, author, ports)
    require_team_access(report, author)
    if report.version != version:
        raise stale_error(report)
    refuse_if_withdrawn(report)
    refuse_place(report, changes)
    survivor = find_merge_target(report, changes, author, ports)
    after = _apply_fields(report, changes, ports)
    if survivor:
        merged_into = survivor.service_request_id
        after = replace(move_to_state(after, "duplicate", ports), duplicate_of=merged_into)
    if words := _timeline_text(changes, reply):
        after = add_reply(after, words, ports)
    after = settle_needs(after, changes, words, ports)
    return PlannedChange(
        report,
        record_officer_change(report, after, change_id, ports),
        changes,
        survivor is not None,
    )


def _apply_fields(report: ServiceRequest, changes: ReportChanges, ports: Ports) -> ServiceRequest:
    """The report with the changed fields, and with a new time if others than officers see it."""
    after = report
    for apply in (
        _classify,
        apply_place,
        apply_new_date,
        _apply_state,
        apply_review_date,
        redact,
        _apply_visibility,
        decide_held_updates,
    ):
        after = apply(after, changes, ports)
    if _is_visible_change(after, report):
        return after.with_updated_datetime(ports.now())
    return after


def _timeline_text(changes: ReportChanges, reply: str | None) -> str | None:
    """The text that the change adds to the timeline: the new date with its reason, and the
    reply."""
    new = changes.new_date
    words = new_date_text(new.day, new.reason) if new else None
    return "\n\n".join(filter(None, (words, reply))) or None


def carry_out_change(plan: PlannedChange, ports: Ports) -> ServiceRequest:
    """Saves the planned change and returns the report. Raises Conflict if somebody else has saved
    the report since."""
    saved = _redact_archived(save_or_refuse(plan.after, ports), plan.changes, ports)
    return complete_merge(saved, ports) if plan.merges else saved


def _is_visible_change(after: ServiceRequest, before: ServiceRequest) -> bool:
    """True if the change is visible to other people than officers."""
    return any(getattr(after, name) != getattr(before, name) for name in VISIBLE_FIELDS)


def save_or_refuse(report: ServiceRequest, ports: Ports) -> ServiceRequest:
    """Stores the report in place of its version and returns it. Raises Conflict."""
    try:
        return save(report, ports)
    except VersionConflict as error:
        # If only the reply was lost, the stored report equals the one to store.
        present = get_report(report.service_request_id, ports)
        if replace(present, version=report.version) == report.split_timeline()[0]:
            return present
        raise stale_error(present) from error


def _classify(report: ServiceRequest, changes: ReportChanges, ports: Ports) -> ServiceRequest:
    report = apply_officer_choices(report, changes, ports)
    if changes.service_code in (None, report.service_code):
        return apply_rules(report, ports) if changes.priority else report
    if changes.service_code not in ports.council.by_code:
        known = ", ".join(ports.council.by_code)
        raise Invalid.field("service_code", f"is not a service here; choose one of: {known}")
    refuse_other_place(report, changes.service_code, ports)
    if changes.point is None:
        refuse_service_of_other_body(report, changes.service_code, ports)
    moved_there = replace(
        report,
        service_code=changes.service_code,
        visibility=_visibility_under(changes.service_code, report, ports),
    )
    return apply_rules(moved_there, ports)


def _visibility_under(service_code: str, report: ServiceRequest, ports: Ports) -> Visibility:
    """The visibility of the report under the new service. A report never becomes public because it
    moves to another service. A held report waits if the new service is moderated. A public report
    stays public there, because an officer looks at it."""
    if report.visibility == "hidden":
        return "hidden"
    if is_private_service(service_code, ports):
        return "private"
    if report.visibility == "held":
        return limit_to_service("held", service_code, ports)
    return "waiting" if report.visibility == "private" else report.visibility


def apply_place(report: ServiceRequest, changes: ReportChanges, ports: Ports) -> ServiceRequest:
    if changes.lat is None and changes.long is None:
        return report
    point = changes.point
    if point is None:
        raise Invalid.field("lat", "give lat and long together")
    return apply_rules(move_report(report, point, ports), ports)


def _apply_state(report: ServiceRequest, changes: ReportChanges, ports: Ports) -> ServiceRequest:
    return move_to_state(report, changes.state, ports) if changes.state else report


def redact(report: ServiceRequest, changes: ReportChanges, ports: Ports) -> ServiceRequest:
    texts = changes.updates or {}
    known = {update.update_id for update in read_timeline(report, ports)} if texts else set()
    if unknown := sorted(set(texts) - known):
        raise Invalid.field(f"updates.{unknown[0]}", "is not an update of this report")
    updates = [replace(u, text=texts.get(u.update_id, u.text)) for u in report.updates]
    address = complete_address(changes.address, report.address, report.point, ports)
    new = {"title": changes.title, "description": changes.description, "address": address}
    values = {name: value for name, value in new.items() if value} | _cleared_fields(changes)
    after = replace(
        report,
        redactions=report.redactions + bool(texts or values),
        updates=tuple(updates),
        questions=_redact_answers(report, changes),
        flags=() if changes.flags_settled else report.flags,
        **values,
    )
    if "address" in (changes.clear or ()):
        refuse_unplaced(after)
    return after


def _redact_answers(report: ServiceRequest, changes: ReportChanges) -> tuple[Question, ...]:
    texts = changes.questions or {}
    answered = {each.question_id for each in report.questions if each.answer is not None}
    if unknown := sorted(set(texts) - answered):
        raise Invalid.field(f"questions.{unknown[0]}", "is not an answered question")
    return tuple(
        replace(each, answer=texts.get(each.question_id, each.answer)) for each in report.questions
    )


def _cleared_fields(changes: ReportChanges) -> dict[str, Any]:
    cleared: dict[str, Any] = {
        name: {} if name == "attributes" else None for name in changes.clear or ()
    }
    return cleared | ({"email_key": None, "phone_key": None} if "contact" in cleared else {})


def _redact_archived(
    report: ServiceRequest, changes: ReportChanges, ports: Ports
) -> ServiceRequest:
    """Redacts the archived updates, including any that a delayed request archived since. Saves the
    report again, so that what was published meanwhile is published again."""
    texts = changes.updates or {}
    outside = ports.repository.list_archived_updates(report.service_request_id) if texts else ()
    redacted = [replace(u, text=texts[u.update_id]) for u in outside if u.update_id in texts]
    for update in redacted:
        ports.repository.rewrite_archived_update(
            report.service_request_id, update, version=report.version
        )
    if not redacted:
        return report

    def count_redaction(present: ServiceRequest) -> ServiceRequest:
        return replace(present, redactions=present.redactions + 1)

    return update_report(
        lambda: get_report(report.service_request_id, ports), count_redaction, ports
    )


def _apply_visibility(
    report: ServiceRequest, changes: ReportChanges, ports: Ports
) -> ServiceRequest:
    wanted = changes.photos or {}
    if unknown := sorted(set(wanted) - {photo.photo_id for photo in report.photos}):
        raise Invalid.field(f"photos.{unknown[0]}", "is not a photo of this report")
    photos = [replace(p, state=wanted.get(p.photo_id, p.state)) for p in report.photos]
    redacted = "hidden" in wanted.values()
    report = replace(report, photos=tuple(photos), redactions=report.redactions + redacted)
    if changes.visibility is None or changes.visibility == report.visibility:
        return report
    if changes.visibility == "public" and (reason := _why_not_public(report, ports)):
        raise Invalid.field("visibility", reason)
    return report.with_visibility(changes.visibility, ports.now())


def _why_not_public(report: ServiceRequest, ports: Ports) -> str | None:
    service = ports.council.by_code.get(report.service_code)
    if service is None or service.visibility == "private":
        return "reports of this service are never public; send private or hidden"
    return None if report.point else "find the location first: also send lat and long"


def stale_error(report: ServiceRequest) -> Conflict:
    return Conflict(
        f"The report has changed since you read it (version {report.version}). Reload it and try "
        "again.",
        version=report.version,
    )
