"""A function loads what it needs: the slices and the number of modules and classes that each module
of handlers loads are recorded in loaded.json. Times differ from machine to machine; counts do not.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

import app
from chalicelib.handlers import api
from infra.routes import as_json, route_table
from infra.template import functions, merged_template
from tests.architecture import loading
from tests.architecture.test_imports import STARTED_BY_LAMBDA
from tests.conftest import ROOT

TOLERANCE = 8
"""How many modules or classes more or fewer need no new record."""


def differences(found: loading.Loaded, recorded: loading.Loaded) -> Iterator[str]:
    """What is loaded otherwise than recorded."""
    if found.keys() != recorded.keys():
        yield f"other modules of handlers: {sorted(found.keys() ^ recorded.keys())}"
    for name in found.keys() & recorded.keys():
        now, before = found[name], recorded[name]
        if now["slices"] != before["slices"]:
            yield f"{name}: other slices: {sorted({*now['slices']} ^ {*before['slices']})}"
        for what in ("modules", "classes"):
            if abs(now[what] - before[what]) > TOLERANCE:
                yield f"{name}: {now[what]} {what} and not {before[what]}"


@pytest.fixture(scope="module")
def found() -> loading.Loaded:
    return loading.loaded(loading.handlers())


def test_each_module_of_handlers_loads_what_is_recorded(found: loading.Loaded) -> None:
    recorded = json.loads(loading.RECORD.read_text(encoding="utf-8"))
    advice = "if that is right, run `python -m tests.architecture.loading`"
    assert list(differences(found, recorded)) == [], advice


def test_no_module_of_handlers_loads_all_of_them(found: loading.Loaded) -> None:
    description = found.pop("description")
    assert max(each["modules"] for each in found.values()) < description["modules"] * 0.7


def test_heavier_import_is_detected(found: loading.Loaded) -> None:
    program = loading.PROGRAM.replace("    import_module(", "    import app; import_module(", 1)
    name = "reports.photos"
    slices, *counts = differences(loading.loaded([name], program), {name: found[name]})
    assert slices.startswith("reports.photos: other slices")
    assert len(counts) == 2 and "modules and not" in counts[0]


START = """
import gc, sys
from importlib import import_module
searches = lambda: sum(each["collections"] for each in gc.get_stats())
import_module("chalicelib.handlers")
before = searches()
for name in sys.argv[1:]:
    import_module(name)
from chalicelib.bootstrap import container
container.preload()
print(searches() - before, gc.isenabled())
"""


def test_function_starts_without_a_search_for_garbage() -> None:
    handlers = [f"chalicelib.handlers.{name}" for name in ("api", "reports.reports")]
    done = subprocess.run(
        [sys.executable, "-c", START, *handlers],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "AWS_DEFAULT_REGION": "eu-west-2"},
        check=True,
    )
    assert done.stdout.split() == ["0", "True"]


NAMESPACE = """
import os, sys
from importlib import import_module
from chalicelib.kernel.observability import logs
for name in sys.argv[1:]:
    if os.fork():
        os.wait()
        continue
    import_module(name)
    print(logs.JsonLine.namespace, flush=True)
    os._exit(0)
"""


def test_every_function_writes_its_metrics_into_the_namespace_of_its_stack() -> None:
    modules = {function["Handler"].rpartition(".")[0] for function in functions(merged_template())}
    assert len(modules) > 10 and "chalicelib.handlers.api" in modules
    for environment, named in (
        ({"METRICS_NAMESPACE": "Ginnel/york"}, "Ginnel/york"),
        ({}, "Ginnel"),
    ):
        done = subprocess.run(
            [sys.executable, "-c", NAMESPACE, *modules],
            capture_output=True,
            text=True,
            cwd=ROOT,
            env=os.environ | STARTED_BY_LAMBDA | environment,
            check=True,
        )
        assert done.stdout.split() == [named] * len(modules)


def test_route_table_is_as_the_command_writes_it() -> None:
    written = api.ROUTE_TABLE.read_text(encoding="utf-8")
    assert written == as_json(route_table()), "run `python -m infra routes`"


def test_route_table_has_each_path_of_the_application() -> None:
    assert route_table().keys() == app.app.routes.keys()


ANSWERS = """
import json, sys
from importlib import import_module
module, _, name = sys.argv[1].rpartition(".")
handle = getattr(import_module(module), name)
for method, path in (("GET", "/health"), ("GET", "/health"), ("PUT", "/health"),
                     ("GET", "/api/account")):
    answer = handle({
        "requestContext": {"httpMethod": method, "resourcePath": path, "path": path},
        "path": path,
        "headers": {"x-request-id": "phone-1234"},
        "multiValueQueryStringParameters": None,
        "pathParameters": {},
        "stageVariables": None,
        "body": None,
        "isBase64Encoded": False,
    }, None)
    print(json.dumps(answer), "chalicelib.handlers.jobs.jobs" in sys.modules)
"""


def answers(handler: str) -> list[str]:
    """The answers of a new process to some requests, and whether it loaded all routes for each."""
    done = subprocess.run(
        [sys.executable, "-c", ANSWERS, handler],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=True,
    )
    return [line for line in done.stdout.splitlines() if line.startswith('{"headers"')]


def test_function_of_the_api_answers_as_the_whole_application_without_loading_it() -> None:
    here, there = answers("chalicelib.handlers.api.handle"), answers("app.app")
    assert [line.replace(" True", " False") for line in there] == here
    statuses = [json.loads(line.rpartition(" ")[0])["statusCode"] for line in here]
    # 500: there is no database here.
    assert statuses == [200, 200, 405, 500]
