"""Renders pages with jinja2: one layout for all, and each slice's own templates beside its code."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import (
    BaseLoader,
    Environment,
    FileSystemLoader,
    ModuleLoader,
    StrictUndefined,
    select_autoescape,
)

from chalicelib.kernel.languages import ENGLISH, Language
from chalicelib.kernel.version import VERSION

SHARED = Path(__file__).parent / "templates"
"""The folder of layout.html, which every page extends."""
ROOT = Path(__file__).parents[2]


def compiled_folder(templates: Path, language: Language) -> Path:
    """The folder with those templates in that language, compiled to Python (ADR 76)."""
    return templates / "compiled" / language.code


class _Sources(FileSystemLoader):
    """Loads templates in a language."""

    def __init__(self, folders: list[Path], language: Language) -> None:
        super().__init__(folders)
        self._language = language

    def get_source(self, environment: Environment, template: str) -> Any:
        source, file, is_current = super().get_source(environment, template)
        if self._language is not ENGLISH:
            source = self._language.html(source, file.removeprefix(f"{ROOT}/"))
        return source, file, is_current


def _loader(folders: list[Path], language: Language) -> BaseLoader:
    modules = [compiled_folder(each, language) for each in folders]
    if modules[0].is_dir():
        return ModuleLoader(modules)
    return _Sources(folders, language)


@cache
def environment(templates: Path, language: Language = ENGLISH) -> Environment:
    """Templates of that folder and the shared ones, in that language; a process compiles each
    once, or loads them compiled. Everything but text files is escaped; an undefined name in a
    template is an error. Templates say texts that are not in their HTML with `say` and `say_many`;
    the filter `in_language` makes the address of a page in theirs."""
    made = Environment(
        loader=_loader([templates, SHARED], language),
        autoescape=select_autoescape(disabled_extensions=("txt",), default=True),
        undefined=StrictUndefined,
    )
    made.globals |= {
        "version": VERSION,
        "language_links": "",
        "other_languages": (),
        "say": language.say,
        "say_many": language.say_many,
    }
    made.filters["in_language"] = language.address
    return made


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]


class Pages:
    """Renders the pages of one folder of templates. `council` has the values about the council that
    every page shows."""

    def __init__(
        self, templates: Path, council: Mapping[str, Any], language: Language = ENGLISH
    ) -> None:
        self._language = language
        self._environment = environment(templates, language)
        self._council = dict(council)

    def render(self, name: str, faults: Iterable[tuple[str, str]] = (), **context: Any) -> str:
        """The page as HTML, with the faults (field, message) of the form that was sent:
        `faults` lists them all, `errors` has the first one of each field."""
        listed = [(field, _capitalise(self._language.say(message))) for field, message in faults]
        shared: dict[str, Any] = {
            "council": self._council,
            "faults": listed,
            "errors": dict(reversed(listed)),
        }
        return self._environment.get_template(f"{name}.html").render(shared | context)
