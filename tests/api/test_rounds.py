"""Rounds as they happen: what crews send is stored once, and everybody sees the streets."""

import json
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import boto3
import msgspec
import pytest
from click.testing import CliRunner

from chalicelib.accounts.model import Grant
from chalicelib.bootstrap.collections import premises_bucket
from chalicelib.bootstrap.publishing import publishing_ports
from chalicelib.collections.model import ROUNDS, Round, Rounds
from chalicelib.collections.premises import Premises
from chalicelib.collections.round_days import TODAY
from chalicelib.kernel.time import utc_now
from infra.__main__ import commands
from infra.import_places import replace_document
from infra.premises_store import store_premises
from tests.api.conftest import Api
from tests.support.jobs import JobsApi
from tests.support.moment import TODAY as DAY

NUMBERS = count(1)
STREET = "Dial Row"


@pytest.fixture(scope="module")
def depot(here: Api) -> JobsApi:
    """A council with one home on one round, which goes out today and tomorrow."""
    rubbish = Round(
        round="R1",
        container="rubbish",
        name="Black bin",
        colour="#000000",
        dates=(DAY, DAY + timedelta(days=1)),
        moved=(),
    )
    rounds = Rounds(known_until=DAY + timedelta(days=99), items=(rubbish,))
    replace_document(ROUNDS, msgspec.json.encode(rounds), publishing_ports())
    home = Premises(
        premises_id="1",
        address=f"1 {STREET}",
        postcode="ZZ1 1AA",
        lat=53.9,
        long=-1.1,
        rounds=("R1",),
        street=STREET,
    )
    store_premises([home], premises_bucket(), datetime(2026, 6, 1, tzinfo=UTC))
    return JobsApi(here)


def operation(kind: str, **values: Any) -> dict[str, Any]:
    return {
        "op_id": f"operation-{next(NUMBERS)}",
        "round": "R1",
        "day": f"{DAY}",
        "kind": kind,
        "base_version": 0,
        "at": utc_now().isoformat(),
        **values,
    }


def tell(depot: JobsApi, *sent: Any, token: str | None = None) -> list[dict[str, Any]]:
    body = {"operations": list(sent)}
    answer = depot.api.post("/api/rounds/operations", body, token=token or depot.crew)
    assert answer.status_code == 200, answer.body
    return list(answer.json_body["items"])


def published(depot: JobsApi) -> Any:
    depot.api.cloud.pump.run_until_idle()
    stored = boto3.client("s3").get_object(Bucket=depot.api.cloud.bucket, Key=TODAY)
    (item,) = (
        each for each in json.loads(stored["Body"].read())["items"] if each["day"] == f"{DAY}"
    )
    return item


def test_street_that_a_crew_missed_is_published(depot: JobsApi) -> None:
    missed = operation("street_missed", street=STREET, reason="parked_cars", text="Ask Ann")
    (item,) = tell(depot, missed)
    assert item["result"] == "applied"
    assert item["round_day"]["streets"] == [
        {"street": STREET, "reason": "parked_cars", "text": "Ask Ann"}
    ]
    found = published(depot)
    assert found["streets"] == [{"street": STREET, "reason": "parked_cars"}]
    assert {"round", "day", "state"} <= found.keys() and "Ask Ann" not in json.dumps(found)


def test_each_operation_has_its_own_result_in_order_when_some_are_bad(depot: JobsApi) -> None:
    left = operation("not_emptied", premises_id="1", reason="contaminated")
    sent = [operation("dance"), left, 7, left, operation("off"), operation("out", op_id="x")]
    items = tell(depot, *sent)
    results = ["rejected", "applied", "rejected", "duplicate", "rejected", "rejected"]
    assert [each["result"] for each in items] == results
    assert items[1]["premises"]["address"] == f"1 {STREET}"


def test_only_who_asks_for_an_address_learns_that_it_was_left(depot: JobsApi) -> None:
    tell(depot, operation("not_emptied", premises_id="1", reason="not_out"))
    found = depot.api.get("/api/premises/1/collections").json_body
    assert found["street"] == STREET
    assert [each["round"] for each in found["not_emptied"]] == ["R1"]
    listed = depot.api.get("/api/rounds/premises?round=R1", depot.crew).json_body["items"]
    assert [each["premises_id"] for each in listed] == ["1"]


def test_crew_gets_the_streets_of_its_round_with_their_addresses(depot: JobsApi) -> None:
    found = depot.api.get("/api/rounds/streets?round=R1", depot.crew).json_body["items"]
    listed = [{"premises_id": "1", "address": f"1 {STREET}"}]
    assert found == [{"street": STREET, "premises": listed}]
    assert depot.api.get("/api/rounds/streets?round=R9", depot.crew).status_code == 404
    assert depot.api.get("/api/rounds/streets", depot.crew).status_code == 400


def test_rounds_of_other_days_are_listed(depot: JobsApi) -> None:
    tomorrow = DAY + timedelta(days=1)
    (found,) = depot.api.get(f"/api/rounds?date={tomorrow}", depot.crew).json_body["items"]
    assert (found["round"], found["state"], found["version"]) == ("R1", "to_come", 0)
    assert depot.api.get("/api/rounds?date=soon", depot.crew).status_code == 400


def test_staff_of_other_teams_neither_see_nor_change_rounds(depot: JobsApi) -> None:
    elsewhere = depot.api.staff("elsewhere", Grant(role="crew", teams=("parks",)))
    assert depot.api.get("/api/rounds", elsewhere).json_body["items"] == []
    assert depot.api.get("/api/rounds/streets?round=R1", elsewhere).status_code == 404
    (item,) = tell(depot, operation("out"), token=elsewhere)
    assert item["result"] == "rejected" and "not in your teams" in item["reason"]


def test_back_office_says_what_happened_on_another_day(depot: JobsApi, tmp_path: Path) -> None:
    day, file = DAY - timedelta(days=2), tmp_path / "days.csv"
    rows = (f"R1,{day},,dial row,,Road closed", f"R1,{day},,elsewhere,,")
    file.write_text("\n".join(("round,day,state,street,uprn,reason", *rows)))
    refused = CliRunner().invoke(commands, ["import-round-days", str(file)])
    assert refused.exit_code == 1
    assert "line 3: street: 'elsewhere' is no street of the round R1" in refused.output
    assert depot.api.get(f"/api/rounds?date={day}", depot.crew).json_body["items"] == []
    taken = CliRunner().invoke(commands, ["import-round-days", str(file), "--allow-rejects"])
    assert (taken.exit_code, "1 rows taken, 1 refused." in taken.output) == (0, True), taken.output
    (found,) = depot.api.get(f"/api/rounds?date={day}", depot.crew).json_body["items"]
    assert found["streets"] == [{"street": STREET, "reason": "road_closed", "text": ""}]


def correct(depot: JobsApi, version: int, token: str, **said: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}", "If-Match": f'"{version}"'}
    headers |= {"Idempotency-Key": f"key-{next(NUMBERS)}"}
    body = json.dumps({"round": "R1", "day": f"{DAY}", **said}).encode()
    return depot.api.client.http.post("/api/rounds/corrections", headers=headers, body=body)


def test_officer_corrects_a_round_and_the_audit_log_has_it(depot: JobsApi) -> None:
    (before,) = depot.api.get("/api/rounds", depot.crew).json_body["items"]
    said = {"kind": "off", "reason": "weather"}
    assert correct(depot, before["version"] + 9, depot.officer, **said).status_code == 409
    assert correct(depot, before["version"], depot.crew, **said).status_code == 403
    answer = correct(depot, before["version"], depot.officer, **said)
    assert answer.status_code == 201, answer.body
    assert answer.json_body["round_day"]["state"] == "off"
    assert (published(depot)["state"], published(depot)["reason"]) == ("off", "weather")
    log = depot.api.get("/api/admin/audit", depot.api.token("admin")).json_body["items"]
    assert "rounds.correct" in {each["action"] for each in log}


def test_page_of_bins_says_what_was_said_of_the_round(depot: JobsApi) -> None:
    missed = operation("street_missed", street=STREET, reason="road_closed")
    tell(depot, missed, operation("off", reason="weather"))
    html = depot.api.get("/forms/bins?postcode=ZZ1+1AA&premises_id=1").body.decode()
    for text in (
        "Tomorrow, ",
        "Today’s round is cancelled. Reason: Bad weather",
        "Your street was not reached today. Reason: Road closed",
    ):
        assert text in html
