"""The one-command stack: one address, documents as a CDN gives them, and plain words on failure."""

import json
import shutil
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest

from chalicelib.accounts.usecases.rate_limits import DAILY, HOURLY
from chalicelib.bootstrap.accounts import daily, hourly
from chalicelib.partners.ports import Ports
from infra.local import aws, seed
from infra.local.__main__ import main
from infra.local.people import demo_api_key
from infra.local.stack import LocalStack, Options
from tests.conftest import ROOT
from tests.e2e.local_process import first_line, start_program
from tests.support.builders import draft_body, long_key
from tests.support.effort import effort
from tests.support.fakes import Clock
from tests.support.fakes_partners import MemoryKeys
from tests.support.log_lines import decode_lines
from tests.support.patience import PATIENCE_S


@pytest.fixture(scope="module")
def stack() -> Iterator[LocalStack]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seed, "COUNT", effort(25, seed.COUNT))
        here = LocalStack(Options(seed="demo"))
        here.start()
        yield here
        here.stop()


def test_networks_have_higher_limits_on_the_local_stack(stack: LocalStack) -> None:
    here = hourly() | daily()
    of_networks = {
        scope: most for scope, most in (*HOURLY.items(), *DAILY.items()) if "network" in scope
    }
    assert {scope: here[scope] for scope in of_networks} == {
        scope: 10 * most for scope, most in of_networks.items()
    }
    assert here["report by device"] == HOURLY["report by device"]


def fetch(
    stack: LocalStack, path: str, body: Any = None, method: str | None = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(
        stack.url + path,
        data=None if body is None else json.dumps(body).encode(),
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        method=method,
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers), error.read()


def test_stack_prints_its_address_answers_and_ends_on_interrupt(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with start_program(tmp_path, PORT=str(port)) as process:
        assert first_line(process) == f"Ready: http://127.0.0.1:{port}\n"
        health = urllib.request.Request(f"http://127.0.0.1:{port}/health")
        health.add_header("X-Request-Id", "phone-1234")
        with urllib.request.urlopen(health) as answer:
            assert json.loads(answer.read()) == {"status": "ok"}
        lines = (tmp_path / "log.jsonl").read_text().splitlines()
        assert decode_lines(lines, event="called", route="/health", request_id="phone-1234")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=PATIENCE_S) == 0
        assert process.stdout and process.stdout.read() == ""
    assert not (tmp_path / "stack.json").exists()


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"PORT": "eight"}, "PORT=eight: give a number"),
        ({"SEED": "roses"}, "SEED=roses: choose one of"),
        ({"COUNCIL": "atlantis"}, "COUNCIL=atlantis: there is no document"),
        ({"COUNCIL": "bath", "SEED": "demo"}, "choose SEED=none"),
    ],
)
def test_stack_says_in_one_sentence_what_to_do_when_a_setting_is_wrong(
    environment: dict[str, str],
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert main() == 1
    said = capsys.readouterr().err
    assert sentence in said
    assert len(said.splitlines()) == 1


def test_stack_says_in_one_sentence_what_to_do_when_the_port_is_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with start_program(tmp_path, PORT=str(taken.getsockname()[1])) as process:
            assert process.wait(timeout=PATIENCE_S) == 1
    said = (tmp_path / "errors.txt").read_text()
    assert "cannot be used" in said and "make run PORT=" in said
    assert len(said.splitlines()) == 1


def test_make_says_in_one_sentence_what_to_do_when_python_is_too_old(tmp_path: Path) -> None:
    old = tmp_path / "python3.9"
    old.write_text("#!/bin/sh\ncase $1 in --version) echo Python 3.9.2;; *) exit 1;; esac\n")
    old.chmod(0o755)
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    done = subprocess.run(
        ["make", "test", f"PYTHON={old}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "needs Python 3.11 or newer" in done.stderr and "Python 3.9.2" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_document_is_answered_with_etag_and_not_sent_twice(stack: LocalStack) -> None:
    status, headers, body = fetch(stack, "/data/index.json")
    assert status == 200 and "Content-Encoding" not in headers
    assert "s-maxage=60" in headers["Cache-Control"]
    index = json.loads(body)
    assert {"jurisdiction_id", "name", "bounds", "tiles", "request", "services"} <= set(index)
    assert {"facilities", "wards", "versions"} <= set(index)
    status, _, body = fetch(stack, "/data/index.json", If_None_Match=headers["ETag"])
    assert (status, body) == (304, b"")


def test_security_txt_has_its_own_address_and_has_not_expired(stack: LocalStack) -> None:
    status, headers, body = fetch(stack, "/.well-known/security.txt")
    assert (status, headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    fields = dict(line.split(": ", 1) for line in body.decode().splitlines())
    assert fields["Contact"] == "mailto:security@eskerby.example"
    assert fields["Canonical"] == f"{stack.url}/.well-known/security.txt"
    assert datetime.fromisoformat(fields["Expires"]) > datetime.now(UTC)


def test_part_of_a_document_is_answered_when_a_range_is_asked_for(stack: LocalStack) -> None:
    status, headers, body = fetch(stack, "/data/basemap.pmtiles", Range="bytes=0-6")
    assert (status, body) == (206, b"PMTiles")
    assert headers["Content-Range"].startswith("bytes 0-6/")
    status, _, _ = fetch(stack, "/data/basemap.pmtiles", Range="bytes=99999999-")
    assert status == 416


@pytest.mark.parametrize(
    ("path", "status", "is_open"),
    [
        ("/data/index.json", 200, True),
        ("/data/nothing.json", 404, True),
        ("/feeds/all.atom", 200, True),
        ("/open311/v2/services.json", 200, True),
        ("/open311/v2/requests/unknown.json", 404, True),
        ("/open311/v2/nothing.xml", 404, True),
        ("/api/reports/nearby?lat=53.959&long=-1.0815", 200, True),
        ("/api/places", 400, True),
        ("/api/account", 401, False),
        ("/api/reports/unknown", 404, False),
        ("/nothing", 404, False),
    ],
)
def test_other_sites_may_read_what_is_the_same_for_all(
    path: str, status: int, is_open: bool, stack: LocalStack
) -> None:
    answered, headers, _ = fetch(stack, path, Origin="https://elsewhere.example")
    allowed = headers.get("Access-Control-Allow-Origin")
    assert (answered, allowed) == (status, "*" if is_open else None)


def test_other_systems_page_may_post_a_form_to_open311_and_read_the_refusal(
    stack: LocalStack,
) -> None:
    status, headers, _ = fetch(
        stack,
        "/open311/v2/requests.json",
        body={},
        method="POST",
        Origin="https://elsewhere.example",
        Content_Type="application/x-www-form-urlencoded",
    )
    assert status in (400, 403)
    assert headers["Access-Control-Allow-Origin"] == "*"


def test_document_has_no_body_when_only_its_head_is_asked_for(stack: LocalStack) -> None:
    status, headers, body = fetch(stack, "/data/index.json", method="HEAD")
    assert (status, body) == (200, b"") and int(headers["Content-Length"]) > 0


@pytest.mark.parametrize("path", ["/data/tiles/14/0/0.json", "/nothing", "/data/../app.py"])
def test_missing_document_is_not_found(path: str, stack: LocalStack) -> None:
    assert fetch(stack, path)[0] == 404


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/api/nothing"), ("PUT", "/api/reports"), ("GET", "/forms/x")]
)
def test_unknown_route_of_the_api_answers_a_problem(
    method: str, path: str, stack: LocalStack
) -> None:
    status, headers, body = fetch(stack, path, method=method)
    assert status == 404 and headers["Content-Type"] == "application/problem+json"
    assert json.loads(body)["status"] == 404


def test_document_cannot_be_written_from_outside(stack: LocalStack) -> None:
    assert fetch(stack, "/data/index.json", body={}, method="PUT")[0] == 405


def test_demo_users_have_valid_tokens(stack: LocalStack) -> None:
    tokens = json.loads(fetch(stack, "/_local/tokens.json")[2])
    assert {"resident", "resident2", "crew", "officer", "admin"} <= set(tokens)
    box = "/api/reports?bbox=-1.1,53.9,-1.0,54.0"
    for name in ("resident", "officer"):
        assert fetch(stack, box, Authorization=f"Bearer {tokens[name]}")[0] == 200


def test_demo_partner_has_a_valid_key(stack: LocalStack) -> None:
    key = json.loads(fetch(stack, "/_local/tokens.json")[2])["open311_api_key"]
    assert fetch(stack, "/api/events", **{"X-Api-Key": key})[0] == 200
    assert fetch(stack, "/api/events", **{"X-Api-Key": key[:-1]})[0] == 403


def test_demo_partners_key_stays_as_long_as_the_stacks_secrets() -> None:
    def key(secret: str) -> str:
        ports = Ports(MemoryKeys(), service_codes=(), token_hex=token_hex, now=Clock())
        return demo_api_key(secret, ports)

    assert key("one") == key("one") != key("other")


def test_demo_reports_are_on_the_map_when_the_stack_is_ready(stack: LocalStack) -> None:
    page = json.loads(fetch(stack, "/api/reports?bbox=-1.2,53.89,-0.96,54.03")[2])
    officer = json.loads(fetch(stack, "/_local/tokens.json")[2])["officer"]
    waiting = fetch(stack, "/api/moderation?reason=waiting", Authorization=f"Bearer {officer}")[2]
    assert len(page["items"]) + len(json.loads(waiting)["items"]) == seed.COUNT
    assert len(page["items"]) > 0.8 * seed.COUNT
    states = {item["state"] for item in page["items"]}
    assert {"open", "fixed", "action_scheduled"} <= states
    for item in page["items"][:5]:
        assert fetch(stack, f"/data/reports/{item['service_request_id']}.json")[0] == 200
        assert fetch(stack, f"/reports/{item['service_request_id']}")[0] == 200


def test_report_is_public_soon_after_it_was_sent(stack: LocalStack) -> None:
    status, _, body = fetch(
        stack,
        "/api/reports",
        draft_body(),
        Idempotency_Key=long_key("soon"),
        Content_Type="application/json",
    )
    assert status == 201
    request_id = json.loads(body)["service_request_id"]
    assert fetch(stack, f"/api/reports/{request_id}")[0] == 200
    stack.cloud.pump.wait_until_idle()
    assert fetch(stack, f"/data/reports/{request_id}.json")[0] == 200


def test_stack_refuses_an_unknown_resource_type(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unknown = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    monkeypatch.setattr(aws, "template", lambda: unknown)
    with pytest.raises(RuntimeError, match="cannot create Topic"):
        aws.create_resources({})


def test_newcomer_subscribes_without_a_browser_and_reads_the_notifications(
    stack: LocalStack,
) -> None:
    status, _, made = fetch(stack, "/_local/push-subscription", method="POST")
    browser = json.loads(made)
    assert status == 202 and browser.keys() == {"endpoint", "expirationTime", "keys"}
    wish = {
        "channel": "push",
        "push": {"endpoint": browser["endpoint"], **browser["keys"]},
        "topic": {"kind": "council"},
    }
    sent = {"Content_Type": "application/json"}
    assert fetch(stack, "/api/subscriptions", wish, **sent)[0] == 201
    stack.cloud.pump.wait_until_idle()
    _, _, body = fetch(stack, "/api/reports", draft_body(), **sent, Idempotency_Key=token_hex(16))
    stack.cloud.pump.wait_until_idle()
    items = json.loads(fetch(stack, "/_local/outbox.json")[2])["items"]
    (shown,) = [each for each in items if each["channel"] == "push"]
    assert shown["subject"].startswith("New report: Pothole")
    assert f"/reports/{json.loads(body)['service_request_id']}" in shown["body"]
