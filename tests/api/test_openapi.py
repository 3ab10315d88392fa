"""What the API's description says of each operation is true."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from chalice.test import Client

import app
from chalicelib.accounts.permissions import PERMISSIONS
from infra.local.cloud import Cloud
from tests.api.conftest import Api

SENT = {"Idempotency-Key": "x" * 32, "If-Match": '"1"', "Content-Type": "application/json"}


class Operation(NamedTuple):
    """A path and a method with what the document says of them."""

    path: str
    method: str
    said: dict[str, Any]

    @property
    def needs_a_caller(self) -> bool:
        return bool(self.said["security"]) and {} not in self.said["security"]


def described() -> list[Operation]:
    with Client(app.app) as client:
        document = client.http.get("/api/openapi.json").json_body
    return [
        Operation(path, method.upper(), said)
        for path, item in document["paths"].items()
        for method, said in item.items()
    ]


@pytest.fixture(scope="module")
def here() -> Iterator[Api]:
    cloud = Cloud()
    with Client(app.app) as client:
        yield Api(client, cloud)
    cloud.stop()


def called(operation: Operation, api: Api) -> Any:
    """The answer to a caller who shows nothing."""
    path = re.sub(r"\{\w+\}", "7K3M2QXV9HTD", operation.path)
    headers = {**SENT, **api.always}
    return api.client.http.request(operation.method, path, headers=headers, body=b"{}")


def test_operation_that_needs_a_caller_answers_401_without_one(here: Api) -> None:
    needing = [each for each in described() if each.needs_a_caller]
    assert len(needing) > 70
    answers = {(each.method, each.path): called(each, here).status_code for each in needing}
    assert {key: status for key, status in answers.items() if status != 401} == {}


def test_operation_that_needs_no_caller_is_not_refused_for_lack_of_one(here: Api) -> None:
    open_to_all = [
        each
        for each in described()
        if not each.needs_a_caller and each.path.startswith("/api/") and each.method == "GET"
    ]
    assert len(open_to_all) >= 10
    answers = {(each.method, each.path): called(each, here).status_code for each in open_to_all}
    assert {key: status for key, status in answers.items() if status == 401} == {}


def test_operation_names_the_permission_that_its_callers_need() -> None:
    for each in described():
        is_named = each.said.get("x-permission") in PERMISSIONS
        assert is_named == each.needs_a_caller, f"{each.method} {each.path}"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/reports", {}, 400),
        ("/api/reports/7K3M2QXV9HTD/updates", {"text": "Still there."}, 404),
        ("/api/desk/templates", {}, 401),
    ],
)
def test_error_that_is_answered_stands_in_the_description(
    path: str, body: dict[str, Any], status: int, here: Api
) -> None:
    headers = {**SENT, **here.always}
    answer = here.client.http.post(path, headers=headers, body=json.dumps(body).encode())
    assert answer.status_code == status
    pattern = path.replace("7K3M2QXV9HTD", "{service_request_id}")
    (said,) = [each.said for each in described() if (each.path, each.method) == (pattern, "POST")]
    problem = said["responses"][str(status)]["content"]["application/problem+json"]
    assert problem["schema"] == {"$ref": "#/components/schemas/Problem"}
