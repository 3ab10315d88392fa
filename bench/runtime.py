"""Runs functions as AWS does: by AWS's own runtime client, which asks a Runtime API for events, in
a process with the function's memory, environment and handler. AWS's services are those of moto.

`python -m bench.runtime` runs every function once on its sample event and prints what it took;
`--package FOLDER --python python3.13` does so with an unzipped package. Status 1 if one failed.
"""

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, NamedTuple

from bench import stack
from bench.process import ROOT
from bench.runtime_api import Outcome, RuntimeApi
from bench.table import Row
from infra.template import merged_template

GROUP = "Functions under AWS's runtime client, each on its sample event"
SHOWN = 3
STARTS_S = 60
EVENTS = ROOT / "tests" / "events"
PROGRAM = """
import resource, runpy, sys
most = int(sys.argv.pop())
resource.setrlimit(resource.RLIMIT_DATA, (most, most))
runpy.run_module("awslambdaric", run_name="__main__", alter_sys=True)
"""
"""Limits the memory that the process itself may write to; its code and its libraries do not count,
as they are shared."""
PASSED_ON = ("PATH", "HOME", "LANG")
WITHOUT_STAND_IN = ("CheckRelease",)
"""They call services that moto does not have: Lambda with the API in it, and CodeDeploy."""
STAND_INS = ("PAYMENTS_URL", "OUTSIDE_ALLOWED")
"""Settings of a local stack alone: where its payment provider is."""


class Function(NamedTuple):
    """A function of the template: its handler, limits, and the settings that it gets."""

    name: str
    handler: str
    megabytes: int
    timeout_s: int
    settings: Mapping[str, str]


def run(
    function: Function, events: Sequence[Any], folder: Path = ROOT, python: str = sys.executable
) -> Outcome:
    """Runs the function on these events in turn, with the code in that folder."""
    api = RuntimeApi(events, function.timeout_s)
    began = time.perf_counter()
    with TemporaryFile() as output:
        process = subprocess.Popen(
            [python, "-c", PROGRAM, function.handler, str(function.megabytes << 20)],
            cwd=folder,
            env=_environment(function, folder, api.address),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        ended = threading.Thread(target=_end_with, args=(process, api), daemon=True)
        ended.start()
        in_time = api.done.wait(STARTS_S + function.timeout_s * len(events))
        peak_mb = _peak_mb(process.pid)
        process.kill()
        ended.join()
        api.stop()
        output.seek(0)
        said = output.read().decode(errors="replace")
    if not in_time or len(api.answers) < len(events):
        api.errors.append(said[-2000:] or "It did not answer in time.")
    return api.outcome(began, peak_mb)


def functions(template: Mapping[str, Any], settings: Mapping[str, str]) -> list[Function]:
    """The template's functions but for WITHOUT_STAND_IN, each with the values of those settings
    that the template gives it; others are empty. Each also has the settings that say where AWS and
    the payment provider are."""
    elsewhere = {
        name: settings[name] for name in settings if name.startswith("AWS_") or name in STAND_INS
    }
    common = template["Globals"]["Function"].get("Environment", {}).get("Variables", {})
    found = []
    for name, made in template["Resources"].items():
        if made["Type"] == "AWS::Serverless::Function" and name not in WITHOUT_STAND_IN:
            own = made["Properties"]
            named = {**common, **own.get("Environment", {}).get("Variables", {})}
            values = {each: settings.get(each, "") for each in named} | elsewhere
            found.append(Function(name, own["Handler"], own["MemorySize"], own["Timeout"], values))
    return found


def _environment(function: Function, folder: Path, address: str) -> dict[str, str]:
    """As on Lambda, where AWS's services are elsewhere."""
    passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {
        **passed,
        **{name: value for name, value in function.settings.items() if value},
        "AWS_LAMBDA_RUNTIME_API": address,
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.megabytes),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "LAMBDA_TASK_ROOT": str(folder),
        "PYTHONPATH": str(folder),
    }


def _end_with(process: "subprocess.Popen[bytes]", api: RuntimeApi) -> None:
    process.wait()
    api.done.set()


def _peak_mb(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    lines = (line.split() for line in status.splitlines())
    return next((int(words[1]) / 1024 for words in lines if words[0] == "VmHWM:"), 0.0)


def rows() -> Iterator[Row]:
    """What the functions took on a local stack, the slowest and the largest first."""
    with stack.running_stack(pump=False) as here:
        yield from rows_on(here)


def rows_on(here: stack.Stack, only: Collection[str] = ()) -> Iterator[Row]:
    """The same on a stack whose pump is stopped, of all functions or only of some."""
    outcomes = run_functions(here, only=only)
    yield Row(
        group=GROUP,
        name=f"failed, of {len(outcomes)}",
        unit="functions",
        ours=sum(bool(failure_of(each)) for each in outcomes.values()),
        most=0,
    )
    for name, one in _largest(outcomes, lambda each: each.init_ms):
        yield Row(group=GROUP, name=f"time to start: {name}", unit="ms", ours=one.init_ms)
    for name, one in _largest(outcomes, lambda each: each.peak_mb):
        yield Row(group=GROUP, name=f"peak of memory: {name}", unit="MB", ours=one.peak_mb)


def run_functions(
    here: stack.Stack,
    folder: Path = ROOT,
    python: str = sys.executable,
    only: Collection[str] = (),
) -> dict[str, Outcome]:
    """Each function's outcome on a stack, with the code in that folder."""
    known = functions(merged_template(), stack_settings(here.environment))
    wanted = [each for each in known if not only or each.name in only]
    return {each.name: run(each, [sample_event(each)], folder, python) for each in wanted}


def stack_settings(environment: Mapping[str, str]) -> dict[str, str]:
    """The settings of a stack for functions in other processes; their API is behind no CDN."""
    return {name: environment[name] for name in environment if name != "ORIGIN_SECRET_ARN"}


def sample_event(function: Function) -> Any:
    """The function's event in tests/events."""
    path = EVENTS / f"{function.handler.rpartition('.')[2]}.json"
    return json.loads(path.read_text(encoding="utf-8"))


def failure_of(outcome: Outcome) -> str:
    """The failure; empty if there was none."""
    answer = outcome.answer or {}
    refused = answer.get("statusCode", 200) >= 400 or answer.get("batchItemFailures")
    return outcome.error or (json.dumps(answer) if refused else "")


def main() -> int:
    """Runs every function, prints its figures and its failure."""
    parser = argparse.ArgumentParser(prog="python -m bench.runtime", description=__doc__)
    parser.add_argument("--package", type=Path, default=ROOT, help="the folder with the code")
    parser.add_argument("--python", default=sys.executable, help="a Python with awslambdaric")
    options = parser.parse_args()
    with stack.running_stack(pump=False) as here:
        outcomes = run_functions(here, options.package.resolve(), options.python)
    for name, each in outcomes.items():
        figures = f"{each.init_ms:6.0f} ms {each.event_ms:6.0f} ms {each.peak_mb:6.1f} MB"
        print(f"{name:24} {figures} {failure_of(each)}")
    return 1 if any(map(failure_of, outcomes.values())) else 0


def _largest(
    outcomes: Mapping[str, Outcome], of: Callable[[Outcome], float]
) -> list[tuple[str, Outcome]]:
    return sorted(outcomes.items(), key=lambda item: -of(item[1]))[:SHOWN]


if __name__ == "__main__":
    sys.exit(main())
