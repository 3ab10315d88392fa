"""A system that is told by webhook on the local stack: through its own schedules, over HTTP."""

import json
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from chalicelib.kernel.time import utc_now
from infra.local.stack import LocalStack, Options
from tests.support.builders import draft_body, long_key
from tests.support.webhooks import WebhookReceiver, is_signature_valid, run_receiver

RECEIVERS = "/api/outbound/receivers"


@pytest.fixture
def hook() -> Iterator[WebhookReceiver]:
    with run_receiver() as server:
        yield server


@pytest.fixture
def stack(hook: WebhookReceiver) -> Iterator[LocalStack]:
    here = LocalStack(Options(outside_allowed=hook.origin))
    here.start()
    yield here
    here.stop()


def call(stack: LocalStack, method: str, path: str, body: Any = None, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    raw = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(stack.url + path, data=raw, headers=named, method=method)
    with urllib.request.urlopen(asked) as answer:
        return json.loads(answer.read())


def advance_clock(stack: LocalStack, moment: datetime) -> None:
    """The clock shows that from now on, and what is due by then happens."""
    with time_machine.travel(moment):
        stack.cloud.pump.wait_until_idle()


def change_report(stack: LocalStack, path: str, officer: str, **values: str) -> None:
    version = call(stack, "GET", path, Authorization=officer)["version"]
    call(stack, "PATCH", path, values, Authorization=officer, If_Match=f'"{version}"')
    stack.cloud.pump.wait_until_idle()


def test_receiver_gets_a_report_until_it_is_gone_though_it_was_down_at_first(
    stack: LocalStack, hook: WebhookReceiver
) -> None:
    tokens = call(stack, "GET", "/_local/tokens.json")
    admin, officer = f"Bearer {tokens['admin']}", f"Bearer {tokens['officer']}"
    draft = {"name": "Data warehouse", "url": f"{hook.origin}/hook"}
    made = call(stack, "POST", RECEIVERS, draft, Authorization=admin)
    hook.status, start = 503, utc_now()

    receipt = call(stack, "POST", "/api/reports", draft_body(), Idempotency_Key=long_key("report"))
    path = f"/api/reports/{receipt['service_request_id']}"
    stack.cloud.pump.wait_until_idle()
    assert [body["kind"] for body in hook.bodies()] == ["report.submitted"]
    hook.status = 204
    advance_clock(stack, utc_now() + timedelta(minutes=2))
    assert len(hook.heard) == 2 and len({body["id"] for body in hook.bodies()}) == 1

    change_report(stack, path, officer, state="in_progress")
    change_report(stack, path, officer, visibility="hidden")
    told = hook.bodies()[1:]
    assert [body["kind"] for body in told] == [
        "report.submitted",
        "report.changed",
        "report.gone",
    ]
    assert [body["report"].get("state") for body in told] == ["open", "in_progress", None]

    with time_machine.travel(utc_now() + timedelta(minutes=10)):
        since = {"since": start.isoformat()}
        again = f"{RECEIVERS}/{made['receiver_id']}/replay"
        answer = call(stack, "POST", again, since, Authorization=admin)
        stack.cloud.pump.wait_until_idle()
    replayed = hook.bodies()[4:]
    assert answer["replayed"] == len(replayed) == 3
    assert {body["id"] for body in replayed} == {body["id"] for body in told}
    # It is gone by now, so nothing that was told before is told again.
    assert {body["kind"] for body in replayed} == {"report.gone"}
    assert all(is_signature_valid(headers, body, made["secret"]) for headers, body in hook.heard)

    advance_clock(stack, utc_now() + timedelta(minutes=20))
    *_, others = call(stack, "GET", "/data/getting-through.json")["destinations"]
    assert others["name"] == "Other systems"
    assert (others["waiting"], others["failed"]) == (0, 0) and others["last_success"]
