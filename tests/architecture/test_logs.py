"""One way of logging, with fixed words; every route and every handler ends in one line."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from chalice.test import Client

import app
from tests.architecture.test_routes import PLACEHOLDERS, every_route
from tests.conftest import ROOT
from tests.support.composition import BrokenPart, every_builder_of_ports, replace_built
from tests.support.log_lines import capture_lines, decode_lines, metric_faults

OWN = ROOT / "chalicelib" / "kernel" / "observability" / "logs.py"
SPEAKING = ("event", "failure", "line")


def code() -> Iterator[Path]:
    yield from (path for path in (ROOT / "chalicelib").rglob("*.py") if path != OWN)


def other_ways(text: str) -> set[str]:
    """How a module speaks past logs.py: another logger, print, warnings, standard error."""
    tree = ast.parse(text)
    imported = {
        name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [getattr(node, "module", ""), *(alias.name for alias in node.names)]
    }
    called = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    streams = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    found = (imported & {"logging", "warnings", "traceback"}) | (called & {"print"})
    return found | (streams & {"stderr", "getLogger"})


def changing_words(text: str) -> list[str]:
    """Calls of logs whose event is no fixed text."""
    return [
        ast.unparse(node)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and ast.unparse(node.func.value) == "logs"
        and node.func.attr in SPEAKING
        and not isinstance(node.args[0], ast.Constant)
    ]


def test_logs_is_the_only_way_to_log_or_print() -> None:
    # The sandbox, a process of its own, answers on standard output and reads nothing back here.
    found = {path.name: other_ways(path.read_text()) for path in code()}
    assert {name: ways for name, ways in found.items() if ways - {"stderr"}} == {}
    assert {name for name, ways in found.items() if "stderr" in ways} <= {"image_sandbox.py"}


@pytest.mark.parametrize(
    "planted",
    [
        "import logging",
        "from logging import getLogger",
        "print('x')",
        "app.log.error('x')\nlogging.getLogger('x')",
        "import sys\nsys.stderr.write('x')",
        "import warnings",
    ],
)
def test_other_way_to_log_is_detected(planted: str) -> None:
    assert other_ways(planted)


def test_events_have_fixed_texts() -> None:
    assert [call for path in code() for call in changing_words(path.read_text())] == []
    assert changing_words('logs.event(f"{name} came")')
    assert changing_words("logs.failure(str(e), e)")


@pytest.mark.parametrize(("path", "method"), sorted(every_route(app.app)))
def test_every_call_ends_in_one_line_and_carries_its_id(
    path: str, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for builder in every_builder_of_ports():
        replace_built(monkeypatch, builder, BrokenPart(RuntimeError("broken on purpose")))
    with Client(app.app) as client, capture_lines() as written:
        concrete = path.format_map(PLACEHOLDERS) + "?q=secret"
        headers = {"Content-Type": "application/json", "X-Request-Id": "phone-1234"}
        answer = client.http.request(method, concrete, headers=headers, body=b"{}")
    (line,) = decode_lines(written, event="called")
    assert (line["route"], line["method"]) == (path, method)
    assert line["status"] == answer.status_code
    assert line["errors"] == (answer.status_code >= 500)
    assert "_aws" not in line or list(metric_faults(line)) == []
    assert {each["request_id"] for each in decode_lines(written)} == {"phone-1234"}
    assert answer.headers["X-Request-Id"] == "phone-1234"
    assert "secret" not in "".join(written)
