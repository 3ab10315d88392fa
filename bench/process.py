"""CPU time of this process, of fresh ones and of running ones, the last from Linux's /proc."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "build" / "web" / "demo"
TICKS_S = 1 / os.sysconf("SC_CLK_TCK")
ROUNDS = 5
FRESH_ROUNDS = 7


class Fresh(NamedTuple):
    """A new Python with its arguments, additional environment, and a function that makes its input
    for each run."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    saying: Callable[[], bytes] = bytes


def cpu_ms_of_each(every: Sequence[Fresh], *, rounds: int = FRESH_ROUNDS) -> list[float]:
    """The median CPU of each, its children's too. All run in each round, so that other load on the
    machine affects all alike. Raises RuntimeError if one fails.
    """
    used = [[_one_fresh(each) for each in every] for _ in range(rounds)]
    return [statistics.median(of_one) for of_one in zip(*used, strict=True)]


def cpu_ms_of_fresh(
    arguments: Sequence[str], environment: Mapping[str, str], *, rounds: int = FRESH_ROUNDS
) -> float:
    """The same of one alone."""
    return cpu_ms_of_each([Fresh(arguments, environment)], rounds=rounds)[0]


def peak_kb_of_fresh(code: str, *arguments: str) -> int:
    """The peak memory of a new Python running the code."""
    told = "import re\nprint(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1])"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{told}", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        check=True,
    )
    return int(done.stdout)


def cpu_us_a_call(call: Callable[[], object], *, calls: int, rounds: int = ROUNDS) -> float:
    """CPU of this process for one call: the least of some rounds, after one that is not counted."""
    used = [_one_round(call, calls) for _ in range(rounds + 1)]
    return min(used[1:]) / calls * 1e6


def cpu_s_of(leader: int) -> float:
    """CPU so far of every living process in the group of that one: a wrapper shares it with its
    children."""
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


def _one_fresh(fresh: Fresh) -> float:
    with TemporaryFile() as told, TemporaryFile() as errors:
        told.write(fresh.saying())
        told.seek(0)
        process = subprocess.Popen(
            [sys.executable, *fresh.arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **fresh.environment},
            stdin=told,
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            raise RuntimeError(
                f"A fresh process failed: {fresh.arguments}\n{errors.read().decode()}"
            )
    return (usage.ru_utime + usage.ru_stime) * 1000
