"""One run of the benchmark: measurements, failures, and their output."""

import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from bench import database
from bench.machine import Machine
from bench.table import PLAIN, RED, Row, as_markdown, as_text

FAILED = "!!!"
"""The prefix of each line that says that the run is incomplete."""


class Run:
    """The measurements so far, and the failures."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.rows: list[Row] = []
        self.costs: dict[int, list[database.Cost]] = {}
        self.publishing_ms: float | None = None
        self.failed: list[str] = []
        self._load_before = os.getloadavg()[0]

    @contextmanager
    def guard(self, name: str) -> Iterator[None]:
        """Prints and stores a failure inside, and continues."""
        began = time.monotonic()
        try:
            # The functions log to standard output, which is the table's.
            with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
                yield
        except Exception:
            traceback.print_exc()
            print(f"{FAILED} {name}: FAILED", file=sys.stderr)
            self.failed.append(name)
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)

    def measure(self, name: str, rows: Callable[[], Iterator[Row]]) -> None:
        """Keeps the rows up to a failure; yielding none is a failure, too."""
        with self.guard(name):
            before = len(self.rows)
            # Row by row: those before a failure stay.
            for row in rows():
                self.rows.append(row)
            if len(self.rows) == before:
                raise RuntimeError(f"The measurement {name!r} gave no row.")

    @property
    def missed(self) -> int:
        """The number of missed goals."""
        return sum(row.holds is False for row in self.rows)

    def status(self, *, strict: bool) -> int:
        """The exit status: 1 if a measurement failed, or, if strict, a goal was missed."""
        return 1 if self.failed or (strict and self.missed) else 0

    def load(self) -> str:
        """The machine's load at the beginning and the end of the run."""
        return f"load average {self._load_before:.1f} before and {os.getloadavg()[0]:.1f} after"

    def as_json(self) -> str:
        content = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": self.machine.as_json(),
            "load": self.load(),
            "rows": [row.as_json() for row in self.rows],
            "database": [cost.as_json() for costs in self.costs.values() for cost in costs],
            "failed": self.failed,
        }
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"

    def heading(self) -> str:
        """The time and machine of the run."""
        return f"{datetime.now(UTC):%Y-%m-%d}: {self.machine.as_text()}; {self.load()}."

    def as_markdown(self) -> str:
        """The tables of a complete run. Raises RuntimeError if a measurement failed."""
        if self.failed:
            raise RuntimeError(f"The run is not whole: {', '.join(self.failed)} failed.")
        parts = [self.heading(), as_markdown(self.rows)]
        parts += ["### Each use case in the database", database.details_table(self.costs)]
        return "\n\n".join(parts)

    def say(self, out: TextIO) -> None:
        """Prints the rows, and last the result of the run."""
        in_colour = out.isatty()
        print(f"{self.machine.as_text()}; {self.load()}\n", file=out)
        print(as_text(self.rows, in_colour=in_colour), file=out)
        print(file=out)
        for line in self._verdict():
            print(f"{RED}{line}{PLAIN}" if in_colour and self.failed else line, file=out)

    def _verdict(self) -> Sequence[str]:
        if not self.failed:
            return [f"{self.missed} goals missed."]
        return [
            *(f"{FAILED} FAILED: {name}; its rows are missing above." for name in self.failed),
            f"{FAILED} THE BENCHMARK IS NOT WHOLE: {len(self.failed)} of its measurements failed. "
            "Their reasons stand before the table.",
            f"{FAILED} {self.missed} goals missed by the rows that there are.",
        ]
