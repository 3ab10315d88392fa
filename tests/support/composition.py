"""Replace parts of the composition root that this process has built."""

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, NoReturn

import pytest

from chalicelib import bootstrap as root
from chalicelib.bootstrap import container
from chalicelib.bootstrap.reports import reactions


def replace_built(
    patch: pytest.MonkeyPatch, builder: Callable[..., Any], part: object, *arguments: object
) -> None:
    """Make the builder return `part` for these arguments, wherever it is called."""
    patch.setitem(container.BUILT, (builder, *arguments), part)


def publish_nothing(patch: pytest.MonkeyPatch) -> None:
    """Publish no reports, open data or figures, for tests that read none: they are most of what
    follows from a report."""
    _publish, _open_data, *others, _figures = reactions()
    replace_built(patch, reactions, tuple(others))


class BrokenPart:
    """A part whose every use raises `error`."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, name: str) -> NoReturn:
        raise self._error


def every_builder_of_ports() -> list[Callable[[], Any]]:
    """Every function of the composition root that builds a slice's ports."""
    modules = [
        import_module(each.name) for each in iter_modules(root.__path__, f"{root.__name__}.")
    ]
    return [
        builder
        for module in modules
        for name, builder in vars(module).items()
        if name.endswith("_ports") and builder.__module__ == module.__name__
    ]
