"""What the desk needs from outside."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from chalicelib.catalogue.model import Council
from chalicelib.desk.model import CaseJob, Template, Undo, View
from chalicelib.kernel.audit_entry import Entry

Noted = Literal[
    "templates.add", "templates.change", "templates.remove", "views.add", "views.remove"
]


class DeskStore(Protocol):
    """The store of what officers keep at their desk. Reads are consistent. Every method raises
    UpstreamFailed."""

    def add_template(self, template: Template) -> Template:
        """Stores the template as version 1, unless one with its id is stored. Returns the stored
        one."""

    def save_template(self, template: Template) -> Template:
        """Replaces the stored template if it has `template.version`. Raises VersionConflict."""

    def remove_template(self, template: Template) -> None:
        """Deletes the template if it has `template.version`. Raises VersionConflict."""

    def template(self, template_id: str) -> Template | None:
        """The template as it is now."""

    def templates(self) -> Sequence[Template]:
        """All reply templates."""

    def add_view(self, view: View) -> View:
        """Stores the view, unless one with its id is stored. Returns the stored one."""

    def views(self, account_id: str) -> Sequence[View]:
        """All views that an account saved."""

    def remove_view(self, account_id: str, view_id: str) -> None:
        """Deletes the view; does nothing if it is gone."""

    def add_undo(self, undo: Undo) -> Undo:
        """Keeps for a day how to undo a change, unless that is kept. Returns what is kept."""

    def undo(self, undo_id: str) -> Undo | None:
        """How to undo a change; its time may be over."""


@dataclass(frozen=True)
class Ports:
    """Everything that the desk reaches outside for. `jobs_of` reads the jobs of a report, the first
    one first (consistent reads), and raises UpstreamFailed; `note` writes into the audit log that
    somebody is about to do something, `log` reads what was done to a report, the newest first;
    `names` says what staff call those accounts, as far
    as they are known; `random_id` makes 128 random bits."""

    store: DeskStore
    jobs_of: Callable[[str], Sequence[CaseJob]]
    council: Council
    note: Callable[[str, Noted, str, str], None]
    log: Callable[[str], Sequence[Entry]]
    names: Callable[[Collection[str]], Mapping[str, str]]
    random_id: Callable[[], str]
    now: Callable[[], datetime]
