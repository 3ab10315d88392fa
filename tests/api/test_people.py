"""Administrators say who works here, and read who did what."""

from typing import Any

import pytest

from tests.api.conftest import Api
from tests.api.test_reports import assert_problem
from tests.support.builders import draft_body

PEOPLE, AUDIT = "/api/admin/people", "/api/admin/audit"
OFFICER = {"role": "officer", "teams": ["highways"], "wards": []}
NOISE: dict[str, Any] = {"service_code": "noise-nuisance", "attributes": {"kind": "noise"}}


@pytest.fixture
def admin(api: Api) -> str:
    return api.token("admin", "an-admin")


def invited(api: Api, admin: str, name: str = "officer", **grant: Any) -> dict[str, Any]:
    body = {"address": f"{name}@example.org", "grants": [OFFICER | grant]}
    answer = api.post(PEOPLE, body, token=admin)
    assert answer.status_code == 201, answer.body
    person: dict[str, Any] = answer.json_body
    return person


def noted(api: Api, admin: str) -> list[tuple[str, str, str]]:
    items = api.get(AUDIT, admin).json_body["items"]
    return [(each["actor"], each["action"], each["details"]) for each in items]


def test_invited_person_is_listed_with_their_roles(api: Api, admin: str) -> None:
    person = invited(api, admin)
    assert person["grants"] == [OFFICER]
    assert (person["address"], person["is_pending"]) == ("officer@example.org", True)
    listed = api.get(PEOPLE, admin).json_body
    assert person in listed["items"]
    assert {"team": "highways", "name": "Highways"} in listed["teams"]
    assert noted(api, admin) == [("an-admin", "people.invite", "officer:highways")]
    again = {"address": "OFFICER@example.org ", "grants": [OFFICER]}
    assert_problem(api.post(PEOPLE, again, token=admin), 409)


def test_one_person_is_read_by_id(api: Api, admin: str) -> None:
    person = invited(api, admin)
    assert api.get(f"{PEOPLE}/{person['account_id']}", admin).json_body == person
    assert_problem(api.get(f"{PEOPLE}/nobody", admin), 404)
    assert_problem(api.get(f"{PEOPLE}/no one", admin), 404)


def test_list_of_people_continues_after_its_last(api: Api, admin: str) -> None:
    for number in range(3):
        invited(api, admin, f"officer{number}")
    first = api.get(f"{PEOPLE}?limit=3", admin).json_body
    cursor = first["next"].replace("#", "%23")
    rest = api.get(f"{PEOPLE}?limit=3&cursor={cursor}", admin).json_body
    ids = [each["account_id"] for each in (*first["items"], *rest["items"])]
    assert (len(ids), len(set(ids)), rest["next"]) == (4, 4, None)
    assert_problem(api.get(f"{PEOPLE}?cursor=x", admin), 400, "cursor")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"address": "nobody", "grants": [OFFICER]}, "address"),
        ({"grants": [OFFICER]}, "address"),
        ({"address": "a@example.org"}, "grants"),
        ({"address": "a@example.org", "grants": []}, "grants"),
        ({"address": "a@example.org", "grants": {"role": "admin"}}, "grants"),
        ({"address": "a@example.org", "grants": [{"role": "emperor"}]}, "grants[0].role"),
        ({"address": "a@example.org", "grants": [OFFICER | {"teams": ["none"]}]}, "grants"),
        ({"address": "a@example.org", "grants": [OFFICER | {"wards": ["x y"]}]}, "grants"),
        ({"address": "a@example.org", "grants": [OFFICER | {"wards": ["W"] * 101}]}, "grants"),
    ],
)
def test_invitation_is_refused_when_it_makes_no_sense(
    body: dict[str, Any], field: str, api: Api, admin: str
) -> None:
    assert_problem(api.post(PEOPLE, body, token=admin), 400, field)
    assert len(api.get(PEOPLE, admin).json_body["items"]) == 1


def test_roles_are_valid_from_the_next_call_on(api: Api, admin: str) -> None:
    officer = api.token("officer", "an-officer")
    assert api.get("/api/moderation?reason=waiting", officer).status_code == 200
    (person,) = [
        each
        for each in api.get(PEOPLE, admin).json_body["items"]
        if each["account_id"] == "an-officer"
    ]
    path = f"{PEOPLE}/an-officer"
    assert_problem(api.patch(path, {"grants": []}, version=None, token=admin), 428)
    taken = api.patch(path, {"grants": []}, version=person["version"], token=admin)
    assert taken.json_body["grants"] == []
    assert_problem(api.get("/api/moderation?reason=waiting", officer), 403)
    late = api.patch(path, {"grants": [OFFICER]}, version=person["version"], token=admin)
    assert assert_problem(late, 409)["version"] == taken.json_body["version"]


def test_disabled_person_is_signed_out_at_the_next_call_and_has_to_sign_in_again(
    api: Api, admin: str
) -> None:
    officer, path = api.token("officer", "an-officer"), f"{PEOPLE}/an-officer"
    disabled = api.patch(path, {"disabled": True}, version=1, token=admin)
    assert disabled.json_body["disabled_at"]
    assert_problem(api.get("/api/moderation?reason=waiting", officer), 401)
    version = disabled.json_body["version"]
    again = api.patch(path, {"disabled": False}, version=version, token=admin)
    assert again.json_body["disabled_at"] is None
    assert_problem(api.get("/api/moderation?reason=waiting", officer), 401)
    fresh = api.token("officer", "an-officer")
    assert api.get("/api/moderation?reason=waiting", fresh).status_code == 200


def test_administrator_cannot_change_their_own_account_or_an_unknown_one(
    api: Api, admin: str
) -> None:
    own = api.patch(f"{PEOPLE}/an-admin", {"disabled": True}, version=1, token=admin)
    assert_problem(own, 403)
    assert_problem(api.patch(f"{PEOPLE}/nobody", {}, version=1, token=admin), 404)
    assert_problem(api.patch(f"{PEOPLE}/no body", {}, version=1, token=admin), 404)
    assert noted(api, admin) == []


def test_views_of_private_data_and_changes_of_a_report_are_audited(api: Api, admin: str) -> None:
    officer = api.token("officer", "an-officer")
    contact = {"email": "canary@example.org"}
    plain, private, known = (
        api.post("/api/reports", draft_body(**values), key=key).json_body["service_request_id"]
        for key, values in (("1", {}), ("2", NOISE), ("3", {"contact": contact}))
    )
    for each in (plain, private, known):
        assert api.get(f"/api/reports/{each}", officer).status_code == 200
    api.get(f"/api/reports/{known}")
    changes = {"visibility": "hidden", "clear": ["contact"], "title": "Canary"}
    assert api.patch(f"/api/reports/{known}", changes, version=1, token=officer).status_code == 200
    items = api.get(AUDIT, admin).json_body["items"]
    assert [(each["action"], each["subject"], each["details"]) for each in items] == [
        ("reports.change", known, "clear title visibility=hidden"),
        ("reports.look", known, "public"),
        ("reports.look", private, "private"),
    ]
    assert {each["actor"] for each in items} == {"an-officer"}
    assert b"anary" not in api.get(AUDIT, admin).body


def test_log_continues_after_its_last(api: Api, admin: str) -> None:
    for number in range(3):
        invited(api, admin, f"officer{number}")
    first = api.get(f"{AUDIT}?limit=2", admin).json_body
    rest = api.get(f"{AUDIT}?limit=2&cursor={first['next'].replace('#', '%23')}", admin).json_body
    ids = [each["entry_id"] for each in (*first["items"], *rest["items"])]
    assert (len(ids), len(set(ids)), rest["next"]) == (3, 3, None)
    assert_problem(api.get(f"{AUDIT}?cursor=x", admin), 400, "cursor")
