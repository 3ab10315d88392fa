"""What staff do stands in the log, whatever way they do it: reading, reporting for somebody else,
speaking for the council, and what concerns other systems."""

import re
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from chalice.test import Client
from msgspec.structs import replace

import app
from chalicelib.bootstrap.accounts import audit_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import UpstreamFailed
from chalicelib.reports.needs import Need
from chalicelib.reports.parts import HeldUpdate, Note, Question
from infra.local.cloud import Cloud
from tests.api.conftest import Api
from tests.support.builders import NOON, draft_body
from tests.support.composition import BrokenPart, replace_built
from tests.support.people import FORM, post_form

HOOK = {"name": "Canary", "url": "http://127.0.0.1:9/hook"}
"""Of this machine, as this stack allows; nobody listens there."""
LIT = {"service_code": "street-light", "attributes": {"what": "out"}}
NOISE: dict[str, Any] = {"service_code": "noise-nuisance", "attributes": {"kind": "noise"}}
numbers = count(1)


@pytest.fixture(scope="module")
def here() -> Iterator[Api]:
    """One stack for all: each test takes people of its own."""
    cloud = Cloud(outside_allowed="http://127.0.0.1:9")
    with Client(app.app) as client:
        yield Api(client, cloud)
    cloud.stop()


@pytest.fixture
def who() -> str:
    return f"somebody-{next(numbers)}"


def noted(api: Api, actor: str) -> list[tuple[str, str, str]]:
    """What that person did, the first first; nothing that was typed is in the log."""
    log = api.get("/api/admin/audit", api.token("admin"))
    assert b"anary" not in log.body
    own = [each for each in log.json_body["items"] if each["actor"] == actor]
    return [(each["action"], each["subject"], each["details"]) for each in reversed(own)]


def reported(api: Api, key: str, **values: Any) -> str:
    answer = api.post("/api/reports", draft_body(**values), key=key)
    assert answer.status_code == 201, answer.body
    return str(answer.json_body["service_request_id"])


def attribute_of(request_id: str, api: Api) -> None:
    """Answers to questions are there already."""


def note_of(request_id: str, api: Api) -> None:
    note = Note(note_id="note", datetime=NOON, sender="team@example.org", text="Canary.")
    reports_ports().repository.add_note(request_id, note)


def flag_of(request_id: str, api: Api) -> None:
    api.post(f"/api/reports/{request_id}/flags", {"reason": "other", "text": "Canary."})


def held_update_of(request_id: str, api: Api) -> None:
    held = HeldUpdate(update_id="U", datetime=NOON, text="Canary.", by="resident")
    add_to_report(request_id, held_updates=(held,))


def need_of(request_id: str, api: Api) -> None:
    need = Need(need_id="N", reason="could_not", since=NOON, why="Canary.")
    add_to_report(request_id, needs=(need,))


def question_of(request_id: str, api: Api) -> None:
    question = Question(
        question_id="Q", number=1, text="Canary?", asked_at=NOON, asked_by="o", fingerprint="F"
    )
    add_to_report(request_id, questions=(question,))


def add_to_report(request_id: str, **values: Any) -> None:
    repository = reports_ports().repository
    report = repository.get(request_id)
    assert report
    repository.save(replace(report, **values))


@pytest.mark.parametrize(
    ("adding", "shown_at"),
    [
        (attribute_of, "reports"),
        (note_of, "reports"),
        (flag_of, "reports"),
        (held_update_of, "cases"),
        (need_of, "cases"),
        (question_of, "cases"),
    ],
)
def test_view_of_a_public_report_is_audited_when_it_shows_non_public_details(
    adding: Any, shown_at: str, here: Api, who: str
) -> None:
    values = LIT if adding is attribute_of else {}
    request_id, officer = reported(here, who, **values), here.token("officer", who)
    adding(request_id, here)
    answer = here.get(f"/api/{shown_at}/{request_id}", officer)
    assert answer.status_code == 200 and (shown_at == "reports" or b"anary" in answer.body)
    assert noted(here, who) == [("reports.look", request_id, "public")]


@pytest.mark.parametrize("path", ["/forms/reports/{}", "/forms/reports/{}/update"])
def test_view_of_a_private_report_is_audited_without_javascript(
    path: str, here: Api, who: str
) -> None:
    request_id, officer = reported(here, who, **NOISE), here.token("officer", who)
    assert here.get(path.format(request_id), officer).status_code == 200
    assert noted(here, who) == [("reports.look", request_id, "private")]


def test_staff_updates_are_audited_once_without_their_text(here: Api, who: str) -> None:
    request_id, crew = reported(here, who), here.token("crew", who)
    for key, body in (("a", {"text": "Canary.", "state": "fixed"}), ("b", {"text": "Canary."})):
        for _ in range(2):
            path = f"/api/reports/{request_id}/updates"
            assert here.post(path, body, key=key, token=crew).status_code == 201
    form = here.get(f"/forms/reports/{request_id}/update").body.decode()
    found = re.search(r'name="key" value="([^"]+)"', form)
    assert found
    headers = {**FORM, "Authorization": f"Bearer {crew}"}
    posted = post_form(
        here.client.http,
        f"/forms/reports/{request_id}/update",
        headers,
        key=found[1],
        text="Canary",
    )
    assert posted.status_code == 200, posted.body
    assert noted(here, who) == [
        ("reports.update", request_id, "state=fixed"),
        ("reports.update", request_id, ""),
        ("reports.update", request_id, ""),
    ]


def test_report_for_another_person_is_audited_once(here: Api, who: str) -> None:
    body = draft_body(channel="counter", contact={"name": "Canary"})
    crew = here.token("crew", who)
    answers = [here.post("/api/reports", body, key=who, token=crew) for _ in range(2)]
    assert {each.status_code for each in answers} == {201}
    request_id = answers[0].json_body["service_request_id"]
    assert noted(here, who) == [("reports.assist", request_id, "counter")]


def test_nothing_is_stored_when_the_audit_log_fails(
    here: Api, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    request_id, crew = reported(here, who), here.token("crew", who)

    replace_built(monkeypatch, audit_ports, BrokenPart(UpstreamFailed("Nothing is noted.")))
    before = here.stored_ids()
    body = draft_body(channel="phone")
    assert here.post("/api/reports", body, key=f"{who}-1", token=crew).status_code == 503
    update = f"/api/reports/{request_id}/updates"
    assert here.post(update, {"text": "x"}, key="x", token=crew).status_code == 503
    assert here.stored_ids() == before
    assert here.get(f"/api/reports/{request_id}").json_body["updates"] == []


def test_changes_of_partners_and_receivers_are_audited(here: Api, who: str) -> None:
    admin = here.token("admin", who)
    headers = {"Authorization": f"Bearer {admin}"}
    new = {"name": "Canary", "sets_state": True, "reports": "waiting"}
    key_id = here.post("/api/partners/keys", new, token=admin).json_body["key_id"]
    here.client.http.delete(f"/api/partners/keys/{key_id}", headers=headers)
    receiver_id = here.post("/api/outbound/receivers", HOOK, key=who, token=admin).json_body[
        "receiver_id"
    ]
    path = f"/api/outbound/receivers/{receiver_id}"
    here.patch(path, {"name": "Canary", "enabled": False}, version=1, token=admin)
    here.post(f"{path}/replay", {"since": "2026-06-01T12:00:00Z"}, token=admin)
    here.client.http.delete(path, headers=headers)
    delivery = f"/api/outbound/deliveries/{'0' * 32}"
    for action in ("resend", "keep"):
        here.post(f"{delivery}/{action}", {}, token=admin)
    assert noted(here, who) == [
        ("keys.make", key_id, "reports=waiting sets_state"),
        ("keys.revoke", key_id, ""),
        ("receivers.add", receiver_id, ""),
        ("receivers.change", receiver_id, "enabled name"),
        ("receivers.replay", receiver_id, ""),
        ("receivers.remove", receiver_id, ""),
        ("deliveries.resend", "0" * 32, ""),
        ("deliveries.keep", "0" * 32, ""),
    ]
