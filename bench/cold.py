"""Cold starts: CPU of a fresh process up to its first answer, beside the naive import of all. The
local stack stands in for AWS from a separate process, so that moto's import is in no figure.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from types import MappingProxyType
from typing import Any, NamedTuple

import boto3
from PIL import Image

from bench import gateway, stack
from bench.packaged import build_package
from bench.process import FRESH_ROUNDS, ROOT, Fresh, cpu_ms_of_each
from bench.table import Row
from chalicelib.bootstrap.reports import reports_ports
from tests.support.builders import MARKET_PLACE, draft_body

GROUP = "Cold start: CPU of a fresh process with its first answer"
DATABASE, NO_DATABASE, EVENT, ONE_ROUTE = 0.75, 0.45, 0.6, 0.25
"""Goals: the CPU of a first answer in that of the naive import."""
KEY = "cold-start-0000000000000"
NAIVE = """
import boto3, chalice, geopy.distance, jinja2, jwt, PIL.Image, pynamodb.models
boto3.client("s3"), boto3.client("sqs")
class Item(pynamodb.models.Model):
    class Meta:
        table_name = "reports"
        region = "eu-west-2"
Item._get_connection().connection.client
"""
BARE = """
from chalice import Chalice
app = Chalice(app_name="bare")
app.route("/health")(lambda: {"status": "ok"})
"""
API = "chalicelib.handlers.api.handle"
EVENTS = ROOT / "tests" / "events"


class FirstTask(NamedTuple):
    """The first task of a new process; `most_ratio` is the goal for it."""

    name: str
    fresh: Fresh
    most_ratio: float | None


def rows() -> Iterator[Row]:
    with stack.running_stack(seed="demo") as here:
        yield from rows_on(here)


def rows_on(here: stack.Stack, rounds: int = FRESH_ROUNDS) -> Iterator[Row]:
    """The measurements on a stack with a report."""
    with build_package() as folder, stack.working_environment(here.environment):
        here = replace(here, environment=here.environment | {"PYTHONPATH": str(folder)})
        firsts = [*_imports(here), *_routes(here), *_handlers(here)]
        yield from rows_of(GROUP, firsts, rounds)


def rows_of(group: str, firsts: Sequence[FirstTask], rounds: int) -> Iterator[Row]:
    """The CPU of each, beside the naive import."""
    every = [_program(NAIVE), *(first.fresh for first in firsts)]
    naive, *each = cpu_ms_of_each(every, rounds=rounds)
    for first, ours in zip(firsts, each, strict=True):
        yield Row(
            group=group,
            name=first.name,
            unit="ms",
            ours=ours,
            peer=naive,
            peer_name="naive import",
            most_ratio=first.most_ratio,
        )


def fresh_call(
    handler: str, making: Callable[[], dict[str, Any]], environment: Mapping[str, str]
) -> Fresh:
    """A new process that answers one event."""

    def encode_event() -> bytes:
        return json.dumps(making()).encode()

    return Fresh(["-P", "bench/first_call.py", handler], environment, encode_event)


def _program(code: str, environment: Mapping[str, str] = MappingProxyType({})) -> Fresh:
    return Fresh(["-P", "-c", code], environment)


def _event(handler: str, event: dict[str, Any], environment: Mapping[str, str]) -> Fresh:
    return fresh_call(handler, lambda: event, environment)


def _imports(here: stack.Stack) -> Iterator[FirstTask]:
    yield FirstTask("Chalice alone, with one route", _program(BARE), None)
    route = "import chalicelib.handlers.api, chalicelib.handlers.reports.reports"
    yield FirstTask("import the API with one route", _program(route, here.environment), ONE_ROUTE)


def _routes(here: stack.Stack) -> Iterator[FirstTask]:
    import app

    def route(
        name: str, most_ratio: float, method: str, path: str, body: Any = None, **headers: str
    ) -> FirstTask:
        words = {key.replace("_", "-"): value for key, value in headers.items()}
        event = gateway.event(app.app, method, path, body, words)
        return FirstTask(f"{method} {name}", _event(API, event, here.environment), most_ratio)

    known = next(iter(reports_ports().repository.list_ids()))
    near = f"/api/reports/nearby?lat={MARKET_PLACE['lat']}&long={MARKET_PLACE['long']}"
    photo = {"content_type": "image/jpeg", "size": 1000}
    yield route("/health", NO_DATABASE, "GET", "/health")
    yield route("/api/openapi.json", NO_DATABASE, "GET", "/api/openapi.json")
    yield route("/forms/report", NO_DATABASE, "GET", "/forms/report")
    key = f"{KEY}/1"
    yield route("/api/photos", DATABASE, "POST", "/api/photos", photo, idempotency_key=key)
    yield route("/api/places", NO_DATABASE, "GET", "/api/places?q=market")
    yield route("/api/reports/{id}", DATABASE, "GET", f"/api/reports/{known}")
    yield route("/api/reports/nearby", DATABASE, "GET", near)
    yield route("/api/reports", DATABASE, "POST", "/api/reports", draft_body(), idempotency_key=KEY)
    yield route(
        "/api/moderation, signed in",
        DATABASE,
        "GET",
        "/api/moderation?reason=waiting",
        **here.officer,
    )


def _handlers(here: stack.Stack) -> Iterator[FirstTask]:
    _upload_a_photo(here.environment["UPLOADS_BUCKET"])
    for module, names in {
        "reports.reports_events": ("fan_out", "publish_held"),
        "publishing.publishing_events": ("publish", "publish_overdue", "tidy"),
        "reports.photos_events": ("take_in", "sweep"),
    }.items():
        for name in names:
            event = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
            handler = f"chalicelib.handlers.{module}.{name}"
            yield FirstTask(f"event: {name}", _event(handler, event, here.environment), EVENT)


def _upload_a_photo(bucket: str) -> None:
    """The file named in the event of take_in."""
    picture = BytesIO()
    Image.linear_gradient("L").convert("RGB").save(picture, "JPEG")
    boto3.client("s3").put_object(
        Bucket=bucket,
        Key="7K3M2QXV9HTD/0123456789ABCDEFGHJKMNPQRS",
        Body=picture.getvalue(),
    )
