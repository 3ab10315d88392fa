"""What phones tell of jobs: each operation once, whatever comes of the others in the call."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.accounts.model import Grant
from chalicelib.kernel.time import utc_now
from tests.api.conftest import Api
from tests.support.jobs import JobsApi, operation

ELSEWHERE = Grant(role="crew", teams=("parks",))


@pytest.fixture(scope="module")
def depot(here: Api) -> JobsApi:
    return JobsApi(here)


def test_operation_is_applied_once_however_often_it_is_sent(depot: JobsApi) -> None:
    job = depot.job()
    start = operation(job, "start", lat=53.96, long=-1.08)
    for result in ("applied", *["duplicate"] * 10):
        (item,) = depot.tell(start)
        assert (item["op_id"], item["result"]) == (start["op_id"], result)
        assert item["job"]["state"] == "started" and len(item["job"]["events"]) == 1
    (event,) = item["job"]["events"]
    assert (event["by"], event["lat"], event["long"]) == ("crew", 53.96, -1.08)


def test_each_operation_has_its_own_result_in_order_when_some_are_bad(depot: JobsApi) -> None:
    job, other = depot.job(), depot.job()
    sent: list[Any] = [
        operation(job, "start"),
        operation(job, "dance"),
        operation(job, "done", base_version=99),
        7,
        {"op_id": "no-more-than-that"},
        operation(job, "could_not"),
        operation(job, "done", op_id="short"),
        operation(other, "note", text="x" * 2001),
        operation({"job_id": "0" * 12, "version": 1}),
        operation({"job_id": "nothing", "version": 1}),
        operation(job, "done", colour="red"),
        operation(other, "done"),
    ]
    items = depot.tell(*sent)
    assert [item["result"] for item in items] == ["applied", *["rejected"] * 10, "applied"]
    ids = [each["op_id"] if isinstance(each, dict) else None for each in sent]
    assert [item["op_id"] for item in items] == ids
    named = ["kind", "base_version", "object", "job_id", "reason", "op_id", "text", "job", "job_id"]
    for item, name in zip(items[1:], [*named, "colour"], strict=False):
        assert name in item["reason"], item


def test_finished_work_is_stored_when_its_note_has_control_characters(depot: JobsApi) -> None:
    job = depot.job()
    start = operation(job, "start")
    done = operation(job, "done", text="Filled.\x0bSwept.\x0c\x00\r\nClosed.")
    assert [item["result"] for item in depot.tell(start, done)] == ["applied", "applied"]
    (item,) = depot.tell(done)
    assert item["job"]["events"][-1]["text"] == "Filled. Swept.  \nClosed."


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "operations"),
        ({"operations": "x"}, "operations"),
        ({"operations": [{}] * 101}, "operations"),
        ({"operations": [], "more": 1}, "more"),
        ([], "body"),
        (b"{", "body"),
        (b"\xff", "body"),
    ],
)
def test_call_is_refused_with_its_field_when_its_envelope_is_invalid(
    body: Any, field: str, depot: JobsApi
) -> None:
    answer = depot.send(body)
    assert answer.status_code == 400, answer.body
    assert [error["field"] for error in answer.json_body["errors"]] == [field]


def test_longest_possible_call_is_accepted(depot: JobsApi) -> None:
    job = depot.job()
    notes = [operation(job, "note", text="é" * 2000) for _ in range(100)]
    answer = depot.send({"operations": notes})
    items = answer.json_body["items"]
    assert len(items) == 100 and items[0]["result"] == "applied"
    assert {item["result"] for item in items} <= {"applied", "rejected"}
    assert len(answer.body) < 5_000_000 and items[-1]["job"] == depot.look(job["job_id"])


def test_done_is_stored_and_disputed_when_the_job_was_cancelled_meanwhile(depot: JobsApi) -> None:
    job = depot.job()
    depot.change(job, state="cancelled", because="The owner does it.")
    (item,) = depot.tell(operation(job, "done", text="It is filled."))
    assert item["result"] == "conflict"
    found = depot.look(job["job_id"])
    assert item["job"] == found and found["state"] == "cancelled"
    (event,), (dispute,) = found["events"], found["disputes"]
    assert event["text"] == "It is filled."
    assert (dispute["site"]["state"], dispute["office"]["state"]) == ("done", "cancelled")
    disputed = depot.api.get("/api/jobs?disputed=true", depot.officer).json_body["items"]
    assert job["job_id"] in [each["job_id"] for each in disputed]


@pytest.mark.parametrize(("keep", "state"), [("site", "done"), ("office", "cancelled")])
def test_officer_settles_a_dispute_for_either_side(keep: str, state: str, depot: JobsApi) -> None:
    job = depot.job()
    depot.change(job, state="cancelled", because="Not needed.")
    (item,) = depot.tell(operation(job, "done"))
    dispute_id = item["job"]["disputes"][0]["dispute_id"]
    path, headers = f"/api/jobs/{job['job_id']}/disputes/{dispute_id}", item["job"]["version"]
    refused = settle(path, {"keep": "neither"}, headers, depot)
    assert refused.status_code == 400 and refused.json_body["errors"][0]["field"] == "keep"
    assert settle(path, {"keep": keep}, 1, depot).status_code == 409
    settled = settle(path, {"keep": keep}, headers, depot)
    assert settled.status_code == 200 and settled.json_body["state"] == state
    assert settled.json_body["disputes"][0]["settled"]["keep"] == keep
    assert settle(path + "x", {"keep": keep}, headers, depot).status_code == 404


def settle(path: str, body: Any, version: int, depot: JobsApi) -> Any:
    always = depot.api.always
    depot.api.always = {**always, "If-Match": f'"{version}"'}
    try:
        return depot.api.post(path, body, key=None, token=depot.officer)
    finally:
        depot.api.always = always


def test_offices_plan_stays_when_the_crew_was_offline(depot: JobsApi) -> None:
    job = depot.job()
    day = (utc_now() + timedelta(days=1)).date().isoformat()
    planned = depot.change(job, crew="highways-north", planned_day=day)
    depot.change(planned, crew="highways-south")
    (item,) = depot.tell(operation(planned, "done"))
    assert item["result"] == "applied"
    found = item["job"]
    assert (found["state"], found["crew"], found["planned_day"]) == ("done", "highways-south", day)


def test_job_of_another_team_is_refused_without_details(depot: JobsApi) -> None:
    job = depot.job()
    token = depot.api.staff("crew-of-parks", ELSEWHERE)
    (item,) = depot.tell(operation(job), token=token)
    assert (
        item["result"] == "rejected" and "job" not in item and "not in your teams" in item["reason"]
    )
    assert depot.look(job["job_id"])["state"] == "to_plan"


def test_photo_is_accepted_when_it_was_requested_with_the_operation(depot: JobsApi) -> None:
    job = depot.job()
    done = operation(job, "done")
    draft = {
        "content_type": "image/jpeg",
        "size": 1,
        "service_request_id": job["service_request_ids"][0],
    }
    asked = depot.api.post("/api/photos", draft, key=f"{done['op_id']}/1", token=depot.crew)
    photo_id = asked.json_body["photo_id"]
    (item,) = depot.tell({**done, "photo_ids": [photo_id]})
    assert item["result"] == "applied"
    (photo,) = item["job"]["events"][0]["photos"]
    assert photo == {
        "photo_id": photo_id,
        "state": "waiting",
        "url": None,
        "thumbnail_url": None,
    }
    (other,) = depot.tell(operation(job, "photo", photo_ids=[photo_id]))
    assert other["result"] == "rejected" and "Idempotency-Key" in other["reason"]


def test_time_of_a_clock_that_is_ahead_is_shown_as_the_time_of_arrival(depot: JobsApi) -> None:
    job = depot.job()
    ahead = (utc_now() + timedelta(hours=72)).isoformat()
    (item,) = depot.tell(operation(job, "start", at=ahead))
    (event,) = item["job"]["events"]
    assert event["at"] == event["received_at"] < ahead
