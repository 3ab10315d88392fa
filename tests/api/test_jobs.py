"""Jobs as officers make, plan, change and look at them; and a report's way through the street."""

from datetime import timedelta
from typing import Any

import boto3
import pytest
import time_machine

from chalicelib.accounts.model import Grant
from chalicelib.bootstrap import container
from chalicelib.bootstrap.reports import photos_ports, reports_ports
from chalicelib.gazetteer.wards import WARDS
from chalicelib.handlers.jobs import jobs as jobs_handler
from chalicelib.kernel.time import utc_now
from chalicelib.photos.ports import PhotoKey
from chalicelib.photos.usecases.cleanup import sweep
from chalicelib.photos.usecases.uploads import photo_state
from chalicelib.reports.usecases.lifecycle.forgetting import forget_sender
from infra.demo.gazetteer import COMMITTED
from infra.local import mail
from tests.api.conftest import Api
from tests.support.attack_photos import jpeg
from tests.support.builders import MARKET_PLACE
from tests.support.jobs import JobsApi, operation
from tests.support.moment import TODAY

TOMORROW = (TODAY + timedelta(days=1)).isoformat()
PARKS = Grant(role="officer", teams=("parks",))
"""None of the reports here is theirs."""
NORTH = Grant(role="officer", wards=("north",))
"""Nor do any lie there."""


@pytest.fixture(scope="module")
def depot(here: Api) -> JobsApi:
    boto3.client("s3").put_object(
        Bucket=here.cloud.bucket, Key=WARDS, Body=COMMITTED[WARDS].read_bytes()
    )
    return JobsApi(here)


def test_job_has_its_reports_values_by_default(depot: JobsApi) -> None:
    job = depot.job(about={"description": "Deep.", "address": "Coney Street"}, minutes=45)
    assert {name: job[name] for name in EXPECTED} == EXPECTED
    assert job["lat"] == MARKET_PLACE["lat"] and job["due"]
    assert depot.look(job["job_id"]) == job


EXPECTED = {
    "state": "to_plan",
    "version": 1,
    "kind": "repair",
    "title": "Pothole",
    "service_code": "pothole",
    "service_name": "Pothole",
    "priority": "normal",
    "address": "Coney Street",
    "description": "Deep.",
    "team": "highways",
    "ward_code": "centre",
    "minutes": 45,
    "crew": None,
    "planned_day": None,
    "window": None,
    "contractor": None,
    "photos_before": [],
    "events": [],
    "disputes": [],
}


@pytest.mark.parametrize("reference", ["", "x" * 41])
def test_job_is_refused_when_a_reference_is_impossible(reference: str, depot: JobsApi) -> None:
    draft = {"service_request_ids": [reference]}
    answer = depot.api.post("/api/jobs", draft, token=depot.officer)
    assert answer.status_code == 400
    assert answer.json_body["errors"][0]["field"] == "service_request_ids"


def test_job_is_made_once_under_its_key(depot: JobsApi) -> None:
    draft: dict[str, Any] = {"service_request_ids": [depot.report()]}
    one, same, other = (
        depot.api.post("/api/jobs", body, key="one-job", token=depot.officer)
        for body in (draft, draft, {**draft, "minutes": 5})
    )
    assert one.status_code == same.status_code == 201
    assert one.json_body["job_id"] == same.json_body["job_id"]
    assert other.status_code == 409 and one.json_body["job_id"] in other.json_body["link"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"crew": "nobody"}, "crew"),
        ({"crew": "cleansing"}, "crew"),
        ({"planned_day": "soon"}, "planned_day"),
        ({"minutes": 0}, "minutes"),
        ({"window": {"opens": "10:00", "closes": "09:00"}}, "window.closes"),
        ({"team": "nobody"}, "team"),
        ({"state": "cancelled"}, "because"),
        ({"state": "done"}, "state"),
        ({"add_reports": ["0" * 12]}, "service_request_ids"),
        ({"clear": ["team"]}, "clear"),
    ],
)
def test_change_is_refused_with_its_field_when_it_is_invalid(
    changes: Any, field: str, depot: JobsApi
) -> None:
    job = depot.job()
    path = f"/api/jobs/{job['job_id']}"
    answer = depot.api.patch(path, changes, version=1, token=depot.officer)
    assert answer.status_code == 400, answer.body
    assert [error["field"] for error in answer.json_body["errors"]] == [field]
    assert depot.look(job["job_id"]) == job


def test_change_needs_the_version_that_was_read(depot: JobsApi) -> None:
    job = depot.job()
    after = depot.change(job, minutes=20, crew="highways-north", planned_day=TOMORROW)
    assert (after["version"], after["state"], after["minutes"]) == (2, "planned", 20)
    path = f"/api/jobs/{job['job_id']}"
    for version, status in ((1, 409), (None, 428)):
        answer = depot.api.patch(path, {"minutes": 9}, version=version, token=depot.officer)
        assert answer.status_code == status
    cleared = depot.change(after, clear=["crew", "planned_day"])
    assert (cleared["state"], cleared["crew"]) == ("to_plan", None)


def test_list_has_a_days_jobs_in_order_and_pages_of_the_rest(depot: JobsApi) -> None:
    jobs = [depot.job() for _ in range(3)]
    day = (utc_now() + timedelta(days=40)).date().isoformat()
    for job in jobs:
        depot.change(job, crew="highways-south", planned_day=day)
    in_order = [job["job_id"] for job in reversed(jobs)]
    path = f"/api/days/{day}/highways-south/order"
    ordered = depot.api.post(path, {"job_ids": in_order}, key=None, token=depot.officer)
    assert ordered.status_code == 200 and ordered.json_body["job_ids"] == in_order
    listed = depot.api.get(f"/api/jobs?date={day}&crew=highways-south", depot.crew).json_body
    assert [each["job_id"] for each in listed["items"]] == in_order and listed["next"] is None
    assert [each["position"] for each in listed["items"]] == [1, 2, 3]
    found, cursor = [], ""
    while cursor is not None:
        more = f"&cursor={cursor}" if cursor else ""
        query = f"/api/jobs?team=highways&state=planned&limit=1{more}".replace("#", "%23")
        page = depot.api.get(query, depot.officer).json_body
        found += [each["job_id"] for each in page["items"]]
        cursor = page["next"]
    assert set(in_order) <= set(found) and len(found) == len(set(found))


@pytest.mark.parametrize("due", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"])
def test_due_date_outside_the_calendar_is_refused(due: str, depot: JobsApi) -> None:
    job = depot.job()
    path, version = f"/api/jobs/{job['job_id']}", job["version"]
    answer = depot.api.patch(path, {"due": due}, version=version, token=depot.officer)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json_body["errors"]] == ["due"]
    case = f"/api/cases/{job['service_request_ids'][0]}"
    version = depot.api.get(case, depot.officer).json_body["version"]
    depot.api.always = {"If-Match": f'"{version}"'}
    changes = {"expected_datetime": due}
    answer = depot.api.post(f"{case}/changes", changes, key=None, token=depot.officer)
    depot.api.always = {}
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json_body["errors"]] == ["expected_datetime"]


def test_list_is_shorter_when_its_response_would_be_too_long(
    depot: JobsApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs_handler, "MOST_REPLY_BYTES", 10_000)
    day = (utc_now() + timedelta(days=41)).date().isoformat()
    made = [depot.job(instructions="é" * 2000) for _ in range(3)]
    for job in made:
        depot.change(job, crew="highways-south", planned_day=day)
    found, cursor = [], ""
    while cursor is not None:
        more = f"&cursor={cursor}".replace("#", "%23") if cursor else ""
        answer = depot.api.get(f"/api/jobs?date={day}&crew=highways-south{more}", depot.crew)
        assert len(answer.body) < 10_000
        found += [each["job_id"] for each in answer.json_body["items"]]
        cursor = answer.json_body["next"]
    assert sorted(found) == sorted(job["job_id"] for job in made)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("date=tomorrow", "date"),
        ("date=2026-02-30", "date"),
        ("crew=nobody", "crew"),
        ("team=nobody", "team"),
        ("state=to_plan,lost", "state"),
        ("disputed=maybe", "disputed"),
        ("limit=0", "limit"),
        ("cursor=%20", "cursor"),
    ],
)
def test_list_is_refused_with_its_field_when_a_filter_is_invalid(
    query: str, field: str, depot: JobsApi
) -> None:
    answer = depot.api.get(f"/api/jobs?{query}", depot.officer)
    assert answer.status_code == 400, answer.body
    assert [error["field"] for error in answer.json_body["errors"]] == [field]


@pytest.mark.parametrize("grant", [PARKS, NORTH], ids=["another team", "another ward"])
def test_job_of_another_team_is_out_of_reach_for_an_officer(grant: Grant, depot: JobsApi) -> None:
    job = depot.job()
    token = depot.api.staff(f"elsewhere-{grant.wards}", grant)
    path = f"/api/jobs/{job['job_id']}"
    assert depot.api.get(path, token).status_code == 404
    assert depot.api.patch(path, {"minutes": 5}, version=1, token=token).status_code == 403
    items = depot.api.get("/api/jobs", token).json_body["items"]
    assert items == []
    draft = {"service_request_ids": job["service_request_ids"]}
    answer = depot.api.post("/api/jobs", draft, key="theirs", token=token)
    assert answer.json_body["errors"][0]["field"] == "service_request_ids"


def test_contractors_link_works_until_it_is_revoked(depot: JobsApi) -> None:
    job = depot.job()
    path = f"/api/jobs/{job['job_id']}/links"
    for draft, field in (({"name": ""}, "name"), ({"name": "x", "days": 31}, "days")):
        refused = depot.api.post(path, draft, key=None, token=depot.officer)
        assert refused.json_body["errors"][0]["field"] == field
    made = depot.api.post(path, {"name": "Paving Ltd"}, key=None, token=depot.officer)
    assert made.status_code == 201
    link = made.json_body["url"].removeprefix(container.settings().site_url)
    assert depot.look(job["job_id"])["contractor"] == {
        "name": "Paving Ltd",
        "expires_at": made.json_body["expires_at"],
    }
    assert depot.api.client.http.get(link).status_code == 200
    headers = {"Authorization": f"Bearer {depot.officer}"}
    dropped = depot.api.client.http.request("DELETE", path, headers=headers)
    assert dropped.json_body["contractor"] is None
    assert depot.api.client.http.get(link).status_code == 404


def test_report_is_worked_on_by_a_crew_and_its_followers_are_notified(
    depot: JobsApi,
) -> None:
    api, pump = depot.api, depot.api.cloud.pump
    about = {"description": "A deep hole.", "contact": {"email": "alex@example.org"}}
    report_id = depot.report(**about, lat=53.9502, long=-1.0631)
    pump.run_until_idle()
    (opened,) = (
        each
        for each in api.get("/api/jobs?state=to_plan", depot.crew).json_body["items"]
        if each["service_request_ids"] == [report_id]
    )

    draft = {"date": TOMORROW, "crews": ["highways-north", "highways-south"]}
    planned = api.post("/api/days/plan", draft, token=depot.officer)
    assert planned.status_code == 201, planned.body
    (crew,) = (
        each["crew"] for each in planned.json_body["items"] if opened["job_id"] in each["job_ids"]
    )
    pump.run_until_idle()
    assert api.get(f"/api/reports/{report_id}").json_body["state"] == "action_scheduled"

    day = api.get(f"/api/jobs?date={TOMORROW}&crew={crew}", depot.crew).json_body["items"]
    (job,) = (each for each in day if each["job_id"] == opened["job_id"])
    start, done = operation(job, "start"), operation(job, "done", text="Filled and rolled.")
    photo = {"content_type": "image/jpeg", "size": 999, "service_request_id": report_id}
    asked = api.post("/api/photos", photo, key=f"{done['op_id']}/1", token=depot.crew).json_body
    upload = asked["fields"]["key"]
    boto3.client("s3").put_object(
        Bucket=api.cloud.environment["UPLOADS_BUCKET"], Key=upload, Body=jpeg()
    )
    (item,) = depot.tell(start)
    assert item["result"] == "applied"
    pump.run_until_idle()
    assert api.get(f"/api/reports/{report_id}").json_body["state"] == "in_progress"
    before = len(mail.emails())
    (item,) = depot.tell({**done, "photo_ids": [asked["photo_id"]]})
    assert item["result"] == "applied"
    pump.run_until_idle()

    report = api.get(f"/api/reports/{report_id}").json_body
    assert (report["state"], report["status"]) == ("fixed", "closed")
    told = report["updates"][-1]
    assert told["text"] == "Filled and rolled." and told["by"] == "council"
    assert [each["photo_id"] for each in told["photos"]] == [asked["photo_id"]]
    emails = [each for each in mail.emails()[before:] if each["To"] == "alex@example.org"]
    assert any("Fixed" in each["Subject"] or "ixed" in mail.text_of(each) for each in emails)
    (event,) = (each for each in depot.look(job["job_id"])["events"] if each["kind"] == "done")
    assert event["photos"][0]["state"] == "ready" and event["photos"][0]["url"]


def test_photo_of_a_note_survives_the_sweep_when_no_report_shows_it(
    depot: JobsApi,
) -> None:
    job = depot.job()
    note = operation(job, "note", text="The kerb is broken, too.")
    photo_id = shown(depot, job, note)
    with time_machine.travel(utc_now() + timedelta(days=2), tick=False):
        assert sweep(photos_ports()) == {}
    (event,) = depot.look(job["job_id"])["events"]
    assert event["photos"][0]["state"] == "ready" and event["photos"][0]["url"]
    assert event["photos"][0]["photo_id"] == photo_id


def shown(depot: JobsApi, job: dict[str, Any], sent: dict[str, Any]) -> str:
    """Tells what was done with a photo, and answers its id."""
    api, (report_id,) = depot.api, job["service_request_ids"]
    photo = {"content_type": "image/jpeg", "size": 999, "service_request_id": report_id}
    asked = api.post("/api/photos", photo, key=f"{sent['op_id']}/1", token=depot.crew).json_body
    bucket = api.cloud.environment["UPLOADS_BUCKET"]
    boto3.client("s3").put_object(Bucket=bucket, Key=asked["fields"]["key"], Body=jpeg())
    (item,) = depot.tell({**sent, "photo_ids": [asked["photo_id"]]})
    assert item["result"] == "applied"
    api.cloud.pump.run_until_idle()
    return str(asked["photo_id"])


def test_job_and_its_photo_are_emptied_when_its_report_is_erased(
    depot: JobsApi,
) -> None:
    job = depot.job(instructions="Ring Ann.")
    photo_id = shown(depot, job, operation(job, text="Spoke to Ann."))
    (report_id,) = job["service_request_ids"]
    key = PhotoKey(report_id, photo_id)
    assert photo_state(key, photos_ports()).state == "ready"
    forget_sender(report_id, redact=True, ports=reports_ports())
    depot.api.cloud.pump.run_until_idle()
    with time_machine.travel(utc_now() + timedelta(days=2), tick=False):
        assert sweep(photos_ports()) == {}
    after = depot.look(job["job_id"])
    assert (after["instructions"], after["events"][0]["text"]) == ("", "")
    assert photo_state(key, photos_ports()).state != "ready"
