"""List, add, change and remove the reply templates that all officers share."""

from collections.abc import Iterator, Sequence

import msgspec
from msgspec.structs import replace

from chalicelib.desk.model import (
    MOST_TEMPLATES,
    Template,
    TemplateChanges,
    TemplateDraft,
    refuse_unknown_placeholders,
)
from chalicelib.desk.ports import Ports
from chalicelib.errors import Conflict, FieldError, Invalid, NotFound
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.time import truncate_to_second
from chalicelib.reports.states import STATES


def list_templates(ports: Ports) -> Sequence[Template]:
    """All reply templates, by name."""
    return sorted(
        ports.store.list_templates(), key=lambda each: (each.name.casefold(), each.template_id)
    )


def get_template(template_id: str, ports: Ports) -> Template:
    """The template with that id. Raises NotFound."""
    found = ports.store.find_template(template_id)
    if found is None:
        raise NotFound(f"There is no template {template_id}.")
    return found


def add_template(draft: TemplateDraft, key: str, actor: str, ports: Ports) -> Template:
    """Adds a template, once for each key. Raises Invalid, Conflict."""
    _validate(draft.text, draft.service_codes, draft.state, ports)
    template_id = derived_id("template", actor, key)
    known = [each.template_id for each in ports.store.list_templates()]
    if len(known) >= MOST_TEMPLATES and template_id not in known:
        raise Conflict(f"There are already {MOST_TEMPLATES} templates. Remove one first.")
    new = Template(
        template_id=template_id,
        name=draft.name,
        text=draft.text,
        service_codes=draft.service_codes,
        state=draft.state,
        author=actor,
        updated_at=truncate_to_second(ports.now()),
        fingerprint=derived_id("template", msgspec.json.encode(draft).decode()),
    )
    ports.record_action(actor, "templates.add", new.template_id, "")
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
    present = _get_at_version(template_id, version, ports)
    after = _with_changes(present, changes, actor, ports)
    _validate(after.text, after.service_codes, after.state, ports)
    ports.record_action(actor, "templates.change", template_id, "")
    try:
        return ports.store.save_template(after)
    except VersionConflict as error:
        stored = get_template(template_id, ports)
        # If only the reply was lost, the stored template is already the intended one.
        if replace(stored, version=version) == after:
            return stored
        raise _stale_version(stored) from error


def _with_changes(
    present: Template, changes: TemplateChanges, actor: str, ports: Ports
) -> Template:
    after = replace(
        present,
        name=changes.name or present.name,
        text=changes.text or present.text,
        service_codes=(
            present.service_codes if changes.service_codes is None else changes.service_codes
        ),
        state=changes.state or present.state,
        author=actor,
        updated_at=truncate_to_second(ports.now()),
    )
    cleared = changes.clear or ()
    return replace(
        after,
        service_codes=() if "service_codes" in cleared else after.service_codes,
        state=None if "state" in cleared else after.state,
    )


def remove_template(template_id: str, version: int, actor: str, ports: Ports) -> Template:
    """Removes a template that still has this version. Raises NotFound, Conflict."""
    present = _get_at_version(template_id, version, ports)
    ports.record_action(actor, "templates.remove", template_id, "")
    try:
        ports.store.remove_template(present)
    except VersionConflict as error:
        if stored := ports.store.find_template(template_id):
            raise _stale_version(stored) from error
    return present


def _get_at_version(template_id: str, version: int, ports: Ports) -> Template:
    stored = get_template(template_id, ports)
    if stored.version != version:
        raise _stale_version(stored)
    return stored


def _stale_version(present: Template) -> Conflict:
    return Conflict(
        f"The template has changed since you read it (version {present.version}). Reload it and "
        "try again.",
        version=present.version,
    )


def _validate(text: str, service_codes: Sequence[str], state: str | None, ports: Ports) -> None:
    refuse_unknown_placeholders(text)
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
