"""A missed collection: refused before its time, reported once, and collected by the team's crew on
its next day."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.bootstrap import container
from chalicelib.bootstrap.collections import premises_bucket
from chalicelib.bootstrap.jobs import jobs_ports
from chalicelib.bootstrap.publishing import publishing_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.collections.model import ROUNDS, Round, Rounds
from chalicelib.collections.premises import Premises
from chalicelib.kernel.time import utc_now
from infra.import_places import replace_document
from infra.premises_store import store_premises
from tests.api.conftest import Api
from tests.api.test_forms import Browser
from tests.api.test_rounds import operation
from tests.support.garden_homes import subscribe
from tests.support.jobs import JobsApi
from tests.support.moment import TODAY

YESTERDAY, LONG_AGO = TODAY - timedelta(days=1), TODAY - timedelta(days=13)
FORM = "/forms/services/missed-bin"


def round_of(code: str, container: str, *days: Any) -> Round:
    return Round(
        round=code, container=container, name=container, colour="#000000", dates=days, moved=()
    )


@pytest.fixture
def depot(api: Api) -> JobsApi:
    """Two homes whose rubbish was collected yesterday, their recycling too long ago, and whose
    garden waste was due yesterday, where the crew found it was not out at the first one."""
    rounds = (
        round_of("R1", "rubbish", YESTERDAY),
        round_of("Y1", "recycling", LONG_AGO),
        round_of("G1", "garden", YESTERDAY),
    )
    document = Rounds(known_until=TODAY + timedelta(days=99), items=rounds)
    replace_document(ROUNDS, msgspec.json.encode(document), publishing_ports())
    homes = [
        Premises(
            premises_id=f"{number}",
            address=f"{number} Dial Row",
            postcode="YO1 7HH",
            lat=53.959,
            long=-1.0815,
            rounds=("G1", "R1", "Y1"),
            street="Dial Row",
        )
        for number in (1, 2)
    ]
    store_premises(homes, premises_bucket(), utc_now())
    subscribe("1", "2")
    here = JobsApi(api)
    at = f"{YESTERDAY}T09:00:00Z"
    values = {"round": "G1", "day": f"{YESTERDAY}", "premises_id": "1", "reason": "not_out"}
    body = {"operations": [operation("not_emptied", at=at) | values]}
    answer = api.post("/api/rounds/operations", body, token=here.crew)
    assert answer.json_body["items"][0]["result"] == "applied", answer.body
    return here


def missed(api: Api, premises_id: str = "1") -> dict[str, Any]:
    items = api.get(f"/api/premises/{premises_id}/collections").json_body["missed"]
    return {each["container"]: each for each in items}


def report(api: Api, container: str, day: Any, key: str = "key", **values: Any) -> Any:
    collection = {"container": container, "date": f"{day}", **values}
    body = {"service_code": "missed-bin", "description": "Missed", "premises_id": "1"}
    return api.post("/api/reports", {**body, "collection": collection}, key=key)


def jobs_of(service_request_id: str) -> Sequence[Any]:
    return jobs_ports().jobs.of_report(service_request_id)


def test_missed_collection_is_reported_once_and_collected_on_the_next_day(depot: JobsApi) -> None:
    api = depot.api
    assert (missed(api)["rubbish"]["may_report"], missed(api)["rubbish"]["date"]) == (
        True,
        f"{YESTERDAY}",
    )
    answer = report(api, "rubbish", YESTERDAY)
    assert answer.status_code == 201, answer.body
    sent = answer.json_body
    assert missed(api)["rubbish"] == {
        "container": "rubbish",
        "date": f"{YESTERDAY}",
        "may_report": False,
        "why_not": "Somebody has reported this already, and we will come back.",
    }
    second = report(api, "rubbish", YESTERDAY, "from another phone")
    assert second.json_body["service_request_id"] == sent["service_request_id"]
    assert missed(api, "2")["rubbish"]["may_report"]
    api.cloud.pump.run_until_idle()
    (job,) = jobs_of(sent["service_request_id"])
    assert (job.kind, job.crew, job.team, job.state) == ("collect", "bins", "waste", "planned")
    assert job.planned_day > TODAY and job.address == "1 Dial Row, YO1 7HH"
    path = f"/api/reports/{sent['service_request_id']}"
    seen = api.get(path, api.token("officer")).json_body
    expected = {"container": "rubbish", "date": f"{YESTERDAY}", "disputes": False}
    assert (seen["collection"], seen["title"].split(",")[0]) == (expected, "rubbish")


def test_second_sender_sees_the_state_of_the_request_and_nothing_else(depot: JobsApi) -> None:
    api = depot.api
    first = report(api, "rubbish", YESTERDAY).json_body
    path = f"/api/reports/{first['service_request_id']}"
    token = first["tracking_url"].partition("token=")[2]
    key_words = api.post(f"{path}/updates?token={token}", {"text": "Key under the pot"}, key="u")
    assert key_words.status_code == 201, key_words.body

    second = report(api, "rubbish", YESTERDAY, "from another phone").json_body
    assert (first["follows"], second["follows"]) == (False, True)
    assert token not in json.dumps(second)
    link = second["tracking_url"]
    page = api.get(link.removeprefix(container.settings().site_url))
    assert page.status_code == 200, page.body
    assert "Missed bin" in page.body.decode() and "pot" not in page.body.decode()
    follower = link.partition("token=")[2]
    assert api.get(f"{path}?token={follower}").status_code == 404
    written = api.post(f"{path}/updates?token={follower}", {"text": "x"}, key="v")
    assert written.status_code == 404
    assert (
        api.get(f"/forms/reports/{first['service_request_id']}/status?token=x").status_code == 404
    )
    assert report(api, "rubbish", YESTERDAY).json_body["tracking_url"] == first["tracking_url"]


def test_officer_gets_the_case_and_not_the_senders_link(depot: JobsApi) -> None:
    api = depot.api
    first = report(api, "rubbish", YESTERDAY).json_body
    path = f"/api/reports/{first['service_request_id']}"
    seen = api.get(path, api.token("officer")).json_body
    assert seen["tracking_url"].endswith(f"/desk/case/?id={first['service_request_id']}")
    assert first["tracking_url"].partition("token=")[2] not in json.dumps(seen)


def test_reason_of_the_crew_is_shown_and_disputed_once_by_an_officers_case(depot: JobsApi) -> None:
    api = depot.api
    assert missed(api)["garden"]["why_not"] == "The crew said that it was not out."
    refused = report(api, "garden", YESTERDAY)
    assert refused.status_code == 400
    assert refused.json_body["errors"] == [
        {"field": "collection", "message": "The crew said that it was not out."}
    ]
    disputed = report(api, "garden", YESTERDAY, disputes=True).json_body["service_request_id"]
    again = report(api, "garden", YESTERDAY, "again", disputes=True)
    assert again.json_body["service_request_id"] == disputed
    assert not missed(api)["garden"].get("may_dispute")
    api.cloud.pump.run_until_idle()
    assert not jobs_of(disputed)
    stored = reports_ports().repository.get(disputed)
    assert stored and stored.opens == "officer"
    assert stored.title and stored.title.endswith("Disputed: The crew said that it was not out.")


@pytest.mark.parametrize(("container", "day"), [("recycling", LONG_AGO), ("rubbish", TODAY)])
def test_collection_that_is_too_late_or_was_not_due_is_refused(
    depot: JobsApi, container: str, day: Any
) -> None:
    refused = report(depot.api, container, day)
    assert refused.status_code == 400
    assert refused.json_body["errors"][0]["field"] == "collection"


def test_form_offers_what_may_be_reported_and_says_why_not_for_the_others(depot: JobsApi) -> None:
    browser = Browser(depot.api.client, depot.api.cloud)
    bins = browser.open("/forms/bins?postcode=YO1+7HH&premises_id=1")
    page = browser.open(bins.links["Report a missed bin"])
    assert "1 Dial Row" in page.text
    assert "this is wrong" in page.text and "It is too late to report this" in page.text
    browser.fill(action=FORM)
    assert "Choose a collection" in browser.page.text
    chosen = f"rubbish,{YESTERDAY},missed,Black bin: rubbish"
    assert f'value="{chosen}' in browser.html
    browser.fill({"collection": chosen}, action=FORM)
    browser.fill(action=FORM)
    assert "Black bin: rubbish" in browser.page.text
    browser.fill(press="Send request", action=FORM)
    assert browser.page.title.startswith("Request sent"), browser.page.text
    (stored,) = browser.stored()
    assert stored.collection and stored.collection.container == "rubbish"
