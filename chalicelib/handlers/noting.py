"""What staff look at and change stands in the audit log before it is shown or done."""

from dataclasses import fields
from typing import Any

from chalicelib import bootstrap
from chalicelib.accounts import audit
from chalicelib.handlers.callers import Caller
from chalicelib.reports.model import Changes
from chalicelib.reports.views import FullView, ReportView


def note_look(view: ReportView, caller: Caller) -> None:
    """Where all of a report is about to be shown that is not public, or says what the public is
    not told. Raises UpstreamFailed."""
    if isinstance(view, FullView) and (view.visibility != "public" or _says_more(view)):
        note("reports.look", view.service_request_id, view.visibility, caller)


def note_change(service_request_id: str, changes: Changes, caller: Caller) -> None:
    """That somebody is about to change a report: what of it, and never a text. Raises
    UpstreamFailed."""
    named = named_in(changes)
    if changes.visibility:
        named = named.replace("visibility", f"visibility={changes.visibility}")
    note("reports.change", service_request_id, named, caller)


def named_in(changes: Any) -> str:
    """What of something is to be changed, by the names of a dataclass."""
    given = (each.name for each in fields(changes) if getattr(changes, each.name) != each.default)
    return " ".join(sorted(given))


def note(action: audit.Action, subject: str, details: str, caller: Caller) -> None:
    """That somebody is about to do this; `details` hold nothing that was typed. Raises
    UpstreamFailed."""
    assert caller.account_id, "Who is not signed in does nothing that is written down."
    audit.note(caller.account_id, action, subject, details, bootstrap.audit_ports())


def _says_more(view: FullView) -> bool:
    unseen = any(photo.state != "shown" for photo in view.all_photos)
    return unseen or any(
        (view.contact, view.language, view.reach_by, view.attributes, view.notes, view.flags)
    )
