"""Renders the pages of alerts with jinja2 from templates/."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from chalicelib.errors import FieldError
from chalicelib.kernel.templating import environment

TEMPLATES = Path(__file__).parent / "templates"


class AlertPages:
    """Renders a page from a template and its values. `council` holds what every page says of the
    council."""

    def __init__(self, council: Mapping[str, str]) -> None:
        self._environment = environment(TEMPLATES)
        self._environment.globals["council"] = dict(council)

    def render(self, name: str, faults: Sequence[FieldError] = (), **context: Any) -> str:
        """The page as HTML, with the faults in what the person typed on the page before."""
        told = [(fault.field, _sentence(fault.message)) for fault in faults]
        shared: dict[str, Any] = {"faults": told, "errors": dict(reversed(told))}
        return self._environment.get_template(f"{name}.html").render(shared | context)


def _sentence(message: str) -> str:
    return message[:1].upper() + message[1:]
