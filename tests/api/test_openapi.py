"""What the API's description says of each operation is true."""

import importlib
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from chalice.app import Response
from chalice.test import Client
from openapi_spec_validator import OpenAPIV31SpecValidator

import app
from chalicelib.accounts.permissions import PERMISSIONS
from chalicelib.handlers.http import auth
from chalicelib.handlers.http.answers import PROBLEM
from chalicelib.handlers.http.route_facts import RouteFacts
from tests.api.conftest import Api, undocumented
from tests.support.builders import draft_body, long_key
from tests.support.wsgi import wsgi_of

SENT = {"Idempotency-Key": "x" * 32, "If-Match": '"1"', "Content-Type": "application/json"}


class Operation(NamedTuple):
    """A path and a method with what the document says of them."""

    path: str
    method: str
    said: dict[str, Any]

    @property
    def needs_a_caller(self) -> bool:
        return bool(self.said["security"]) and {} not in self.said["security"]


def whole_document() -> dict[str, Any]:
    with Client(app.app) as client:
        document: dict[str, Any] = client.http.get("/api/openapi.json").json_body
    return document


def described() -> list[Operation]:
    return [
        Operation(path, method.upper(), said)
        for path, item in whole_document()["paths"].items()
        for method, said in item.items()
    ]


def called(operation: Operation, api: Api) -> Any:
    """The answer to a caller who shows nothing."""
    path = re.sub(r"\{\w+\}", "7K3M2QXV9HTD", operation.path)
    headers = {**SENT, **api.always}
    return api.client.http.request(operation.method, path, headers=headers, body=b"{}")


def test_operation_that_needs_a_caller_answers_401_without_one(here: Api) -> None:
    needing = [
        each for each in described() if each.needs_a_caller and not is_signed_by_a_provider(each)
    ]
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


def is_signed_by_a_provider(operation: Operation) -> bool:
    return bool(operation.said["security"] == [{"govuk_pay": []}, {"stripe": []}])


def test_only_notifications_need_the_signature_of_a_payment_provider(here: Api) -> None:
    signed = [each for each in described() if is_signed_by_a_provider(each)]
    assert [each.path for each in signed] == ["/api/payments/notifications"]
    assert [called(each, here).status_code for each in signed] == [403]


def test_operation_names_the_permission_that_its_callers_need() -> None:
    for each in described():
        is_named = each.said.get("x-permission") in PERMISSIONS
        has_session = each.said["security"] == [{"session": []}]
        needs_one = each.needs_a_caller and not has_session and not is_signed_by_a_provider(each)
        assert is_named == needs_one, f"{each.method} {each.path}"


def test_document_is_valid_openapi() -> None:
    assert list(OpenAPIV31SpecValidator(whole_document()).iter_errors()) == []


def test_session_cookie_is_declared_where_the_browser_sends_it() -> None:
    taking = {
        (each.method, each.path) for each in described() if {"session": []} in each.said["security"]
    }
    assert taking == {
        ("POST", "/api/session/refresh"),
        ("DELETE", "/api/session"),
        ("POST", "/api/session/end"),
    }


VERBS = {
    *("Add", "Answer", "Ask", "Block", "Cancel", "Change", "Check", "Confirm", "Correct", "Create"),
    *("Delete", "Estimate", "Find", "Flag", "Follow", "Get", "Go", "Hold", "Invite", "List"),
    *("Move", "Notify", "Permanently", "Plan", "Post", "Preview", "Publish", "Read", "Receive"),
    *("Record", "Refund", "Release", "Remove", "Report", "Resend", "Return", "Revoke", "Save"),
    *("Send", "Set", "Settle", "Show", "Sign", "Start", "Stop", "Subscribe", "Unblock", "Undo"),
    *("Unmerge", "Use", "Waive", "Withdraw"),
}
"""The first words of summaries; "Permanently" comes before its verb."""


def test_summary_begins_with_a_verb_and_is_short() -> None:
    for each in described():
        summary = each.said["summary"]
        assert re.split(r"\W", summary)[0] in VERBS, f"{each.method} {each.path}: {summary}"
        assert len(summary) <= 130 and not summary.endswith("."), f"{each.method} {each.path}"


def test_every_parameter_has_a_description() -> None:
    unsaid = [
        f"{each.method} {each.path}: {parameter['name']}"
        for each in described()
        for parameter in each.said["parameters"]
        if len(parameter["description"]) < 5
    ]
    assert unsaid == []


def test_every_schema_says_what_it_is_in_words_of_json() -> None:
    for name, schema in whole_document()["components"]["schemas"].items():
        description = schema["description"]
        assert re.match(r"[A-Z]", description), f"{name}: begin with what it is"
        for python in ("None", "\n ", "The same "):
            assert python not in description, f"{name}: {description}"


def test_advice_for_strangers_is_only_where_nobody_has_to_sign_in() -> None:
    for each in described():
        for parameter in each.said["parameters"]:
            if parameter["name"] == "Idempotency-Key" and "default" not in each.said["responses"]:
                advises = "Without signing in" in parameter["description"]
                assert advises != each.needs_a_caller, f"{each.method} {each.path}"


def test_proof_of_work_is_described_only_where_calls_are_limited() -> None:
    for each in described():
        names = [parameter["name"] for parameter in each.said["parameters"]]
        limits = "Idempotency-Key" in names and "429" in each.said["responses"]
        assert ("X-Ginnel-Proof" in names) == limits, f"{each.method} {each.path}"


def test_wait_is_described_where_a_call_can_be_repeated_later() -> None:
    for each in described():
        for status in {"429", "503"} & set(each.said["responses"]):
            assert "Retry-After" in each.said["responses"][status]["headers"]


@pytest.mark.parametrize(
    ("method", "path", "error"),
    [
        ("POST", "/api/holds", "`free`"),
        ("PATCH", "/api/reports/{service_request_id}/booking", "`free`"),
        ("POST", "/api/reports", "`lines`"),
    ],
)
def test_conflict_is_described_with_what_it_answers(method: str, path: str, error: str) -> None:
    (said,) = [each.said for each in described() if (each.path, each.method) == (path, method)]
    assert error in said["responses"]["409"]["description"]


def test_limited_read_names_429() -> None:
    reads = [each for each in described() if each.method == "GET"]
    limited = {each.path for each in reads if "429" in each.said["responses"]}
    assert limited == {
        "/api/events",
        "/api/premises",
        "/api/premises/{premises_id}/collections",
        "/api/payments/{payment_id}",
        "/api/quotes",
    }


def test_undocumented_answer_is_found() -> None:
    facts = RouteFacts(path="/api/x", method="GET", summary="Get x", auth=auth.anyone)
    headers: dict[str, str | list[str]] = {"Content-Type": PROBLEM}
    assert not list(undocumented(facts, Response('{"status": 503}', headers, 503)))
    assert list(undocumented(facts, Response('{"status": 409}', headers, 409)))
    assert list(undocumented(facts, Response('{"unknown": 1}', headers, 503)))


def with_json_bodies() -> list[Operation]:
    return [
        each
        for each in described()
        if "application/json" in each.said.get("requestBody", {}).get("content", {})
        and not is_signed_by_a_provider(each)
    ]


def test_unknown_field_is_refused_as_the_body_schema_says(here: Api) -> None:
    token, taken = here.token("admin"), []
    schemas = whole_document()["components"]["schemas"]
    for each in with_json_bodies():
        ref = each.said["requestBody"]["content"]["application/json"]["schema"]["$ref"]
        assert schemas[ref.rpartition("/")[2]]["additionalProperties"] is False
        path = re.sub(r"\{\w+\}", "7K3M2QXV9HTD", each.path).replace(
            "/days/7K3M2QXV9HTD", "/days/2026-06-01"
        )
        key = "key/1" if path == "/api/photos" else "key"
        headers = {**SENT, "Idempotency-Key": key, "Authorization": f"Bearer {token}"}
        body = b'{"unknown": 1}'
        answer = here.client.http.request(each.method, path, headers=headers, body=body)
        named = [entry["field"] for entry in answer.json_body.get("errors", [])]
        if answer.status_code != 400 or "unknown" not in named:
            taken.append((each.method, each.path, answer.status_code, answer.json_body))
    assert taken == []


@pytest.mark.parametrize(("role", "kind"), [(None, "ReportView"), ("officer", "FullView")])
def test_report_is_described_for_the_public_and_for_officers(
    role: Any, kind: str, here: Api
) -> None:
    made = here.post("/api/reports", draft_body(), key=f"of-{kind}").json_body
    path = f"/api/reports/{made['service_request_id']}"
    answer = here.get(path, here.token(role) if role else None).json_body
    document = whole_document()
    said = document["paths"]["/api/reports/{service_request_id}"]["get"]["responses"]["200"]
    kinds = {
        each["$ref"].rpartition("/")[2]
        for each in said["content"]["application/json"]["schema"]["anyOf"]
    }
    assert kinds == {"ReportView", "FullView"}
    assert set(answer) == set(document["components"]["schemas"][kind]["properties"])


@pytest.fixture
def generated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a client that was generated from the document."""
    name = "generated_client"
    (tmp_path / "openapi.json").write_text(json.dumps(whole_document()))
    asked = ["--path", str(tmp_path / "openapi.json"), "--output-path", str(tmp_path / name)]
    subprocess.run(
        [
            *(sys.executable, "-c", "from openapi_python_client.cli import app; app()"),
            *("generate", "--meta", "none", "--fail-on-warning", *asked),
        ],
        check=True,
        capture_output=True,
    )
    monkeypatch.syspath_prepend(tmp_path)
    return name


def test_generated_client_sends_a_report_and_reads_it(generated: str, here: Api) -> None:
    def part(name: str) -> Any:
        return importlib.import_module(f"{generated}.{name}")

    client = part("client").Client(
        base_url="http://api",
        httpx_args={"transport": httpx.WSGITransport(wsgi_of(here.client))},
    )
    body = part("models.draft").Draft.from_dict(draft_body())
    receipt = part("api.default.post_api_reports").sync(
        client=client, body=body, idempotency_key=long_key("generated")
    )
    report = part("api.default.get_api_reports_service_request_id").sync(
        receipt.service_request_id, client=client
    )
    assert type(report).__name__ == "ReportView"
    assert (report.service_request_id, report.description) == (
        receipt.service_request_id,
        "A deep hole.",
    )


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/reports", {}, 400),
        ("/api/reports/7K3M2QXV9HTD/updates", {"text": "Still there."}, 404),
        ("/api/desk/templates", {}, 401),
    ],
)
def test_returned_errors_are_in_the_document(
    path: str, body: dict[str, Any], status: int, here: Api
) -> None:
    headers = {**SENT, **here.always}
    answer = here.client.http.post(path, headers=headers, body=json.dumps(body).encode())
    assert answer.status_code == status
    pattern = path.replace("7K3M2QXV9HTD", "{service_request_id}")
    (said,) = [each.said for each in described() if (each.path, each.method) == (pattern, "POST")]
    problem = said["responses"][str(status)]["content"]["application/problem+json"]
    assert problem["schema"] == {"$ref": "#/components/schemas/Problem"}
