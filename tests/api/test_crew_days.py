"""The crews' days: planned by the office, put in another order, and how full they are."""

import json
from datetime import timedelta
from typing import Any

import boto3
import pytest

from chalicelib.accounts.model import Grant
from chalicelib.bootstrap import container
from chalicelib.handlers.jobs.job_params import today
from tests.api.conftest import Api
from tests.support.builders import MARKET_PLACE
from tests.support.jobs import JobsApi, operation

BOTH = ["highways-north", "highways-south"]
NORTH, SOUTH = {"lat": 53.99, "long": -1.085}, {"lat": 53.93, "long": -1.075}
CLEANSING = Grant(role="officer", teams=("cleansing",))


@pytest.fixture
def depot(api: Api) -> JobsApi:
    """A council without jobs, as each plan takes all that wait."""
    return JobsApi(api)


@pytest.fixture
def day() -> str:
    return (today() + timedelta(days=2)).isoformat()


def plan(depot: JobsApi, day: str, **values: Any) -> dict[str, Any]:
    answer = depot.api.post("/api/days/plan", {"date": day, **values}, token=depot.officer)
    assert answer.status_code == 201, answer.body
    return dict(answer.json_body)


def test_day_is_planned_by_place_and_the_same_when_planned_again(depot: JobsApi, day: str) -> None:
    north, south = depot.job(about=NORTH), depot.job(about=SOUTH)
    planned = plan(depot, day, crews=BOTH)
    by_crew = {each["crew"]: each for each in planned["items"]}
    assert by_crew["highways-north"]["job_ids"] == [north["job_id"]]
    assert by_crew["highways-south"]["job_ids"] == [south["job_id"]]
    assert by_crew["highways-north"]["minutes_working"] == north["minutes"]
    assert by_crew["highways-north"]["minutes_driving"] > 0 and planned["left_out"] == []
    after = depot.look(north["job_id"])
    assert (after["state"], after["crew"], after["planned_day"]) == ("planned", BOTH[0], day)
    assert after["position"] == 1 and after["arrives_at"].startswith(day)
    assert plan(depot, day, crews=BOTH) == planned
    assert depot.look(north["job_id"])["version"] == after["version"]


def test_jobs_that_do_not_fit_are_left_out_with_the_reason_and_wait_again(
    depot: JobsApi, day: str
) -> None:
    long, urgent = depot.job(minutes=470), depot.job(minutes=300, priority="urgent")
    depot.change(long, crew="highways-north", planned_day=day)
    planned = plan(depot, day, crews=["highways-north"])
    (crew,) = planned["items"]
    assert crew["job_ids"] == [urgent["job_id"]]
    assert [each["job_id"] for each in crew["left_out"]] == [long["job_id"]]
    (left,) = planned["left_out"]
    assert left["job_id"] == long["job_id"] and left["because"].endswith(".")
    assert depot.look(long["job_id"])["state"] == "to_plan"


def test_finished_job_keeps_its_place_when_the_day_is_planned_again(
    depot: JobsApi, day: str
) -> None:
    done, other = depot.job(), depot.job(about=NORTH)
    plan(depot, day, crews=["highways-north"])
    depot.tell(operation(depot.look(done["job_id"])))
    before = depot.look(done["job_id"])
    planned = plan(depot, day, crews=["highways-north"])
    assert planned["items"][0]["job_ids"] == [other["job_id"]]
    assert depot.look(done["job_id"]) == before
    assert depot.look(other["job_id"])["position"] == 2
    (load,) = (each for each in loads(depot, day) if each["crew"] == "highways-north")
    assert (load["jobs"], load["done"], load["minutes_shift"], load["minutes_over"]) == (
        2,
        1,
        480,
        0,
    )


def loads(depot: JobsApi, day: str, token: str | None = None) -> list[dict[str, Any]]:
    answer = depot.api.get(f"/api/days?date={day}", token or depot.officer)
    assert answer.status_code == 200 and answer.json_body["date"] == day
    return list(answer.json_body["items"])


def test_officer_sets_the_order_of_a_day(depot: JobsApi, day: str) -> None:
    one, two, three = (depot.job(about=MARKET_PLACE) for _ in range(3))
    for each in (one, two, three):
        depot.change(each, crew="highways-south", planned_day=day)
    path = f"/api/days/{day}/highways-south/order"
    chosen = {"job_ids": [three["job_id"], one["job_id"]]}
    answer = depot.api.post(path, chosen, key=None, token=depot.officer)
    ids = [each["job_id"] for each in (three, one, two)]
    assert answer.json_body["job_ids"] == ids
    listed = depot.api.get(f"/api/jobs?date={day}&crew=highways-south", depot.crew)
    assert [each["job_id"] for each in listed.json_body["items"]] == ids
    arrivals = [each["arrives_at"] for each in listed.json_body["items"]]
    assert arrivals == sorted(arrivals)
    other = depot.job()
    for named, says in (([other["job_id"]], "not planned"), ([ids[0], ids[0]], "once")):
        refused = depot.api.post(path, {"job_ids": named}, key=None, token=depot.officer)
        (error,) = refused.json_body["errors"]
        assert error["field"] == "job_ids" and says in error["message"]


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        ({}, "date"),
        ({"date": "2020-01-01"}, "date"),
        ({"date": "2999-01-01"}, "date"),
        ({"date": "soon"}, "date"),
        ({"crews": ["nobody"]}, "crews"),
        ({"team": "nobody"}, "team"),
        ({"crews": ["cleansing"], "team": "highways"}, "crews"),
    ],
)
def test_plan_is_refused_with_its_field_when_it_is_invalid(
    draft: Any, field: str, depot: JobsApi, day: str
) -> None:
    body = draft if field == "date" else {"date": day, **draft}
    answer = depot.api.post("/api/days/plan", body, token=depot.officer)
    assert answer.status_code == 400, answer.body
    assert [error["field"] for error in answer.json_body["errors"]] == [field]


def test_other_teams_days_are_refused(depot: JobsApi, day: str) -> None:
    job = depot.job()
    token = depot.api.staff("cleansing-officer", CLEANSING)
    assert [each["crew"] for each in loads(depot, day, token)] == ["cleansing"]
    crews = depot.api.get("/api/crews", token).json_body["items"]
    assert [each["crew"] for each in crews] == ["cleansing"]
    own = depot.api.post("/api/days/plan", {"date": day}, token=token).json_body
    assert [each["crew"] for each in own["items"]] == ["cleansing"] and not own["left_out"]
    body = {"date": day, "crews": ["highways-north"]}
    assert depot.api.post("/api/days/plan", body, token=token).status_code == 403
    order = f"/api/days/{day}/highways-north/order"
    body = {"job_ids": [job["job_id"]]}
    assert depot.api.post(order, body, key=None, token=token).status_code == 403


def test_crews_are_listed_with_depot_shift_and_skills(depot: JobsApi) -> None:
    items = depot.api.get("/api/crews", depot.crew).json_body["items"]
    assert [each["crew"] for each in items] == [*BOTH, "cleansing", "bins"]
    assert items[0]["shift"] == {"starts": "07:30", "ends": "15:30"}
    assert set(items[0]["depot"]) == {"name", "lat", "long"} and items[0]["skills"]


def test_day_can_be_fetched_by_a_signed_address_once_it_is_planned(depot: JobsApi) -> None:
    day = (today() + timedelta(days=1)).isoformat()
    job = depot.job(about=NORTH)
    depot.change(job, crew="highways-north", planned_day=day)
    depot.api.cloud.pump.run_until_idle()
    path = "/api/crews/highways-north/day"
    link = depot.api.get(f"{path}?date={day}", depot.crew)
    assert link.status_code == 200, link.body
    assert "X-Amz-Signature" in link.json_body["url"] and link.json_body["expires_at"]
    held = boto3.client("s3").get_object(
        Bucket=container.settings().crews_bucket, Key=f"crews/highways-north/{day}.json"
    )
    assert held["ETag"].strip('"') == link.json_body["etag"].strip('"')
    document = json.loads(held["Body"].read())
    assert document["date"] == day and document["depot"]["name"]
    assert depot.look(job["job_id"]) in document["jobs"]
    assert depot.api.get(f"{path}?date=2030-01-01", depot.crew).status_code == 404
    assert depot.api.get("/api/crews/nobody/day", depot.crew).status_code == 404
    token = depot.api.staff("cleansing-officer", CLEANSING)
    assert depot.api.get(f"{path}?date={day}", token).status_code == 403


def test_impossible_date_is_refused(depot: JobsApi) -> None:
    for path in ("/api/days/2026-02-30/cleansing/order", "/api/days/x/cleansing/order"):
        answer = depot.api.post(path, {"job_ids": ["0" * 12]}, key=None, token=depot.officer)
        assert answer.json_body["errors"][0]["field"] == "date"
