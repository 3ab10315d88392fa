"""Planted canaries: what a resident tells of herself is kept, and comes out nowhere."""

import json
import logging
from typing import Any

import boto3
import msgspec
import pytest

from chalicelib import bootstrap
from chalicelib.adapters.ids import HmacIds
from chalicelib.events import ReportSubmitted
from chalicelib.handlers import publishing_events, reports_events
from chalicelib.publishing.pages import JinjaPages
from tests.api.conftest import Api
from tests.builders import draft_body
from tests.seam import ALL_TRIES, refuse

CANARIES = {
    "name": "Canary Nightjar",
    "email": "canary.nightjar@example.org",
    "phone": "07700 900123",
}
ACCOUNT = "canary-account"


def leaked(text: str) -> list[str]:
    return [each for each in (*CANARIES.values(), ACCOUNT) if each.lower() in text.lower()]


def test_contact_is_for_officers_and_in_no_other_answer_document_message_or_log(
    api: Api, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    token = api.token("resident", ACCOUNT)
    body = draft_body(contact=CANARIES)
    answers = [api.post("/api/reports", body, token=token)]
    request_id = answers[0].json_body["service_request_id"]
    updates = f"/api/reports/{request_id}/updates"
    answers += [
        api.post("/api/reports", body, token=token),
        api.post("/api/reports", draft_body(contact=CANARIES, lat=0), token=token, key="other"),
        api.post("/api/reports", {**body, "description": "other"}, token=token),
        api.post(updates, {"text": "More."}, token=token),
        api.get(f"/api/reports/{request_id}", token),
        api.get(f"/api/reports/{request_id}", api.token("crew")),
        api.get("/api/reports/nearby?lat=53.959&long=-1.0815"),
        api.post(f"/api/reports/{request_id}/follow", {}, token=token),
        api.post(f"/api/reports/{request_id}/flags", {"reason": "other"}, token=token),
        api.get("/api/moderation?reason=flagged", api.token("officer")),
        api.get("/api/reports?bbox=-1.2,53.9,-1.0,54.0"),
    ]
    api.cloud.pump.run_until_idle()

    stored = bootstrap.reports_ports().repository.get(request_id)
    assert stored and stored.contact and stored.contact.email == CANARIES["email"]
    assert stored.reporter == ACCOUNT
    for answer in answers:
        assert leaked(answer.body.decode()) == []
    full = api.get(f"/api/reports/{request_id}", api.token("officer"))
    assert set(leaked(full.body.decode())) == set(CANARIES.values())
    documents = published(api)
    # The report's page and JSON, its tile, and the counts.
    assert len(documents) == 4
    assert leaked(json.dumps(documents)) == []
    assert leaked(own_log(caplog)) == []


def test_log_of_what_breaks_holds_nothing_personal(
    api: Api, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    body, token = draft_body(contact=CANARIES), api.token("resident", ACCOUNT)
    request_id = api.post("/api/reports", body, token=token).json_body["service_request_id"]
    with monkeypatch.context() as broken:
        broken.setattr(HmacIds, "fingerprint", lambda *_: 1 / 0)
        assert api.post("/api/reports", body, token=token).status_code == 500
    with refuse(1, kind="500", times=ALL_TRIES):
        assert api.post("/api/reports", body, token=token).status_code == 503
    with monkeypatch.context() as broken:
        broken.setattr(JinjaPages, "report", lambda *_: 1 / 0)
        message = {"Records": [{"messageId": "1", "body": submitted(request_id)}]}
        assert publishing_events.publish(message, None)["batchItemFailures"]
    with refuse(1, kind="500", times=ALL_TRIES):
        assert reports_events.fan_out(stream_event(request_id), None)["batchItemFailures"]
    assert own_log(caplog).count("Traceback") >= 3
    assert leaked(own_log(caplog)) == []


def own_log(caplog: pytest.LogCaptureFixture) -> str:
    """What our own code logged, tracebacks too; the SDK's debug log is never switched on."""
    written = logging.Formatter("%(message)s")
    ours = [record for record in caplog.records if record.name.startswith("chalicelib")]
    return "\n".join(map(written.format, ours))


def submitted(request_id: str) -> str:
    fact = ReportSubmitted(event_id="1", service_request_id=request_id, version=1, tile="0" * 14)
    return msgspec.json.encode(fact).decode()


def stream_event(request_id: str) -> dict[str, Any]:
    image = {
        "service_request_id": {"S": request_id},
        "record": {"S": "report"},
        "version": {"N": "1"},
        "lat": {"N": "53.959"},
        "long": {"N": "-1.0815"},
        "photos": {"S": "[]"},
        "redactions": {"N": "0"},
        "contact": {"S": json.dumps(CANARIES)},
        "reporter": {"S": ACCOUNT},
    }
    return {"Records": [{"eventID": "1", "dynamodb": {"NewImage": image, "SequenceNumber": "1"}}]}


def test_facts_on_the_queue_hold_nothing_personal(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.post("/api/reports", draft_body(contact=CANARIES), token=api.token("resident", ACCOUNT))
    seen: list[str] = []

    class Listening:
        def send(self, events: object) -> None:
            seen.append(repr(events))

    monkeypatch.setattr(bootstrap, "reactions", lambda: (Listening(),))
    api.cloud.pump.run_until_idle()
    assert "ReportSubmitted" in "".join(seen)
    assert leaked("".join(seen)) == []


def test_two_anonymous_reports_share_no_stable_value(api: Api) -> None:
    first = api.post("/api/reports", draft_body(contact=CANARIES), key="k1").json_body
    second = api.post(
        "/api/reports",
        draft_body(contact=CANARIES, service_code="litter", lat=53.97, description="Bags"),
        key="k2",
    ).json_body
    ids = [first["service_request_id"], second["service_request_id"]]
    seen = [api.get(f"/api/reports/{each}").json_body for each in ids]
    ordinary = {"status", "state", "long", "photos", "updates", "followers", "version", "title"}
    ordinary |= {"address", "external_reference", "requested_datetime", "updated_datetime"}
    ordinary |= {"visibility", "duplicate_of"}
    same = {name for name in seen[0] if seen[0][name] == seen[1][name]}
    assert same <= ordinary


def published(api: Api) -> dict[str, str]:
    client = boto3.client("s3")
    listed = client.list_objects_v2(Bucket=api.cloud.bucket).get("Contents", [])
    return {
        entry["Key"]: client.get_object(Bucket=api.cloud.bucket, Key=entry["Key"])["Body"]
        .read()
        .decode()
        for entry in listed
    }
