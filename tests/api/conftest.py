"""A client of the API as API Gateway would call it, on moto."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from chalice.app import Response
from chalice.test import Client, HTTPResponse
from msgspec.structs import fields

from chalicelib.accounts import audit
from chalicelib.accounts.model import Account, Destination, Grant, Role
from chalicelib.accounts.usecases.rate_limits import Flow
from chalicelib.bootstrap.accounts import accounts_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.handlers.http import auth, rate_limits, routes
from chalicelib.handlers.http.answers import PROBLEM
from chalicelib.handlers.http.call import Call
from chalicelib.handlers.http.openapi import Problem, error_statuses
from chalicelib.handlers.http.route_facts import RouteFacts
from chalicelib.kernel.time import utc_now
from chalicelib.net.reply import Reply
from infra.local.cloud import Cloud
from infra.tokens import account_with, token_of
from tests.support.builders import draft_body, long_key
from tests.support.composition import publish_nothing
from tests.support.http_client import InProcessClient
from tests.support.paying import PENCE, InProcessPay, give_order, serve_payments


@pytest.fixture(autouse=True)
def documented_errors(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test in which an operation answers an error that the OpenAPI document does not name
    for it, or with a field that Problem does not have."""
    found: set[str] = set()
    reply_to = routes.reply_to

    def checked(view: Any, request: Any, facts: RouteFacts, parameters: dict[str, str]) -> Response:
        response = reply_to(view, request, facts, parameters)
        found.update(undocumented(facts, response))
        return response

    monkeypatch.setattr(routes, "reply_to", checked)
    yield
    assert found == set()


@pytest.fixture(autouse=True)
def counted_calls_out(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test in which a view calls a system outside before it has counted that under the limit
    that its route declares, or recorded it as an action of staff."""
    found: set[str] = set()
    done: set[str] = set()
    current: list[RouteFacts] = []
    reply_to, count, record = routes.reply_to, rate_limits.check, audit.record_action
    request = InProcessClient.request

    def reply(view: Any, sent: Any, facts: RouteFacts, parameters: dict[str, str]) -> Response:
        current.append(facts)
        done.clear()
        done.update({"audited"} if facts.auth is not auth.anyone else ())
        try:
            return reply_to(view, sent, facts, parameters)
        finally:
            current.pop()

    def note_count(flow: Flow, call: Call, *typed: Destination) -> None:
        done.add(flow)
        count(flow, call, *typed)

    def note_action(*details: Any) -> None:
        done.add("audited")
        record(*details)

    def call_out(client: InProcessClient, *sent: Any, **more: Any) -> Reply:
        for facts in current[-1:]:
            if facts.calls_out is None or not done & {facts.calls_out, "audited"}:
                found.add(f"{facts.method} {facts.path}: {facts.calls_out} is not counted")
        return request(client, *sent, **more)

    monkeypatch.setattr(routes, "reply_to", reply)
    monkeypatch.setattr(rate_limits, "check", note_count)
    monkeypatch.setattr(audit, "record_action", note_action)
    monkeypatch.setattr(InProcessClient, "request", call_out)
    yield
    assert found == set()


def undocumented(facts: RouteFacts, response: Response) -> Iterator[str]:
    """What the document does not say of an error in JSON."""
    if response.headers["Content-Type"] != PROBLEM or facts.is_page or facts.media_types:
        return
    name = f"{facts.method} {facts.path}: {response.status_code}"
    if response.status_code not in error_statuses(facts):
        yield name
    known = {field.name for field in fields(Problem)}
    yield from (f"{name} {each}" for each in json.loads(response.body) if each not in known)


@pytest.fixture
def one_hour() -> Iterator[None]:
    """Stop the clock early in an hour, so that all events fall into one hour and one minute,
    however long the test takes."""
    with time_machine.travel(utc_now().replace(minute=10, second=10), tick=False):
        yield


@dataclass
class Api:
    """A client of the API with methods for its verbs. `cloud` is the backend, `always` are headers
    of each call."""

    client: Client
    cloud: Cloud
    always: Mapping[str, str] = field(default_factory=dict)

    def get(self, path: str, token: str | None = None) -> HTTPResponse:
        return self.client.http.get(path, headers=self._headers(token, None))

    def post(
        self, path: str, body: Any, *, key: str | None = "key", token: str | None = None
    ) -> HTTPResponse:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.client.http.post(path, body=raw, headers=self._headers(token, key))

    def patch(
        self, path: str, body: Any, *, version: int | str | None, token: str | None
    ) -> HTTPResponse:
        headers = self._headers(token, None)
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        return self.client.http.patch(path, body=json.dumps(body).encode(), headers=headers)

    def token(self, role: Role, account: str | None = None) -> str:
        """A token of an account with this role; without `account`, one account for each role."""
        ports = accounts_ports()
        somebody = account_with(role, account or f"some-{role}", ports)
        return token_of(somebody, timedelta(hours=8), "A test", ports)

    def staff(self, account_id: str, *grants: Grant) -> str:
        """A token of the account with these grants, which is made if it does not exist."""
        ports = accounts_ports()
        now = utc_now().replace(microsecond=0)
        made = Account(
            account_id=account_id, created_at=now, grants=grants, work_name=account_id.title()
        )
        stored = ports.accounts.get(account_id) or ports.accounts.add(made)
        return token_of(stored, timedelta(hours=8), "A test", ports)

    def _headers(self, token: str | None, key: str | None) -> dict[str, str]:
        headers = {"Content-Type": "application/json", **self.always}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        if key:
            # Each account has its own keys; callers who are not signed in share theirs.
            headers["Idempotency-Key"] = key if "Authorization" in headers else long_key(key)
        return headers

    def stored_ids(self) -> list[str]:
        return list(reports_ports().repository.list_ids())


@pytest.fixture
def api(cloud: Cloud) -> Iterator[Api]:
    import app

    with Client(app.app) as client:
        yield Api(client, cloud)


@pytest.fixture
def pay(api: Api) -> Iterator[InProcessPay]:
    """The stand-in for the payment provider."""
    with serve_payments() as found:
        yield found


@pytest.fixture
def request_id(api: Api) -> str:
    """A request that costs £42."""
    answer = api.post("/api/reports", draft_body(), key="paid request")
    service_request_id = str(answer.json_body["service_request_id"])
    give_order(service_request_id, PENCE)
    return service_request_id


@pytest.fixture
def unpublished(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that read no published document, after the autouse fixtures of their module."""
    publish_nothing(monkeypatch)


@pytest.fixture(scope="module")
def here(cloud_of_the_module: Cloud) -> Iterator[Api]:
    """One stack for all tests of a module: each test uses its own addresses and people."""
    import app

    with Client(app.app) as client:
        yield Api(client, cloud_of_the_module)
