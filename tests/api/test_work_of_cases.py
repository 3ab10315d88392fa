"""A private case reaches the team and the system that do its work, and so does what becomes of
it."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from chalice.test import Client

import app
from chalicelib.bootstrap import container
from chalicelib.catalogue.load import COUNCILS
from chalicelib.kernel.time import utc_now
from infra.local import mail
from infra.local.cloud import Cloud
from tests.api.conftest import Api
from tests.api.test_booking_file import book
from tests.support.composition import publish_nothing
from tests.support.webhooks import WebhookReceiver, is_signature_valid, run_receiver

TEAM = "counter@example.org"


@pytest.fixture
def hook() -> Iterator[WebhookReceiver]:
    with run_receiver() as server:
        yield server


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hook: WebhookReceiver) -> Iterator[Api]:
    """A council whose appointments go to a team's mailbox."""
    document = json.loads((COUNCILS / "demo.json").read_text(encoding="utf-8"))
    for each in document["services"]:
        if each["service_code"] == "counter-appointment":
            each["forward_to"] = "counter"
    document["destinations"] += [
        {"kind": "mailbox", "destination": "counter", "name": "The counter", "to": TEAM}
    ]
    path = tmp_path / "counter.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    cloud = Cloud(council=str(path))
    monkeypatch.setenv("OUTSIDE_ALLOWED", hook.origin)
    with Client(app.app) as client:
        container.forget_built()
        publish_nothing(monkeypatch)
        yield Api(client, cloud)
    cloud.stop()


def add_receiver(api: Api, hook: WebhookReceiver, key: str, **values: Any) -> str:
    sent = {"name": key, "url": f"{hook.origin}/{key}", **values}
    answer = api.post("/api/outbound/receivers", sent, key=key, token=api.token("admin"))
    assert answer.status_code == 201, answer.body
    return str(answer.json_body["secret"])


def days() -> list[str]:
    council = container.council()
    bookable = council.by_calendar["counter"].bookable_days(utc_now(), council.calendar)
    return [f"{day}" for day in islice(bookable, 2)]


def change(api: Api, method: str, path: str, body: Any) -> None:
    url, officer = f"/api/reports/{api.stored_ids()[0]}", api.token("officer")
    version = api.get(url, officer).json_body["version"]
    if method == "PATCH":
        answer = api.patch(url + path, body, version=version, token=officer)
    else:
        answer = api.post(url + path, body, token=officer)
    assert answer.status_code in (200, 201), answer.body
    api.cloud.pump.run_until_idle()


def to_team() -> list[str]:
    return [mail.text_of(each) for each in mail.emails() if str(each["To"]) == TEAM]


def test_work_of_a_private_case_and_its_changes_reach_those_who_do_it(
    api: Api, hook: WebhookReceiver
) -> None:
    secret = add_receiver(
        api, hook, "queue", case_services=["counter-appointment"], filter={"kinds": []}
    )
    add_receiver(api, hook, "warehouse")
    first, second = days()
    book(api, first)
    change(api, "PATCH", "/booking", {"day": second, "slot": "0920"})
    change(api, "POST", "/booking/cancellation", {})

    bodies = hook.bodies()
    assert [each["kind"] for each in bodies] == ["case.opened", "case.changed", "case.changed"]
    booked = [
        (each["case"]["work"]["booked"]["day"], each["case"]["work"]["booked"]["begins"])
        for each in bodies
    ]
    assert booked == [(first, "09:00"), (second, "09:20"), (second, "09:20")]
    assert [each["case"]["state"] for each in bodies] == ["open", "open", "cancelled"]
    assert all(is_signature_valid(headers, body, secret) for headers, body in hook.heard)
    assert b"sam@example.org" not in b"".join(body for _, body in hook.heard)

    passed_on, moved, cancelled = to_team()
    assert "What is it about?" in passed_on and ", 9am" in passed_on
    assert "The work has changed" in moved and ", 9:20am" in moved
    assert "This was cancelled. Do not do this work." in cancelled


def test_receiver_gets_only_the_reference_of_a_case_that_was_hidden(
    api: Api, hook: WebhookReceiver
) -> None:
    add_receiver(api, hook, "queue", case_services=["noise-nuisance"], filter={"kinds": []})
    sent = {
        "service_code": "noise-nuisance",
        "description": "A loud party",
        "attributes": {"kind": "noise"},
        "lat": 53.959,
        "long": -1.0815,
    }
    assert api.post("/api/reports", sent, key="noise").status_code == 201
    api.cloud.pump.run_until_idle()
    change(api, "PATCH", "", {"visibility": "hidden"})
    opened, gone = hook.bodies()
    assert (opened["kind"], gone["kind"]) == ("case.opened", "case.gone")
    assert gone["case"] == {"service_request_id": opened["case"]["service_request_id"]}


def test_receiver_is_refused_when_its_services_are_not_the_councils(
    api: Api, hook: WebhookReceiver
) -> None:
    sent = {"name": "x", "url": f"{hook.origin}/x", "case_services": ["bins"]}
    answer = api.post("/api/outbound/receivers", sent, token=api.token("admin"))
    assert answer.status_code == 400
    assert answer.json_body["errors"][0]["field"] == "case_services[0]"
