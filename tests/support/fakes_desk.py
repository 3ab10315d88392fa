"""The desk slice's ports in memory, with the conditions that DynamoDB checks."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from msgspec.structs import replace

from chalicelib.desk.model import Template, Undo, View
from chalicelib.desk.ports import Ports
from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.audit_entry import Entry
from chalicelib.kernel.optimistic import VersionConflict
from tests.support.councils import council_named
from tests.support.fakes import Clock


@dataclass
class MemoryDesk:
    """Templates, views and undo data in dictionaries."""

    kept_templates: dict[str, Template] = field(default_factory=dict)
    kept_views: dict[str, dict[str, View]] = field(default_factory=lambda: defaultdict(dict))
    kept_undos: dict[str, Undo] = field(default_factory=dict)

    def add_template(self, template: Template) -> Template:
        return self.kept_templates.setdefault(template.template_id, replace(template, version=1))

    def save_template(self, template: Template) -> Template:
        self._check(template)
        after = replace(template, version=template.version + 1)
        self.kept_templates[template.template_id] = after
        return after

    def remove_template(self, template: Template) -> None:
        self._check(template)
        del self.kept_templates[template.template_id]

    def find_template(self, template_id: str) -> Template | None:
        return self.kept_templates.get(template_id)

    def list_templates(self) -> Sequence[Template]:
        return list(self.kept_templates.values())

    def add_view(self, view: View) -> View:
        return self.kept_views[view.account_id].setdefault(view.view_id, view)

    def list_views(self, account_id: str) -> Sequence[View]:
        return list(self.kept_views[account_id].values())

    def remove_view(self, account_id: str, view_id: str) -> None:
        self.kept_views[account_id].pop(view_id, None)

    def add_undo(self, undo: Undo) -> Undo:
        return self.kept_undos.setdefault(undo.undo_id, undo)

    def find_undo(self, undo_id: str) -> Undo | None:
        return self.kept_undos.get(undo_id)

    def _check(self, template: Template) -> None:
        present = self.kept_templates.get(template.template_id)
        if present is None or present.version != template.version:
            raise VersionConflict


@dataclass
class DeskWorld:
    """The whole slice in memory; `noted` are the entries of the audit log, which refuses entries
    while it is `down`."""

    clock: Clock = field(default_factory=Clock)
    store: MemoryDesk = field(default_factory=MemoryDesk)
    names: dict[str, str] = field(default_factory=dict)
    log: list[Entry] = field(default_factory=list)
    noted: list[tuple[str, str, str]] = field(default_factory=list)
    down: bool = False

    def ports(self) -> Ports:
        numbers = count(1)
        return Ports(
            store=self.store,
            jobs_of=lambda _: [],
            council=council_named("demo"),
            record_action=self._note,
            audit_entries=lambda subject: [each for each in self.log if each.subject == subject],
            names=lambda ids: {each: self.names[each] for each in ids if each in self.names},
            random_id=lambda: f"{next(numbers):032x}",
            now=self.clock,
        )

    def _note(self, actor: str, event: str, subject: str, details: str) -> None:
        if self.down:
            raise UpstreamFailed("Down.")
        self.noted.append((actor, event, details))
