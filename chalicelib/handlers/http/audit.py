"""Writes staff reads and changes to the audit log before the data is shown or changed."""

from msgspec import Struct
from msgspec.structs import fields

from chalicelib.accounts import audit
from chalicelib.bootstrap.accounts import audit_ports
from chalicelib.handlers.http.identity import Caller
from chalicelib.kernel.audit_entry import Action
from chalicelib.reports.drafts import ReportChanges
from chalicelib.reports.published import ReportView
from chalicelib.reports.views import FullView


def audit_view(view: ReportView, caller: Caller) -> None:
    """Records that a whole report is about to be shown if it is not public, or has non-public
    details. Raises UpstreamFailed."""
    if isinstance(view, FullView) and (view.visibility != "public" or _has_nonpublic_details(view)):
        record_action("reports.look", view.service_request_id, view.visibility, caller)


def record_change(service_request_id: str, changes: ReportChanges, caller: Caller) -> None:
    """Records that the caller is about to change a report: the changed fields, never their texts.
    Raises UpstreamFailed."""
    named = changed_fields(changes)
    if changes.visibility:
        named = named.replace("visibility", f"visibility={changes.visibility}")
    record_action("reports.change", service_request_id, named, caller)


def changed_fields(changes: Struct) -> str:
    """The names of the fields to be changed, by the names of a Struct."""
    given = (each.name for each in fields(changes) if getattr(changes, each.name) != each.default)
    return " ".join(sorted(given))


def record_action(action: Action, subject: str, details: str, caller: Caller) -> None:
    """Records an action that is about to be done; `details` contain nothing that was typed. Raises
    UpstreamFailed."""
    assert caller.account_id, "Who is not signed in does nothing that is written down."
    audit.record_action(caller.account_id, action, subject, details, audit_ports())


def _has_nonpublic_details(view: FullView) -> bool:
    unseen = any(photo.state != "shown" for photo in view.all_photos) or any(
        photo.seen_by != "everybody" for photo in getattr(view, "work_photos", ())
    )
    return unseen or any(
        (
            *(view.contact, view.reach_by, view.attributes, view.notes, view.flags),
            *(view.held_updates, getattr(view, "needs", ()), getattr(view, "questions", ())),
        )
    )
