"""Two of our own servers, each a council's, with the network between them."""

import json
import socket
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from chalice.test import Client

import app
from chalicelib.alerts.usecases.questions import repair_question_token
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.bootstrap.reports import reports_ports
from infra.local.cloud import Cloud
from tests.api.conftest import Api
from tests.e2e.local_process import first_line, start_program
from tests.support.builders import draft_body
from tests.support.forwarding import OURS, THEIRS, forwarding_council, give_key, poll_destinations


def request_json(url: str, body: Any = None, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, named)) as answer:
        return json.load(answer)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the county's server answers: another process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with start_program(tmp_path_factory.mktemp("county"), PORT=str(port)) as process:
        yield first_line(process).removeprefix("Ready:").strip()


@pytest.fixture(scope="module")
def council(county: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    here = forwarding_council(tmp_path_factory.mktemp("council"), county)
    cloud = Cloud(council=here, outside_allowed=county)
    with Client(app.app) as client:
        give_key(request_json(f"{county}/_local/tokens.json")["open311_api_key"])
        yield Api(client, cloud)
    cloud.stop()


def send_report(council: Api, key: str, **values: Any) -> tuple[dict[str, Any], str]:
    """What was answered to a report that went to the county, and what it is called there."""
    sent = draft_body(service_code=OURS, **values)
    made: dict[str, Any] = council.post("/api/reports", sent, key=key).json_body
    council.cloud.pump.run_until_idle()
    ours = reports_ports().repository.get(made["service_request_id"])
    assert ours and ours.external_reference
    return made, ours.external_reference


def update_as_county(county: str, reference: str, text: str, state: str) -> None:
    officer = request_json(f"{county}/_local/tokens.json")["officer"]
    request_json(
        f"{county}/api/reports/{reference}/updates",
        {"text": text, "state": state},
        Authorization=f"Bearer {officer}",
        Content_Type="application/json",
        Idempotency_Key=state,
    )


def test_report_goes_to_the_county_and_its_changes_are_applied_once(
    council: Api, county: str
) -> None:
    made, reference = send_report(council, "first")
    (theirs,) = request_json(f"{county}/open311/v2/requests/{reference}.json")
    assert theirs["service_code"] == THEIRS and made["tracking_url"] in theirs["description"]
    update_as_county(county, reference, "We looked at it.", "investigating")
    for _ in range(2):
        poll_destinations()
    shown = council.get(f"/api/reports/{made['service_request_id']}").json_body
    assert shown["state"] == "investigating"
    assert [update["text"] for update in shown["updates"]] == [
        f"Passed to The county. Their reference is {reference}.",
        "We looked at it.",
    ]


def answer_no(council: Api, report_id: str) -> int:
    """The reporter presses no in the question whether the county's work holds."""
    alerts = alerts_ports()
    subscription = alerts.subscriptions.get(alerts.ids.subscription_id("report", report_id))
    assert subscription
    token = repair_question_token(subscription, report_id, 1, alerts.tokens)
    answer = council.client.http.post(
        f"/forms/mended/{token}",
        body=b"answer=no&text=The+hole+is+back.",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    return answer.status_code


def test_county_reopens_its_report_when_the_reporter_says_that_it_is_not_fixed(
    council: Api, county: str
) -> None:
    made, reference = send_report(council, "second", contact={"email": "alex@example.org"})
    update_as_county(county, reference, "We filled it.", "fixed")
    poll_destinations()
    assert answer_no(council, made["service_request_id"]) == 200
    for _ in range(2):
        council.cloud.pump.run_until_idle()
        poll_destinations()
    theirs = request_json(f"{county}/api/reports/{reference}")
    assert (theirs["state"], theirs["updates"][-1]["text"]) == ("reopen", "The hole is back.")
    shown = council.get(f"/api/reports/{made['service_request_id']}").json_body
    assert shown["state"] == "reopen"
    assert [update["text"] for update in shown["updates"][1:]] == [
        "We filled it.",
        "The hole is back.",
    ]
