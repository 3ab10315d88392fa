"""Planted canaries: personal data of a resident is kept, and comes out nowhere."""

import json

import boto3
import pytest

from chalicelib.bootstrap.reports import reactions, reports_ports
from tests.api.conftest import Api
from tests.support.builders import draft_body
from tests.support.composition import replace_built

CANARIES = {
    "name": "Canary Nightjar",
    "email": "canary.nightjar@example.org",
    "phone": "07700 900123",
}
ACCOUNT = "canary-account"


def leaked(text: str) -> list[str]:
    return [each for each in (*CANARIES.values(), ACCOUNT) if each.lower() in text.lower()]


def test_contact_is_for_officers_and_in_no_other_response_document_or_message(api: Api) -> None:
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

    stored = reports_ports().repository.get(request_id)
    assert stored and stored.contact and stored.contact.email == CANARIES["email"]
    assert stored.reporter == ACCOUNT
    for answer in answers:
        assert leaked(answer.body.decode()) == []
    full = api.get(f"/api/reports/{request_id}", api.token("officer"))
    assert set(leaked(full.body.decode())) == set(CANARIES.values())
    documents = published(api)
    # The report's page in two languages and its JSON, its tile, and the counts.
    of_lists = [key for key in documents if key.startswith(("data/open/", "feeds/"))]
    assert of_lists and len(documents) - len(of_lists) == 5
    assert leaked(json.dumps(documents)) == []


def test_facts_on_the_queue_contain_nothing_personal(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    api.post("/api/reports", draft_body(contact=CANARIES), token=api.token("resident", ACCOUNT))
    seen: list[str] = []

    class Listening:
        def send(self, events: object) -> None:
            seen.append(repr(events))

    replace_built(monkeypatch, reactions, (Listening(),))
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
    ordinary |= {
        "ward_code",
        "asset_id",
        "address",
        "external_reference",
        "requested_datetime",
        "updated_datetime",
    }
    ordinary |= {"visibility", "duplicate_of", "delay", "planned_day"}
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
