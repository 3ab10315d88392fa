"""Every module of the benchmark, small: its rows come out, with the counts that are exact. How fast
anything is stands in no test.

What the modules share runs once: a local stack in a process of its own, its pump standing still, on
which one report has been published.
"""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench import (
    alerts,
    bins,
    bookings,
    cold,
    cold_sign_in,
    database,
    duplicates,
    fixmystreet,
    machine,
    nearest,
    open311,
    orders,
    pages,
    photos,
    publishing,
    runtime,
    screen,
    stack,
    start,
    static,
    views,
    warm,
    web,
)
from bench.engine import Laboratory, laboratory_on
from bench.stack import Stack
from bench.table import Row
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.reports.usecases.access import Author
from chalicelib.reports.usecases.submission import submit
from tests.conftest import ROOT
from tests.support.attack_photos import ATTACKS
from tests.support.builders import draft
from tests.support.effort import effort

HELPERS = {
    "__init__",
    "__main__",
    "capacity",
    "engine",
    "first_call",
    "gateway",
    "machine",
    "meter",
    "overview",
    "packaged",
    "process",
    "run",
    "runtime_api",
    "serve",
    "stack",
    "table",
}
"""Modules of bench/ that measure nothing themselves; the others use them, or unit tests do."""
COMMANDS = {
    "republishing": "tests/unit/bench/test_republishing.py",
    "crowd": "tests/e2e/test_crowd.py",
    "scale": "tests/unit/bench/test_scale.py",
}
"""Measurements with a command of their own, and the test that runs each."""
REPORTS, FEW = 100, 3
Small = Callable[[Stack], Iterator[Row]]


@pytest.fixture(scope="module")
def here() -> Iterator[Stack]:
    with stack.running_stack(pump=False) as made:
        with stack.working_environment(made.environment):
            submit(draft(), "bench", Author(), reports_ports())
            publishing.pump_of().run_until_idle()
        yield made


@contextmanager
def laboratory(here: Stack) -> Iterator[Laboratory]:
    with laboratory_on(here) as made, made.table_of(REPORTS):
        yield made


def cold_rows(here: Stack) -> Iterator[Row]:
    return cold.rows_on(here, rounds=1)


def sign_in_rows(here: Stack) -> Iterator[Row]:
    return cold_sign_in.rows_on(here, rounds=1)


def publishing_rows(here: Stack) -> Iterator[Row]:
    yield from publishing.rows(*publishing.measure_on(here, together=FEW, alone=1))
    with stack.working_environment(here.environment):
        pump = publishing.pump_of()
        pump.start()
        try:
            yield from publishing.measure_delay_at(here.url, times=1)
        finally:
            pump.stop()


def database_rows(here: Stack) -> Iterator[Row]:
    with laboratory(here) as made:
        costs = {REPORTS: database.measure_costs(REPORTS, made.officer, times=1)}
    assert database.details_table(costs).count(f"| {REPORTS} |") == len(costs[REPORTS])
    yield from database.rows(costs)


def fixmystreet_rows(here: Stack) -> Iterator[Row]:
    here_is = machine.calibrate(requests=FEW)
    with laboratory(here) as made:
        yield from fixmystreet.rows(
            here_is, made.engine, 1.0, reports=2000, requests=FEW, submissions=FEW
        )


def warm_rows(here: Stack) -> Iterator[Row]:
    with laboratory(here):
        yield from warm.rows(calls=1, without_aws=1)


def duplicates_rows(here: Stack) -> Iterator[Row]:
    with laboratory(here) as made:
        yield from duplicates.rows(made.engine, REPORTS, places=FEW, searched=FEW)


def of_open311(here: Stack) -> Iterator[Row]:
    with laboratory(here) as made:
        yield from open311.rows(machine.calibrate(requests=FEW), made.engine, least=FEW)


def static_rows(here: Stack) -> Iterator[Row]:
    server = static.Server.at(here.url, here.pid)
    return static.rows(server, static.documents(here.url), requests=FEW)


def photos_rows(_: Stack) -> Iterator[Row]:
    names = ("JPEG with a comment", "noise")
    return photos.rows({name: ATTACKS[name] for name in names}, rounds=1)


SMALL: dict[str, Small] = {
    "alerts": lambda _: alerts.rows(effort(400, 2000)),
    "bins": lambda _: bins.rows(),
    "bookings": lambda _: bookings.rows(),
    "cold": cold_rows,
    "cold_sign_in": sign_in_rows,
    "database": database_rows,
    "duplicates": duplicates_rows,
    "fixmystreet": fixmystreet_rows,
    "nearest": lambda _: nearest.rows((200,), asked=FEW, rounds=1),
    "open311": of_open311,
    "orders": lambda _: orders.rows(1, stops=12),
    "pages": lambda _: pages.rows(runs=1),
    "photos": photos_rows,
    "publishing": publishing_rows,
    "runtime": lambda here: runtime.rows_on(here, only=("FanOut",)),
    "screen": lambda _: screen.rows(2000, at=FEW),
    "start": lambda here: start.rows_on(here, rounds=1),
    "static": static_rows,
    "views": lambda _: views.rows(),
    "warm": warm_rows,
    "web": lambda _: web.rows(),
}
ROWS = {
    "alerts": 12,
    "bins": 9,
    "bookings": 6,
    "cold": 18,
    "cold_sign_in": 8,
    "database": 22,
    "duplicates": 6,
    "fixmystreet": 6,
    "nearest": 6,
    "open311": 6,
    "orders": 6,
    "pages": 25,
    "photos": 2,
    "publishing": 10,
    "runtime": 3,
    "screen": 3,
    "start": 32,
    "static": 2,
    "views": 3,
    "warm": 4,
    "web": 28,
}
EXACT = {
    "alerts": {"queries for a report, most": 6},
    "bins": {
        f"known address: requests to {bins.API}": 0,
        f"finding an address: requests to {bins.API}": 2,
        f"calendar poll: requests to {bins.API}": 0,
        "calendar poll, unchanged: all": 0,
    },
    "bookings": {
        "a collection, booked and paid: requests": 11,
        "a bill, paid: requests": 8,
    },
    "database": {
        "submit": 1,
        "submit: conditional writes": 1,
        "check 25 m": 2,
        "check 100 m": 4,
        "read a report": 1,
        "add an update": 2,
        "flag": 2,
    },
    "duplicates": {"within 25 m, most": 2, "within 100 m, most": 4},
    "pages": {
        f"{page}: {category}": 0
        for page in (*pages.PAGES, web.REPORT)
        for category in pages.FULL.values()
    },
    "publishing": {"writes of one tile in one batch, most": 1},
    "runtime": {"failed, of 1": 0},
    "views": {"phone screen of 1.5 × 2.5 km, most": 9, "city view": 1},
}
"""What does not depend on the machine, nor on how small the sizes are."""


COSTLY = {"bins", "bookings", "cold", "cold_sign_in", "pages", "start"}
"""They start a process for each call or page, and only `make test-all` runs them."""


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.exhaustive) if name in COSTLY else name
        for name in SMALL
    ],
)
def test_measurement_yields_its_rows_at_a_small_size(name: str, here: Stack) -> None:
    rows = list(SMALL[name](here))
    assert len(rows) == len({(row.group, row.name, row.unit) for row in rows}) == ROWS[name]
    for row in rows:
        assert math.isfinite(row.ours), row.name
    found = {row.name: row.ours for row in rows}
    assert {each: found[each] for each in EXACT.get(name, {})} == EXACT.get(name, {})


def module_names(folder: Path) -> set[str]:
    packages = {path.parent.name for path in folder.glob("*/__init__.py")}
    return packages | {path.stem for path in folder.glob("*.py")}


def test_every_module_of_the_benchmark_is_run_small() -> None:
    assert module_names(ROOT / "bench") == HELPERS | set(SMALL) | set(COMMANDS)
    for name, test in COMMANDS.items():
        text = (ROOT / test).read_text(encoding="utf-8")
        assert f"from bench.{name}" in text


def test_unlisted_module_is_detected(tmp_path: Path) -> None:
    (tmp_path / "unheard_of.py").touch()
    (tmp_path / "unknown").mkdir()
    (tmp_path / "unknown" / "__init__.py").touch()
    assert module_names(tmp_path) - HELPERS - set(SMALL) == {"unheard_of", "unknown"}
