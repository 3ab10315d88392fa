"""The local stack takes a posted photo as S3 would, and refuses what S3 would refuse."""

import http.client
import json
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest

from chalicelib.bootstrap import container
from chalicelib.bootstrap.reports import photos_ports
from chalicelib.photos.model import MOST_BYTES
from chalicelib.photos.usecases.uploads import private_address
from infra.local.request_signatures import MOST_FILE_BYTES, RefusedByS3, Signer
from infra.local.stack import LocalStack, Options, secret_of
from tests.support.attack_photos import save_image
from tests.support.builders import long_key
from tests.support.log_lines import capture_lines, decode_lines

BOUNDARY = "----photo"
FORM = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
JPEG = save_image("JPEG")
Fields = dict[str, str]


@pytest.fixture(scope="module")
def stack() -> Iterator[LocalStack]:
    here = LocalStack(Options())
    here.start()
    yield here
    here.stop()


def request_upload(
    stack: LocalStack,
    key: str = "key/0",
    request_id: str = "phone-1234",
    *,
    size: int = len(JPEG),
) -> tuple[str, Fields]:
    """Where a photo of that many bytes is posted to, and the fields."""
    request = urllib.request.Request(
        f"{stack.url}/api/photos",
        data=json.dumps({"content_type": "image/jpeg", "size": size}).encode(),
        headers={"Idempotency-Key": long_key(key), "X-Request-Id": request_id},
    )
    with urllib.request.urlopen(request) as answer:
        body = json.loads(answer.read())
    return body["url"], body["fields"]


def multipart_form(fields: Fields, file: bytes | None = JPEG) -> bytes:
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    if file is not None:
        head = 'Content-Disposition: form-data; name="file"; filename="a.jpg"'
        parts.append(f"--{BOUNDARY}\r\n{head}\r\n\r\n".encode() + file + b"\r\n")
    return b"".join((*parts, f"--{BOUNDARY}--\r\n".encode()))


def post(url: str, body: bytes, headers: Fields | None = None) -> tuple[int, bytes]:
    request = urllib.request.Request(url, data=body, headers=headers or FORM)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def code_of(answer: tuple[int, bytes]) -> tuple[int, str]:
    status, body = answer
    return status, body.decode().partition("<Code>")[2].partition("<")[0]


def get_photo(stack: LocalStack, fields: Fields) -> Any:
    request_id, photo_id = fields["key"].split("/")
    with urllib.request.urlopen(
        f"{stack.url}/api/reports/{request_id}/photos/{photo_id}"
    ) as answer:
        return json.loads(answer.read())


def test_photo_is_ready_when_it_was_posted(stack: LocalStack) -> None:
    url, fields = request_upload(stack, "ready/0")
    assert post(url, multipart_form(fields)) == (204, b"")
    stack.cloud.pump.wait_until_idle()
    assert get_photo(stack, fields)["state"] == "ready"


def test_photo_is_refused_with_a_reason_when_it_is_not_a_photo(stack: LocalStack) -> None:
    url, fields = request_upload(stack, "refused/0", size=len(b"<svg/>"))
    assert post(url, multipart_form(fields, b"<svg/>"))[0] == 204
    stack.cloud.pump.wait_until_idle()
    found = get_photo(stack, fields)
    assert found["state"] == "refused" and found["reason"].startswith("We cannot read this file")


def test_photo_is_the_first_file_when_more_are_posted_with_one_permission(
    stack: LocalStack,
) -> None:
    url, fields = request_upload(stack, "many/0")
    assert post(url, multipart_form(fields))[0] == 204
    for _ in range(5):
        post(url, multipart_form(fields, bytes(len(JPEG))))
    stack.cloud.pump.wait_until_idle()
    assert get_photo(stack, fields)["state"] == "ready"
    post(url, multipart_form(fields, bytes(len(JPEG))))
    stack.cloud.pump.wait_until_idle()
    assert get_photo(stack, fields)["state"] == "ready"
    assert is_bucket_empty(stack)


def test_status_is_the_one_that_the_form_asks_for_when_its_policy_allows_it(
    stack: LocalStack,
) -> None:
    url, fields = signed_policy(stack, extra={"success_action_status": "201"})
    assert post(url, multipart_form(fields))[0] == 201


def signed_policy(
    stack: LocalStack,
    *,
    extra: Fields | None = None,
    conditions: list[Any] | None = None,
    lasts_s: int = 60,
) -> tuple[str, Fields]:
    """A policy as somebody with the credentials may sign it."""
    extra = extra or {}
    answer = container.signer().generate_presigned_post(
        Bucket=stack.cloud.environment["UPLOADS_BUCKET"],
        Key="7K3M2QXV9HTD/" + "0" * 26,
        Fields=extra,
        Conditions=[*({name: value} for name, value in extra.items()), *(conditions or [])],
        ExpiresIn=lasts_s,
    )
    return answer["url"], answer["fields"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"key": "other/" + "0" * 26}, 403, "AccessDenied"),
        ({"Content-Type": "text/html"}, 403, "AccessDenied"),
        ({"Content-Type": None}, 403, "AccessDenied"),
        ({"acl": "public-read"}, 403, "AccessDenied"),
        ({"x-amz-meta-size": "9000000"}, 403, "AccessDenied"),
        ({"x-amz-meta-size": None}, 403, "AccessDenied"),
        ({"x-amz-signature": "0" * 64}, 403, "SignatureDoesNotMatch"),
        ({"x-amz-signature": None}, 400, "MalformedPOSTRequest"),
        ({"x-amz-algorithm": "none"}, 403, "AccessDenied"),
        ({"x-amz-date": "20200101T000000Z"}, 403, "AccessDenied"),
        (
            {"x-amz-credential": "NOBODY/20260101/eu-west-2/s3/aws4_request"},
            403,
            "InvalidAccessKeyId",
        ),
        ({"x-amz-credential": "short"}, 400, "MalformedPOSTRequest"),
        ({"policy": None}, 403, "AccessDenied"),
        ({"policy": b64encode(b"{}").decode()}, 403, "SignatureDoesNotMatch"),
    ],
)
def test_form_is_refused_when_a_field_is_not_the_one_that_was_signed(
    change: dict[str, str | None], status: int, code: str, stack: LocalStack
) -> None:
    url, fields = request_upload(stack, "changed/0")
    sent = {name: value for name, value in (fields | change).items() if value is not None}
    assert code_of(post(url, multipart_form(sent))) == (status, code)
    stack.cloud.pump.wait_until_idle()
    assert is_bucket_empty(stack)


def test_form_is_refused_when_it_is_posted_to_another_bucket(stack: LocalStack) -> None:
    url, fields = request_upload(stack, "bucket/0")
    other = url.replace(
        stack.cloud.environment["UPLOADS_BUCKET"], stack.cloud.environment["PUBLISHED_BUCKET"]
    )
    assert code_of(post(other, multipart_form(fields))) == (403, "AccessDenied")


@pytest.mark.parametrize(
    ("declared", "size", "expected"),
    [
        (1, 0, (400, "EntityTooSmall")),
        (1, 1, (204, "")),
        (1, 2, (400, "EntityTooLarge")),
        (1000, 9_000_000, (400, "EntityTooLarge")),
        (1000, 999, (400, "EntityTooSmall")),
        (MOST_BYTES, MOST_BYTES, (204, "")),
        (MOST_BYTES, MOST_BYTES + 1, (400, "EntityTooLarge")),
        (MOST_BYTES, MOST_FILE_BYTES + 1, (400, "EntityTooLarge")),
    ],
)
def test_file_is_taken_only_when_its_size_is_the_one_that_was_declared(
    declared: int, size: int, expected: tuple[int, str], stack: LocalStack
) -> None:
    url, fields = request_upload(stack, f"size-{declared}/0", size=declared)
    assert code_of(post(url, multipart_form(fields, bytes(size)))) == expected
    stack.cloud.pump.wait_until_idle()


def test_form_is_refused_when_its_policy_has_expired(stack: LocalStack) -> None:
    url, fields = signed_policy(stack, lasts_s=-1)
    assert code_of(post(url, multipart_form(fields))) == (403, "AccessDenied")


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        (["starts-with", "$x-amz-meta-name", "ab"], 204),
        (["starts-with", "$x-amz-meta-name", "b"], 403),
        (["eq", "$x-amz-meta-name", "abc"], 204),
        (["eq", "$x-amz-meta-name", "ab"], 403),
        (["contains", "$x-amz-meta-name", "b"], 400),
        (["content-length-range", 1, 10], 400),
    ],
)
def test_every_kind_of_condition_is_obeyed(
    condition: list[Any], status: int, stack: LocalStack
) -> None:
    url, fields = signed_policy(stack, conditions=[condition])
    if condition[0] != "content-length-range":
        fields["x-amz-meta-name"] = "abc"
    assert post(url, multipart_form(fields))[0] == status


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"{}", {"Content-Type": "application/json"}),
        (b"", FORM),
        (b"nothing of the kind", FORM),
        (multipart_form({"key": "x"})[:-20], FORM),
        (multipart_form({"key": "x"}), {"Content-Type": "multipart/form-data"}),
    ],
)
def test_body_is_refused_when_it_is_not_a_form(
    body: bytes, headers: Fields, stack: LocalStack
) -> None:
    url, _ = request_upload(stack, "form/0")
    assert code_of(post(url, body, headers)) == (400, "MalformedPOSTRequest")


def test_body_is_refused_when_it_does_not_say_how_long_it_is(stack: LocalStack) -> None:
    url, _ = request_upload(stack, "length/0")
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc)
    connection.putrequest("POST", parts.path)
    connection.endheaders()
    assert connection.getresponse().status == 411
    connection.close()


def is_bucket_empty(stack: LocalStack) -> bool:
    bucket = stack.cloud.environment["UPLOADS_BUCKET"]
    return not boto3.client("s3").list_object_versions(Bucket=bucket).get("Versions")


# Addresses of pictures that are not public


def get(url: str) -> int:
    try:
        with urllib.request.urlopen(url) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_picture_is_shown_under_its_signed_address_and_no_other(stack: LocalStack) -> None:
    url, fields = request_upload(stack, "private/0")
    post(url, multipart_form(fields))
    stack.cloud.pump.wait_until_idle()
    request_id, photo_id = fields["key"].split("/")
    address = private_address(request_id, photo_id, "page", photos_ports())
    assert get(address) == 200
    assert get(address.partition("?")[0]) == 403
    assert get(address.replace("page.jpg", "thumbnail.jpg")) == 403
    assert get(address.replace("X-Amz-Expires=600", "X-Amz-Expires=6000")) == 403
    assert get(address + "&more=1") == 403
    missing = private_address(request_id, "0" * 26, "page", photos_ports())
    assert get(missing) == 404


@pytest.mark.parametrize(("age_s", "holds"), [(599, True), (601, False)])
def test_address_expires(age_s: int, holds: bool, stack: LocalStack) -> None:
    address = private_address("7K3M2QXV9HTD", "0" * 26, "page", photos_ports())
    parts = urlsplit(address)
    signed_at = datetime.strptime(parse_qs(parts.query)["X-Amz-Date"][0], "%Y%m%dT%H%M%S%z")
    later = signed_at + timedelta(seconds=age_s)
    signer = Signer(secret_of, lambda: later)
    try:
        signer.check_address("GET", f"{parts.path}?{parts.query}", parts.netloc)
        assert holds
    except RefusedByS3 as refused:
        assert not holds and refused.code == "AccessDenied"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "POST"])
def test_other_s3_requests_are_refused(method: str, stack: LocalStack) -> None:
    bucket = stack.cloud.environment["UPLOADS_BUCKET"]
    request = urllib.request.Request(
        f"{stack.url}/_s3/{bucket}/key", data=b"x", method=method, headers=FORM
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 405
    refused.value.close()


# Who asked


def test_photo_is_followed_from_the_phone_to_its_publication(stack: LocalStack) -> None:
    phone = "6f1c2f0e-90f1-4a3e-9c39-0d6a7e1b2c3d"
    with capture_lines() as written:
        url, fields = request_upload(stack, "followed/0", phone)
        assert fields["x-amz-meta-request-id"] == phone
        assert post(url, multipart_form(fields))[0] == 204
        stack.cloud.pump.wait_until_idle()
    for function in ("api", "take_in", "fan_out", "publish"):
        assert decode_lines(written, function=function, request_id=phone)


def test_photo_is_refused_when_it_names_another_request_than_its_policy(stack: LocalStack) -> None:
    url, fields = request_upload(stack, "followed/1")
    other = fields | {"x-amz-meta-request-id": "another-one"}
    assert code_of(post(url, multipart_form(other))) == (403, "AccessDenied")
