"""What was public and is taken back is gone from every public address; what waits is on none."""

import io
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from PIL import Image

from chalicelib.geo.point import Point
from chalicelib.geo.quadkey import tile_of
from infra.local.stack import LocalStack, Options
from tests.support.builders import MARKET_PLACE, draft_body, long_key
from tests.support.patience import wait_until

Receipt = dict[str, Any]


@pytest.fixture(scope="module")
def stack() -> Iterator[LocalStack]:
    here = LocalStack(Options())
    here.start()
    yield here
    here.stop()


def call(
    stack: LocalStack, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, Any]:
    request = urllib.request.Request(
        path if path.startswith("http") else stack.url + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        method=method,
    )
    try:
        with urllib.request.urlopen(request) as answer:
            raw = answer.read()
            kind = answer.headers["Content-Type"]
            return answer.status, json.loads(raw) if "json" in kind else raw
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def send_report(stack: LocalStack, key: str, **values: Any) -> Receipt:
    """Reports something with a photo, as a client does it."""
    key = long_key(key)
    status, upload = call(
        stack,
        "POST",
        "/api/photos",
        {"content_type": "image/jpeg", "size": len(photo())},
        Idempotency_Key=f"{key}/1",
    )
    assert status == 201
    post_file(upload["url"], upload["fields"])
    body = draft_body(photo_ids=[upload["photo_id"]], **values)
    status, receipt = call(stack, "POST", "/api/reports", body, Idempotency_Key=key)
    assert status == 201, receipt
    stack.cloud.pump.wait_until_idle()
    return {**receipt, "photo_id": upload["photo_id"]}


def photo() -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((640, 480)).save(out, "JPEG")
    return out.getvalue()


def post_file(url: str, fields: dict[str, str]) -> None:
    edge = "a-boundary-of-the-test"
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    file = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="p"\r\n\r\n'
    body = b"".join([*parts, file.encode(), photo(), f"\r\n--{edge}--\r\n".encode()])
    kind = f"multipart/form-data; boundary={edge}"
    request = urllib.request.Request(url, data=body, headers={"Content-Type": kind})
    with urllib.request.urlopen(request) as answer:
        assert answer.status in (201, 204)


def public_addresses(receipt: Receipt) -> list[str]:
    request_id, photo_id = receipt["service_request_id"], receipt["photo_id"]
    photos = f"/photos/{request_id}/{photo_id}"
    return [
        f"/reports/{request_id}",
        f"/data/reports/{request_id}.json",
        f"{photos}/page.jpg",
        f"{photos}/thumbnail.jpg",
        f"/api/reports/{request_id}",
    ]


def is_pinned(stack: LocalStack, receipt: Receipt) -> bool:
    z, x, y = tile_of(Point(**MARKET_PLACE), 14)
    status, tile = call(stack, "GET", f"/data/tiles/{z}/{x}/{y}.json")
    pins = tile["pins"] if status == 200 else []
    return receipt["service_request_id"] in {pin["service_request_id"] for pin in pins}


def public_statuses(stack: LocalStack, receipt: Receipt) -> set[int]:
    return {call(stack, "GET", address)[0] for address in public_addresses(receipt)}


def officer(stack: LocalStack) -> str:
    _, tokens = call(stack, "GET", "/_local/tokens.json")
    return f"Bearer {tokens['officer']}"


def change_report(stack: LocalStack, receipt: Receipt, version: int, **changes: Any) -> None:
    status, answer = call(
        stack,
        "PATCH",
        f"/api/reports/{receipt['service_request_id']}",
        changes,
        Authorization=officer(stack),
        If_Match=f'"{version}"',
    )
    assert status == 200, answer
    stack.cloud.pump.wait_until_idle()


def test_report_is_public_and_gone_when_it_is_withdrawn(stack: LocalStack) -> None:
    receipt = send_report(stack, "withdrawn")
    assert public_statuses(stack, receipt) == {200} and is_pinned(stack, receipt)
    address = f"/api/reports/{receipt['service_request_id']}/withdrawal"
    assert call(stack, "POST", address, {}, Idempotency_Key=long_key("withdrawn"))[0] == 200
    stack.cloud.pump.wait_until_idle()
    assert public_statuses(stack, receipt) == {404} and not is_pinned(stack, receipt)


def test_report_disappears_when_it_is_hidden_and_returns_when_it_is_shown(
    stack: LocalStack,
) -> None:
    receipt = send_report(stack, "hidden")
    change_report(stack, receipt, 1, visibility="hidden")
    assert public_statuses(stack, receipt) == {404} and not is_pinned(stack, receipt)
    change_report(stack, receipt, 2, visibility="public")
    assert public_statuses(stack, receipt) == {200} and is_pinned(stack, receipt)


def test_photo_is_gone_and_the_report_stays_when_an_officer_hides_it(stack: LocalStack) -> None:
    receipt = send_report(stack, "photo")
    change_report(stack, receipt, 1, photos={receipt["photo_id"]: "hidden"})
    by_address = {a: call(stack, "GET", a)[0] for a in public_addresses(receipt)}
    assert {a for a, status in by_address.items() if status == 404} == {
        a for a in by_address if a.startswith("/photos/")
    }
    _, document = call(stack, "GET", f"/data/reports/{receipt['service_request_id']}.json")
    assert document["photos"] == []


@pytest.mark.parametrize(
    ("service_code", "attributes", "visibility"),
    [("graffiti", None, "waiting"), ("noise-nuisance", {"kind": "noise"}, "private")],
)
def test_non_public_report_is_on_no_public_address_and_on_its_link(
    service_code: str, attributes: Any, visibility: str, stack: LocalStack
) -> None:
    receipt = send_report(stack, visibility, service_code=service_code, attributes=attributes)
    assert receipt["visibility"] == visibility
    assert public_statuses(stack, receipt) == {404} and not is_pinned(stack, receipt)
    status, page = call(stack, "GET", receipt["tracking_url"])
    assert status == 200 and b"A deep hole." in page
    token = receipt["tracking_url"].partition("?")[2]
    address = f"/api/reports/{receipt['service_request_id']}"
    _, report = call(stack, "GET", f"{address}?{token}")
    (shown,) = report["photos"]
    assert call(stack, "GET", shown["url"])[0] == 200
    assert call(stack, "GET", shown["url"].partition("?")[0])[0] in (400, 403, 404)


def test_photo_without_a_report_is_swept_after_a_day_and_one_with_a_report_stays(
    stack: LocalStack,
) -> None:
    receipt = send_report(stack, "kept")
    _, upload = call(
        stack,
        "POST",
        "/api/photos",
        {"content_type": "image/jpeg", "size": len(photo())},
        Idempotency_Key=long_key("never sent/1"),
    )
    post_file(upload["url"], upload["fields"])
    stack.cloud.pump.wait_until_idle()
    request_id = upload["fields"]["key"].partition("/")[0]
    address = f"/api/reports/{request_id}/photos/{upload['photo_id']}"
    assert call(stack, "GET", address)[1]["state"] == "ready"
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
        # The running pump sees that a schedule is due, too; the first one runs it.
        stack.cloud.pump.run_schedules()
        wait_until(lambda: call(stack, "GET", address)[1]["state"] == "waiting")
    assert public_statuses(stack, receipt) == {200}
