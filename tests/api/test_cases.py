"""Officers work through cases: the queue, a case, notes, changes that can be taken back, and what
is taken out for good."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import boto3
import pytest
from chalice.test import HTTPResponse
from msgspec.structs import replace
from PIL import Image

from chalicelib.accounts.model import Grant
from chalicelib.bootstrap import container
from chalicelib.bootstrap.desk import desk_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.desk.model import UNDO_WITHIN
from chalicelib.kernel.time import utc_now
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Photo
from infra.local.cloud import Cloud
from tests.api.conftest import Api
from tests.support.attack_photos import draw_picture, save_image
from tests.support.builders import draft_body
from tests.support.composition import replace_built

NOISE: dict[str, Any] = {"service_code": "noise-nuisance", "attributes": {"kind": "noise"}}
PHOTO = "0" * 26


@pytest.fixture
def officer_token(api: Api) -> str:
    return api.token("officer")


def reported(api: Api, key: str = "k", **values: Any) -> str:
    answer = api.post("/api/reports", draft_body(**values), key=key)
    assert answer.status_code == 201, answer.body
    return str(answer.json_body["service_request_id"])


def stored(request_id: str) -> ServiceRequest:
    found = reports_ports().repository.get(request_id)
    assert found
    return found


def saved_as(request_id: str, **values: Any) -> None:
    reports_ports().repository.save(replace(stored(request_id), **values))


def queue(api: Api, token: str, query: str = "") -> list[str]:
    answer = api.get(f"/api/cases{query}", token)
    assert answer.status_code == 200, answer.body
    return [each["service_request_id"] for each in answer.json_body["items"]]


def act(api: Api, token: str, path: str, body: Any = None, **values: Any) -> HTTPResponse:
    """Posts what an officer does; `version` goes into If-Match."""
    if (version := values.pop("version", None)) is not None:
        api.always = {"If-Match": f'"{version}"'}
    answer = api.post(path, body or {}, token=token, **values)
    api.always = {}
    return answer


def test_queue_shows_a_case_with_all_fields_of_the_list(api: Api, officer_token: str) -> None:
    request_id = reported(api, title="A hole")
    (item,) = api.get("/api/cases", officer_token).json_body["items"]
    report = stored(request_id)
    assert item == {
        "service_request_id": request_id,
        "version": 1,
        "title": "A hole",
        "service_code": "pothole",
        "service_name": item["service_name"],
        "state": "open",
        "status": "open",
        "visibility": "public",
        "priority": report.priority,
        "team": "highways",
        "ward_code": None,
        "address": None,
        "lat": report.lat,
        "long": report.long,
        "requested_datetime": item["requested_datetime"],
        "expected_datetime": item["expected_datetime"],
        "target": item["target"],
        "hours_left": item["hours_left"],
        "opens": report.opens,
        "attention": None,
        "review_on": None,
        "needs": [],
        "followers": 0,
        "waits_for": None,
        "jobs": 0,
    }
    assert item["target"] in ("soon", "in_time") and item["hours_left"] > 0


def test_queue_is_sorted_by_target_and_paged(api: Api, officer_token: str) -> None:
    now = utc_now().replace(microsecond=0)
    ids = [reported(api, f"k{number}") for number in range(5)]
    for number, request_id in enumerate(ids):
        saved_as(request_id, expected_datetime=now + timedelta(hours=40 - 20 * number))
    saved_as(ids[4], expected_datetime=None)
    expected = [ids[3], ids[2], ids[1], ids[0], ids[4]]
    assert queue(api, officer_token) == expected
    assert queue(api, officer_token, "?target=late") == [ids[3], ids[2]]
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = api.get(f"/api/cases?limit=2{cursor}", officer_token).json_body
        found += [each["service_request_id"] for each in page["items"]]
        cursor = f"&cursor={page['next'].replace('#', '%23')}" if page["next"] else None
    assert found == expected
    assert sorted(queue(api, officer_token, "?sort=newest")) == sorted(expected)


def test_queue_has_only_the_officers_teams_and_wards(api: Api) -> None:
    hole, noise = reported(api), reported(api, "k2", **NOISE)
    saved_as(noise, ward_code="centre")
    teams = api.staff("ann", Grant(role="officer", teams=("highways",)))
    wards = api.staff("bob", Grant(role="officer", wards=("centre",)))
    assert queue(api, teams) == [hole] and queue(api, wards) == [noise]
    assert queue(api, teams, "?team=protection") == []
    assert api.get(f"/api/cases/{noise}", teams).status_code == 404
    assert api.get(f"/api/cases/{hole}", wards).status_code == 403
    assert api.get("/api/cases", api.token("crew")).status_code == 403


@pytest.mark.parametrize(
    "query",
    ["state=done", "priority=x", "opens=x", "target=x", "waits=x", "sort=x", "cursor=x", "limit=0"],
)
def test_filter_is_refused_by_name(query: str, api: Api, officer_token: str) -> None:
    answer = api.get(f"/api/cases?{query}", officer_token)
    assert answer.status_code == 400
    assert answer.json_body["errors"][0]["field"] == query.partition("=")[0]


def test_queue_is_never_read_by_a_scan(api: Api, officer_token: str) -> None:
    from tests.support.seam import record_tries

    reported(api)
    for query in ("", "?sort=newest&q=x", "?state=closed"):
        with record_tries() as made:
            queue(api, officer_token, query)
        assert made and not [each for each in made if each.operation.endswith("Scan")]


def test_case_has_all_of_a_report_and_what_belongs_to_it(api: Api) -> None:
    ann = api.staff("ann", Grant(role="officer"))
    request_id = reported(api, contact={"email": "alex@example.org"})
    near = reported(api, "k2", title="Another")
    note = act(api, ann, f"/api/cases/{request_id}/notes", {"text": "I rang the reporter."})
    assert note.status_code == 201 and note.json_body["by"] == "Ann"
    api.cloud.pump.run_until_idle()
    case = api.get(f"/api/cases/{request_id}", ann).json_body
    assert case["contact"]["email"] == "alex@example.org" and "ask" in case["may"]
    assert [(each["by"], each["text"]) for each in case["notes"]] == [
        ("Ann", "I rang the reporter.")
    ]
    assert [each["service_request_id"] for each in case["nearby"]] == [near]
    assert case["nearby"][0]["distance_m"] == 0 and case["nearby"][0]["title"] == "Another"
    assert (case["merged"], case["questions"], case["waits_for"]) == ([], [], None)
    assert {"because", "opens", "target", "hours_left"} <= set(case)
    done = [(each["action"], each["by"]) for each in case["history"]]
    assert done == [("Wrote a note", "Ann")]
    again = api.get(f"/api/cases/{request_id}", ann).json_body["history"]
    assert [each["action"] for each in again] == ["Looked at it", "Wrote a note"]


def test_case_links_only_to_jobs_and_reports_of_the_officers_team(api: Api) -> None:
    grant = Grant(role="officer", teams=("highways",))
    highways, request_id = api.staff("ann", grant), reported(api)
    own, parks = reported(api, "k2"), reported(api, "k3")
    draft = {"service_request_ids": [request_id], "kind": "inspect"}
    planner = api.token("officer")
    job_id = api.post("/api/jobs", draft, token=planner).json_body["job_id"]
    api.cloud.pump.run_until_idle()
    saved_as(parks, team="parks")
    api.patch(f"/api/jobs/{job_id}", {"team": "parks"}, version=1, token=planner)
    case = api.get(f"/api/cases/{request_id}", highways).json_body
    links = {each["service_request_id"]: each["in_remit"] for each in case["nearby"]}
    assert links == {own: True, parks: False}
    for each, is_own in links.items():
        expected = 200 if is_own else 403
        assert api.get(f"/api/cases/{each}", highways).status_code == expected
    assert {each["job_id"]: each["in_remit"] for each in case["jobs"]}[job_id] is False
    assert api.get(f"/api/jobs/{job_id}", highways).status_code == 404


def test_case_shows_its_jobs_when_a_rule_opened_one(api: Api, officer_token: str) -> None:
    request_id = reported(api)
    saved_as(request_id, opens="job")
    api.cloud.pump.run_until_idle()
    case = api.get(f"/api/cases/{request_id}", officer_token).json_body
    (item,) = api.get("/api/cases", officer_token).json_body["items"]
    assert len(case["jobs"]) == item["jobs"]
    for job in case["jobs"]:
        assert {"job_id", "kind", "state", "title", "crew", "planned_day"} <= set(job)


def test_change_with_a_reply_is_undone_before_anyone_is_notified(
    api: Api, officer_token: str
) -> None:
    request_id = reported(api)
    path = f"/api/cases/{request_id}/changes"
    sent = {"state": "fixed", "priority": "low", "text": "Done, {reference}."}
    done = act(api, officer_token, path, sent, version=1)
    assert done.status_code == 200, done.body
    after = stored(request_id)
    assert (after.state, after.priority, after.version) == ("fixed", "low", 2)
    reference = f"{request_id[:4]}-{request_id[4:8]}-{request_id[8:]}"
    assert [update.text for update in after.updates] == [f"Done, {reference}."]
    assert done.json_body["version"] == 2 and done.json_body["until"]
    undo = f"/api/undo/{done.json_body['undo_id']}"
    assert act(api, api.staff("bob", Grant(role="officer")), undo).status_code == 404
    for _ in range(2):
        assert act(api, officer_token, undo).json_body["items"] == [
            {
                "service_request_id": request_id,
                "result": "undone",
                "because": None,
                "restored": ["state", "priority", "reply"],
                "not_restored": [],
            }
        ]
    after = stored(request_id)
    assert (after.state, after.updates, after.repairs) == ("open", (), 0)
    history = api.get(f"/api/cases/{request_id}", officer_token).json_body["history"]
    assert [each["action"] for each in history][-1] == "Changed the priority, the state, the reply"
    assert "Undid a change" in [each["action"] for each in history]


def test_change_cannot_be_undone_after_its_time(
    api: Api, officer_token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    request_id = reported(api)
    done = act(
        api, officer_token, f"/api/cases/{request_id}/changes", {"state": "closed"}, version=1
    )
    ports = desk_ports()
    later = replace(ports, now=lambda: utc_now() + UNDO_WITHIN + timedelta(seconds=2))
    replace_built(monkeypatch, desk_ports, later)
    assert act(api, officer_token, f"/api/undo/{done.json_body['undo_id']}").status_code == 409
    assert stored(request_id).state == "closed"


def test_change_needs_the_version_that_the_officer_read(api: Api, officer_token: str) -> None:
    request_id = reported(api)
    path = f"/api/cases/{request_id}/changes"
    assert act(api, officer_token, path, {"state": "closed"}).status_code == 428
    stale = act(api, officer_token, path, {"state": "closed"}, version=7)
    assert stale.status_code == 409 and stale.json_body["version"] == 1


def test_many_cases_are_checked_changed_and_undone_together(api: Api, officer_token: str) -> None:
    ids = [reported(api, f"k{number}") for number in range(3)]
    saved_as(ids[2], state="closed")
    wanted = [{"service_request_id": each, "version": 1} for each in ids]
    body = {"ids": wanted, "changes": {"state": "in_progress", "text": "Soon."}}
    check = act(api, officer_token, "/api/cases/bulk", body | {"check": True}).json_body
    assert [each["ok"] for each in check["items"]] == [True, True, False]
    assert (check["undo_id"], check["items"][2]["result"]) == (None, None)
    assert "(version 2)" in check["items"][2]["because"]
    assert stored(ids[0]).version == 1
    done = act(api, officer_token, "/api/cases/bulk", body).json_body
    assert [each["result"] for each in done["items"]] == ["changed", "changed", "refused"]
    assert [stored(each).state for each in ids] == ["in_progress", "in_progress", "closed"]
    undone = act(api, officer_token, f"/api/undo/{done['undo_id']}").json_body["items"]
    assert [each["result"] for each in undone] == ["undone", "undone"]
    assert [stored(each).state for each in ids] == ["open", "open", "closed"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"ids": []}, "ids"),
        ({"changes": {}}, "changes"),
        ({"changes": {"state": "nope"}}, "changes.state"),
        ({"changes": {"contact": "x"}}, "changes.contact"),
    ],
)
def test_bulk_change_is_refused_when_it_changes_nothing(
    values: Any, field: str, api: Api, officer_token: str
) -> None:
    one = {"service_request_id": "R00000000001", "version": 1}
    body = {"ids": [one], "changes": {"state": "closed"}} | values
    answer = act(api, officer_token, "/api/cases/bulk", body)
    assert answer.status_code == 400
    assert field in [error["field"] for error in answer.json_body["errors"]]
    twice = act(
        api, officer_token, "/api/cases/bulk", {"ids": [one, one], "changes": {"team": "parks"}}
    )
    assert twice.status_code == 400


def test_duplicate_is_unmerged_with_its_followers(api: Api, officer_token: str) -> None:
    one, two = reported(api), reported(api, "k2")
    api.post(f"/api/reports/{one}/follow", {}, key="phone")
    done = act(api, officer_token, f"/api/cases/{one}/changes", {"duplicate_of": two}, version=2)
    assert done.status_code == 200, done.body
    assert stored(two).followers == 2
    duplicate = api.get(f"/api/cases/{one}", officer_token).json_body
    assert "unmerge" in duplicate["may"] and duplicate["may_open_survivor"] is True
    survivor = api.get(f"/api/cases/{two}", officer_token).json_body
    merged = {"service_request_id": one, "in_remit": True, "may_unmerge": True}
    assert survivor["merged"] == [merged] and "unmerge" not in survivor["may"]
    path = f"/api/cases/{one}/unmerge"
    assert act(api, officer_token, path, version=1).status_code == 409
    apart = act(api, officer_token, path, version=done.json_body["version"])
    assert (apart.json_body["state"], apart.json_body["duplicate_of"]) == ("reopen", None)
    assert "unmerge" not in apart.json_body["may"] and not apart.json_body["may_open_survivor"]
    assert (stored(one).followers, stored(two).followers) == (1, 0)
    assert api.get(f"/api/cases/{two}", officer_token).json_body["merged"] == []
    assert act(api, officer_token, path, version=stored(one).version).status_code == 409


def test_only_the_team_of_a_duplicate_may_unmerge_it(api: Api, officer_token: str) -> None:
    one, two = reported(api), reported(api, "k2")
    act(api, officer_token, f"/api/cases/{one}/changes", {"duplicate_of": two}, version=1)
    saved_as(two, team="parks")
    highways = api.staff("ann", Grant(role="officer", teams=("highways",)))
    duplicate = api.get(f"/api/cases/{one}", highways).json_body
    assert "unmerge" in duplicate["may"] and duplicate["may_open_survivor"] is False
    assert api.get(f"/api/cases/{two}", highways).status_code == 403
    parks = api.staff("ben", Grant(role="officer", teams=("parks",)))
    [merged] = api.get(f"/api/cases/{two}", parks).json_body["merged"]
    assert merged == {"service_request_id": one, "in_remit": False, "may_unmerge": False}
    path = f"/api/cases/{one}/unmerge"
    assert act(api, parks, path, version=stored(one).version).status_code == 403
    assert act(api, highways, path, version=stored(one).version).status_code == 200


def pixel(bucket: str, key: str) -> Any:
    body = boto3.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    image = Image.open(BytesIO(body))
    return image.getpixel((image.width // 4, image.height // 4))


def test_part_of_a_photo_is_blackened_in_the_gallery_and_where_it_is_published(
    api: Api, officer_token: str
) -> None:
    asked = {"content_type": "image/jpeg", "size": 1000}
    photo = api.post("/api/photos", asked, key="k/0").json_body
    request_id = reported(api, photo_ids=[photo["photo_id"]])
    raw = save_image("JPEG", draw_picture(size=(400, 200)))
    boto3.client("s3").put_object(
        Bucket=container.settings().uploads_bucket, Key=photo["fields"]["key"], Body=raw
    )
    api.cloud.pump.run_until_idle()
    kept = (container.settings().photos_bucket, f"{request_id}/{photo['photo_id']}/page.jpg")
    shown = (api.cloud.bucket, f"photos/{kept[1]}")
    small = (api.cloud.bucket, shown[1].replace("page", "thumbnail"))
    assert max(pixel(*kept)) > 50 < max(pixel(*shown))
    assert "black_out" in api.get(f"/api/cases/{request_id}", officer_token).json_body["may"]
    path = f"/api/cases/{request_id}/photos/{photo['photo_id']}/redaction"
    areas = [{"x": 0, "y": 0, "width": 0.5, "height": 0.5}]
    answer = act(api, officer_token, path, {"areas": areas})
    assert answer.status_code == 200, answer.body
    api.cloud.pump.run_until_idle()
    assert [max(pixel(*each)) < 5 for each in (kept, shown, small)] == [True] * 3
    assert stored(request_id).photos[0].state == "shown"


def test_photo_of_another_report_is_not_blackened(api: Api, officer_token: str) -> None:
    request_id = reported(api)
    path = f"/api/cases/{request_id}/photos/{PHOTO}/redaction"
    areas = [{"x": 0, "y": 0, "width": 1, "height": 1}]
    assert act(api, officer_token, path, {"areas": areas}).status_code == 400
    assert "black_out" not in api.get(f"/api/cases/{request_id}", officer_token).json_body["may"]
    saved_as(request_id, photos=(Photo(photo_id=PHOTO, state="waiting"),))
    assert act(api, officer_token, path, {"areas": areas}).status_code == 404
    for wrong in ([], [{"x": 2, "y": 0, "width": 1, "height": 1}], [areas[0] | {"width": 0}]):
        assert act(api, officer_token, path, {"areas": wrong}).status_code == 400


def test_log_names_each_action_and_no_typed_text(
    api: Api, cloud: Cloud, officer_token: str
) -> None:
    request_id = reported(api)
    act(api, officer_token, f"/api/cases/{request_id}/notes", {"text": "Canary"})
    act(
        api,
        officer_token,
        f"/api/cases/{request_id}/changes",
        {"text": "Canary", "team": "parks"},
        version=1,
    )
    act(api, officer_token, "/api/desk/views", {"name": "Canary", "query": "q=canary"})
    log = api.get("/api/admin/audit", api.token("admin"))
    assert b"anary" not in log.body
    assert [(each["action"], each["details"]) for each in log.json_body["items"]] == [
        ("views.add", ""),
        ("reports.change", "team text"),
        ("cases.note", ""),
    ]
