"""Two of our own servers, each a council's, with the network between them."""

import json
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chalice.test import Client

import app
from chalicelib import bootstrap
from infra.local.cloud import Cloud
from tests.api.conftest import Api
from tests.builders import draft_body
from tests.conftest import ROOT
from tests.forwarding import OURS, THEIRS, forwarding_council, give_key, poll


def asked(url: str, body: Any = None, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, named)) as answer:
        return json.load(answer)


@pytest.fixture
def county() -> Iterator[str]:
    """Where the county's server answers: another process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "infra.local"],
        cwd=ROOT,
        env=dict(os.environ) | {"PORT": str(port), "SEED": "none"},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout
        yield process.stdout.readline().removeprefix("Ready:").strip()
        process.terminate()


@pytest.fixture
def council(county: str, tmp_path: Path) -> Iterator[Api]:
    cloud = Cloud(council=forwarding_council(tmp_path, county), outside_allowed=county)
    with Client(app.app) as client:
        give_key(asked(f"{county}/_local/tokens.json")["open311_api_key"])
        yield Api(client, cloud)
    cloud.stop()


def test_report_goes_to_the_county_and_what_it_does_comes_back_once(
    council: Api, county: str
) -> None:
    made = council.post("/api/reports", draft_body(service_code=OURS)).json_body
    council.cloud.pump.run_until_idle()
    ours = bootstrap.reports_ports().repository.get(made["service_request_id"])
    assert ours and ours.external_reference
    (theirs,) = asked(f"{county}/open311/v2/requests/{ours.external_reference}.json")
    assert theirs["service_code"] == THEIRS and made["tracking_url"] in theirs["description"]
    said = {"text": "We looked at it.", "state": "investigating"}
    officer = asked(f"{county}/_local/tokens.json")["officer"]
    asked(
        f"{county}/api/reports/{ours.external_reference}/updates",
        said,
        Authorization=f"Bearer {officer}",
        Content_Type="application/json",
        Idempotency_Key="key",
    )
    for _ in range(2):
        poll()
    shown = council.get(f"/api/reports/{made['service_request_id']}").json_body
    assert shown["state"] == "investigating"
    assert [update["text"] for update in shown["updates"]] == [
        f"Passed to The county; their reference is {ours.external_reference}.",
        "We looked at it.",
    ]
