"""Compiles the functions' templates to Python for the package, in each language (ADR 76)."""

from collections.abc import Iterator
from pathlib import Path

from chalicelib.kernel import languages
from chalicelib.kernel.templating import compiled_folder, environment
from infra.template import ROOT


def compile_templates(folder: Path) -> None:
    """Writes the compiled templates into the code in that folder. Raises jinja2.TemplateError if
    one cannot be compiled."""
    for templates in template_folders(ROOT):
        for language in _all_languages():
            environment(templates, language).compile_templates(
                compiled_folder(folder / templates.relative_to(ROOT), language),
                filter_func={path.name for path in templates.iterdir()}.__contains__,
                zip=None,
                ignore_errors=False,
            )


def template_folders(folder: Path) -> list[Path]:
    """The folders of templates in the code in that folder."""
    return sorted(folder.glob("chalicelib/*/templates"))


def _all_languages() -> Iterator[languages.Language]:
    yield languages.ENGLISH
    for catalogue in languages.FOLDER.glob("*.mo"):
        yield languages.language(catalogue.stem)
