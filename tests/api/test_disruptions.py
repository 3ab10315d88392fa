"""An officer says that a service is disrupted: everybody can read it, and those inside hear of
it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from chalice.test import HTTPResponse

from chalicelib.bootstrap import container
from chalicelib.bootstrap.disruptions import disruptions_ports
from chalicelib.handlers.alerts.disruptions_events import publish_disruptions
from chalicelib.kernel.time import utc_now
from infra.local import mail
from infra.local.seed import demo_disruption
from tests.api.conftest import Api
from tests.api.test_alerts_sent import confirmed
from tests.api.test_reports import assert_problem
from tests.conftest import ROOT
from tests.support.builders import MARKET_PLACE

PATH = "/api/disruptions"
EVENT = json.loads((ROOT / "tests" / "events" / "publish_disruptions.json").read_text())


def in_hours(hours: float) -> str:
    return (utc_now() + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def body(**values: Any) -> dict[str, Any]:
    return {
        "title": "No bin collections today",
        "text": "A lorry has broken down.",
        "area": {**MARKET_PLACE, "radius_m": 1_000},
        "begins": in_hours(-1),
        "ends": in_hours(6),
        **values,
    }


@pytest.fixture
def officer(api: Api) -> str:
    return api.token("officer", "an-officer")


def posted(api: Api, officer: str, key: str = "key", **values: Any) -> dict[str, Any]:
    answer = api.post(PATH, body(**values), key=key, token=officer)
    assert answer.status_code == 201, answer.body
    api.cloud.pump.run_until_idle()
    made: dict[str, Any] = answer.json_body
    return made


def changed(api: Api, made: dict[str, Any], officer: str, **values: Any) -> HTTPResponse:
    path = f"{PATH}/{made['disruption_id']}"
    answer = api.patch(path, values, version=made["version"], token=officer)
    api.cloud.pump.run_until_idle()
    return answer


def withdrawn(api: Api, made: dict[str, Any], officer: str, version: int | None) -> HTTPResponse:
    headers = {"Authorization": f"Bearer {officer}"}
    if version is not None:
        headers["If-Match"] = f'"{version}"'
    answer = api.client.http.delete(f"{PATH}/{made['disruption_id']}", headers=headers)
    api.cloud.pump.run_until_idle()
    return answer


def published(api: Api) -> list[dict[str, Any]]:
    publish_disruptions(EVENT, None)
    answer = container.read_published("data/disruptions.json")
    assert answer
    items: list[dict[str, Any]] = json.loads(answer)["items"]
    return items


def test_disruption_is_published_and_disappears_when_it_is_withdrawn(
    api: Api, officer: str
) -> None:
    assert published(api) == []
    made = posted(api, officer)
    assert published(api) == [made] == api.get(PATH, officer).json_body["items"]
    after = changed(api, made, officer, title="No bins today").json_body
    assert published(api) == [after] and after["version"] == 2
    assert withdrawn(api, made, officer, after["version"]).status_code == 200
    assert published(api) == [] == api.get(PATH, officer).json_body["items"]


def test_officers_actions_are_audited_without_text(api: Api, officer: str) -> None:
    made = posted(api, officer)
    changed(api, made, officer, title="No bins today")
    withdrawn(api, made, officer, 2)
    items = api.get("/api/admin/audit", api.token("admin", "an-admin")).json_body["items"]
    assert [(each["actor"], each["action"], each["details"]) for each in items] == [
        ("an-officer", "disruptions.withdraw", ""),
        ("an-officer", "disruptions.change", "title"),
        ("an-officer", "disruptions.post", ""),
    ]
    assert {each["subject"] for each in items} == {made["disruption_id"]}


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"title": "x" * 101}, ["title"]),
        ({"title": None}, ["title"]),
        ({"begins": "tomorrow"}, ["begins"]),
        ({"begins": "2026-06-01T12:00:00"}, ["begins"]),
        ({"ends": "2020-01-01T12:00:00Z"}, ["ends"]),
        ({"area": {"ward_code": "nowhere"}}, ["area.ward_code"]),
        ({"area": {"radius_m": 500}}, ["area.lat", "area.long"]),
        ({"area": {"street": "High Street"}}, ["area.street"]),
        ({"service_codes": ["unknown"]}, ["service_codes"]),
    ],
)
def test_disruption_is_refused_with_its_field_when_it_is_invalid(
    values: dict[str, Any], fields: list[str], api: Api, officer: str
) -> None:
    assert_problem(api.post(PATH, body(**values), token=officer), 400, *fields)


def test_change_with_an_old_version_is_refused(api: Api, officer: str) -> None:
    made = posted(api, officer)
    assert changed(api, made, officer, title="No bins").status_code == 200
    late = changed(api, made, officer, title="Another")
    assert (late.status_code, late.json_body["version"]) == (409, 2)
    assert withdrawn(api, made, officer, 1).status_code == 409
    assert withdrawn(api, made, officer, None).status_code == 428
    assert withdrawn(api, {"disruption_id": "0" * 32}, officer, 1).status_code == 404
    assert withdrawn(api, {"disruption_id": "nothing"}, officer, 1).status_code == 404


def test_only_officers_may_post(api: Api) -> None:
    for role, status in (("crew", 403), ("resident", 403), ("officer", 201)):
        answer = api.post(PATH, body(), key=role, token=api.token(role))  # type: ignore[arg-type]
        assert answer.status_code == status
    assert api.post(PATH, body()).status_code == 401
    assert api.get(PATH).status_code == 401


def test_subscribers_inside_are_notified_once_and_again_when_the_times_change(
    api: Api, officer: str
) -> None:
    inside = {"kind": "disruptions", "lat": 53.955, "long": -1.0815, "radius_m": 300}
    outside = {"kind": "disruptions", "lat": 53.93, "long": -1.0815, "radius_m": 300}
    confirmed(api, topic=inside)
    confirmed(api, topic=outside, to="robin@example.org")
    before = len(mail.emails())
    made = posted(api, officer)
    (email,) = mail.emails()[before:]
    assert (email["To"], email["Subject"]) == ("sam@example.org", "No bin collections today")
    assert "A lorry has broken down." in mail.text_of(email)
    made = changed(api, made, officer, text="Two lorries.").json_body
    assert len(mail.emails()) == before + 1
    made = changed(api, made, officer, ends=in_hours(8)).json_body
    assert len(mail.emails()) == before + 2
    assert "Two lorries." in mail.text_of(mail.emails()[-1])
    withdrawn(api, made, officer, made["version"])
    assert len(mail.emails()) == before + 2


def test_withdrawn_disruption_notifies_nobody_when_it_was_not_announced_yet(
    api: Api, officer: str
) -> None:
    confirmed(api, topic={"kind": "disruptions"})
    before = len(mail.emails())
    made = api.post(PATH, body(), token=officer).json_body
    headers = {"Authorization": f"Bearer {officer}", "If-Match": '"1"'}
    api.client.http.delete(f"{PATH}/{made['disruption_id']}", headers=headers)
    api.cloud.pump.run_until_idle()
    assert len(mail.emails()) == before


def test_demo_council_has_a_disruption(api: Api) -> None:
    demo_disruption(disruptions_ports(), utc_now())
    assert [each["title"] for each in published(api)] == ["No bin collections on the east side"]


def test_officer_sees_who_a_disruption_would_be_sent_to(api: Api, officer: str) -> None:
    confirmed(api, topic={"kind": "disruptions"})
    api.cloud.pump.run_until_idle()
    answer = api.post(f"{PATH}/audience", {}, key=None, token=officer)
    assert answer.status_code == 200, answer.body
    assert answer.json_body["emails"] == 1 and answer.json_body["emails_left"] == 40_000
    refused = api.post(f"{PATH}/audience", {"lat": 53.9}, key=None, token=officer)
    assert refused.status_code == 400, refused.body
    assert_problem(api.post(f"{PATH}/audience", {}, key=None), 401)
