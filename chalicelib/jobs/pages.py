"""The pages of a job for holders of its link, rendered with jinja2 from templates/."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from chalicelib.errors import FieldError
from chalicelib.kernel.templating import environment

TEMPLATES = Path(__file__).parent / "templates"


class JobPages:
    """Makes a page of a template and what it needs. `council` is what every page says of it."""

    def __init__(self, council: Mapping[str, str]) -> None:
        self._environment = environment(TEMPLATES)
        self._environment.globals["council"] = dict(council)

    def render(self, name: str, faults: Sequence[FieldError] = (), **context: Any) -> str:
        """The page as HTML, with what is wrong with what was typed on the one before."""
        told = [(fault.field, _sentence(fault.message)) for fault in faults]
        shared: dict[str, Any] = {"faults": told, "errors": dict(reversed(told))}
        return self._environment.get_template(f"{name}.html").render(shared | context)


def _sentence(message: str) -> str:
    return message[:1].upper() + message[1:]
