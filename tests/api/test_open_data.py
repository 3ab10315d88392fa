"""A day's published list says of its reports what Open311 answers of them."""

import json
from typing import Any

import boto3

from chalicelib.bootstrap.publishing import publishing_ports
from chalicelib.publishing.lists import rebuild_lists
from tests.api.conftest import Api
from tests.support.builders import draft_body


def test_list_has_open311s_fields_except_the_followers(api: Api) -> None:
    for key in ("one", "two"):
        body = draft_body(title=f"Hole {key}", address="Market Place")
        report_id = api.post("/api/reports", body, key=key).json_body["service_request_id"]
    update = {"text": "Looked at.", "state": "investigating"}
    path = f"/api/reports/{report_id}/updates"
    assert api.post(path, update, token=api.token("officer")).status_code == 201
    assert rebuild_lists(publishing_ports()) == {}
    answer = api.get("/open311/v2/requests.json?extensions=true").json_body
    for each in answer:
        assert each["extended_attributes"].pop("followers") == 0
    assert len(answer) == 2
    assert by_id(published_lists(api)) == by_id(answer)


def published_lists(api: Api) -> list[dict[str, Any]]:
    """The reports of all days: one may end as the test runs."""
    index = json.loads(document("data/open/index.json", api))
    months = [json.loads(document(month["url"][1:], api)) for month in index["months"]]
    parts = [part for month in months for day in month["days"] for part in day["parts"]]
    found = [json.loads(document(part["open311"][1:], api)) for part in parts]
    return [entry for entries in found for entry in entries]


def document(key: str, api: Api) -> bytes:
    read: bytes = boto3.client("s3").get_object(Bucket=api.cloud.bucket, Key=key)["Body"].read()
    return read


def by_id(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return sorted(entries, key=lambda entry: str(entry["service_request_id"]))
