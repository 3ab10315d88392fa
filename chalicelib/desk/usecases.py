"""Use cases of reply templates, saved views and undo data."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from urllib.parse import parse_qsl

import msgspec
from msgspec.structs import replace

from chalicelib.desk.model import (
    MOST_TEMPLATES,
    MOST_VIEWS,
    CaseEvent,
    Template,
    TemplateChanges,
    TemplateDraft,
    Undo,
    View,
    ViewDraft,
    refuse_unknown_fields,
)
from chalicelib.desk.ports import Ports
from chalicelib.errors import Conflict, FieldError, Invalid, NotFound
from chalicelib.kernel.audit_entry import Entry
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.time import to_the_second
from chalicelib.reports.states import STATES

FILTERS = frozenset(
    (
        *("state", "team", "service_code", "ward_code", "priority", "opens", "attention"),
        *("target", "waits", "q", "sort"),
    )
)
"""The query parameters that a view may have."""


ACTIONS: Mapping[str, str] = {
    "reports.look": "Looked at it",
    "reports.assist": "Reported it for a resident",
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


def templates(ports: Ports) -> Sequence[Template]:
    """All of them, by name."""
    return sorted(
        ports.store.templates(), key=lambda each: (each.name.casefold(), each.template_id)
    )


def template(template_id: str, ports: Ports) -> Template:
    """One of them. Raises NotFound."""
    found = ports.store.template(template_id)
    if found is None:
        raise NotFound(f"There is no template {template_id}.")
    return found


def add_template(draft: TemplateDraft, key: str, actor: str, ports: Ports) -> Template:
    """Adds a template; the same draft under the same key once. Raises Invalid, Conflict."""
    _refuse(draft.text, draft.service_codes, draft.state, ports)
    template_id = derived_id("template", actor, key)
    known = [each.template_id for each in ports.store.templates()]
    if len(known) >= MOST_TEMPLATES and template_id not in known:
        raise Conflict(f"There are already {MOST_TEMPLATES} templates. Remove one first.")
    new = Template(
        template_id=template_id,
        name=draft.name,
        text=draft.text,
        service_codes=draft.service_codes,
        state=draft.state,
        author=actor,
        updated_at=_now(ports),
        fingerprint=derived_id("template", msgspec.json.encode(draft).decode()),
    )
    ports.note(actor, "templates.add", new.template_id, "")
    stored = ports.store.add_template(new)
    if stored.fingerprint != new.fingerprint:
        raise Conflict(
            "Another template was created with this Idempotency-Key. To create this one, use a "
            "new key."
        )
    return stored


def change_template(
    template_id: str, changes: TemplateChanges, version: int, actor: str, ports: Ports
) -> Template:
    """Changes a template that still has this version. Raises NotFound, Invalid, Conflict."""
    present = _held(template_id, version, ports)
    cleared = changes.clear or ()
    after = replace(
        present,
        name=changes.name or present.name,
        text=changes.text or present.text,
        service_codes=_chosen(changes.service_codes, present.service_codes),
        state=changes.state or present.state,
        author=actor,
        updated_at=_now(ports),
    )
    after = replace(
        after,
        service_codes=() if "service_codes" in cleared else after.service_codes,
        state=None if "state" in cleared else after.state,
    )
    _refuse(after.text, after.service_codes, after.state, ports)
    ports.note(actor, "templates.change", template_id, "")
    try:
        return ports.store.save_template(after)
    except VersionConflict as error:
        stored = template(template_id, ports)
        # If only the reply was lost, the stored template is already the intended one.
        if replace(stored, version=version) == after:
            return stored
        raise _stale(stored) from error


def remove_template(template_id: str, version: int, actor: str, ports: Ports) -> Template:
    """Removes a template that still has this version. Raises NotFound, Conflict."""
    present = _held(template_id, version, ports)
    ports.note(actor, "templates.remove", template_id, "")
    try:
        ports.store.remove_template(present)
    except VersionConflict as error:
        if stored := ports.store.template(template_id):
            raise _stale(stored) from error
    return present


def views_of(account_id: str, ports: Ports) -> Sequence[View]:
    """The account's views, in the order in which they were saved."""
    return sorted(ports.store.views(account_id), key=lambda each: (each.saved_at, each.view_id))


def save_view(draft: ViewDraft, key: str, account_id: str, ports: Ports) -> View:
    """Saves a view of the queue; once for each key. Raises Invalid, Conflict."""
    unknown = [name for name, _ in parse_qsl(draft.query) if name not in FILTERS]
    if unknown:
        known = ", ".join(sorted(FILTERS))
        raise Invalid.field(
            "query", f"{unknown[0]} is not a filter of the queue; choose from: {known}"
        )
    view_id = derived_id("view", account_id, key)
    known_views = ports.store.views(account_id)
    if len(known_views) >= MOST_VIEWS and view_id not in {each.view_id for each in known_views}:
        raise Conflict(f"You already have {MOST_VIEWS} views. Remove one first.")
    new = View(
        view_id=view_id,
        account_id=account_id,
        name=draft.name,
        query=draft.query,
        saved_at=_now(ports),
    )
    ports.note(account_id, "views.add", view_id, "")
    stored = ports.store.add_view(new)
    if (stored.name, stored.query) != (new.name, new.query):
        raise Conflict(
            "Another view was created with this Idempotency-Key. To save this one, use a new key."
        )
    return stored


def remove_view(view_id: str, account_id: str, ports: Ports) -> View:
    """Deletes a view of the account. Raises NotFound."""
    found = next((each for each in ports.store.views(account_id) if each.view_id == view_id), None)
    if found is None:
        raise NotFound("You do not have this view.")
    ports.note(account_id, "views.remove", view_id, "")
    ports.store.remove_view(account_id, view_id)
    return found


def forget_views(account_id: str, ports: Ports) -> None:
    """Deletes everything that the account saved. Safe to repeat."""
    for view in ports.store.views(account_id):
        ports.store.remove_view(account_id, view.view_id)


def undo_id_of(account_id: str, of: str, key: str) -> str:
    """The id under which an officer can undo the change that was made with this key."""
    return derived_id("undo", account_id, of, key)


def refuse_another(undo_id: str, fingerprint: str, ports: Ports) -> None:
    """Raises Conflict if something else was changed under this id, UpstreamFailed."""
    known = ports.store.undo(undo_id)
    if known is not None and known.fingerprint != fingerprint:
        raise Conflict(
            "Something else was changed with this Idempotency-Key. To make this change, use a "
            "new key."
        )


def keep_for_undo(new: Undo, ports: Ports) -> Undo:
    """Stores the data to undo a change, for its officer; data already stored under that id stays.
    Raises UpstreamFailed."""
    return ports.store.add_undo(new)


def get_undo(undo_id: str, account_id: str, ports: Ports) -> Undo:
    """The data that the officer may still restore. Raises NotFound (also for another officer's),
    Conflict (too late)."""
    undo = ports.store.undo(undo_id)
    if undo is None or undo.account_id != account_id:
        raise NotFound("You have no change with this number to undo.")
    if ports.now() > undo.until:
        raise Conflict("You can no longer undo this. Change it back by hand.")
    return undo


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


def _held(template_id: str, version: int, ports: Ports) -> Template:
    stored = template(template_id, ports)
    if stored.version != version:
        raise _stale(stored)
    return stored


def _stale(present: Template) -> Conflict:
    return Conflict(
        f"The template has changed since you read it (version {present.version}). Reload it and "
        "try again.",
        version=present.version,
    )


def _refuse(text: str, service_codes: Sequence[str], state: str | None, ports: Ports) -> None:
    refuse_unknown_fields(text)
    if faults := list(_faults(service_codes, state, ports)):
        raise Invalid.fields(faults)


def _faults(service_codes: Sequence[str], state: str | None, ports: Ports) -> Iterator[FieldError]:
    known = ports.council.by_code
    if unknown := [each for each in service_codes if each not in known]:
        yield FieldError(
            "service_codes", f"{unknown[0]} is not a service here; choose from: {', '.join(known)}"
        )
    if state is not None and state not in STATES:
        yield FieldError("state", f"must be one of: {', '.join(sorted(STATES))}")


def _chosen(new: tuple[str, ...] | None, old: tuple[str, ...]) -> tuple[str, ...]:
    return old if new is None else new


def _now(ports: Ports) -> datetime:
    return to_the_second(ports.now())
