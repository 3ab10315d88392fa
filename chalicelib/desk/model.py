"""Officers' own data: shared reply templates, each officer's saved views of the queue, and for some
minutes the data to undo a change.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, NamedTuple

from msgspec import Meta, Struct

from chalicelib.errors import Invalid
from chalicelib.kernel.field_types import LINE, TEXT

UNDO_WITHIN = timedelta(minutes=5)
"""How long a change that notifies nobody outside can be undone."""
UNDO_KEPT_FOR = timedelta(days=1)
"""How long a repeat of the request is recognised."""
MOST_TEMPLATES = 200
MOST_VIEWS = 50
MOST_TEXT = 2000
"""The maximum length of an update, which a reply becomes."""
PLACEHOLDERS = ("reference", "service", "target", "place")
"""The placeholders of a template's text, which are filled in from the report."""
_BRACED = re.compile(r"\{([^{}]*)\}")

Name = Annotated[str, Meta(min_length=1, max_length=100), LINE]
Text = Annotated[str, Meta(min_length=1, max_length=MOST_TEXT), TEXT]
Codes = Annotated[tuple[Annotated[str, Meta(max_length=100)], ...], Meta(max_length=50)]
StateName = Annotated[str, Meta(max_length=40)]
Query = Annotated[str, Meta(max_length=500), LINE]


class TemplateDraft(Struct, frozen=True, kw_only=True):
    """A standard reply. Without service codes it is for all services; `state` is
    the state that a report usually gets with it."""

    name: Name
    text: Text
    service_codes: Codes = ()
    state: StateName | None = None


class TemplateChanges(Struct, frozen=True, kw_only=True):
    """Changes to a reply template; None leaves a field, `clear` names fields to empty."""

    name: Name | None = None
    text: Text | None = None
    service_codes: Codes | None = None
    state: StateName | None = None
    clear: list[Literal["service_codes", "state"]] | None = None


class Template(Struct, frozen=True, kw_only=True):
    """A reply template. `version` is 0 until it is stored; `author` is an account."""

    template_id: str
    name: str
    text: str
    service_codes: tuple[str, ...]
    state: str | None
    author: str
    updated_at: datetime
    fingerprint: str
    version: int = 0


class ViewDraft(Struct, frozen=True, kw_only=True):
    """A view of the queue: the query string of its address, such as team=highways&target=late."""

    name: Name
    query: Query = ""


class View(Struct, frozen=True, kw_only=True):
    """A view that an officer saved for their own use."""

    view_id: str
    account_id: str
    name: str
    query: str
    saved_at: datetime


class Undo(Struct, frozen=True, kw_only=True):
    """A change that an officer may undo within a time: for each report the values after the
    change and before it. `fingerprint` tells a repeat of the request from another one."""

    undo_id: str
    account_id: str
    made_at: datetime
    within: timedelta
    left: tuple[Mapping[str, Any], ...]
    fingerprint: str = ""

    @property
    def until(self) -> datetime:
        return self.made_at + self.within

    @property
    def expires_at(self) -> datetime:
        """When it is deleted."""
        return self.made_at + UNDO_KEPT_FOR


class CaseJob(NamedTuple):
    """A job of a case, in short."""

    job_id: str
    version: int
    kind: str
    state: str
    title: str
    team: str
    ward_code: str | None
    crew: str | None
    planned_day: date | None
    due: datetime | None
    updated_at: datetime


class CaseEvent(NamedTuple):
    """An action of staff on a case, in plain words; `by` is the name that staff use for its
    author."""

    at: datetime
    action: str
    by: str


def placeholders_in(text: str) -> list[str]:
    """The names in braces in a text."""
    return _BRACED.findall(text)


def fill_placeholders(text: str, values: Mapping[str, str]) -> str:
    """The text with the known names in braces filled in; unknown names stay unchanged."""
    return _BRACED.sub(lambda match: values.get(match[1], match[0]), text)


def refuse_unknown_placeholders(text: str) -> None:
    """Raises Invalid if a text has a placeholder that cannot be filled in."""
    unknown = [each for each in placeholders_in(text) if each not in PLACEHOLDERS]
    if unknown:
        known = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS)
        raise Invalid.field("text", f"{{{unknown[0]}}} cannot be filled in; choose from: {known}")
