"""Every event handler is deployed by its own module's name and has to work without app.py."""

import ast
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from chalice.app import ScheduledEventConfig

import app
from infra.resources import SOURCES, template
from tests.conftest import ROOT
from tests.support.log_lines import metric_faults

SCHEDULED = sorted(
    source.handler_string
    for source in app.app.event_sources
    if isinstance(source, ScheduledEventConfig)
)
HANDLERS = sorted({source.handler_string for source in app.app.event_sources} - {*SCHEDULED})
EVENTS = Path(__file__).parents[1] / "events"
ALONE = """
import json, sys
from importlib import import_module
module, _, name = sys.argv[1].rpartition(".")
handler = getattr(import_module(module), name)
from chalicelib.bootstrap import container
from chalicelib.bootstrap.publishing import publishing_ports
from chalicelib.bootstrap.reports import reactions
from tests.support.composition import every_builder_of_ports
class Fails:
    def __getattr__(self, name):
        from chalicelib.errors import UpstreamFailed
        raise UpstreamFailed("nothing is there")
class Publishing(Fails):
    from chalicelib.geo.quadkey import Tile
    council_tile = Tile(9, 254, 164)
    pages = {}
built = {(builder,): Fails() for builder in every_builder_of_ports()}
built[publishing_ports,] = Publishing()
built[reactions,] = (Fails(),)
for name in ("codes", "follow", "crews", "rounds", "unread"):
    built[container.queue, name] = Fails()
container.BUILT.update(built)
try:
    print(json.dumps(handler(json.load(sys.stdin), None)))
finally:
    assert "app" not in sys.modules, "the handler loaded app.py"
"""


@pytest.mark.parametrize("handler", HANDLERS)
def test_handler_returns_failed_records_when_only_its_module_is_loaded(handler: str) -> None:
    records = json.loads(event_of(handler).read_text())["Records"]
    done = alone(ALONE, handler)
    assert done.returncode == 0, done.stderr.decode()
    failures = json.loads(done.stdout.splitlines()[-1])["batchItemFailures"]
    numbers = {r.get("messageId") or r["dynamodb"]["SequenceNumber"] for r in records}
    assert failures and {each["itemIdentifier"] for each in failures} <= numbers


@pytest.mark.parametrize("handler", SCHEDULED)
def test_schedule_raises_its_failure_when_only_its_module_is_loaded(handler: str) -> None:
    """So that Lambda tries again, and an alarm can see it; the words of it are told nowhere."""
    done = alone(ALONE, handler)
    assert done.returncode != 0
    assert "HandlerFailed: UpstreamFailed;" in done.stderr.decode().splitlines()[-1]
    assert b"nothing is there" not in done.stdout + done.stderr


@pytest.mark.parametrize("handler", [*HANDLERS, *SCHEDULED])
def test_every_run_of_a_handler_ends_in_one_line_when_only_its_module_is_loaded(
    handler: str,
) -> None:
    """Without app.py, as Lambda runs it; here everything it needs fails."""
    said = alone(ALONE, handler).stdout.decode().splitlines()
    lines = [line for line in map(json.loads, said) if "event" in line]
    (line,) = [line for line in lines if line["event"] == "handled"]
    assert line["function"] == handler.rpartition(".")[2]
    assert line["failed"] >= 1
    assert list(metric_faults(line)) == []
    assert [each for each in lines if each["level"] == "error"]
    assert len({each["request_id"] for each in lines}) == 1


def test_handler_is_detected_when_it_loads_the_app() -> None:
    done = alone("import app\n" + ALONE, HANDLERS[0])
    assert done.returncode != 0 and b"the handler loaded app.py" in done.stderr


def event_of(handler: str) -> Path:
    return EVENTS / f"{handler.rpartition('.')[2]}.json"


@cache
def alone(program: str, handler: str) -> "subprocess.CompletedProcess[bytes]":
    """Runs a handler on its event in a new process, as Lambda loads it."""
    return subprocess.run(
        [sys.executable, "-c", program, handler],
        input=event_of(handler).read_bytes(),
        capture_output=True,
        cwd=ROOT,
        check=False,
    )


def test_every_source_of_events_is_in_the_template() -> None:
    outputs = template()["Outputs"]
    wanted = {
        getattr(source, "stream_arn", None) or getattr(source, "queue_arn", None)
        for source in app.app.event_sources
        if source.handler_string in HANDLERS
    }
    assert wanted == set(SOURCES)
    assert set(SOURCES.values()) <= set(outputs)


def test_every_module_of_handlers_is_registered() -> None:
    handlers = ROOT / "chalicelib" / "handlers"
    text = (handlers / "registry.py").read_text()
    blueprint = re.compile(r"^(routes|events) = \w+\(__name__", re.MULTILINE)
    modules = {
        f"{path.stem}.{found[1]}"
        for path in handlers.rglob("*.py")
        if path.stem != "description" and (found := blueprint.search(path.read_text()))
    }
    registered = set(re.findall(r"^    (\w+\.(?:routes|events)),$", text, re.MULTILINE))
    assert modules and registered == modules


def test_entry_point_only_registers() -> None:
    allowed = ast.Expr | ast.ImportFrom | ast.Assign | ast.For
    text = (ROOT / "app.py").read_text()
    assert [type(each) for each in ast.parse(text).body if not isinstance(each, allowed)] == []
    assert len(text.splitlines()) <= 40
