"""CPU time of this process, of fresh ones and of running ones; Linux's /proc tells of the last."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile

ROOT = Path(__file__).resolve().parents[1]
TICKS_S = 1 / os.sysconf("SC_CLK_TCK")
ROUNDS = 5


def cpu_ms_of_fresh(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    *,
    said: bytes = b"",
) -> float:
    """The median CPU of a new Python that is told `said`, its children's too.

    Raises RuntimeError where it fails.
    """
    return statistics.median(_one_fresh(arguments, environment, said) for _ in range(ROUNDS))


def cpu_us_a_call(call: Callable[[], object], *, calls: int) -> float:
    """CPU of this process for one call: the least of some rounds, after one that is not counted."""
    rounds = [_one_round(call, calls) for _ in range(ROUNDS + 1)]
    return min(rounds[1:]) / calls * 1e6


def cpu_s_of(leader: int) -> float:
    """CPU so far of every living process in the group of that one: a wrapper shares it with what
    it started."""
    used = 0.0
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[2]) == leader:
            used += (int(fields[11]) + int(fields[12])) * TICKS_S
    return used


def _one_round(call: Callable[[], object], calls: int) -> float:
    began = time.process_time()
    for _ in range(calls):
        call()
    return time.process_time() - began


def _one_fresh(arguments: Sequence[str], environment: Mapping[str, str], said: bytes) -> float:
    with TemporaryFile() as told, TemporaryFile() as errors:
        told.write(said)
        told.seek(0)
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env={**os.environ, **environment, "PYTHONPATH": str(ROOT)},
            stdin=told,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            raise RuntimeError(f"A fresh process failed: {arguments}\n{errors.read().decode()}")
    return (usage.ru_utime + usage.ru_stime) * 1000
