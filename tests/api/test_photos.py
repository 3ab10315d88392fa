"""Photos over HTTP: asking for an upload, looking at the outcome."""

import boto3
import pytest

from chalicelib.bootstrap.reports import reports_ports
from chalicelib.photos.model import MOST_BYTES
from tests.api.conftest import Api
from tests.support.attack_photos import save_image
from tests.support.builders import long_key
from tests.support.seam import record_tries

ASKED = {"content_type": "image/jpeg", "size": 1000}


def ask(
    api: Api, key: str = "key/0", token: str | None = None, **values: object
) -> dict[str, object]:
    answer = api.post("/api/photos", ASKED | values, key=key, token=token)
    assert answer.status_code == 201, answer.body
    body: dict[str, object] = answer.json_body
    return body


def test_repeated_request_for_an_upload_returns_the_same_photo_id(
    api: Api,
) -> None:
    first, again, other = ask(api), ask(api), ask(api, "key/1")
    assert first["photo_id"] == again["photo_id"] != other["photo_id"]
    assert len(str(first["photo_id"])) == 26
    fields = first["fields"]
    assert isinstance(fields, dict)
    assert fields["Content-Type"] == "image/jpeg"
    request_id = reports_ports().ids.service_request_id("anonymous", long_key("key"))
    assert fields["key"] == f"{request_id}/{first['photo_id']}"


def test_upload_for_an_update_belongs_to_its_report(api: Api) -> None:
    fields = ask(api, service_request_id="7k3m-2qxv-9htd")["fields"]
    assert isinstance(fields, dict) and fields["key"].startswith("7K3M2QXV9HTD/")


def test_photos_of_one_key_differ_for_another_person(api: Api) -> None:
    token = api.token("resident")
    assert ask(api)["photo_id"] != ask(api, token=token)["photo_id"]


def test_upload_is_allowed_without_asking_aws(api: Api) -> None:
    with record_tries() as made:
        ask(api)
    assert made == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"content_type": "image/gif"}, "content_type"),
        ({"content_type": "IMAGE/JPEG"}, "content_type"),
        ({"content_type": "image/jpeg\nx"}, "content_type"),
        ({"content_type": None}, "content_type"),
        ({"size": 0}, "size"),
        ({"size": MOST_BYTES + 1}, "size"),
        ({"size": "1000"}, "size"),
        ({"size": 1.5}, "size"),
        ({"size": None}, "size"),
        ({"service_request_id": "nothing"}, "service_request_id"),
        ({"key": "x"}, "key"),
    ],
)
def test_field_is_named_with_its_fix_when_it_is_invalid(
    values: dict[str, object], field: str, api: Api
) -> None:
    answer = api.post("/api/photos", ASKED | values, key="key/0")
    assert answer.status_code == 400
    (fault,) = answer.json_body["errors"]
    assert fault["field"] == field and len(fault["message"]) > 8


@pytest.mark.parametrize("key", [None, "key", "key/100", "/1"])
def test_key_is_named_when_it_has_no_photo_number(key: str | None, api: Api) -> None:
    answer = api.post("/api/photos", ASKED, key=key)
    assert answer.status_code == 400
    assert answer.json_body["errors"][0]["field"] == "Idempotency-Key"


@pytest.mark.parametrize(
    ("raw", "state"), [(save_image("JPEG"), "ready"), (b"<svg/>", "refused"), (None, "waiting")]
)
def test_photo_has_its_result(raw: bytes | None, state: str, api: Api) -> None:
    asked = ask(api)
    fields = asked["fields"]
    assert isinstance(fields, dict)
    if raw is not None:
        bucket = api.cloud.environment["UPLOADS_BUCKET"]
        boto3.client("s3").put_object(Bucket=bucket, Key=fields["key"], Body=raw)
        api.cloud.pump.run_until_idle()
    request_id, photo_id = fields["key"].split("/")
    answer = api.get(f"/api/reports/{request_id}/photos/{photo_id}")
    assert answer.status_code == 200
    assert answer.json_body["photo_id"] == asked["photo_id"]
    assert answer.json_body["state"] == state
    assert (answer.json_body["reason"] is None) == (state != "refused")


@pytest.mark.parametrize("path", ["nothing/photos/" + "0" * 26, "000000000000/photos/short"])
def test_photo_is_not_found_when_the_address_is_impossible(path: str, api: Api) -> None:
    assert api.get(f"/api/reports/{path}").status_code == 404
