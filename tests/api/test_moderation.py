"""Who decides what is public, as the API lets them."""

from typing import Any

import pytest
import time_machine

from tests.api.conftest import Api
from tests.api.test_reports import assert_problem
from tests.support.builders import NOON, draft_body

GRAFFITI = {"service_code": "graffiti"}
NOISE: dict[str, Any] = {"service_code": "noise-nuisance", "attributes": {"kind": "noise"}}


def report(api: Api, key: str = "key", **values: Any) -> dict[str, Any]:
    answer = api.post("/api/reports", draft_body(**values), key=key)
    assert answer.status_code == 201, answer.body
    receipt: dict[str, Any] = answer.json_body
    return receipt


def address(receipt: dict[str, Any], *more: str) -> str:
    return "/".join(["/api/reports", receipt["service_request_id"], *more])


def test_change_is_made_on_the_stored_version(api: Api) -> None:
    receipt, officer = report(api), api.token("officer")
    answer = api.patch(address(receipt), {"state": "fixed"}, version=1, token=officer)
    assert answer.status_code == 200, answer.body
    assert (answer.json_body["state"], answer.json_body["version"]) == ("fixed", 2)
    assert answer.json_body["contact"] is None
    assert api.get(address(receipt)).json_body["state"] == "fixed"


def test_change_names_the_stored_version_when_it_was_made_on_another(api: Api) -> None:
    receipt, officer = report(api), api.token("officer")
    api.patch(address(receipt), {"priority": "high"}, version=1, token=officer)
    late = api.patch(address(receipt), {"priority": "low"}, version=1, token=officer)
    assert assert_problem(late, 409)["version"] == 2
    blind = api.patch(address(receipt), {"priority": "low"}, version=None, token=officer)
    assert_problem(blind, 428)
    silly = api.patch(address(receipt), {"priority": "low"}, version="new", token=officer)
    assert_problem(silly, 400, "If-Match")


def test_report_is_triaged_by_the_rules_until_an_officer_decides_otherwise(api: Api) -> None:
    receipt = report(api, attributes={"size": "large"})
    officer = api.token("officer")
    seen = api.get(address(receipt), officer).json_body
    assert (seen["priority"], seen["opens"], seen["team"]) == ("high", "job", "highways")
    assert seen["because"][0] == {
        "about": "priority",
        "text": "The priority is high because the answer to “How big is it?” is “Larger than a car "
        "wheel”.",
    }
    chosen = {"team": "parks", "expected_datetime": "2096-06-01T10:00:00+01:00"}
    changed = api.patch(address(receipt), chosen, version=1, token=officer).json_body
    assert (changed["team"], changed["expected_datetime"]) == ("parks", "2096-06-01T09:00:00Z")
    assert changed["decided_by_hand"] == ["team", "target"]
    assert not {"opens", "because", "decided_by_hand"} & set(api.get(address(receipt)).json_body)
    for wrong in ({"team": "nobody"}, {"expected_datetime": "2126-06-01T10:00:00"}):
        refused = api.patch(address(receipt), wrong, version=2, token=officer)
        assert_problem(refused, 400, *wrong)


@pytest.mark.parametrize(("role", "status"), [(None, 401), ("resident", 403), ("crew", 403)])
def test_only_officers_change_and_review_reports(role: Any, status: int, api: Api) -> None:
    receipt = report(api)
    token = api.token(role) if role else None
    changed = api.patch(address(receipt), {"state": "fixed"}, version=1, token=token)
    assert_problem(changed, status)
    assert_problem(api.get("/api/moderation?reason=waiting", token), status)
    assert api.get(address(receipt)).json_body["state"] == "open"


def test_moderated_report_is_seen_by_its_link_until_an_officer_approves_it(api: Api) -> None:
    receipt, officer = report(api, **GRAFFITI), api.token("officer")
    assert receipt["visibility"] == "waiting"
    assert_problem(api.get(address(receipt)), 404)
    token = receipt["tracking_url"].partition("?")[2]
    assert api.get(f"{address(receipt)}?{token}").json_body["description"] == "A deep hole."
    waiting = api.get("/api/moderation?reason=waiting", officer).json_body
    assert [each["service_request_id"] for each in waiting["items"]] == [
        receipt["service_request_id"]
    ]
    api.patch(address(receipt), {"visibility": "public"}, version=1, token=officer)
    assert api.get(address(receipt)).json_body["visibility"] == "public"
    assert api.get("/api/moderation?reason=waiting", officer).json_body["items"] == []


def test_list_of_waiting_reports_continues_after_its_last(api: Api) -> None:
    receipts = [report(api, f"key-{number}", **GRAFFITI) for number in range(3)]
    officer = api.token("officer")
    first = api.get("/api/moderation?reason=waiting&limit=2", officer).json_body
    rest = api.get(
        f"/api/moderation?reason=waiting&limit=2&cursor={first['next'].replace('#', '%23')}",
        officer,
    ).json_body
    found = [each["service_request_id"] for each in (*first["items"], *rest["items"])]
    assert sorted(found) == sorted(each["service_request_id"] for each in receipts)
    assert rest["next"] is None
    assert_problem(api.get("/api/moderation?reason=boredom", officer), 400, "reason")
    assert_problem(api.get("/api/moderation?reason=waiting&cursor=~~", officer), 400, "cursor")


def test_private_report_looks_missing_to_others(api: Api) -> None:
    receipt = report(api, **NOISE)
    unknown = api.get("/api/reports/000000000000")
    for query in ("", "?token=", "?token=guess"):
        answer = api.get(address(receipt) + query)
        assert answer.status_code == 404
        assert (
            answer.body.replace(receipt["service_request_id"].encode(), b"000000000000")
            == unknown.body
        )
    token = receipt["tracking_url"].partition("?")[2]
    assert api.get(f"{address(receipt)}?{token}").status_code == 200


def test_report_is_withdrawn_with_the_key_of_its_submission(api: Api) -> None:
    receipt = report(api)
    assert_problem(api.post(address(receipt, "withdrawal"), b"", key="guess"), 404)
    assert_problem(api.post(address(receipt, "withdrawal"), b"", key=None), 400, "Idempotency-Key")
    answer = api.post(address(receipt, "withdrawal"), b"", key="key")
    assert answer.json_body == {
        "service_request_id": receipt["service_request_id"],
        "state": "cancelled",
        "visibility": "withdrawn",
    }
    assert_problem(api.get(address(receipt)), 404)


def test_follow_counts_each_person_once(api: Api) -> None:
    receipt = report(api)
    for key, role in (("phone", None), ("phone", None), (None, "resident"), (None, "resident")):
        token = api.token("resident") if role else None
        answer = api.post(address(receipt, "follow"), {}, key=key, token=token)
        assert answer.status_code == 201
    assert answer.json_body == {
        "service_request_id": receipt["service_request_id"],
        "followers": 2,
        "alerts": None,
    }
    empty = api.post(address(receipt, "follow"), b"", key="phone-2")
    assert empty.json_body["followers"] == 3
    assert api.get(address(receipt)).json_body["followers"] == 3


def test_callers_without_a_key_count_as_different_people(api: Api) -> None:
    receipt, officer = report(api), api.token("officer")
    for _ in range(2):
        answer = api.post(address(receipt, "follow"), {}, key=None)
    assert answer.json_body["followers"] == 2
    for reason in ("offensive", "personal_data"):
        assert api.post(address(receipt, "flags"), {"reason": reason}, key=None).status_code == 201
    flags = api.get(address(receipt), officer).json_body["flags"]
    assert [flag["reason"] for flag in flags] == ["offensive", "personal_data"]


def test_conflict_links_to_the_report_when_it_is_not_public(api: Api) -> None:
    receipt = report(api, **GRAFFITI)
    other = api.post("/api/reports", draft_body(description="Another", **GRAFFITI))
    assert assert_problem(other, 409)["link"] == receipt["tracking_url"]


def test_flag_is_stored_for_officers_only(api: Api) -> None:
    receipt, officer = report(api), api.token("officer")
    sent = {"reason": "personal_data", "text": "It names my neighbour."}
    answer = api.post(address(receipt, "flags"), sent, key=None)
    assert answer.status_code == 201
    assert "neighbour" not in api.get(address(receipt)).body.decode()
    (flag,) = api.get(address(receipt), officer).json_body["flags"]
    assert flag["text"] == "It names my neighbour."
    flagged = api.get("/api/moderation?reason=flagged", officer).json_body["items"]
    assert [each["reason"] for each in flagged] == ["flagged"]
    assert_problem(api.post(address(receipt, "flags"), {"reason": "rude"}), 400, "reason")


def test_nearby_reports_have_their_distance(api: Api) -> None:
    receipt = report(api, lat=53.9593)
    report(api, "another", lat=53.97)
    found = api.get("/api/reports/nearby?lat=53.959&long=-1.0815&service_code=pothole")
    assert found.status_code == 200, found.body
    (near,) = found.json_body["items"]
    assert near["service_request_id"] == receipt["service_request_id"]
    assert 33 < near["distance_m"] < 34
    assert found.json_body["next"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("long=-1.08", "lat"),
        ("lat=53.9&long=east", "long"),
        ("lat=91&long=-1", "lat"),
        ("lat=nan&long=-1", "lat"),
        ("lat=53.9&long=-1&radius_m=0", "radius_m"),
        ("lat=53.9&long=-1&radius_m=5000", "radius_m"),
        ("lat=53.9&long=-1&limit=1000", "limit"),
    ],
)
def test_nearby_names_the_fault_when_the_query_is_wrong(query: str, field: str, api: Api) -> None:
    assert_problem(api.get(f"/api/reports/nearby?{query}"), 400, field)


def test_report_needs_no_point_when_its_address_describes_the_place(api: Api) -> None:
    body = {"service_code": "pothole", "description": "A hole.", "address": "Behind the mill"}
    answer = api.post("/api/reports", body)
    assert answer.status_code == 201, answer.body
    assert (answer.json_body["lat"], answer.json_body["visibility"]) == (None, "waiting")
    no_place = {"service_code": "pothole", "description": "A hole."}
    assert_problem(api.post("/api/reports", no_place, key="other"), 400, "lat", "long")


def test_answers_and_dangers_are_named_by_their_question(api: Api) -> None:
    body = draft_body(service_code="street-light", attributes={"what": "wires"})
    # A Thursday, when the council's own line is answered.
    with time_machine.travel(NOON, tick=False):
        problem = assert_problem(api.post("/api/reports", body), 400, "attributes.what")
    assert "01904 960123" in problem["errors"][0]["message"]
    assert api.stored_ids() == []
