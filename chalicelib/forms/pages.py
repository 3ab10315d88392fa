"""The forms' pages, made with jinja2 from templates/."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chalicelib.forms.views import Wording
from chalicelib.kernel.templating import environment

TEMPLATES = Path(__file__).parent / "templates"


class FormPages:
    """Makes a page of a template and what it needs. `council` is what every page says of it."""

    def __init__(self, *, council: Mapping[str, str], wording: Wording) -> None:
        self._environment = environment(TEMPLATES)
        self._environment.globals["council"] = dict(council)
        self.wording = wording

    def render(self, name: str, **context: Any) -> str:
        """The page as HTML."""
        shared: dict[str, Any] = {"faults": [], "errors": {}}
        return self._environment.get_template(f"{name}.html").render(shared | context)
