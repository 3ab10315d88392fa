"""Mail on the local stack: what was sent can be read, and answered."""

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local import mail
from infra.local.stack import LocalStack, Options
from tests.support.builders import draft_body, long_key
from tests.support.forwarding import TEAM, forwarding_council


@pytest.fixture
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalStack]:
    here = LocalStack(Options(council=forwarding_council(tmp_path_factory.mktemp("council"))))
    here.start()
    yield here
    here.stop()


def call(stack: LocalStack, path: str, body: bytes | None = None, **headers: str) -> bytes:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    asked = urllib.request.Request(stack.url + path, data=body, headers=named)
    with urllib.request.urlopen(asked) as answer:
        stack.cloud.pump.wait_until_idle()
        return bytes(answer.read())


def read_json(stack: LocalStack, path: str, **headers: str) -> Any:
    return json.loads(call(stack, path, None, **headers))


def test_email_is_in_the_outbox_and_its_reply_beside_the_report(stack: LocalStack) -> None:
    assert read_json(stack, "/_local/outbox.json") == {"items": []}
    body = json.dumps(draft_body(service_code="overgrown-hedge")).encode()
    made = json.loads(call(stack, "/api/reports", body, Idempotency_Key=long_key("key")))
    (email,) = read_json(stack, "/_local/outbox.json")["items"]
    assert (email["channel"], email["to"]) == ("email", TEAM)
    assert "A deep hole." in email["body"]
    call(stack, "/_local/inbox", mail.answer_to(mail.emails()[0], "Cut on Friday.", TEAM))
    officer = f"Bearer {read_json(stack, '/_local/tokens.json')['officer']}"
    path = f"/api/reports/{made['service_request_id']}"
    (note,) = read_json(stack, path, Authorization=officer)["notes"]
    assert (note["sender"], note["text"]) == (TEAM, "Cut on Friday.")
    assert "notes" not in read_json(stack, path)
