"""The feed of changes as another system asks for it."""

from datetime import timedelta
from urllib.parse import quote

import pytest
import time_machine
from chalice.test import HTTPResponse

from chalicelib.accounts.model import Role
from chalicelib.bootstrap import container
from chalicelib.bootstrap.partners import partners_ports
from chalicelib.kernel.time import utc_now
from chalicelib.partners.model import NewKey
from chalicelib.partners.usecases import create_key
from tests.api.conftest import Api
from tests.support.builders import draft_body
from tests.support.open311 import other_system

SECRET = "canary"
LATER = timedelta(seconds=10)


@pytest.fixture
def key(api: Api) -> str:
    return create_key(NewKey(name="Follower", per_minute=1), partners_ports()).text


def events(api: Api, key: str | None, query: str = "") -> HTTPResponse:
    headers = {"X-Api-Key": key} if key else {}
    with time_machine.travel(utc_now() + LATER, tick=False):
        return api.client.http.get(f"/api/events{query}", headers=headers)


def submitted(api: Api, key: str) -> str:
    contact = {"name": SECRET, "email": f"{SECRET}@example.org"}
    answer = api.post("/api/reports", draft_body(contact=contact), key=key)
    report_id: str = answer.json_body["service_request_id"]
    return report_id


def test_feed_has_a_public_report_without_personal_data(api: Api, key: str) -> None:
    report_id = submitted(api, "one")
    answer = events(api, key)
    assert answer.status_code == 200
    (item,) = answer.json_body["items"]
    assert item == {
        "cursor": f"{item['updated_datetime']}_{report_id}",
        "kind": "changed",
        "service_request_id": report_id,
        "service_code": "pothole",
        "state": "open",
        "status": "open",
        "version": 1,
        "updated_datetime": item["updated_datetime"],
        "url": f"{container.settings().site_url}/reports/{report_id}",
    }
    assert answer.json_body["next"] == item["cursor"]
    assert SECRET not in answer.body.decode()


def test_feed_continues_from_next_and_stays_at_its_end(api: Api, key: str) -> None:
    ids = {submitted(api, each) for each in ("one", "two", "three")}
    found, query = [], "?limit=2"
    for _ in range(3):
        body = events(api, key, query).json_body
        found.append([item["service_request_id"] for item in body["items"]])
        query = f"?limit=2&after={quote(body['next'])}"
    assert [len(each) for each in found] == [2, 1, 0]
    assert {each for part in found for each in part} == ids
    assert events(api, key, query).json_body["next"] == body["next"]


def test_feed_says_only_gone_when_a_report_is_hidden(api: Api, key: str) -> None:
    report_id = submitted(api, "one")
    path, officer = f"/api/reports/{report_id}", api.token("officer")
    assert api.patch(path, {"visibility": "hidden"}, version=1, token=officer).status_code == 200
    (item,) = events(api, key).json_body["items"]
    told = {name: value for name, value in item.items() if value is not None}
    assert told == {
        "cursor": item["cursor"],
        "kind": "gone",
        "service_request_id": report_id,
    }
    assert events(api, key, f"?after={quote(item['cursor'])}").json_body["items"] == []


@pytest.mark.parametrize("wrong", ["", "x", "ginnel_" + "0" * 12 + "_" + "0" * 64])
def test_feed_is_refused_when_the_key_is_not_valid(wrong: str, api: Api) -> None:
    assert events(api, wrong).status_code == (403 if wrong else 401)


@pytest.mark.parametrize(
    ("role", "status"), [("resident", 403), ("crew", 403), ("officer", 200), ("admin", 200)]
)
def test_feed_is_open_to_officers(role: Role, status: int, api: Api) -> None:
    assert api.get("/api/events", api.token(role)).status_code == status


@pytest.mark.parametrize(
    "query",
    [
        "?after=x",
        "?after=2026-13-01T00:00:00Z",
        "?after=2026-01-01T00:00:00Z_x",
        "?after=2026-01-01T00:00:00%2B01:00",
        "?after=9999-99-99T99:99:99Z_R00000000001",
        "?limit=0",
        "?limit=101",
    ],
)
def test_feed_names_the_invalid_parameter(query: str, api: Api, key: str) -> None:
    answer = events(api, key, query)
    assert answer.status_code == 400
    assert answer.json_body["errors"][0]["field"] in query


@pytest.mark.parametrize("after", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z_R00000000001"])
def test_feed_answers_for_the_first_and_last_times(after: str, api: Api, key: str) -> None:
    assert events(api, key, f"?after={after}").status_code == 200


def test_feed_has_a_private_report_without_an_address_only_for_the_partner_that_sent_it(
    api: Api,
) -> None:
    sender, other = other_system(api), other_system(api)
    request_id = sender.reported(service_code="graffiti")
    (item,) = events(api, sender.key).json_body["items"]
    assert (item["service_request_id"], item["kind"]) == (request_id, "changed")
    assert (item["state"], item["url"]) == ("open", None)
    assert events(api, other.key).json_body["items"] == []
    headers = {"Authorization": f"Bearer {api.token('officer')}"}
    with time_machine.travel(utc_now() + LATER, tick=False):
        assert api.client.http.get("/api/events", headers=headers).json_body["items"] == []
