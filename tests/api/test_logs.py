"""A request is followed by its id from the phone to the last reaction, and nothing that somebody
typed is ever logged."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from typing import Any
from urllib.parse import urlencode

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap.reports import photos_ports
from chalicelib.kernel.ids import Ids
from chalicelib.kernel.observability import logs, trace
from chalicelib.photos.ports import PhotoKey
from chalicelib.publishing.pages import JinjaPages
from chalicelib.reports.dynamo.repository import DynamoRepository
from tests.api.conftest import Api
from tests.support.attack_photos import save_image
from tests.support.builders import draft_body, long_key
from tests.support.forms import URLENCODED
from tests.support.log_lines import capture_lines, decode_lines
from tests.support.seam import ALL_TRIES, refuse_call

PHONE = "6f1c2f0e-90f1-4a3e-9c39-0d6a7e1b2c3d"
OTHER = "0b9d7a52-3a0e-4f5e-8f4d-5b1f3c2a1d0e"
CANARIES = {
    "name": "Canary Nightjar",
    "email": "canary.nightjar@example.org",
    "phone": "07700 900123",
}
ACCOUNT = "canary-account"
SAID = "The canary of number nine"
KEY = "canary-key"
PLACE = {"lat": 53.9591357, "long": -1.0817531}


def send(api: Api, request_id: str | None, key: str = "key", **values: Any) -> HTTPResponse:
    """Sends a report as a phone does."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": long_key(key)}
    if request_id is not None:
        headers["X-Request-Id"] = request_id
    body = json.dumps(draft_body(**values)).encode()
    return api.client.http.post("/api/reports", headers=headers, body=body)


# The id


def test_call_is_logged_and_answered_under_the_id_of_the_phone(api: Api) -> None:
    with capture_lines() as written:
        answer = send(api, PHONE)
    assert answer.headers["X-Request-Id"] == PHONE
    (line,) = decode_lines(written)
    wanted = {"event": "called", "request_id": PHONE, "function": "api", "route": "/api/reports"}
    assert line.items() >= wanted.items()
    assert (line["method"], line["status"], line["role"]) == ("POST", 201, "nobody")


@pytest.mark.parametrize("sent", [None, "short", CANARIES["email"], "x" * 65])
def test_call_gets_a_new_id_when_none_or_an_invalid_one_was_sent(
    sent: str | None, api: Api
) -> None:
    with capture_lines() as written:
        given = send(api, sent).headers["X-Request-Id"]
    assert len(given) == 32 and decode_lines(written, request_id=given)
    assert sent is None or sent not in "".join(written)


def test_refusal_is_logged_without_ids_and_not_as_an_error(api: Api) -> None:
    with capture_lines() as written:
        answer = send(api, PHONE, service_code="none-of-ours")
    assert "request_id" not in answer.json_body
    (line,) = decode_lines(written, status=400, error="Invalid")
    assert line["errors"] == 0


def test_failure_has_its_id_and_a_line_of_its_own(api: Api) -> None:
    with capture_lines() as written, refuse_call(1, kind="throttle", times=ALL_TRIES):
        answer = send(api, PHONE)
    assert answer.status_code == 503
    assert answer.json_body["request_id"] == PHONE
    (failure,) = decode_lines(written, level="error", request_id=PHONE, function="api")
    assert failure["error"] == "UpstreamFailed" and failure["operation"] == "PutItem"
    assert "Throttling" in failure["code"] or "Throughput" in failure["code"]
    assert any(
        place.startswith("chalicelib/reports/dynamo/repository.py:") for place in failure["stack"]
    )
    (line,) = decode_lines(written, event="called", error="UpstreamFailed")
    assert line["errors"] == 1


def test_problem_page_shows_the_request_id_for_an_internal_error(api: Api) -> None:
    with refuse_call(1, kind="500", times=ALL_TRIES):
        answer = api.client.http.get("/forms/reports/7K3M-2QXV-9HTD")
    assert answer.status_code == 503
    assert f"{answer.headers['X-Request-Id']}</code>" in answer.body.decode()
    none = api.client.http.get("/forms/reports/none")
    assert none.headers["X-Request-Id"] not in none.body.decode()


# From the phone to the last reaction


def test_id_of_the_phone_is_followed_until_the_report_is_published(api: Api) -> None:
    with capture_lines() as written:
        request_id = send(api, PHONE).json_body["service_request_id"]
        api.cloud.pump.run_until_idle()
    for function in ("api", "fan_out", "publish"):
        (line,) = decode_lines(written, function=function)
        assert line["request_id"] == PHONE and line["level"] == "info"
    (fan_out,), (publish,) = (
        decode_lines(written, function="fan_out"),
        decode_lines(written, function="publish"),
    )
    assert (fan_out["submitted"], fan_out["records"], fan_out["failed"]) == (1, 1, 0)
    assert publish["service_request_ids"] == [request_id]
    assert 0 <= publish["age_ms"] < 60 * 60 * 1000


def test_change_is_published_under_the_id_of_the_request_that_made_it(api: Api) -> None:
    request_id = send(api, PHONE).json_body["service_request_id"]
    api.cloud.pump.run_until_idle()
    with capture_lines() as written:
        answer = api.post(f"/api/reports/{request_id}/updates", {"text": "More."})
        api.cloud.pump.run_until_idle()
    assert answer.status_code == 201
    (line,) = decode_lines(written, function="publish")
    assert line["request_id"] == answer.headers["X-Request-Id"] != PHONE
    (line,) = decode_lines(written, function="fan_out")
    assert line["submitted"] == 0


def test_batch_of_several_requests_names_them_all(api: Api) -> None:
    send(api, PHONE, "one")
    send(api, OTHER, "two")
    with capture_lines() as written:
        api.cloud.pump.run_until_idle()
    for function in ("fan_out", "publish"):
        (line,) = decode_lines(written, function=function)
        assert line["request_ids"] == sorted([PHONE, OTHER])
        assert line["request_id"] not in (PHONE, OTHER)
        assert line["records"] == 2


def test_failure_of_one_report_is_logged_under_its_own_request(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(api, PHONE, "one")
    failing = send(api, OTHER, "two").json_body["service_request_id"]
    render = JinjaPages.render_report

    def broken(self: JinjaPages, report: Any) -> bytes:
        assert report.service_request_id != failing
        return render(self, report)

    monkeypatch.setattr(JinjaPages, "render_report", broken)
    with capture_lines() as written:
        deliver(api, written)
    (failure,) = decode_lines(written, event="not published")
    assert (failure["request_id"], failure["service_request_id"]) == (OTHER, failing)
    (line,) = decode_lines(written, function="publish", event="handled")
    assert line["failed"] == 1


def deliver(api: Api, written: list[str]) -> None:
    """Steps the pump until the reports were published once: what failed would come again for
    ever."""
    while not decode_lines(written, function="publish", event="handled"):
        api.cloud.pump.step(inf)


def test_repeat_returns_the_stored_report_and_writes_nothing(api: Api) -> None:
    first = send(api, PHONE)
    api.cloud.pump.run_until_idle()
    with capture_lines() as written:
        again = send(api, OTHER)
        api.cloud.pump.run_until_idle()
    assert again.status_code == 201
    assert again.json_body == first.json_body
    assert [line["function"] for line in decode_lines(written)] == ["api"]


def test_photo_of_a_form_is_traced_to_its_publication(api: Api) -> None:
    photo = PhotoKey("7K3M2QXV9HTD", "0" * 26)
    with trace.request_context(PHONE):
        photos_ports().uploads.put(photo, save_image("JPEG"))
    with capture_lines() as written:
        api.cloud.pump.run_until_idle()
    for function in ("take_in", "fan_out", "publish"):
        assert decode_lines(written, function=function, request_id=PHONE, failed=0)


def test_request_id_is_in_no_response_body_and_no_document(api: Api) -> None:
    from tests.api.test_personal_data import published

    request_id = send(api, PHONE).json_body["service_request_id"]
    api.cloud.pump.run_until_idle()
    for token in (None, api.token("officer")):
        assert PHONE not in api.get(f"/api/reports/{request_id}", token).body.decode()
    assert PHONE not in json.dumps(published(api))


# Nothing personal


def leaked(written: list[str], *secrets: str) -> list[str]:
    text = "".join(written).lower()
    planted = [*CANARIES.values(), ACCOUNT, SAID, KEY, *map(str, PLACE.values()), *secrets]
    return [each for each in planted if each.lower() in text]


@contextmanager
def broken(monkeypatch: pytest.MonkeyPatch, kind: type, name: str) -> Iterator[None]:
    """The method raises an error whose words are all that it was given."""

    def breaks(*given: Any) -> Any:
        raise ValueError(repr(given))

    with monkeypatch.context() as patched:
        patched.setattr(kind, name, breaks)
        yield


def use_everything(api: Api, monkeypatch: pytest.MonkeyPatch, token: str) -> set[int]:
    """Sends all personal data that a person may enter, everywhere, also where it breaks."""
    body = draft_body(contact=CANARIES, description=SAID, **PLACE)
    query = urlencode(PLACE | CANARIES)
    answers = [api.post("/api/reports", body, token=token, key=KEY)]
    request_id = answers[0].json_body["service_request_id"]
    answers += [
        api.post("/api/reports", body | {"description": SAID + "."}, token=token, key=KEY),
        api.post("/api/reports", json.dumps(body).encode()[:-1], token=token, key=KEY),
        api.post("/api/reports", body | {"lat": SAID}, token=token, key=KEY),
        api.post("/api/reports", body, token=token + "x", key=KEY),
        api.post(f"/api/reports/{request_id}/updates", {"text": SAID}, token=token, key=KEY),
        api.get(f"/api/reports/nearby?{query}", token),
        api.get(f"/api/places?q={CANARIES['email']}"),
        api.get(f"/api/reports/{CANARIES['email']}"),
        api.client.http.post(
            "/forms/report",
            headers={"Content-Type": URLENCODED, "X-Request-Id": CANARIES["email"]},
            body=urlencode({"description": SAID, **CANARIES}).encode(),
        ),
    ]
    for name in ("create", "get"):
        with broken(monkeypatch, DynamoRepository, name):
            answers += [
                api.post("/api/reports", body, token=token, key=KEY),
                api.get(f"/api/reports/{request_id}", token),
            ]
    with broken(monkeypatch, Ids, "service_request_id"):
        answers += [
            api.post("/api/reports", body, token=token, key=KEY),
            api.post("/api/photos", {"content_type": "image/jpeg", "size": 1}, key=f"{KEY}/1"),
        ]
    with refuse_call(1, kind="500", times=ALL_TRIES):
        answers.append(api.post("/api/reports", body, token=token, key=KEY))
    with broken(monkeypatch, JinjaPages, "render_report"), capture_lines() as written:
        deliver(api, written)
    return {answer.status_code for answer in answers}


def test_log_contains_no_typed_text(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    token = api.token("resident", ACCOUNT)
    with capture_lines() as written:
        statuses = use_everything(api, monkeypatch, token)
    assert {200, 201, 400, 401, 404, 409, 500, 503} <= statuses
    assert len(decode_lines(written, level="error")) >= 6
    assert leaked(written, token) == []
    assert decode_lines(written, role="resident")


def test_exception_text_in_the_log_is_detected(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    fields = logs.error_fields
    monkeypatch.setattr(logs, "error_fields", lambda error: {**fields(error), "code": str(error)})
    token = api.token("resident", ACCOUNT)
    with capture_lines() as written:
        use_everything(api, monkeypatch, token)
    assert {SAID, CANARIES["email"], KEY} <= set(leaked(written, token))
