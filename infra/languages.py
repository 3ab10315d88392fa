"""The languages of residents' pages beside English: reads and checks their catalogues, and gives
the build of the web client what it needs of them (ADR 50)."""

import ast
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from gettext import GNUTranslations
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import click
from babel.dates import get_month_names
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po
from jinja2 import Environment, nodes
from markupsafe import Markup

from chalicelib import errors
from chalicelib.catalogue.model import Council
from chalicelib.errors import ConfigurationError
from chalicelib.kernel.languages import Language as SpokenLanguage
from chalicelib.kernel.templating import SHARED, environment
from chalicelib.kernel.translation import messages, placeholders
from chalicelib.privacy import registry
from chalicelib.privacy.page import registry_texts
from chalicelib.settings import for_another_program

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "chalicelib" / "languages"
WEB = ROOT / "web"
LAYOUT = WEB / "src" / "layout"
MADE_BY_THE_SERVER = ("/forms/", "/reports/")
"""The folders of residents' pages that are not built."""
_STAFFS = ("admin", "crew", "desk", "node_modules")
PAGES = sorted(
    f"/{page.relative_to(WEB)}".removesuffix("index.html")
    for pattern in ("index.html", "*/index.html", "*/*/index.html")
    for page in WEB.glob(pattern)
    if page.relative_to(WEB).parts[0] not in _STAFFS
)
"""The addresses of residents' pages, which all languages have."""
TEMPLATES = (
    SHARED / "layout.html",
    SHARED / "header.html",
    SHARED / "footer.html",
    Path(__file__).with_name("templates") / "missing.html",
    SHARED / "email-layout.html",
    ROOT / "chalicelib" / "privacy" / "templates" / "export.html",
    ROOT / "chalicelib" / "publishing" / "templates" / "report.html",
    *sorted((ROOT / "chalicelib" / "alerts" / "templates").iterdir()),
    SHARED / "macros.html",
    *sorted((ROOT / "chalicelib" / "forms" / "templates").glob("*.html")),
    *sorted((ROOT / "chalicelib" / "accounts" / "templates").glob("*.html")),
)
"""The templates that all languages have."""
_PART = re.compile(r"<!-- layout: ([a-z-]+) -->")
_PLACES = {"say": (0, 1), "translatable": (0, 1), "Text": (0, 1), "say_many": (1, 3)}
"""The places of the texts among the arguments of these functions."""
_ERRORS = frozenset(
    name
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.AppError) and kind is not errors.NotNow
) | {"Unanswerable"}
_SECOND = frozenset({"field", "FieldError", "hex_id_of"})
"""The functions whose second argument is the text of an error."""
_FOR_OTHERS = (
    "accounts/usecases/block_list.py",
    "accounts/usecases/staff.py",
    "alerts/usecases/failed.py",
    "aws/cloudfront.py",
    "aws/ses.py",
    "aws/sns.py",
    "bootstrap/",
    "catalogue/open311.py",
    "collections/round_operations.py",
    "collections/staff_rounds.py",
    "desk/",
    "disruptions/",
    "geo/",
    "georeport/",
    "handlers/accounts/blocks.py",
    "handlers/accounts/people.py",
    "handlers/accounts/privacy_events.py",
    "handlers/alerts/disruptions.py",
    "handlers/alerts/failed_alerts.py",
    "handlers/cases/",
    "handlers/collections/rounds.py",
    "handlers/exchange/",
    "handlers/jobs/",
    "handlers/publishing/",
    "handlers/reports/photos_events.py",
    "integrations/",
    "jobs/",
    "kernel/operations.py",
    "net/",
    "outbound/",
    "partners/",
    "photos/media_fetcher.py",
    "photos/usecases/blackening.py",
    "publishing/",
    "reports/cases.py",
    "reports/posted.py",
    "reports/usecases/attention.py",
    "reports/usecases/exchange/",
    "reports/usecases/new_dates.py",
    "reports/usecases/notes.py",
    "reports/usecases/staff/casework.py",
    "reports/usecases/staff/changing.py",
    "reports/usecases/staff/merging.py",
    "reports/usecases/staff/queue.py",
    "reports/usecases/staff/undo.py",
    "reports/usecases/staff/unmerging.py",
    "reports/usecases/triage.py",
    "settings.py",
)
"""Modules of `chalicelib` whose errors only staff, other systems or the log see, in English."""
_SAYS = re.compile(rf"\b({'|'.join(_PLACES)})\(")
_IDLE_HEADER = re.compile(
    rb'"(Project-Id-Version|Report-Msgid-Bugs-To|POT-Creation-Date|PO-Revision-Date|Last-Translator'
    rb"|Language-Team|Generated-By):.*\n"
)
_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)
"""Stands in files of gettext, which would otherwise differ from run to run."""
_CONTEXT = "\4"
LINKS = Markup("<!-- languages -->")
"""Where the build puts the links to the page in other languages."""


class Message(NamedTuple):
    """A text that pages show, the file that has it, and its form for several, if it has one."""

    file: str
    text: str
    many: str | None = None


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
        """What renders pages in it."""
        return SpokenLanguage(self.code, GNUTranslations(io.BytesIO(as_mo(self.catalogue))))


def languages() -> list[Language]:
    """All languages with a catalogue. Raises ConfigurationError if one cannot be read."""
    return [read(path) for path in sorted(FOLDER.glob("*.po"))]


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


def read(path: Path) -> Language:
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


def pages_messages() -> Iterator[Message]:
    """The messages of the pages, their layout and the templates."""
    for path in [*map(_page, PAGES), *_layout_parts(), *TEMPLATES]:
        for text in messages(path.read_text(encoding="utf-8")):
            yield Message(_file(path), text)
    for path in TEMPLATES:
        for texts in _texts_in_template(path.read_text(encoding="utf-8")):
            yield Message(_file(path), *texts)


def registry_messages() -> Iterator[Message]:
    """The texts of the data registry, which the privacy notice shows."""
    shown = registry.load()
    rows = ((each.what, *(getattr(each, fact) for fact in shown.facts)) for each in shown.rows)
    titles = (store.title for store in shown.stores)
    for text in chain(shown.facts.values(), titles, *rows):
        yield Message(_file(registry.REGISTRY), text)


def _texts_in_template(source: str) -> Iterator[tuple[str, ...]]:
    """Each text that a template gives to `say` or `say_many`, with its form for several."""
    for call in Environment(autoescape=True).parse(source).find_all(nodes.Call):
        places = _PLACES.get(getattr(call.node, "name", ""))
        texts = call.args[slice(*places)] if places else []
        if texts and all(isinstance(each, nodes.Const) for each in texts):
            yield tuple(each.as_const() for each in texts)


def python_messages() -> Iterator[Message]:
    """The texts that Python code gives to `say`, `say_many`, `translatable` and `Text`, and those
    of the data registry that it shows."""
    for text in registry_texts():
        yield Message("chalicelib/privacy/registry.json", text)
    for path in sorted((ROOT / "chalicelib").rglob("*.py")):
        for texts in _texts_in(path.read_text(encoding="utf-8")):
            yield Message(_file(path), *texts)


class RaisedTexts(NamedTuple):
    """The texts of the errors that a module raises: constants, which are messages, and the source
    of those that cannot be translated, as they have their values in them."""

    constants: tuple[str, ...]
    unmarked: tuple[str, ...]


def raised_messages() -> Iterator[Message]:
    """The texts of the errors that residents are told."""
    for path in modules_for_residents():
        for text in raised_in(path.read_text(encoding="utf-8")).constants:
            yield Message(_file(path), text)


def modules_for_residents() -> list[Path]:
    """The modules whose errors residents may see."""
    package = ROOT / "chalicelib"
    return [
        path
        for path in sorted(package.rglob("*.py"))
        if not path.relative_to(package).as_posix().startswith(_FOR_OTHERS)
    ]


def raised_in(source: str) -> RaisedTexts:
    """The texts that a module gives to the errors of `chalicelib.errors`."""
    tree = ast.parse(source)
    named = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    constants, unmarked = [], []
    for node in ast.walk(tree):
        text = _raised(node) if isinstance(node, ast.Call) else None
        text = named.get(text.id, text) if isinstance(text, ast.Name) else text
        if isinstance(text, ast.Constant):
            constants.append(str(text.value))
        elif isinstance(text, ast.JoinedStr | ast.BinOp):
            unmarked.append(ast.unparse(text))
    return RaisedTexts(tuple(constants), tuple(unmarked))


def _raised(call: ast.Call) -> ast.expr | None:
    """The text in the making of an error, or of the fault of a field."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    place = 1 if name in _SECOND else 0 if name in _ERRORS else len(call.args)
    return call.args[place] if place < len(call.args) else None


def _texts_in(source: str) -> Iterator[tuple[str, ...]]:
    """Each text with its form for several, if it has one. Texts that are no constants were marked
    where they stand."""
    for node in ast.walk(ast.parse(source)) if _SAYS.search(source) else ():
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        arguments = node.args[slice(*_PLACES.get(name, (0, 0)))]
        if arguments and all(isinstance(each, ast.Constant) for each in arguments):
            yield tuple(ast.literal_eval(each) for each in arguments)


class Scripts(NamedTuple):
    """What the pages' scripts show: with `say`, and past it."""

    said: list[Message]
    unsaid: list[tuple[str, str]]


def scripts(node: Path) -> Scripts:
    """The texts in the pages' scripts, as the build's own parser reads them."""
    found = json.loads(
        subprocess.run(
            [node, "bundling/list-texts.ts", *map(str, map(_page, PAGES))],
            cwd=WEB,
            env=for_another_program(),
            capture_output=True,
            check=True,
        ).stdout
    )
    said = [Message(file, *texts) for file, texts in found["said"]]
    return Scripts(said, [(file, text) for file, text in found["unsaid"]])


def faults(language: Language, wanted: Iterable[Message]) -> list[str]:
    """What is wrong with the translations of these messages, each with its file."""
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


def unused(language: Language, wanted: Iterable[Message]) -> list[str]:
    """The messages of the catalogue that no page shows."""
    known = {key for each in wanted for key in (_key(each.file, each.text), each.text)}
    return [key.replace(_CONTEXT, ": ") for key in language.forms if key not in known]


def update(language: Language, wanted: Iterable[Message]) -> Catalog:
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
    """Writes new messages of translated pages into the catalogues, drops unused ones, and names
    the languages."""
    (FOLDER / "names.json").write_text(names_document(), encoding="utf-8")
    said = scripts(Path(sys.executable).with_name("node")).said
    wanted = [*messages_without_scripts(), *said]
    for language in languages():
        (FOLDER / f"{language.code}.po").write_bytes(as_po(update(language, wanted)))
        written = read(FOLDER / f"{language.code}.po")
        (FOLDER / f"{language.code}.mo").write_bytes(as_mo(written.catalogue))
        lacking = faults(written, wanted)
        click.echo("\n".join([f"{language.name}: {len(lacking)} to translate", *lacking]))


def web_build(council: Council) -> list[dict[str, Any]]:
    """What the build of the web client needs of each language of the council. Raises
    ConfigurationError with all that a catalogue lacks."""
    return [_web_build(each, council) for each in languages_of(council)]


def _web_build(language: Language, council: Council) -> dict[str, Any]:
    lacking = faults(language, messages_without_scripts())
    if lacking:
        raise ConfigurationError(f"{language.code}.po is incomplete:\n" + "\n".join(lacking))
    facts = council.said_in(language.code, language.spoken.say)
    parts = {path.stem: _translated(path, language) for path in _layout_parts()}
    for path in TEMPLATES[1:3]:
        part = environment(SHARED, language.spoken).get_template(path.name)
        parts[path.stem] = part.render(council=facts, language_links=LINKS)
    return {
        "code": language.code,
        "name": language.name,
        "tag": language.code,
        "months": language.months,
        "folder": f"/{language.code}/",
        "plural": language.catalogue.plural_expr,
        "messages": language.forms,
        "pages": {page: _translated(_page(page), language) for page in PAGES},
        "parts": parts,
        "served": MADE_BY_THE_SERVER,
        "council": {name: each for name, each in facts.items() if isinstance(each, str)},
    }


def _translated(path: Path, language: Language) -> str:
    return language.spoken.html(path.read_text(encoding="utf-8"), _file(path))


def _layout_parts() -> list[Path]:
    """The parts that the pages take from the layout's folder."""
    sources = [_page(page).read_text(encoding="utf-8") for page in PAGES]
    names = sorted({name for source in sources for name in _PART.findall(source)})
    return [path for name in names if (path := LAYOUT / f"{name}.html").is_file()]


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


def _page(address: str) -> Path:
    return WEB / address[1:] / "index.html"


def _file(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
