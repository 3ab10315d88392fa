"""The actions of staff on a report, in plain words."""

from collections.abc import Mapping, Sequence

from chalicelib.desk.model import CaseEvent
from chalicelib.desk.ports import Ports
from chalicelib.kernel.audit_entry import Entry

ACTIONS: Mapping[str, str] = {
    "reports.look": "Looked at it",
    "reports.assist": "Reported it for a resident",
    "payments.concession": "Granted the reduced price",
    "reports.update": "Wrote an update",
    "cases.note": "Wrote a note",
    "cases.ask": "Asked the reporter a question",
    "cases.settle": "Stopped waiting for an answer",
    "cases.unmerge": "Unmerged it from another report",
    "cases.undo": "Undid a change",
    "cases.redact_photo": "Blacked out part of a photo",
}
"""The plain words for log entries about a report, except changes."""
FIELD_NAMES: Mapping[str, str] = {
    "service_code": "the service",
    "expected_datetime": "the target",
    "new_date": "the promised date",
    "duplicate_of": "the report that it duplicates",
    "clear": "what was redacted",
    "flags_settled": "its flags",
    "needs_settled": "what it needed a look for",
    "contractor_text": "what a contractor wrote",
    "held_updates": "another system's waiting updates",
    "lat": "the place",
    "long": "the place",
    "text": "the reply",
    "template": "the reply",
    "updates": "texts of its timeline",
    "questions": "the answer",
    "photos": "which photos are shown",
    "visibility": "who can see it",
    **{name: f"the {name}" for name in ("state", "team", "priority", "title", "description")},
    "address": "the address",
}


def history_of(service_request_id: str, ports: Ports) -> Sequence[CaseEvent]:
    """The actions of staff on a report, newest first."""
    entries = ports.log(service_request_id)
    names = ports.names({each.actor for each in entries})
    return [CaseEvent(each.at, _what(each), called(each.actor, names)) for each in entries]


def called(account_id: str, names: Mapping[str, str]) -> str:
    """The name that staff use for a colleague."""
    return names.get(account_id, "A former colleague")


def _what(entry: Entry) -> str:
    """The action in plain words."""
    if entry.action != "reports.change":
        return ACTIONS.get(entry.action, entry.action)
    changed = dict.fromkeys(_named(each) for each in entry.details.split())
    return f"Changed {', '.join(changed)}" if changed else "Changed it"


def _named(field: str) -> str:
    name, _, value = field.partition("=")
    return f"{FIELD_NAMES.get(name, name)} ({value})" if value else FIELD_NAMES.get(name, name)
