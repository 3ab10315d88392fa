"""What is asked before something new is stored: of residents whether it comes too often, and staff
at work, whom no busy hour may stop, are written down instead."""

from functools import cache

from chalicelib import bootstrap
from chalicelib.accounts.audit import Action
from chalicelib.handlers import limits
from chalicelib.handlers.http import Call
from chalicelib.handlers.noting import note
from chalicelib.reports.model import Draft, UpdateDraft
from chalicelib.reports.usecases import Admit, MayWrite


def of_report(draft: Draft, key: str, call: Call) -> Admit | None:
    """A report: of staff only what they take for somebody else is work."""
    author = call.caller.author()
    if draft.channel == "online" or not author.staff_in:
        return limits.counting("report", call)
    request_id = bootstrap.reports_ports().ids.service_request_id(author.scope, key)
    return _noted("reports.assist", request_id, draft.channel, call)


def may_write(draft: Draft, call: Call) -> MayWrite | None:
    """Whether a report's contact may be written to: what staff type for somebody who rings is
    hers."""
    if draft.channel == "online" or not call.caller.author().staff_in:
        return limits.may_write(call, *limits.contact_addresses(draft.contact))
    return None


def of_update(service_request_id: str, draft: UpdateDraft, call: Call) -> Admit | None:
    """An update."""
    if not call.caller.author().staff_in:
        return limits.counting("update", call)
    details = f"state={draft.state}" if draft.state else ""
    return _noted("reports.update", service_request_id, details, call)


def _noted(action: Action, subject: str, details: str, call: Call) -> Admit:
    return cache(lambda: note(action, subject, details, call.caller))
