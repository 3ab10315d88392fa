"""Whose Idempotency-Key it is: what was sent without signing in opens for nobody who guesses."""

import json
from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap import container
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.handlers.http.params import new_key
from chalicelib.kernel.idempotency import SHORTEST_UNSIGNED
from tests.api.conftest import Api
from tests.support.builders import draft, draft_body

UUID = "5f0c6a8e-1d2b-4c3d-9e8f-0a1b2c3d4e5f"
SHORT = ["1", "key", "x" * (SHORTEST_UNSIGNED - 1)]


def post(api: Api, path: str, body: Any, key: str, token: str | None = None) -> HTTPResponse:
    """With the very key, however long it is."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return api.client.http.post(path, headers=headers, body=json.dumps(body).encode())


def private_service() -> str:
    services = container.council().services
    return next(
        each.service_code
        for each in services
        if each.visibility == "private" and each.needs == "point"
    )


def private_body(api: Api) -> dict[str, Any]:
    return draft_body(service_code=private_service(), attributes={"kind": "noise"})


@pytest.mark.parametrize("key", SHORT)
def test_link_of_a_private_report_is_not_revealed_to_a_caller_who_guesses_its_key(
    key: str, api: Api
) -> None:
    # As it was stored while such keys were taken.
    ports = reports_ports()
    wanted = bootstrap_submit(key)
    link = ports.ids.link_token(wanted)
    for body in (private_body(api), {**private_body(api), "description": "Something else."}):
        answer = post(api, "/api/reports", body, key)
        assert answer.status_code == 400
        (fault,) = answer.json_body["errors"]
        assert fault["field"] == "Idempotency-Key" and "22 characters" in fault["message"]
        assert link not in str(answer.json_body) and wanted not in str(answer.json_body)


def bootstrap_submit(key: str) -> str:
    from chalicelib.reports.usecases import access, submission

    sent = draft(service_code=private_service(), attributes={"kind": "noise"})
    report = submission.submit(sent, key, access.Author(), reports_ports())
    return report.service_request_id


@pytest.mark.parametrize("key", [UUID, UUID.replace("-", ""), "x" * SHORTEST_UNSIGNED])
def test_repeat_gets_its_response_and_link_when_its_key_cannot_be_guessed(
    key: str, api: Api
) -> None:
    first, again = (post(api, "/api/reports", private_body(api), key) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert "token=" in first.json_body["tracking_url"]
    assert first.json_body == again.json_body


def test_short_key_is_accepted_when_the_caller_is_signed_in(api: Api) -> None:
    token = api.token("resident")
    first, again = (post(api, "/api/reports", draft_body(), "1", token) for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.json_body["service_request_id"] == again.json_body["service_request_id"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/reports/{id}/updates", {"text": "Still there."}),
        ("/api/reports/{id}/flags", {"reason": "other"}),
        ("/api/reports/{id}/follow", {}),
        ("/api/reports/{id}/withdrawal", {}),
        (
            "/api/subscriptions",
            {"channel": "email", "to": "a@example.org", "topic": {"kind": "council"}},
        ),
    ],
)
def test_short_key_is_refused_everywhere_when_the_caller_is_not_signed_in(
    path: str, body: Any, api: Api
) -> None:
    made = post(api, "/api/reports", draft_body(), UUID).json_body["service_request_id"]
    answer = post(api, path.format(id=made), body, "1")
    assert answer.status_code == 400
    assert answer.json_body["errors"][0]["field"] == "Idempotency-Key"


@pytest.mark.parametrize(
    ("key", "status"), [("1/0", 400), ("x" * 21 + "/0", 400), (f"{UUID}/0", 201)]
)
def test_photo_is_refused_when_the_key_of_its_report_can_be_guessed(
    key: str, status: int, api: Api
) -> None:
    answer = post(api, "/api/photos", {"content_type": "image/jpeg", "size": 1}, key)
    assert answer.status_code == status


def test_form_is_refused_when_its_key_was_not_made_here(api: Api) -> None:
    made = post(api, "/api/reports", draft_body(), UUID).json_body["service_request_id"]
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    path = f"/forms/reports/{made}/withdraw"
    assert api.client.http.post(path, headers=headers, body=b"key=1").status_code == 400
    assert len(new_key()) >= SHORTEST_UNSIGNED


def test_openapi_document_describes_the_accepted_keys(api: Api) -> None:
    described = api.get("/api/openapi.json").json_body["paths"]
    for path in ("/api/reports", "/api/photos", "/api/subscriptions"):
        (key,) = [
            each
            for each in described[path]["post"]["parameters"]
            if each["name"] == "Idempotency-Key"
        ]
        assert "at least 22 characters" in key["description"]
    others = [each for path, each in described.items() if path.startswith("/open311")]
    assert others and "22 characters" not in str(others)
