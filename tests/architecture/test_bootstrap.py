"""The composition root builds, and maps nothing: adapters lie in integrations."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.bootstrap import container
from chalicelib.settings import EVERYWHERE, Settings
from tests.conftest import ROOT
from tests.support.composition import every_builder_of_ports
from tests.support.garden_council import garden_council

STORED = frozenset(("ServiceRequest", "Account", "Job"))
MODULES = sorted((ROOT / "chalicelib" / "bootstrap").glob("*.py"))


def mappings(text: str) -> Iterator[str]:
    """The classes of a module, and its functions that take something stored: a builder takes
    nothing but names."""
    for node in ast.parse(text).body:
        if isinstance(node, ast.ClassDef):
            yield node.name
        if isinstance(node, ast.FunctionDef):
            written = [ast.unparse(each.annotation) for each in node.args.args if each.annotation]
            if STORED.intersection(each.rpartition(".")[2] for each in written):
                yield node.name


def test_composition_root_maps_nothing() -> None:
    assert {path.name: found for path in MODULES if (found := [*mappings(path.read_text())])} == {}


@pytest.mark.parametrize(
    "planted",
    [
        "class ReportsForJobs: ...",
        "def f(a: ServiceRequest): ...",
        "def f(a: model.Job): ...",
    ],
)
def test_mapping_is_detected_when_there_is_one(planted: str) -> None:
    assert [*mappings(planted)]


def test_package_exports_nothing() -> None:
    (body,) = ast.parse(MODULES[0].read_text()).body
    assert MODULES[0].name == "__init__.py" and isinstance(body, ast.Expr)


@pytest.fixture
def least_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """The names that every function has, and none of what only some functions use, with a council
    that has every slice."""
    for name in Settings.__struct_fields__:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, value in zip(
        EVERYWHERE, (garden_council(tmp_path), "https://report.council.example"), strict=True
    ):
        monkeypatch.setenv(name.upper(), value)
    for name in ("AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "eu-west-2")
    container.forget_built()
    yield
    container.forget_built()


def test_ports_are_built_without_the_names_of_what_a_function_does_not_use(
    least_environment: None,
) -> None:
    for build in every_builder_of_ports():
        assert build()
