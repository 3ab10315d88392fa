"""`python -m bench.start [PYTHON]`: the CPU of the API's function when Lambda starts it: before the
first request, in that request and in the next one. docs/DEPLOY.md has the table that follows from
it. PYTHON runs the function; by default it is this one.
"""

import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, NamedTuple

from bench import gateway, stack
from bench.packaged import build_package
from bench.process import FRESH_ROUNDS, ROOT
from bench.table import Row, figure
from chalicelib.bootstrap.reports import reports_ports
from tests.support.builders import MARKET_PLACE, draft_body

GROUP = "Start of the API's function"
FIRST = """
import json, resource, sys, time
from types import SimpleNamespace
begun = time.process_time()
from chalicelib.handlers.api import handle
times = [time.process_time() - begun]
for event in json.load(sys.stdin):
    begun = time.process_time()
    answer = handle(event, SimpleNamespace(aws_request_id="1", function_name="api"))
    assert answer["statusCode"] < 400, answer
    times.append(time.process_time() - begun)
peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([*(each * 1000 for each in times), peak_kb / 1024]))
"""
STARTS = {"on Lambda": {"AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand"}, "elsewhere": {}}
"""Where the function starts → the environment there."""

Making = Callable[[], dict[str, Any]]
"""Makes the event of a request, another one each time."""


class Start(NamedTuple):
    """CPU in ms before the first request, in it and in the next one; the most memory in MB."""

    init: float
    first: float
    following: float
    peak: float


UNITS = ("ms", "ms", "ms", "MB")


def rows() -> Iterator[Row]:
    with stack.running_stack(seed="demo") as here:
        yield from rows_on(here)


def rows_on(
    here: stack.Stack, python: str = sys.executable, rounds: int = FRESH_ROUNDS
) -> Iterator[Row]:
    """The measurements on a stack with a report."""
    with build_package() as folder, stack.working_environment(here.environment):
        base = here.environment | {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder)}
        for name, making in _requests():
            for where, added in STARTS.items():
                found = _start(python, making, base | added, rounds)
                for part, unit, ours in zip(Start._fields, UNITS, found, strict=True):
                    row = f"{name}, {where}: {part}"
                    yield Row(group=GROUP, name=row, unit=unit, ours=ours)


def _start(python: str, making: Making, environment: dict[str, str], rounds: int) -> Start:
    """The medians of new processes that answer two requests each."""
    found = [_one_start(python, [making(), making()], environment) for _ in range(rounds)]
    return Start(*map(statistics.median, zip(*found, strict=True)))


def _one_start(
    python: str, events: list[dict[str, Any]], environment: dict[str, str]
) -> list[float]:
    done = subprocess.run(
        [python, "-P", "-c", FIRST],
        input=json.dumps(events),
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        check=True,
    )
    figures: list[float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def _requests() -> Iterator[tuple[str, Making]]:
    import app

    numbers = count()

    def get(path: str) -> Making:
        return lambda: gateway.event(app.app, "GET", path, None, {})

    def post() -> dict[str, Any]:
        headers = {"idempotency-key": f"start-{next(numbers):018}"}
        return gateway.event(app.app, "POST", "/api/reports", draft_body(), headers)

    known = next(iter(reports_ports().repository.list_ids()))
    yield "GET /health", get("/health")
    yield "GET /api/reports/{id}", get(f"/api/reports/{known}")
    near = f"/api/reports/nearby?lat={MARKET_PLACE['lat']}&long={MARKET_PLACE['long']}"
    yield "GET /api/reports/nearby", get(near)
    yield "POST /api/reports", post


def main(python: str = sys.executable) -> None:
    with stack.running_stack(seed="demo") as here:
        for row in rows_on(here, python):
            print(f"{row.name} {figure(row.ours)} {row.unit}")


if __name__ == "__main__":
    main(*sys.argv[1:])
