"""The local stack as a program of its own, as `make run` starts it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer

from tests.conftest import ROOT
from tests.support.patience import PATIENCE_S

Process = subprocess.Popen[str]


@contextmanager
def start_program(folder: Path, **environment: str) -> Iterator[Process]:
    """Start the program with its files in `folder`, so that it shares none with another stack, and
    its errors in `folder`/errors.txt. It is killed at the end, so a failing test never waits for
    it."""
    with (folder / "errors.txt").open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "infra.local"],
            cwd=ROOT,
            env=os.environ | {"STATE_FOLDER": str(folder), "SEED": "none", **environment},
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
        with process:
            try:
                yield process
            finally:
                process.kill()


def first_line(process: Process) -> str:
    """What the program prints first; empty if it ended or PATIENCE_S passed before."""
    assert process.stdout
    limit = Timer(PATIENCE_S, process.kill)
    limit.start()
    try:
        return process.stdout.readline()
    finally:
        limit.cancel()
