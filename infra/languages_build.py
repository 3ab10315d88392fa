"""Prepares the data of each language for the build of the web client."""

from pathlib import Path
from typing import Any

from markupsafe import Markup

from chalicelib.catalogue.model import Council
from chalicelib.errors import ConfigurationError
from chalicelib.kernel.templating import SHARED, environment
from infra.languages import Language, languages_of, messages_without_scripts, translation_faults
from infra.texts import (
    PAGES,
    TEMPLATES,
    file_of,
    layout_parts,
    page_of,
)

MADE_BY_THE_SERVER = ("/forms/", "/reports/")
"""The folders of residents' pages that are not built."""
LINKS = Markup("<!-- languages -->")
"""The text that the build replaces by the links to the page in other languages."""


def web_build(council: Council) -> list[dict[str, Any]]:
    """The data of each language of the council for the build of the web client. Raises
    ConfigurationError with all that a catalogue lacks."""
    return [_web_build(each, council) for each in languages_of(council)]


def _web_build(language: Language, council: Council) -> dict[str, Any]:
    lacking = translation_faults(language, messages_without_scripts())
    if lacking:
        raise ConfigurationError(f"{language.code}.po is incomplete:\n" + "\n".join(lacking))
    facts = council.page_details_in(language.code, language.spoken.say)
    parts = {path.stem: _translate_page(path, language) for path in layout_parts()}
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
        "pages": {page: _translate_page(page_of(page), language) for page in PAGES},
        "parts": parts,
        "served": MADE_BY_THE_SERVER,
        "council": {name: each for name, each in facts.items() if isinstance(each, str)},
    }


def _translate_page(path: Path, language: Language) -> str:
    return language.spoken.html(path.read_text(encoding="utf-8"), file_of(path))
