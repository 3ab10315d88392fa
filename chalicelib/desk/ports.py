"""The dependencies of the officers' desk."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from chalicelib.catalogue.model import Council
from chalicelib.desk.model import CaseJob, Template, Undo, View
from chalicelib.kernel.audit_entry import Action, Entry


class DeskStore(Protocol):
    """The store of officers' templates, views and undo data. Reads are consistent. Every method
    raises UpstreamFailed."""

    def add_template(self, template: Template) -> Template:
        """Stores the template as version 1, unless one with its id is stored. Returns the stored
        one."""

    def save_template(self, template: Template) -> Template:
        """Replaces the stored template if it has `template.version`. Raises VersionConflict."""

    def remove_template(self, template: Template) -> None:
        """Deletes the template if it has `template.version`. Raises VersionConflict."""

    def find_template(self, template_id: str) -> Template | None:
        """The template with that id; None if none is stored."""

    def list_templates(self) -> Sequence[Template]:
        """All reply templates."""

    def add_view(self, view: View) -> View:
        """Stores the view, unless one with its id is stored. Returns the stored one."""

    def list_views(self, account_id: str) -> Sequence[View]:
        """All views that an account saved."""

    def remove_view(self, account_id: str, view_id: str) -> None:
        """Deletes the view; does nothing if it is gone."""

    def add_undo(self, undo: Undo) -> Undo:
        """Stores the data to undo a change, for a day, unless data with its id is stored. Returns
        the stored data."""

    def find_undo(self, undo_id: str) -> Undo | None:
        """The data to undo a change; the time to undo it may be over."""


class Ports(Struct, frozen=True):
    """The dependencies of the use cases. `jobs_of` reads the jobs of a report, oldest first
    (consistent reads). `record_action` records an action in the audit log before it is done, and
    `audit_entries` reads the entries about a report, newest first. `names` gives the names of staff
    for account ids, as far as they are known. Each raises UpstreamFailed. `random_id` makes 128
    random bits."""

    store: DeskStore
    jobs_of: Callable[[str], Sequence[CaseJob]]
    council: Council
    record_action: Callable[[str, Action, str, str], None]
    audit_entries: Callable[[str], Sequence[Entry]]
    names: Callable[[Collection[str]], Mapping[str, str]]
    random_id: Callable[[], str]
    now: Callable[[], datetime]
