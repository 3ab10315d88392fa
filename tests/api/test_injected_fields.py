"""Fields of our own models in what somebody sends: refused by name, and nothing is stored."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import msgspec
import pytest
from chalice.test import Client

import app
from chalicelib.accounts.model import Account, Grant, Session
from chalicelib.bootstrap.accounts import people_ports
from chalicelib.handlers.http.route_facts import RouteFacts
from chalicelib.jobs.model import Job
from chalicelib.jobs.parts import Contractor, Dispute, JobEvent
from chalicelib.kernel.audit_entry import Entry
from chalicelib.outbound.model import Delivery
from chalicelib.outbound.receivers import Receiver
from chalicelib.partners.model import ApiKey
from chalicelib.photos.model import Photo
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Update
from infra.local.cloud import Cloud
from infra.permissions import declared_routes, name_of
from tests.api.conftest import Api
from tests.support.builders import draft_body

MODELS = (
    Account,
    ApiKey,
    Contractor,
    JobEvent,
    Delivery,
    Dispute,
    Entry,
    Grant,
    Job,
    Photo,
    Receiver,
    ServiceRequest,
    Session,
    Update,
)
OWN = ("role", "roles", "is_staff", "is_officer", "account", "account_id", "owner", "record")
NAMES = {name for model in MODELS for name in model.__struct_fields__} | {*OWN}
WRITES = {name_of(facts): facts for facts in declared_routes() if facts.body is not None}


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    cloud = Cloud()
    with Client(app.app) as client:
        yield Api(client, cloud)
    cloud.stop()


def stored(cloud: Cloud) -> dict[str, Any]:
    """All items of all tables, but for counts of what was asked for."""
    client = boto3.client("dynamodb")
    tables = {name: table for name, table in cloud.environment.items() if name.endswith("_TABLE")}
    items = {name: client.scan(TableName=table)["Items"] for name, table in tables.items()}
    people = items["ACCOUNTS_TABLE"]
    counts = [each for each in people if each["owner"]["S"].startswith("limit#")]
    return items | {"ACCOUNTS_TABLE": [each for each in people if each not in counts]}


def names_of(kind: type[msgspec.Struct]) -> set[str]:
    return {*kind.__struct_fields__}


@pytest.mark.parametrize("name", sorted(WRITES))
def test_field_of_a_model_is_refused_when_the_body_does_not_define_it(name: str, api: Api) -> None:
    facts, token = WRITES[name], api.token("admin")
    before = stored(api.cloud)
    injected = sorted(NAMES - names_of(facts.body))
    answer = sent(api, facts, dict.fromkeys(injected, "injected"), token)
    assert answer.status_code == 400, answer.body
    refused = {error["field"] for error in answer.json_body["errors"]}
    assert set(injected) <= refused
    after = stored(api.cloud)
    assert {**after, "AUDIT_TABLE": 0} == {**before, "AUDIT_TABLE": 0}


def sent(api: Api, facts: RouteFacts, body: dict[str, Any], token: str) -> Any:
    path = facts.path.format_map(Zeros())
    headers = {
        "Authorization": f"Bearer {token}",
        "Idempotency-Key": "key",
        "If-Match": '"1"',
        "Content-Type": "application/json",
    }
    raw = json.dumps(body).encode()
    return api.client.http.request(facts.method, path, headers=headers, body=raw)


class Zeros(dict[str, str]):
    """An id of the usual form for every part of a path."""

    def __missing__(self, name: str) -> str:
        return "0" * (12 if name in ("service_request_id", "key_id") else 32)


def test_body_with_one_extra_field_stores_nothing(api: Api) -> None:
    bodies = {
        "/api/reports": draft_body(),
        "/api/photos": {"content_type": "image/jpeg", "size": 1},
        "/api/admin/people": {"address": "new@example.org", "grants": [{"role": "crew"}]},
        "/api/partners/keys": {"name": "x"},
    }
    token = api.token("admin")
    before = stored(api.cloud)
    for path, body in bodies.items():
        for name in sorted(NAMES - set(body)):
            facts = WRITES[f"POST {path}"]
            if name in names_of(facts.body):
                continue
            assert sent(api, facts, body | {name: "injected"}, token).status_code == 400, name
    assert stored(api.cloud) == before
    assert len(people_ports().accounts.staff()) == 1
