"""Renders pages with jinja2: one layout for all, and each slice's own templates beside its code."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from chalicelib.kernel.version import VERSION

SHARED = Path(__file__).parent / "templates"
"""The folder of layout.html, which every page extends."""


class _Loader(FileSystemLoader):
    """Loads templates in another language."""

    def __init__(self, folders: list[Path], translated: Callable[[str], str]) -> None:
        super().__init__(folders)
        self._translated = translated

    def get_source(self, environment: Environment, template: str) -> Any:
        source, *rest = super().get_source(environment, template)
        return self._translated(source), *rest


def environment(templates: Path, translated: Callable[[str], str] = str) -> Environment:
    """Templates of that folder and the shared ones, each as `translated` makes it. Everything is
    escaped; an undefined name in a template is an error."""
    made = Environment(
        loader=_Loader([templates, SHARED], translated), autoescape=True, undefined=StrictUndefined
    )
    made.globals |= {"version": VERSION, "language_links": ""}
    return made


class Pages:
    """Renders the pages of one folder of templates. `council` has the values about the council that
    every page shows."""

    def __init__(
        self,
        templates: Path,
        council: Mapping[str, Any],
        translated: Callable[[str], str] = str,
    ) -> None:
        self._environment = environment(templates, translated)
        self._environment.globals["council"] = dict(council)

    def render(self, name: str, faults: Iterable[tuple[str, str]] = (), **context: Any) -> str:
        """The page as HTML, with the faults (field, message) of the form that was sent:
        `faults` lists them all, `errors` has the first one of each field."""
        listed = list(faults)
        shared: dict[str, Any] = {"faults": listed, "errors": dict(reversed(listed))}
        return self._environment.get_template(f"{name}.html").render(shared | context)
