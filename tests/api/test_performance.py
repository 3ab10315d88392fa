"""How the council does: what everybody can read, and what officers ask for."""

import json
from datetime import date
from typing import Any

import boto3
import pytest

from chalicelib.accounts.model import Grant
from chalicelib.bootstrap import container
from chalicelib.bootstrap.jobs import jobs_ports
from chalicelib.handlers.publishing import figures_events
from chalicelib.jobs.model import Job
from infra.local.cloud import Cloud
from tests.api.conftest import Api
from tests.conftest import ROOT
from tests.support import recount_figures
from tests.support.builders import MARKET_PLACE, draft_body

EVENTS = ROOT / "tests" / "events"
SCHEDULED = json.loads((EVENTS / "publish_performance.json").read_text(encoding="utf-8"))
RINGS = {"name": "Resident", "phone": "07700 900123"}
NOW = "2026-06"


def report(api: Api, key: str, token: str | None = None, **values: Any) -> str:
    answer = api.post("/api/reports", draft_body(**values), key=key, token=token)
    assert answer.status_code == 201, answer.body
    return str(answer.json_body["service_request_id"])


def publish(api: Api) -> None:
    """Counts what has changed, and publishes it."""
    api.cloud.pump.run_until_idle()
    figures_events.publish_performance(SCHEDULED, None)


def published(cloud: Cloud) -> dict[str, bytes]:
    client = boto3.client("s3")
    found = client.list_objects_v2(Bucket=cloud.bucket, Prefix=recount_figures.FOLDER).get(
        "Contents", []
    )
    keys = [each["Key"] for each in found if each["Key"].endswith(".json")]
    return {k: client.get_object(Bucket=cloud.bucket, Key=k)["Body"].read() for k in keys}


def stored(cloud: Cloud) -> list[dict[str, Any]]:
    table = cloud.environment["REPORTS_TABLE"]
    return recount_figures.table_rows(boto3.client("dynamodb"), table)


def test_figures_follow_the_reports(api: Api) -> None:
    officer = api.token("officer")
    ids = [report(api, f"key-{number}") for number in range(8)]
    publish(api)
    first = published(api.cloud)
    for each in ids:
        said = {"text": "Mended.", "state": "fixed"}
        path = f"/api/reports/{each}/updates"
        assert api.post(path, said, token=officer).status_code == 201
    publish(api)
    after = published(api.cloud)
    assert recount_figures.check_published(stored(api.cloud), after) > 0
    months = [
        json.loads(each[f"{recount_figures.FOLDER}index.json"])["months"] for each in (first, after)
    ]
    assert [each[0]["all"]["fixed"] for each in months] == [0, 8]
    assert months[1][0]["all"]["in_target"] == 8
    table = boto3.client("s3").get_object(Bucket=api.cloud.bucket, Key=months[1][0]["csv"][1:])
    assert table["ContentType"].startswith("text/csv")


def test_non_public_reports_are_in_no_figure(api: Api) -> None:
    for number in range(7):
        report(api, f"key-{number}")
    noise: dict[str, Any] = {"service_code": "noise-nuisance", "attributes": {"kind": "noise"}}
    assert report(api, "private", **noise)
    publish(api)
    for body in published(api.cloud).values():
        assert b"noise-nuisance" not in body
    assert recount_figures.check_published(stored(api.cloud), published(api.cloud)) > 0


def asked(api: Api, token: str, month: str | None = None) -> dict[str, Any]:
    answer = api.get("/api/performance" + (f"?month={month}" if month else ""), token)
    assert answer.status_code == 200, answer.body
    found: dict[str, Any] = answer.json_body
    return found


def test_officer_sees_the_cost_of_each_channel_and_avoidable_contact(api: Api) -> None:
    officer = api.token("officer")
    first = report(api, "rings", officer, channel="phone", contact=RINGS)
    again = report(api, "rings again", officer, channel="phone", contact=RINGS)
    other = report(api, "somebody else", contact={"email": "somebody@example.org"})
    for each in (again, other):
        version = api.get(f"/api/reports/{each}", officer).json_body["version"]
        merged = api.patch(
            f"/api/reports/{each}", {"duplicate_of": first}, version=version, token=officer
        )
        assert merged.status_code == 200, merged.body
    path = f"/api/reports/{first}/updates"
    assert api.post(path, {"text": "Any news?"}, key="asks").status_code == 201
    assert api.post(path, {"text": "Soon."}, key="says", token=officer).status_code == 201
    found = asked(api, officer)
    costs = container.council().channel_costs
    by_channel = {each["channel"]: each for each in found["channels"]}
    assert set(by_channel) == set(costs)
    assert by_channel["phone"] == {
        "channel": "phone",
        "count": 2,
        "cost_pence": 2 * costs["phone"],
    }
    assert by_channel["online"]["count"] == 1
    assert found["avoidable_contact"] == {
        "count": 2,
        "cost_pence": costs["phone"] + costs["online"],
        "follow_ups": 1,
        "repeated": 1,
    }
    assert {"follow_ups", "repeated", "cost_pence", "crews"} <= set(found["about"])


def plan(number: int, crew: str, day: date, **values: Any) -> None:
    jobs, now = jobs_ports(), jobs_ports().now().replace(microsecond=0)
    jobs.jobs.add(
        Job(
            job_id=f"J{number:011}",
            kind="repair",
            title="A hole",
            service_code="pothole",
            minutes=40,
            opened_at=now,
            updated_at=now,
            crew=crew,
            planned_day=day,
            **{"state": "planned", "team": "highways"} | MARKET_PLACE | values,
        )
    )


def test_officer_sees_the_load_of_their_crews(api: Api) -> None:
    crew = next(each for each in container.council().crews if each.team == "highways")
    plan(1, crew.crew, date(2026, 6, 1))
    plan(2, crew.crew, date(2026, 6, 30), state="done")
    plan(3, crew.crew, date(2026, 6, 15), state="could_not")
    plan(4, crew.crew, date(2026, 6, 15), state="cancelled")
    plan(5, crew.crew, date(2026, 7, 1))
    crews = {each["crew"]: each for each in asked(api, api.token("officer"), NOW)["crews"]}
    assert crews[crew.crew] == {
        "crew": crew.crew,
        "name": crew.name,
        "jobs": 3,
        "done": 1,
        "could_not": 1,
        "minutes": 120,
    }


def test_officer_sees_only_their_own_teams(api: Api) -> None:
    report(api, "here")
    elsewhere = api.staff("elsewhere", Grant(role="officer", teams=("parks",)))
    found = asked(api, elsewhere)
    assert sum(each["count"] for each in found["channels"]) == 0
    teams = {each.crew: each.team for each in container.council().crews}
    assert {teams[each["crew"]] for each in found["crews"]} <= {"parks"}
    assert sum(each["count"] for each in asked(api, api.token("officer"))["channels"]) == 1


@pytest.mark.parametrize("month", ["2026", "2026-13", "June", "2026-6"])
def test_month_has_to_be_valid(here: Api, month: str) -> None:
    answer = here.get(f"/api/performance?month={month}", here.token("officer"))
    assert (answer.status_code, answer.json_body["errors"][0]["field"]) == (400, "month")


@pytest.mark.parametrize(("role", "status"), [("resident", 403), ("crew", 403), ("officer", 200)])
def test_staff_figures_are_for_officers(here: Api, role: Any, status: int) -> None:
    assert here.get("/api/performance", here.token(role)).status_code == status
