"""The languages of residents' pages beside English: reads, checks and updates their catalogues
(ADR 50)."""

import io
import json
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from gettext import GNUTranslations
from pathlib import Path
from typing import Any

import click
from babel.dates import get_month_names
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po

from chalicelib.catalogue.model import Council
from chalicelib.errors import ConfigurationError
from chalicelib.kernel.languages import Language as SpokenLanguage
from chalicelib.kernel.translation import placeholders
from infra.error_texts import raised_messages
from infra.texts import (
    ROOT,
    Message,
    pages_messages,
    python_messages,
    registry_messages,
    scripts,
)

FOLDER = ROOT / "chalicelib" / "languages"
_IDLE_HEADER = re.compile(
    rb'"(Project-Id-Version|Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator'
    rb"|Language-Team|Generated-By):.*\n"
)
_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)
"""Stands in files of gettext, which would otherwise differ from run to run."""
_CONTEXT = "\4"


@dataclass(frozen=True)
class Language:
    """A language with its catalogue."""

    code: str
    catalogue: Catalog

    @property
    def name(self) -> str:
        """Its name in itself."""
        locale = self.catalogue.locale
        name: str | None = locale.get_display_name(locale) if locale else None
        if not name:
            raise ConfigurationError(f"{self.code}.po: the header `Language` names no language")
        return name[0].upper() + name[1:]

    @property
    def months(self) -> list[str]:
        """Its months, as in dates."""
        names = get_month_names("wide", "format", self.code)
        return [names[month] for month in range(1, 13)]

    @cached_property
    def forms(self) -> Mapping[str, tuple[str, ...]]:
        """The forms of each message, by its English text, or its file and its English text."""
        return {
            _key(each.context, each.id if isinstance(each.id, str) else each.id[0]): _strings(each)
            for each in self.catalogue
            if each.id and not each.fuzzy
        }

    def find(self, file: str, text: str) -> tuple[str, ...] | None:
        """The forms of a text; None if one of them is missing."""
        found = self.forms.get(_key(file, text)) or self.forms.get(text, ())
        return found if found and all(found) else None

    @cached_property
    def spoken(self) -> SpokenLanguage:
        """The object that renders pages in the language."""
        return SpokenLanguage(self.code, GNUTranslations(io.BytesIO(as_mo(self.catalogue))))


def languages() -> list[Language]:
    """All languages with a catalogue. Raises ConfigurationError if one cannot be read."""
    return [read_language(path) for path in sorted(FOLDER.glob("*.po"))]


def languages_of(council: Council) -> list[Language]:
    """The languages in which the council offers its pages: those of its `translations`. Raises
    ConfigurationError if one has no catalogue."""
    known = {each.code: each for each in languages()}
    if unknown := sorted(set(council.translations) - set(known)):
        raise ConfigurationError(
            f"`$.translations`: there is no catalogue for {', '.join(unknown)}; "
            f"choose from {', '.join(known)}, or add one (docs/LANGUAGES.md)"
        )
    return [known[code] for code in council.translations]


def read_language(path: Path) -> Language:
    """The language of a catalogue. Raises ConfigurationError naming the line."""
    try:
        with path.open("rb") as file:
            return Language(path.stem, read_po(file, locale=path.stem, abort_invalid=True))
    except (PoFileError, UnicodeDecodeError, ValueError) as error:
        raise ConfigurationError(f"{path.name}: {error}") from error


@cache
def messages_without_scripts() -> tuple[Message, ...]:
    """All messages but those of the pages' scripts, which only the build's parser reads. A process
    reads the sources once."""
    return (*pages_messages(), *python_messages(), *raised_messages(), *registry_messages())


def translation_faults(language: Language, wanted: Iterable[Message]) -> list[str]:
    """The faults of the translations of these messages, each with its file."""
    found = []
    for message in dict.fromkeys(wanted):
        forms = language.find(message.file, message.text)
        if forms is None:
            found.append(f"{message.file}: not translated: {message.text}")
            continue
        count = language.catalogue.num_plurals if message.many else 1
        if len(forms) != count:
            found.append(f"{message.file}: {len(forms)} forms and not {count}: {message.text}")
        for form in forms:
            if not _same_values(message, form):
                found.append(f"{message.file}: other values or tags in: {form}")
    return found


def unused_messages(language: Language, wanted: Iterable[Message]) -> list[str]:
    """The messages of the catalogue that no page shows."""
    known = {key for each in wanted for key in (_key(each.file, each.text), each.text)}
    return [key.replace(_CONTEXT, ": ") for key in language.forms if key not in known]


def update_catalogue(language: Language, wanted: Iterable[Message]) -> Catalog:
    """The catalogue with the messages that pages show now. New ones have no translation yet."""
    old = language.catalogue
    made = Catalog(
        locale=old.locale,
        header_comment=old.header_comment,
        fuzzy=False,
    )
    for file, text, many in wanted:
        context = file if _key(file, text) in language.forms else None
        forms = language.forms.get(_key(context, text), ())
        if many:
            made.add((text, many), forms, locations=[(file, 0)], context=context)
        else:
            made.add(text, forms[0] if forms else "", locations=[(file, 0)], context=context)
    return made


def as_po(catalogue: Catalog) -> bytes:
    """The catalogue as a file, without the headers that change with each run or say nothing."""
    written = io.BytesIO()
    write_po(written, catalogue, width=100, include_lineno=False)
    return _IDLE_HEADER.sub(b"", written.getvalue())


def as_mo(catalogue: Catalog) -> bytes:
    """The catalogue as the server reads it."""
    written = io.BytesIO()
    catalogue.creation_date = catalogue.revision_date = _NO_DATE
    write_mo(written, catalogue)
    return written.getvalue()


def names_document() -> str:
    """The names of all languages in themselves, for the server, which has no babel."""
    names = {"en": "English"} | {each.code: each.name for each in languages()}
    return json.dumps(names, ensure_ascii=False) + "\n"


@click.command("languages")
def update_languages() -> None:
    """Update the catalogues of translations: add new texts, remove unused ones, and list what is
    not translated."""
    (FOLDER / "names.json").write_text(names_document(), encoding="utf-8")
    messages = scripts(Path(sys.executable).with_name("node")).messages
    wanted = [*messages_without_scripts(), *messages]
    for language in languages():
        (FOLDER / f"{language.code}.po").write_bytes(as_po(update_catalogue(language, wanted)))
        written = read_language(FOLDER / f"{language.code}.po")
        (FOLDER / f"{language.code}.mo").write_bytes(as_mo(written.catalogue))
        lacking = translation_faults(written, wanted)
        click.echo("\n".join([f"{language.name}: {len(lacking)} to translate", *lacking]))


def _same_values(message: Message, form: str) -> bool:
    """The form for one may leave out the number, and so may any form of another language."""
    wanted = placeholders(message.many or message.text)
    found = placeholders(form)
    if message.many and "{count}" not in found:
        wanted = [each for each in wanted if each != "{count}"]
    return wanted == found


def _strings(message: Any) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def _key(context: str | None, text: str) -> str:
    return f"{context}{_CONTEXT}{text}" if context else text
