"""Each catalogue has every text of the translated pages, and no others."""

import re
import sys
from pathlib import Path

import pytest
from msgspec import structs

from chalicelib.catalogue.texts import CouncilTexts
from chalicelib.errors import ConfigurationError
from infra import languages, missing_page, texts
from infra.error_texts import find_raised_texts, modules_for_residents
from infra.languages import (
    Language,
    as_mo,
    as_po,
    messages_without_scripts,
    read_language,
    translation_faults,
    unused_messages,
    update_catalogue,
)
from infra.languages_build import web_build
from infra.texts import Message, Scripts
from tests.support.councils import council_named

LANGUAGES = languages.languages()
HEADER = """msgid ""
msgstr ""
"Language: cy\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""
each_language = pytest.mark.parametrize("language", LANGUAGES, ids=lambda each: each.code)


@pytest.fixture(scope="module")
def scripts() -> Scripts:
    return texts.scripts(Path(sys.executable).with_name("node"))


@pytest.fixture(scope="module")
def wanted(scripts: Scripts) -> list[Message]:
    return [*messages_without_scripts(), *scripts.messages]


def small(folder: Path, entries: str) -> Language:
    """A Welsh catalogue with these entries."""
    path = folder / "cy.po"
    path.write_text(HEADER + entries, encoding="utf-8")
    return read_language(path)


def test_scripts_of_translated_pages_show_no_text_past_say(scripts: Scripts) -> None:
    assert scripts.untranslated == []
    assert len(scripts.messages) > 20


@pytest.mark.parametrize("module", modules_for_residents(), ids=lambda path: path.stem)
def test_errors_that_residents_see_have_no_value_in_their_text(module: Path) -> None:
    assert find_raised_texts(module.read_text(encoding="utf-8")).unmarked == ()


@pytest.mark.parametrize(
    ("source", "constants", "unmarked"),
    [
        ('raise Invalid("Gone")', ("Gone",), ()),
        ('raise Invalid.field("to", "is wrong")', ("is wrong",), ()),
        ('OVER = "Gone"\nraise NotFound(OVER) from error', ("Gone",), ()),
        ('yield errors.FieldError("to", f"is {what}")', (), ("f'is {what}'",)),
        ('OVER = f"Gone {at}"\nraise Ended(OVER)', (), ("f'Gone {at}'",)),
        ('raise Conflict("Gone " + what, link=link)', (), ("'Gone ' + what",)),
        ('raise Invalid(Text("is {what}", what=what))', (), ()),
        ('raise ValueError(f"is {what}")', (), ()),
        ('raise NotNow("busy")', (), ()),
    ],
)
def test_texts_of_errors_are_found(
    source: str, constants: tuple[str, ...], unmarked: tuple[str, ...]
) -> None:
    assert find_raised_texts(source) == (constants, unmarked)


@each_language
def test_every_text_is_translated_with_its_values_and_tags(
    language: Language, wanted: list[Message]
) -> None:
    assert translation_faults(language, wanted) == []


@each_language
def test_every_message_is_shown(language: Language, wanted: list[Message]) -> None:
    assert unused_messages(language, wanted) == []


@each_language
def test_catalogue_is_as_the_command_writes_it(language: Language, wanted: list[Message]) -> None:
    written = (languages.FOLDER / f"{language.code}.po").read_bytes()
    assert as_po(update_catalogue(language, wanted)) == written, "run `python -m infra languages`"


@each_language
def test_server_reads_the_same_translations(language: Language) -> None:
    written = (languages.FOLDER / f"{language.code}.mo").read_bytes()
    assert as_mo(language.catalogue) == written, "run `python -m infra languages`"


def test_server_knows_the_languages_names() -> None:
    written = (languages.FOLDER / "names.json").read_text(encoding="utf-8")
    assert languages.names_document() == written, "run `python -m infra languages`"
    assert '"cy": "Cymraeg"' in written


@pytest.mark.parametrize(
    ("entries", "message", "fault"),
    [
        ("", Message("a.ts", "Close"), "a.ts: not translated: Close"),
        ('msgid "Close"\nmsgstr ""\n', Message("a.ts", "Close"), "a.ts: not translated: Close"),
        (
            '#, fuzzy\nmsgid "Close"\nmsgstr "Agor"\n',
            Message("a.ts", "Close"),
            "a.ts: not translated: Close",
        ),
        (
            'msgid "By {name}"\nmsgstr "Gan {nam}"\n',
            Message("a.ts", "By {name}"),
            "a.ts: other values or tags in: Gan {nam}",
        ),
        (
            'msgid "See <a>it</a>"\nmsgstr "Gweld <a>hwn"\n',
            Message("index.html", "See <a>it</a>"),
            "index.html: other values or tags in: Gweld <a>hwn",
        ),
        (
            'msgid "One"\nmsgid_plural "{count}"\nmsgstr[0] "Un"\nmsgstr[1] ""\n',
            Message("a.ts", "One", "{count}"),
            "a.ts: not translated: One",
        ),
        (
            'msgid "One"\nmsgstr "Un"\n',
            Message("a.ts", "One", "{count}"),
            "a.ts: 1 forms and not 2: One",
        ),
    ],
)
def test_fault_names_the_file_and_the_text(
    entries: str, message: Message, fault: str, tmp_path: Path
) -> None:
    assert translation_faults(small(tmp_path, entries), [message]) == [fault]


def test_file_can_have_its_own_translation_of_a_text(tmp_path: Path) -> None:
    language = small(
        tmp_path,
        'msgid "Open"\nmsgstr "Ar agor"\n\nmsgctxt "a.ts"\nmsgid "Open"\nmsgstr "Agor"\n',
    )
    assert language.find("a.ts", "Open") == ("Agor",)
    assert language.find("b.ts", "Open") == ("Ar agor",)
    wanted = [Message("a.ts", "Open"), Message("b.ts", "Open")]
    assert unused_messages(language, wanted) == []
    assert unused_messages(language, wanted[1:]) == ["a.ts: Open"]
    again = update_catalogue(language, wanted)
    assert again.get("Open", "a.ts").string == "Agor"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "entries", ['msgid "Close\n', 'msgid "Close"\n"Cau"\nmsgstr[x] "Cau"\n', "Close = Cau\n"]
)
def test_malformed_catalogue_is_refused_with_its_name(entries: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"cy\.po: "):
        small(tmp_path, entries)


def test_build_stops_and_names_what_is_not_translated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(tmp_path, 'msgid "Cookies"\nmsgstr "Cwcis"\n')
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    with pytest.raises(ConfigurationError) as stopped:
        web_build(council_named("demo"))
    lines = str(stopped.value).splitlines()
    assert lines[0] == "cy.po is incomplete:"
    assert "web/index.html: not translated: Track a report" in lines
    assert not any(line.endswith(": Cookies") for line in lines)


def test_councils_own_texts_are_in_welsh_if_it_gives_them() -> None:
    (welsh,) = [each for each in web_build(council_named("demo")) if each["code"] == "cy"]
    assert welsh["council"]["name"] == "Cyngor Eskerby"
    assert welsh["council"]["at_other_times"] == ", neu ar adegau eraill ar 01904 960199"
    assert "Cysylltu â ni" in welsh["parts"]["footer"]
    without_name = structs.replace(council_named("demo"), translations={"cy": CouncilTexts()})
    (other,) = web_build(without_name)
    assert other["council"]["name"] == council_named("demo").name


def test_council_offers_only_the_languages_of_its_document() -> None:
    assert web_build(council_named("bath")) == []
    assert missing_page.translated_pages(council_named("bath")) == {}
    unknown = structs.replace(
        council_named("demo"), translations={"cy": CouncilTexts(), "xx": CouncilTexts()}
    )
    with pytest.raises(ConfigurationError, match=r"no catalogue for xx; choose from cy"):
        web_build(unknown)


MUTATES = re.compile(
    r"\b(o|i|ar|tan|am|gan|heb|dan|dros|trwy|drwy|wrth|at) \{(day|first|last|begins|ends)\}",
    re.IGNORECASE,
)
"""A preposition that softens the next word: "o ddydd Iau", while a day is put in as "dydd Iau"."""


def test_welsh_has_no_softening_preposition_before_a_day() -> None:
    (welsh,) = (each for each in languages.languages() if each.code == "cy")
    texts = [text for forms in welsh.forms.values() for text in forms]
    assert len(texts) > 1_000
    assert [text for text in texts if MUTATES.search(text)] == []
    assert MUTATES.search("Mae eich archeb ar {day}")
