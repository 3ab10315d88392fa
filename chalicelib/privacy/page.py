"""Renders an export as a page: each store under its title, each attribute in the registry's words.

The page has all personal data, and other data only as far as it identifies an item. Digests and
numbers without meaning for a reader are only in the JSON.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct

from chalicelib.kernel.languages import Language, translatable
from chalicelib.kernel.money import format_pounds
from chalicelib.kernel.templating import environment
from chalicelib.privacy.export_exclusions import REASONS
from chalicelib.privacy.registry import load_registry

TEMPLATES = Path(__file__).parent / "templates"
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
UNREADABLE = frozenset(
    {
        "account.addresses.kind",
        "account.saved_places.label",
        "account.saved_places.long",
        "answer.person",
        "answer.record",
        "archived-update.entry.author",
        "author.person",
        "author.record",
        "follower.person",
        "follower.record",
        "report.email_key",
        "report.flags.sender",
        "report.long",
        "report.order.booking",
        "report.phone_key",
        "report.reporter",
        "report.updates.author",
    }
)
"""Personal, but without meaning for a reader, or repeated in another line."""
OTHER_LABELS: Mapping[str, str] = {
    "answer.service_request_id": translatable("Reference"),
    "archived-update.entry.datetime": translatable("When"),
    "archived-update.entry.by": translatable("Who wrote the update"),
    "archived-update.service_request_id": translatable("Reference"),
    "attempt.created_at": translatable("When you asked for the code"),
    "author.service_request_id": translatable("A report that you wrote on"),
    "follower.service_request_id": translatable("A report that you follow"),
    "note.datetime": translatable("When"),
    "note.service_request_id": translatable("Reference"),
    "pictures.page": translatable("Photo"),
    "pictures.service_request_id": translatable("Reference"),
    "report.anonymous": translatable("Sent anonymously"),
    "report.channel": translatable("How it reached us"),
    "report.closed_datetime": translatable("Closed"),
    "report.flags.reason": translatable("Reported as something that should not be public"),
    "report.order.booking.place.day": translatable("Your booking"),
    "report.requested_datetime": translatable("Reported"),
    "report.service_code": translatable("Kind of problem"),
    "report.service_request_id": translatable("Reference"),
    "report.state": translatable("Status"),
    "report.updates.by": translatable("Who wrote the update"),
    "report.updates.datetime": translatable("When"),
    "report.visibility": translatable("Who can see it"),
}
"""Not personal, but useful to a reader."""

Names = Mapping[str, Mapping[Any, str]]


class Line(NamedTuple):
    """A label, and its value or a link to it."""

    what: str
    says: str
    address: str | None = None


class ExportPages(Struct, frozen=True, kw_only=True, dict=True):
    """The pages of one council in a language, which its name, `names` and `questions` have, too.
    `names` are the display names of codes, by attribute;
    `questions` the words of a service's questions and their answers, by `<service>.<question>` and
    `<service>.<question>.<answer>`."""

    language: Language
    council: str
    zone: ZoneInfo
    names: Names
    questions: Mapping[str, str]

    def page(self, export: Mapping[str, Any]) -> str:
        """The page of an export."""
        titles = {store.store: store.title for store in load_registry().stores}
        sections = [
            (self.language.say(titles[store]), [list(self._lines(store, item)) for item in items])
            for store, items in export["records"].items()
            if items
        ]
        template = environment(TEMPLATES, self.language).get_template("export.html")
        made_at = self._format_value("made_at", export["made_at"])
        return template.render(
            council=self.council, export=export, made_at=made_at, sections=sections
        )

    def _lines(self, store: str, item: Mapping[str, Any], within: str = "") -> Iterator[Line]:
        for name, value in item.items():
            path = f"{within}{name}"
            if value in (None, "", [], {}):
                continue
            if path == "attributes":
                yield from self._answers(item["service_code"], value)
            elif name == "lat":
                yield from self._line(store, path, _format_place(item))
            elif name == "page":
                yield Line(
                    self._labels["pictures.page"],
                    self.language.say("See it (for 10 minutes)"),
                    value,
                )
            else:
                yield from self._parts(store, path, value)

    def _parts(self, store: str, path: str, value: Any) -> Iterator[Line]:
        """The lines of a value that may contain others."""
        inner = [value] if isinstance(value, Mapping) else value
        if isinstance(inner, list | tuple) and all(isinstance(each, Mapping) for each in inner):
            for each in inner:
                yield from self._lines(store, each, f"{path}.")
        else:
            yield from self._line(store, path, self._format_value(path, value))

    def _line(self, store: str, path: str, says: str) -> Iterator[Line]:
        if what := self._labels.get(f"{store}.{path}"):
            yield Line(what, says)

    def _answers(self, service_code: str, answers: Mapping[str, Iterable[str]]) -> Iterator[Line]:
        for code, given in answers.items():
            path = f"{service_code}.{code}"
            says = ", ".join(self.questions.get(f"{path}.{each}", each) for each in given)
            yield Line(self.questions.get(path, code), says)

    def _format_value(self, path: str, value: Any) -> str:
        if isinstance(value, bool):
            return self.language.say("Yes") if value else self.language.say("No")
        if isinstance(value, list | tuple):
            return ", ".join(self._format_value(path, each) for each in value)
        if path.endswith("_pence"):
            return format_pounds(value)
        code = str(value)
        return self._format_time(code) or self.names.get(path.rpartition(".")[2], {}).get(
            value, code
        )

    def _format_time(self, value: str) -> str | None:
        """A day or moment in words; None if it is neither, such as a text that looks like one."""
        try:
            if DAY.fullmatch(value):
                return self.language.day(date.fromisoformat(value))
            if not MOMENT.fullmatch(value):
                return None
            local = datetime.fromisoformat(value).astimezone(self.zone)
        except ValueError:
            return None
        return f"{local.day} {self.language.month(local)} {local:%Y, %H:%M}"

    @cached_property
    def _labels(self) -> Mapping[str, str]:
        return {path: self.language.say(what) for path, what in labels().items()}


def labels() -> Mapping[str, str]:
    """The registry's names of what the page shows, by store and attribute."""
    personal = {
        f"{row.store}.{row.attribute}": row.what
        for row in load_registry().rows
        if row.personal != "no"
    }
    shown = {path: what for path, what in personal.items() if path not in UNREADABLE}
    return {path: what for path, what in shown.items() if path.partition(".")[0] not in REASONS} | {
        **OTHER_LABELS
    }


def registry_texts() -> Iterator[str]:
    """The texts of the registry that the page shows."""
    exported = {path.partition(".")[0] for path in labels()}
    yield from labels().values()
    yield from (
        each.title for each in load_registry().stores if each.store in exported | set(REASONS)
    )


def _format_place(item: Mapping[str, Any]) -> str:
    label = f"{item['label']}: " if "label" in item else ""
    return f"{label}{item['lat']}, {item['long']}"
