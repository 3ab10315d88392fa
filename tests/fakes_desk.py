"""The desk slice's ports in memory, with the conditions that DynamoDB keeps."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from chalicelib.accounts.audit import Entry
from chalicelib.catalogue.load import load
from chalicelib.desk.model import Template, Undo, View
from chalicelib.desk.ports import Ports
from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.optimistic import VersionConflict
from tests.fakes import Clock


@dataclass
class MemoryTemplates:
    """Templates in a dictionary."""

    stored: dict[str, Template] = field(default_factory=dict)

    def add(self, template: Template) -> Template:
        return self.stored.setdefault(template.template_id, replace(template, version=1))

    def save(self, template: Template) -> Template:
        self._check(template)
        after = replace(template, version=template.version + 1)
        self.stored[template.template_id] = after
        return after

    def remove(self, template: Template) -> None:
        self._check(template)
        del self.stored[template.template_id]

    def get(self, template_id: str) -> Template | None:
        return self.stored.get(template_id)

    def all(self) -> Sequence[Template]:
        return list(self.stored.values())

    def _check(self, template: Template) -> None:
        present = self.stored.get(template.template_id)
        if present is None or present.version != template.version:
            raise VersionConflict


@dataclass
class MemoryViews:
    """Views in dictionaries."""

    stored: dict[str, dict[str, View]] = field(default_factory=lambda: defaultdict(dict))

    def put(self, view: View) -> View:
        return self.stored[view.account_id].setdefault(view.view_id, view)

    def of(self, account_id: str) -> Sequence[View]:
        return list(self.stored[account_id].values())

    def remove(self, account_id: str, view_id: str) -> None:
        self.stored[account_id].pop(view_id, None)


@dataclass
class MemoryUndos:
    """What can be put back, in a dictionary."""

    stored: dict[str, Undo] = field(default_factory=dict)

    def add(self, undo: Undo) -> Undo:
        return self.stored.setdefault(undo.undo_id, undo)

    def get(self, undo_id: str) -> Undo | None:
        return self.stored.get(undo_id)


@dataclass
class Desk:
    """The whole slice in memory; `noted` is what stands in the log, which takes nothing while it is
    `down`."""

    clock: Clock = field(default_factory=Clock)
    templates: MemoryTemplates = field(default_factory=MemoryTemplates)
    views: MemoryViews = field(default_factory=MemoryViews)
    undos: MemoryUndos = field(default_factory=MemoryUndos)
    names: dict[str, str] = field(default_factory=dict)
    log: list[Entry] = field(default_factory=list)
    noted: list[tuple[str, str, str]] = field(default_factory=list)
    down: bool = False

    def ports(self) -> Ports:
        numbers = count(1)
        return Ports(
            templates=self.templates,
            views=self.views,
            undos=self.undos,
            jobs_of=lambda _: [],
            council=load("demo"),
            note=self._note,
            log=lambda subject: [each for each in self.log if each.subject == subject],
            names=lambda ids: {each: self.names[each] for each in ids if each in self.names},
            random_id=lambda: f"{next(numbers):032x}",
            now=self.clock,
        )

    def _note(self, actor: str, event: str, subject: str, details: str) -> None:
        if self.down:
            raise UpstreamFailed("Down.")
        self.noted.append((actor, event, details))
