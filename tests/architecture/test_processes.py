"""Whatever program we start is told what its environment is: none inherits our credentials."""

import ast
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT

FOLDERS = ("chalicelib", "infra")
STARTS = {"run", "Popen", "call", "check_call", "check_output"}
OTHER_WAYS = {
    "os": ("system", "popen", "exec", "spawn", "posix_spawn", "fork"),
    "multiprocessing": (),
}


def faults_in(text: str) -> list[str]:
    """What starts a program with the environment that we have ourselves."""
    return [fault for node in ast.walk(ast.parse(text)) for fault in _faults(node)]


def _faults(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.ImportFrom) and node.module in ("subprocess", *OTHER_WAYS):
        yield f"line {node.lineno}: call subprocess.run by its whole name"
    if isinstance(node, ast.Import) and any(each.name == "multiprocessing" for each in node.names):
        yield f"line {node.lineno}: a process of multiprocessing inherits the environment"
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return
    module, name = getattr(node.func.value, "id", ""), node.func.attr
    inherits = not any(keyword.arg == "env" for keyword in node.keywords)
    if module == "subprocess" and name in STARTS and inherits:
        yield f"line {node.lineno}: say what its environment is"
    if module == "os" and name.startswith(OTHER_WAYS["os"]):
        yield f"line {node.lineno}: start it with subprocess.run"


def test_every_started_program_gets_an_explicit_environment() -> None:
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    texts = {path: path.read_text(encoding="utf-8") for path in files}
    assert sum("subprocess.run(" in text for text in texts.values()) >= 3
    found = {str(path.relative_to(ROOT)): faults_in(text) for path, text in texts.items()}
    assert {path: faults for path, faults in found.items() if faults} == {}


@pytest.mark.parametrize(
    "planted",
    [
        "import subprocess\nsubprocess.run(['ls'])",
        "import subprocess\nsubprocess.Popen(['ls'], cwd='/')",
        "from subprocess import run",
        "import multiprocessing",
        "import os\nos.system('ls')",
        "import os\nos.execv('ls', [])",
    ],
)
def test_program_is_detected_when_it_inherits_the_environment(planted: str) -> None:
    assert len(faults_in(planted)) == 1


def test_program_is_accepted_when_its_environment_is_given() -> None:
    assert faults_in("import subprocess\nsubprocess.run(['ls'], env={})") == []
