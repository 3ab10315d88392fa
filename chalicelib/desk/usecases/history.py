"""The actions of staff on a report, in plain words."""

from collections.abc import Mapping, Sequence

from chalicelib.desk.model import CaseEvent
from chalicelib.desk.ports import Ports
from chalicelib.kernel.audit_entry import Action, Entry
from chalicelib.kernel.money import format_pounds

ACTIONS: Mapping[Action, str] = {
    "reports.look": "Looked at it",
    "reports.assist": "Reported it for a resident",
    "reports.update": "Wrote an update",
    "cases.note": "Wrote a note",
    "cases.ask": "Asked the reporter a question",
    "cases.settle": "Stopped waiting for an answer",
    "cases.unmerge": "Unmerged it from another report",
    "cases.undo": "Undid a change",
    "cases.redact_photo": "Blacked out part of a photo",
    "payments.concession": "Granted the reduced price",
    "payments.take": "Recorded a receipt",
    "payments.waive": "Waived the payment",
    "bookings.move": "Moved the booking",
    "bookings.cancel": "Cancelled what was ordered",
    "bookings.no_show": "Noted that nobody came",
}
"""The plain words for log entries about a report, except changes and refunds."""
BY_DETAILS: Mapping[tuple[Action, str], str] = {
    ("payments.take", "telephone"): "Began to take a card on the telephone",
    ("bookings.no_show", "came=true"): "Noted that somebody came after all",
}
"""The words for an action whose details give it another meaning."""
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
    entries = ports.audit_entries(service_request_id)
    names = ports.names({each.actor for each in entries})
    return [
        CaseEvent(each.at, _describe_action(each), staff_name(each.actor, names))
        for each in entries
    ]


def staff_name(account_id: str, names: Mapping[str, str]) -> str:
    """The name that staff see for a colleague."""
    return names.get(account_id, "A former colleague")


def _describe_action(entry: Entry) -> str:
    """The action in plain words."""
    match entry.action:
        case "reports.change":
            fields = dict.fromkeys(_describe_field(each) for each in entry.details.split())
            return f"Changed {', '.join(fields)}" if fields else "Changed it"
        case "payments.refund":
            pence = int(entry.details.removesuffix(" pence"))
            return f"Asked to send {format_pounds(pence)} back to the card"
        case action:
            usual = ACTIONS.get(action, action)
            return BY_DETAILS.get((action, entry.details), usual)


def _describe_field(field: str) -> str:
    name, _, value = field.partition("=")
    return f"{FIELD_NAMES.get(name, name)} ({value})" if value else FIELD_NAMES.get(name, name)
