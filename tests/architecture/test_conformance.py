"""What docs/OPEN311.md and docs/SECURITY.md promise is held by the tests that they name."""

import re

import pytest

from tests.conftest import ROOT

TEST = re.compile(r"`(test_\w+)`")
DEFINED = {
    name
    for path in (ROOT / "tests").rglob("test_*.py")
    for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
}


def faults_in(page: str) -> list[str]:
    """Lines of its tables that promise something and name no test, or one that there is not."""
    lines = [line for line in page.splitlines() if line.startswith(("| ✓", "| ◐", "| –"))]
    assert lines, "It has tables."
    return [line for line in lines if not _is_held(line)]


def _is_held(line: str) -> bool:
    named = set(TEST.findall(line))
    return named <= DEFINED and bool(named or line.startswith("| –"))


@pytest.mark.parametrize("name", ["OPEN311", "SECURITY"])
def test_every_line_names_existing_tests(name: str) -> None:
    assert faults_in((ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")) == []


def test_line_is_detected_when_it_names_no_existing_test() -> None:
    known = "`test_every_line_names_existing_tests`"
    planted = [f"| ✓ | a | b | {known} |", "| ✓ | a | b | |", f"| ◐ | a | b | {known}, `test_x` |"]
    assert faults_in("\n".join(planted)) == planted[1:]
