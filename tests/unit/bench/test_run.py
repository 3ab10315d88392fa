"""A benchmark that is broken cannot look like a finished one."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench import __main__ as program
from bench import database, publishing, stack, web
from bench.machine import Machine
from bench.run import Run
from bench.table import Row
from tests.conftest import ROOT
from tests.e2e.test_bench import SMALL

MACHINE = Machine("A CPU", 2, "3.11.7", 15.0, 7000.0, 0.1)


def row(name: str = "a read", ours: float = 2.0, most: float | None = None) -> Row:
    return Row(group="Group", name=name, unit="requests", ours=ours, most=most)


def broken() -> Iterator[Row]:
    yield row("before it broke")
    raise KeyError("a queue")


def empty() -> Iterator[Row]:
    yield from ()


def said_by(run: Run) -> str:
    out = StringIO()
    run.say(out)
    return out.getvalue()


def test_run_is_complete_when_every_measurement_yielded_its_rows() -> None:
    run = Run(MACHINE)
    run.measure("reads", lambda: iter([row(most=1), row("a write", most=2)]))
    assert run.failed == [] and run.status(strict=False) == 0
    assert said_by(run).splitlines()[-1] == "1 goals missed."
    assert run.status(strict=True) == 1


def test_other_rows_are_shown_when_a_measurement_fails() -> None:
    run = Run(MACHINE)
    run.measure("publishing", broken)
    run.measure("reads", lambda: iter([row()]))
    assert run.failed == ["publishing"]
    assert [each.name for each in run.rows] == ["before it broke", "a read"]
    assert "a read" in said_by(run)


@pytest.mark.parametrize("rows", [broken, empty])
def test_run_ends_with_status_1_and_says_so_last_when_a_measurement_fails(
    rows: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Run(MACHINE)
    run.measure("publishing", rows)
    assert run.status(strict=False) == 1
    *_, named, loud, missed = said_by(run).splitlines()
    assert named.startswith("!!! FAILED: publishing")
    assert loud.startswith("!!! THE BENCHMARK IS NOT WHOLE: 1 of its measurements failed.")
    assert missed.startswith("!!! 0 goals missed by the rows that there are")
    assert "!!! publishing: FAILED" in capsys.readouterr().err
    with pytest.raises(RuntimeError, match="publishing failed"):
        run.as_markdown()


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """`python -m bench --write` with a machine that is known, in a folder of its own."""
    monkeypatch.setattr(program, "RESULT", tmp_path / "bench.json")
    monkeypatch.setattr(program, "DOCUMENT", tmp_path / "BENCHMARKS.md")
    monkeypatch.setattr(program, "calibrate", lambda: MACHINE)
    monkeypatch.setattr(sys, "argv", ["bench", "--write"])
    of_pages, (begin, end) = program.marks_of(program.OF_PAGES), program.marks_of(program.ALL)
    text = "\n".join((*of_pages, begin, "as it was", end))
    (tmp_path / "BENCHMARKS.md").write_text(text)
    return tmp_path


def test_document_is_unchanged_when_a_measurement_fails(
    started: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(program, "measure_all", lambda run: run.measure("publishing", broken))
    assert program.main() == 1
    assert "as it was" in (started / "BENCHMARKS.md").read_text()
    assert json.loads((started / "bench.json").read_text())["failed"] == ["publishing"]
    assert "BENCHMARKS.md stays as it was" in capsys.readouterr().out.splitlines()[-1]


def test_document_is_written_when_the_run_is_complete(
    started: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def measure_all(run: Run) -> None:
        run.measure("reads", lambda: iter([row()]))
        run.costs[100] = []

    monkeypatch.setattr(program, "measure_all", measure_all)
    assert program.main() == 0
    text = (started / "BENCHMARKS.md").read_text()
    assert "| a read | 2 requests |" in text and "load average" in text
    assert "as it was" not in text


def test_only_the_table_of_pages_is_written_when_only_they_are_measured(
    started: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench", "--pages", "--write"])
    found = [
        Row(group=web.GROUP, name=f"home: {kind}", unit="kB", ours=7.0)
        for kind in ("JavaScript", "CSS", "all")
    ]

    def measure_pages(run: Run) -> None:
        run.measure("web", lambda: iter(found))

    monkeypatch.setattr(program, "measure_pages", measure_pages)
    assert program.main() == 0
    text = (started / "BENCHMARKS.md").read_text()
    assert "| home | 7 | 7 | 7 |" in text
    assert "as it was" in text


def test_every_measurement_runs_when_all_of_them_fail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing(*_: Any) -> Any:
        raise KeyError("a queue")

    @contextmanager
    def without_reports(count: int) -> Iterator[str]:
        yield "a table"

    @contextmanager
    def laboratory() -> Iterator[Any]:
        yield SimpleNamespace(officer={}, engine=None, table_of=without_reports)

    for name in SMALL:
        monkeypatch.setattr(getattr(program, name), "rows", failing)
    monkeypatch.setattr(publishing, "measure_publishing", failing)
    monkeypatch.setattr(publishing, "measure_delay", failing)
    monkeypatch.setattr(database, "measure_costs", failing)
    monkeypatch.setattr(stack, "running_stack", failing)
    monkeypatch.setattr(program, "laboratory", laboratory)
    run = Run(MACHINE)
    program.measure_all(run)
    expected = {"database at 100", "database at 10,000", "database at 100,000", "visible"}
    assert run.rows == [] and expected <= set(run.failed)
    assert len(run.failed) == len(set(run.failed)) == len(SMALL) + len(expected)


def test_figures_of_the_database_are_not_compared_when_a_count_is_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = Run(MACHINE)
    run.costs[100] = []
    with pytest.raises(RuntimeError, match="not counted at 10,000, 100,000"):
        program._database(run)


def test_every_small_module_is_in_the_whole_run() -> None:
    source = (ROOT / "bench" / "__main__.py").read_text(encoding="utf-8")
    assert [name for name in SMALL if f"{name}.rows" not in source] == []
