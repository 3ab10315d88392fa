"""Finds the texts that residents can see: in pages, templates, scripts and Python."""

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, nodes

from chalicelib.kernel.templating import SHARED
from chalicelib.kernel.translation import messages
from chalicelib.privacy import registry
from chalicelib.privacy.page import registry_texts
from chalicelib.settings import for_another_program

ROOT = Path(__file__).parent.parent
WEB = ROOT / "web"
LAYOUT = WEB / "src" / "layout"
_STAFF_FOLDERS = ("admin", "crew", "desk", "node_modules")
PAGES = sorted(
    f"/{page.relative_to(WEB)}".removesuffix("index.html")
    for pattern in ("index.html", "*/index.html", "*/*/index.html")
    for page in WEB.glob(pattern)
    if page.relative_to(WEB).parts[0] not in _STAFF_FOLDERS
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
_SAY_CALLS = re.compile(rf"\b({'|'.join(_PLACES)})\(")


class Message(NamedTuple):
    """A text that pages show, the file that has it, and its form for several, if it has one."""

    file: str
    text: str
    many: str | None = None


def pages_messages() -> Iterator[Message]:
    """The messages of the pages, their layout and the templates."""
    for path in [*map(page_of, PAGES), *layout_parts(), *TEMPLATES]:
        for text in messages(path.read_text(encoding="utf-8")):
            yield Message(file_of(path), text)
    for path in TEMPLATES:
        for texts in _texts_in_template(path.read_text(encoding="utf-8")):
            yield Message(file_of(path), *texts)


def registry_messages() -> Iterator[Message]:
    """The texts of the data registry, which the privacy notice shows."""
    shown = registry.load_registry()
    rows = ((each.what, *(getattr(each, fact) for fact in shown.facts)) for each in shown.rows)
    titles = (store.title for store in shown.stores)
    for text in chain(shown.facts.values(), titles, *rows):
        yield Message(file_of(registry.REGISTRY), text)


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
            yield Message(file_of(path), *texts)


def _texts_in(source: str) -> Iterator[tuple[str, ...]]:
    """Each text with its form for several, if it has one. Texts that are no constants were marked
    where they stand."""
    for node in ast.walk(ast.parse(source)) if _SAY_CALLS.search(source) else ():
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        arguments = node.args[slice(*_PLACES.get(name, (0, 0)))]
        if arguments and all(isinstance(each, ast.Constant) for each in arguments):
            yield tuple(ast.literal_eval(each) for each in arguments)


class Scripts(NamedTuple):
    """The texts in the pages' scripts: those passed to `say`, and those that are not translated."""

    messages: list[Message]
    untranslated: list[tuple[str, str]]


def scripts(node: Path) -> Scripts:
    """The texts in the pages' scripts, as the build's own parser reads them."""
    found = json.loads(
        subprocess.run(
            [node, "bundling/list-texts.ts", *map(str, map(page_of, PAGES))],
            cwd=WEB,
            env=for_another_program(),
            capture_output=True,
            check=True,
        ).stdout
    )
    messages = [Message(file, *texts) for file, texts in found["messages"]]
    return Scripts(messages, [(file, text) for file, text in found["untranslated"]])


def layout_parts() -> list[Path]:
    """The parts that the pages take from the layout's folder."""
    sources = [page_of(page).read_text(encoding="utf-8") for page in PAGES]
    names = sorted({name for source in sources for name in _PART.findall(source)})
    return [path for name in names if (path := LAYOUT / f"{name}.html").is_file()]


def page_of(address: str) -> Path:
    return WEB / address[1:] / "index.html"


def file_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()
