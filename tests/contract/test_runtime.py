"""Functions run under AWS's own runtime client, with the handler, settings and memory that the
template gives them."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.wrappers import Request, Response

from bench import runtime
from bench.runtime import Function, failure_of, run, sample_event
from chalicelib.bootstrap import container
from chalicelib.kernel.time import utc_now
from infra.local import aws
from infra.local.cloud import Cloud
from infra.local.pay.service import PayService
from infra.template import merged_template
from tests.support.effort import EXHAUSTIVE

EVERY = {each.name: each for each in runtime.functions(merged_template(), {})}
TRIED = sorted(EVERY) if EXHAUSTIVE else ["APIHandler", "TakeIn"]
"""Each takes a second."""


@pytest.fixture(scope="module")
def functions() -> Iterator[dict[str, Function]]:
    """The functions, with the settings of a cloud and a payment provider that other processes
    reach."""
    cloud = Cloud()
    with (
        served(aws.moto_server("127.0.0.1", 0)) as endpoint,
        served(payment_provider()) as payments,
    ):
        reached = {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": aws.REGION,
            "PAYMENTS_URL": payments,
            "OUTSIDE_ALLOWED": payments,
        }
        known = runtime.functions(
            merged_template(), runtime.stack_settings(cloud.environment) | reached
        )
        yield {each.name: each for each in known}
    cloud.stop()


@contextmanager
def served(server: BaseWSGIServer) -> Iterator[str]:
    """Where the server answers, until the end of the block."""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://{server.host}:{server.port}"
    server.shutdown()
    server.server_close()


def payment_provider() -> BaseWSGIServer:
    """The stand-in for the payment provider, which knows the cloud's key."""
    key = container.secret_text("api_key", "payments")
    service = PayService("", lambda: str(key), "", utc_now)

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        asked = Request(environ)
        headers = {name.lower(): value for name, value in asked.headers}
        said = service.answer(asked.method, asked.full_path, headers, asked.data)
        return Response(json.dumps(said.body), said.status)(environ, start_response)

    return make_server("127.0.0.1", 0, answer)


@pytest.mark.parametrize("name", sorted(EVERY))
def test_function_has_a_sample_event(name: str) -> None:
    assert sample_event(EVERY[name])


@pytest.mark.parametrize("name", TRIED)
def test_function_answers_its_sample_event(name: str, functions: dict[str, Function]) -> None:
    function = functions[name]
    outcome = run(function, [sample_event(function)] * 2)
    assert failure_of(outcome) == ""
    assert 0 < outcome.peak_mb < function.megabytes / 2


def test_function_fails_when_it_has_too_little_memory(functions: dict[str, Function]) -> None:
    function = functions["TakeIn"]._replace(megabytes=20)
    assert failure_of(run(function, [sample_event(function)]))


def test_function_fails_when_it_lacks_a_setting(functions: dict[str, Function]) -> None:
    function = functions["APIHandler"]
    settings = {**function.settings, "REPORTS_TABLE": ""}
    outcome = run(function._replace(settings=settings), [sample_event(function)])
    assert outcome.answer["statusCode"] == 503 and failure_of(outcome)
