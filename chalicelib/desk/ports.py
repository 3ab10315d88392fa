"""What the desk needs from outside."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from chalicelib.catalogue.model import Council
from chalicelib.desk.model import CaseJob, Template, Undo, View

Noted = Literal[
    "templates.add", "templates.change", "templates.remove", "views.add", "views.remove"
]


class Templates(Protocol):
    """Where reply templates are kept. Every method raises UpstreamFailed."""

    def add(self, template: Template) -> Template:
        """Stores it, as version 1, unless there is one of that id. Answers the one that is
        stored."""

    def save(self, template: Template) -> Template:
        """Replaces the stored one if it has `template.version`. Raises VersionConflict."""

    def remove(self, template: Template) -> None:
        """Forgets it if it has `template.version`. Raises VersionConflict."""

    def get(self, template_id: str) -> Template | None:
        """The template as it is now (a consistent read)."""

    def all(self) -> Sequence[Template]:
        """Every one (a consistent read)."""


class Views(Protocol):
    """Where saved views are kept. Every method raises UpstreamFailed."""

    def put(self, view: View) -> View:
        """Stores it unless there is one of that id. Answers the one that is stored."""

    def of(self, account_id: str) -> Sequence[View]:
        """All of an account's (a consistent read)."""

    def remove(self, account_id: str, view_id: str) -> None:
        """Forgets it; nothing happens where it is gone."""


class Undos(Protocol):
    """Where it is kept for a day what could be put back. Every method raises UpstreamFailed."""

    def add(self, undo: Undo) -> Undo:
        """Keeps it unless there is one of that id. Answers the one that is kept."""

    def get(self, undo_id: str) -> Undo | None:
        """What could be put back (a consistent read); it may be over."""


class Entry(Protocol):
    """An entry of the audit log."""

    @property
    def at(self) -> datetime: ...
    @property
    def actor(self) -> str: ...
    @property
    def action(self) -> str: ...
    @property
    def details(self) -> str: ...


@dataclass(frozen=True)
class Ports:
    """Everything that the desk reaches outside for. `jobs_of` reads the jobs of a report, the first
    one first (consistent reads), and raises UpstreamFailed; `note` writes into the audit log that
    somebody is about to do something, `log` reads what was done to a report, the newest first;
    `names` says what staff call those accounts, as far
    as they are known; `random_id` makes 128 random bits."""

    templates: Templates
    views: Views
    undos: Undos
    jobs_of: Callable[[str], Sequence[CaseJob]]
    council: Council
    note: Callable[[str, Noted, str, str], None]
    log: Callable[[str], Sequence[Entry]]
    names: Callable[[Collection[str]], Mapping[str, str]]
    random_id: Callable[[], str]
    now: Callable[[], datetime]
