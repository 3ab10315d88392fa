"""`python -m bench`: measures everything, prints the table, writes bench.json; with --write the
tables of docs/BENCHMARKS.md too. Status 1 where a measurement failed, or, with --strict, where a
goal was missed."""

import argparse
import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from bench import (
    alerts,
    cold,
    cold_sign_in,
    database,
    duplicates,
    fixmystreet,
    nearest,
    open311,
    orders,
    publishing,
    screen,
    stack,
    static,
    views,
    warm,
    web,
)
from bench.engine import Laboratory, laboratory
from bench.machine import Machine, calibrated
from bench.process import ROOT
from bench.table import Row, as_markdown, as_text

RESULT, DOCUMENT = ROOT / "bench.json", ROOT / "docs" / "BENCHMARKS.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
COUNTS = (100, 10_000, 100_000)
PEERS_AT = 10_000


class Run:
    """What was measured so far, and what failed."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.rows: list[Row] = []
        self.costs: dict[int, list[database.Cost]] = {}
        self.publishing_ms = 0.0
        self.failed: list[str] = []

    def measure(self, name: str, rows: Callable[[], Iterator[Row]]) -> None:
        """Keeps the rows; a failure is told at once, and the rest goes on."""
        began = time.monotonic()
        try:
            # The functions log to standard output, which is the table's.
            with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
                self.rows += rows()
        except Exception:
            traceback.print_exc()
            self.failed.append(name)
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)

    def as_json(self) -> str:
        content = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": self.machine.as_json(),
            "rows": [row.as_json() for row in self.rows],
            "database": [cost.as_json() for costs in self.costs.values() for cost in costs],
            "failed": self.failed,
        }
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"

    def as_markdown(self) -> str:
        parts = [f"{datetime.now(UTC):%Y-%m-%d}: {self.machine.as_text()}.", as_markdown(self.rows)]
        if self.costs:
            parts += ["### Each use case in the database", database.details(self.costs)]
        return "\n\n".join(parts)


def main() -> int:
    options = _options()
    run = Run(calibrated())
    run.measure("cold", cold.rows)
    run.measure("cold sign-in", cold_sign_in.rows)
    run.measure("publishing", lambda: _publishing(run))
    with laboratory() as here:
        for count in COUNTS:
            run.measure(f"database at {count:,}", partial(_in_the_database, run, here, count))
    run.measure("database", lambda: database.rows(run.costs))
    run.measure("views", views.rows)
    run.measure("screen", screen.rows)
    run.measure("nearest", nearest.rows)
    run.measure("alerts", alerts.rows)
    run.measure("orders", orders.rows)
    run.measure("static", _static)
    run.measure("web", web.rows)
    print(f"{run.machine.as_text()}\n")
    print(as_text(run.rows, in_colour=sys.stdout.isatty()))
    RESULT.write_text(run.as_json(), encoding="utf-8")
    for name in run.failed:
        print(f"!!! The measurement {name!r} FAILED; its reason stands above.", file=sys.stderr)
    if options.write and not run.failed:
        write_document(run.as_markdown())
    missed = sum(row.holds is False for row in run.rows)
    print(f"\n{missed} goals missed.")
    return 1 if run.failed or (options.strict and missed) else 0


def write_document(measured: str) -> None:
    """Puts the tables between their marks."""
    before, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCUMENT.write_text(f"{before}{BEGIN}\n\n{measured}\n\n{END}{after}", encoding="utf-8")


def _publishing(run: Run) -> Iterator[Row]:
    together, alone = publishing.measured()
    run.publishing_ms = together.cpu_ms
    yield from publishing.rows(together, alone)


def _in_the_database(run: Run, here: Laboratory, count: int) -> Iterator[Row]:
    """The handlers on dynalite with that many reports, and once what does not depend on them."""
    with here.table_of(count):
        run.costs[count] = database.costs(count, here.officer)
        if count == PEERS_AT:
            yield from fixmystreet.rows(run.machine, here.engine, run.publishing_ms)
            yield from warm.rows()
            yield from duplicates.rows(here.engine, count)
        if count == max(COUNTS):
            yield from open311.rows(run.machine, here.engine)


def _static() -> Iterator[Row]:
    # Without its pump, whose polling would count as the requests' CPU.
    with stack.running(seed="demo", pump=False) as here:
        server = static.Server.at(here.url, here.pid)
        yield from static.rows(server, static.documents(here.url))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures everything.")
    parser.add_argument("--write", action="store_true", help="write docs/BENCHMARKS.md anew")
    parser.add_argument("--strict", action="store_true", help="status 1 where a goal is missed")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
