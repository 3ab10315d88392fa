"""Records officers' changes in the report, so that a repeated request finds the change that it
made. Nobody is notified of a change while it can be undone, or after it was undone."""

from datetime import timedelta

from msgspec.structs import replace

from chalicelib.kernel.time import truncate_to_second
from chalicelib.reports.model import MOST_OFFICER_CHANGES, ServiceRequest
from chalicelib.reports.parts import OfficerChange
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.exchange.forwarding import may_be_passed_on

NOTIFIED_UNDO_WITHIN = timedelta(seconds=60)
"""How long an officer can undo a change of which people are notified."""
NOTIFY_AFTER = NOTIFIED_UNDO_WITHIN + timedelta(seconds=10)
"""How long nobody is notified of a change: as long as it can be undone, plus the time to save an
undo of the last second."""


def record_officer_change(
    before: ServiceRequest, after: ServiceRequest, change_id: str | None, ports: Ports
) -> ServiceRequest:
    """The report after a change by an officer, with the change added to `officer_changes`."""
    at = truncate_to_second(ports.now())
    name = change_id or ports.ids.update_id(
        "change", before.service_request_id, f"version {before.version}"
    )
    change = OfficerChange(
        change_id=name,
        version=before.version + 1,
        at=at,
        told_from=at + NOTIFY_AFTER if notifies_anybody(before, after) else None,
        shows=after.visibility == "public" and not before.was_ever_public,
    )
    kept = (*after.officer_changes, change)[-MOST_OFFICER_CHANGES:]
    return replace(after, officer_changes=kept)


def notifies_anybody(before: ServiceRequest, after: ServiceRequest) -> bool:
    """True if people outside the council are notified of the change: followers of the report or of
    a place, or the body that the report is passed on to."""
    said = {each.update_id for each in before.updates if each.text}
    replies = any(each.text and each.update_id not in said for each in after.updates)
    becomes_public = after.visibility == "public" != before.visibility
    asks = len(after.questions) > len(before.questions)
    moves = before.state != after.state or before.service_code != after.service_code
    passes_on = may_be_passed_on(after) and not may_be_passed_on(before)
    return replies or becomes_public or asks or moves or passes_on
