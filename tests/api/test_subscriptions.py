"""Subscriptions as a client asks for them, and on to the messages that are sent."""

import json
import re
from datetime import timedelta
from itertools import count
from typing import Any

import boto3
import pytest
from chalice.test import HTTPResponse
from msgspec.structs import asdict

from chalicelib.accounts.model import Block, Destination
from chalicelib.alerts.index import AreaQuery, entries_of
from chalicelib.alerts.model import Subscription
from chalicelib.bootstrap import container
from chalicelib.bootstrap.accounts import accounts_ports, limit_ports
from chalicelib.bootstrap.alerts import alerts_ports, index_ports
from chalicelib.bootstrap.reports import reports_ports
from infra.local import mail
from infra.tokens import account_with, token_of
from tests.api.conftest import Api
from tests.support.builders import MARKET_PLACE, NOON, draft_body
from tests.support.fakes_alerts import BROWSER
from tests.support.seam import record_tries

numbers = count()
RANDOM = re.compile(r"[0-9a-f]{32,64}|[0-9]{10}|[0-9-]{10}T[0-9:]{8}Z")
STREET = {"kind": "area", **MARKET_PLACE, "radius_m": 500}


@pytest.fixture
def address() -> str:
    return f"resident{next(numbers)}@example.org"


def body(**values: Any) -> dict[str, Any]:
    return {"channel": "email", "topic": STREET, **values}


def ask(
    here: Api, *, key: str | None = None, token: str | None = None, **values: Any
) -> HTTPResponse:
    return here.post("/api/subscriptions", body(**values), key=key, token=token)


def subscribed(here: Api, **values: Any) -> dict[str, Any]:
    answer = ask(here, **values)
    assert answer.status_code == 201, answer.body
    made: dict[str, Any] = answer.json_body
    return made


def way_of(made: dict[str, Any]) -> str:
    """Where it is managed, with its token."""
    token = made["manage_url"].partition("token=")[2]
    return f"/api/subscriptions/{made['subscription_id']}?token={token}"


def confirmed(here: Api, made: dict[str, Any]) -> HTTPResponse:
    which = made["subscription_id"]
    token = alerts_ports().tokens.confirm_token(stored(made))
    return here.post(f"/api/subscriptions/{which}/confirm", {"token": token}, key=None)


def delete(here: Api, path: str, token: str | None = None) -> HTTPResponse:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return here.client.http.delete(path, headers=headers)


def stored(made: dict[str, Any]) -> Subscription:
    found = alerts_ports().subscriptions.get(made["subscription_id"])
    assert found
    return found


def signed_in(*addresses: str) -> str:
    """The token of somebody who has confirmed these."""
    people = accounts_ports()
    ways = tuple(Destination("email" if "@" in each else "phone", each) for each in addresses)
    account = account_with("resident", f"{next(numbers):032x}", people, ways)
    return token_of(account, timedelta(minutes=5), "A test", people)


def fields_of(answer: HTTPResponse) -> set[str]:
    assert answer.status_code == 400, answer.body
    return {each["field"] for each in answer.json_body["errors"]}


# The contract.


def test_subscription_is_returned_with_its_id_state_and_management_link(
    here: Api, address: str
) -> None:
    made = subscribed(here, to=address)
    assert set(made) == {"subscription_id", "state", "manage_url"}
    assert made["state"] == "unconfirmed"
    way = rf"http://127\.0\.0\.1:8000/forms/alerts/{made['subscription_id']}\?token=[0-9a-f]{{32}}"
    assert re.fullmatch(way, made["manage_url"])


def test_subscription_goes_from_unconfirmed_to_stopped(here: Api, address: str) -> None:
    made = subscribed(here, to=address, event_types=["new"], frequency="daily")
    assert confirmed(here, made).json_body == made | {"state": "active"}
    view = here.get(way_of(made)).json_body
    assert (view["to"], view["state"], view["frequency"]) == ("r…@example.org", "active", "daily")
    quiet = {"begin": "22:00", "end": "07:00"}
    changed = here.patch(way_of(made), {"quiet": quiet}, version=view["version"], token=None)
    assert (changed.status_code, changed.json_body["quiet"]) == (200, quiet)
    stale = here.patch(way_of(made), {"quiet": quiet}, version=view["version"], token=None)
    assert (stale.status_code, stale.json_body["version"]) == (409, changed.json_body["version"])
    assert here.patch(way_of(made), {}, version=None, token=None).status_code == 428
    for _ in range(2):
        ended = delete(here, way_of(made))
        assert (ended.status_code, ended.json_body["state"]) == (200, "stopped")
    assert ended.json_body["to"] is None
    assert confirmed(here, made).status_code == 409


def test_number_is_confirmed_by_its_code(here: Api) -> None:
    made = subscribed(here, channel="sms", to="07700 900201")
    way = f"/api/subscriptions/{made['subscription_id']}/confirm"
    assert fields_of(here.post(way, {"code": "abc"}, key=None)) == {"code"}
    code = alerts_ports().tokens.confirmation_code(stored(made))
    assert here.post(way, {"code": code}, key=None).json_body["state"] == "active"
    assert here.get(way_of(made)).json_body["to"] == "…0201"


def test_repeated_key_returns_the_same_and_another_request_under_it_is_a_conflict(
    here: Api, address: str
) -> None:
    made = subscribed(here, to=address, key="k1")
    assert subscribed(here, to=address.upper(), key="k1") == made
    other = ask(here, to=address, key="k1", topic={"kind": "council"})
    assert other.status_code == 409
    link = other.json_body["link"]
    assert link == made["manage_url"].partition("?")[0]
    assert here.get(f"/api/subscriptions/{link.rpartition('/')[2]}").status_code == 404
    page = here.get(link.removeprefix("http://127.0.0.1:8000"))
    assert page.status_code == 404, "A guessed key reveals nothing about its owner."


@pytest.mark.parametrize(
    ("values", "fields"),
    [
        ({"to": "nobody"}, {"to"}),
        ({"to": "01904 551550", "channel": "sms"}, {"to"}),
        ({"to": "+33612345678", "channel": "sms"}, {"to"}),
        ({"to": "a@example.org", "topic": {**STREET, "radius_m": 0}}, {"topic.radius_m"}),
        ({"to": "a@example.org", "topic": {**STREET, "radius_m": 500_000}}, {"topic.radius_m"}),
        ({"to": "a@example.org", "topic": {**STREET, "lat": 0}}, {"topic.lat"}),
        ({"to": "a@example.org", "topic": {**STREET, "lat": 91}}, {"topic.lat"}),
        ({"to": "a@example.org", "topic": {"kind": "moon"}}, {"topic.kind"}),
        ({"to": "a@example.org", "topic": {"kind": "ward", "ward_code": "?"}}, {"topic.ward_code"}),
        (
            {"to": "a@example.org", "topic": {"kind": "council", "service_codes": ["?"]}},
            {"topic.service_codes"},
        ),
        (
            {"to": "a@example.org", "topic": {"kind": "report", "service_request_id": "?"}},
            {"topic.service_request_id"},
        ),
        (
            {"to": "a@example.org", "quiet": {"begin": "24:00", "end": "7"}},
            {"quiet.begin", "quiet.end"},
        ),
        ({"to": "a@example.org", "state": "active"}, {"state"}),
        ({"channel": "push"}, {"push"}),
        (
            {"channel": "push", "push": {**asdict(BROWSER), "endpoint": "http://10.0.0.1/"}},
            {"push.endpoint"},
        ),
        ({}, {"to"}),
    ],
)
def test_refusal_names_every_field_and_its_fix(
    values: dict[str, Any], fields: set[str], here: Api
) -> None:
    assert fields_of(ask(here, **values)) == fields


@pytest.mark.parametrize("sent", [{}, {"token": "x", "code": "1"}])
def test_confirmation_accepts_the_token_or_the_code(sent: dict[str, str], here: Api) -> None:
    assert fields_of(here.post(f"/api/subscriptions/{'0' * 32}/confirm", sent)) == {"token"}


@pytest.mark.parametrize("which", ["0" * 32, "x", "0" * 33])
def test_invalid_link_reveals_nothing(which: str, here: Api) -> None:
    assert looks_without_a_link(here, which)[0] == [404] * 6


def test_subscription_with_an_invalid_link_looks_missing(here: Api, address: str) -> None:
    made = subscribed(here, to=address)["subscription_id"]
    assert looks_without_a_link(here, made) == looks_without_a_link(here, "0" * 32)


def looks_without_a_link(here: Api, which: str) -> tuple[list[int], list[str], list[str]]:
    """The answer to a caller who has no link, or another one."""
    answers = []
    with record_tries() as tries:
        for way in (f"/api/subscriptions/{which}?token=x", f"/api/subscriptions/{which}"):
            answers += [
                here.get(way),
                delete(here, way),
                here.patch(way, {}, version=1, token=None),
            ]
    statuses = [each.status_code for each in answers]
    bodies = [each.body.decode() for each in answers]
    return statuses, bodies, [each.operation for each in tries]


# Who we know cannot be told.


def test_known_address_cannot_be_detected_by_response_or_calls(here: Api, address: str) -> None:
    """The same address before anybody has subscribed it or signed in with it, and after."""
    looks = []
    for round_ in range(2):
        with record_tries() as tries:
            answer = ask(here, to=address)
        calls = [(each.operation, RANDOM.sub("…", each.body.decode())) for each in tries]
        looks.append((answer.status_code, RANDOM.sub("…", answer.body.decode()), calls))
        if round_ == 0:
            signed_in(address)
            confirmed(here, answer.json_body)
    assert looks[0] == looks[1]
    assert [operation for operation, _ in looks[0][2]].count("dynamodb.PutItem") == 1


def test_private_report_and_missing_report_are_refused_alike(here: Api, address: str) -> None:
    private = here.post(
        "/api/reports",
        draft_body(service_code="noise-nuisance", attributes={"kind": "noise"}),
        key="p",
    )
    assert private.status_code == 201, private.body
    looks = []
    for which in (private.json_body["service_request_id"], "7K3M2QXV9HTD"):
        topic = {"kind": "report", "service_request_id": which}
        with record_tries() as tries:
            answer = ask(here, to=address, topic=topic)
        looks.append((answer.status_code, answer.body, [each.operation for each in tries]))
    assert looks[0] == looks[1] and looks[0][0] == 400


# How often, and who is not counted.


@pytest.mark.usefixtures("one_hour")
def test_address_gets_at_most_five_emails_an_hour(here: Api, address: str) -> None:
    statuses = [ask(here, to=address).status_code for _ in range(6)]
    assert statuses == [201] * 5 + [429]


@pytest.mark.usefixtures("one_hour")
def test_stranger_gets_at_most_ten_emails_an_hour_about_reports_which_are_all_accepted(
    here: Api, address: str
) -> None:
    draft = draft_body(contact={"email": address})
    made = [here.post("/api/reports", draft, key=f"{n} {address}").json_body for n in range(12)]
    found = [reports_ports().repository.get(m["service_request_id"]) for m in made]
    assert [each.alerts for each in found if each] == [True] * 10 + [False] * 2
    assert {each.contact.email for each in found if each and each.contact} == {address}
    again = here.post("/api/reports", draft, key=f"11 {address}").json_body
    assert again == made[11]
    own = here.post("/api/reports", draft, key=f"own {address}", token=signed_in(address)).json_body
    stored = reports_ports().repository.get(own["service_request_id"])
    assert stored and stored.alerts, "A confirmed address counts for nothing here."


def test_reports_without_messages_are_not_counted(here: Api, address: str) -> None:
    draft = draft_body(contact={"email": address}, alerts=False)
    for number in range(11):
        here.post("/api/reports", draft, key=f"{number} {address}")
    told = here.post(
        "/api/reports", draft_body(contact={"email": address}), key=f"told {address}"
    ).json_body
    report = reports_ports().repository.get(told["service_request_id"])
    assert report and report.alerts


def test_refused_subscription_is_not_counted(here: Api, address: str) -> None:
    for _ in range(6):
        ask(here, to=address, topic={**STREET, "radius_m": 0})
    assert ask(here, to=address).status_code == 201


def test_nothing_is_sent_or_confirmed_when_the_address_is_blocked(here: Api, address: str) -> None:
    blocks = limit_ports().blocks
    blocked = Destination("email", address)
    blocks.add(
        Block(
            block_id=blocks.id_of(blocked),
            kind="email",
            domain=None,
            reason="Abuse",
            added_at=NOON,
            added_by="a1",
        )
    )
    made = ask(here, to=address)
    assert made.status_code == 201 and made.json_body["state"] == "unconfirmed"
    here.cloud.pump.run_until_idle()
    assert address not in [each["to"] for each in mail.outbox()["items"]]
    ports = alerts_ports()
    stored = ports.subscriptions.get(made.json_body["subscription_id"])
    assert stored and stored.is_silent
    path = f"/api/subscriptions/{stored.subscription_id}/confirm"
    right = {"token": ports.tokens.confirm_token(stored)}
    assert here.post(path, right, key=None).status_code == 404


# In the account.


def test_own_confirmed_address_is_active_at_once_and_managed_in_the_account(
    here: Api, address: str
) -> None:
    token = signed_in(address)
    made = subscribed(here, to=address, token=token)
    assert made["state"] == "active"
    (listed,) = here.get("/api/account/subscriptions", token).json_body["items"]
    assert listed["subscription_id"] == made["subscription_id"]
    way = f"/api/subscriptions/{made['subscription_id']}"
    assert here.get(way, token).status_code == 200
    stranger = signed_in(f"other-{address}")
    assert here.get(way, stranger).status_code == 404
    assert delete(here, way, stranger).status_code == 404
    assert delete(here, way, token).json_body["state"] == "stopped"
    assert here.get("/api/account/subscriptions").status_code == 401


def test_subscription_at_an_own_address_is_listed_and_stopped_when_requested_signed_out(
    here: Api, address: str
) -> None:
    made = subscribed(here, to=address)
    token = signed_in(address)
    (listed,) = here.get("/api/account/subscriptions", token).json_body["items"]
    assert listed["subscription_id"] == made["subscription_id"]
    way = f"/api/subscriptions/{made['subscription_id']}"
    assert delete(here, way, signed_in("other@example.org")).status_code == 404
    assert delete(here, way, token).json_body["state"] == "stopped"


def test_own_subscriptions_are_listed_by_page(here: Api, address: str) -> None:
    token = signed_in(address)
    ids = {subscribed(here, to=address, token=token)["subscription_id"] for _ in range(3)}
    first = here.get("/api/account/subscriptions?limit=2", token).json_body
    then = here.get(f"/api/account/subscriptions?limit=2&cursor={first['next']}", token).json_body
    assert {each["subscription_id"] for each in (*first["items"], *then["items"])} == ids
    assert (len(first["items"]), len(then["items"]), then["next"]) == (2, 1, None)
    bad = here.get("/api/account/subscriptions?cursor=x", token)
    assert fields_of(bad) == {"cursor"}


def test_signed_in_follower_gets_alerts_at_the_preferred_address(here: Api, address: str) -> None:
    report = here.post("/api/reports", draft_body(), key=address).json_body
    token = signed_in(address)
    way = f"/api/reports/{report['service_request_id']}/follow"
    for _ in range(2):
        assert here.post(way, {}, key=None, token=token).status_code == 201
    (listed,) = here.get("/api/account/subscriptions", token).json_body["items"]
    assert listed["topic"]["service_request_id"] == report["service_request_id"]
    assert (listed["channel"], listed["state"]) == ("email", "active")


def test_follower_without_an_account_is_counted_and_asked_to_confirm(
    here: Api, address: str
) -> None:
    report = here.post("/api/reports", draft_body(), key=address).json_body
    way = f"/api/reports/{report['service_request_id']}/follow"
    answer = here.post(way, {"channel": "email", "to": address}, key=f"follow {address}").json_body
    assert answer["followers"] == 1
    alerts = answer["alerts"]
    assert (alerts["channel"], alerts["state"]) == ("email", "unconfirmed")
    stored = alerts_ports().subscriptions.get(alerts["subscription_id"])
    assert stored is not None and stored.to == address
    assert stored.topic.service_request_id == report["service_request_id"]


def test_nobody_is_counted_when_the_followers_address_is_wrong(here: Api, address: str) -> None:
    report = here.post("/api/reports", draft_body(), key=address).json_body
    way = f"/api/reports/{report['service_request_id']}"
    elsewhere = {**asdict(BROWSER), "endpoint": "http://10.0.0.1/"}
    for wanted in (
        {"channel": "email", "to": "nobody"},
        {"channel": "email"},
        {"channel": "fax"},
        {"channel": "push", "push": elsewhere},
    ):
        assert here.post(f"{way}/follow", wanted, key=None).status_code == 400
    assert here.get(way).json_body["followers"] == 0


def test_report_is_followed_without_alerts_when_no_channel_is_given(
    here: Api, address: str
) -> None:
    report = here.post("/api/reports", draft_body(), key=address).json_body
    way = f"/api/reports/{report['service_request_id']}/follow"
    assert here.post(way, {}, key=None).json_body["alerts"] is None
    assert here.client.http.post(way).status_code == 201


# The whole way: an event finds the subscription, and nobody else learns where the subscriber lives.


def messages(tries: list[Any]) -> list[dict[str, Any]]:
    """The messages on the sending queue."""
    queue = container.settings().alerts_queue_url
    sent = [json.loads(each.body) for each in tries if each.operation == "sqs.SendMessageBatch"]
    bodies = [
        json.loads(entry["MessageBody"])
        for each in sent
        if each["QueueUrl"] == queue
        for entry in each["Entries"]
    ]
    return [each for each in bodies if each["type"] in ("AlertRequested", "Confirm")]


def published(here: Api) -> list[str]:
    """Every public document, feeds and lists among them."""
    client, bucket = boto3.client("s3"), here.cloud.bucket
    listed = client.list_objects_v2(Bucket=bucket).get("Contents", [])
    bodies = [client.get_object(Bucket=bucket, Key=each["Key"])["Body"].read() for each in listed]
    assert len(bodies) > 2
    return [each.decode(errors="replace") for each in bodies]


def test_place_of_a_subscription_never_leaves_its_owner(
    here: Api, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    home = {"lat": 53.9512345, "long": -1.0723456}
    traces = ("53.9512345", "1.0723456", address)
    here.cloud.pump.run_until_idle()
    with record_tries() as asked:
        made = subscribed(here, to=address, topic={"kind": "area", **home, "radius_m": 700})
        here.cloud.pump.run_until_idle()
    (question,) = messages(asked)
    assert (question["type"], question["subscription_id"]) == ("Confirm", made["subscription_id"])
    confirmed(here, made)
    here.cloud.pump.run_until_idle()
    near = {"lat": 53.953, "long": -1.07}
    with record_tries() as tries:
        report = here.post("/api/reports", draft_body(**near), key=f"near {address}").json_body
        here.cloud.pump.run_until_idle()
    (told,) = [
        each for each in messages(tries) if each["subscription_id"] == made["subscription_id"]
    ]
    assert (told["what"], told["service_request_id"]) == ("new", report["service_request_id"])
    said = capsys.readouterr()
    elsewhere = [
        each.body.decode(errors="replace")
        for each in (*asked, *tries)
        if not each.operation.startswith(("dynamodb.", "sesv2."))
    ]
    everywhere = [
        said.out,
        said.err,
        *elsewhere,
        here.get("/api/reports/" + report["service_request_id"]).body.decode(),
        here.get("/api/alerts/failed", here.token("officer")).body.decode(),
        here.get("/api/moderation?reason=waiting", here.token("officer")).body.decode(),
        *published(here),
    ]
    assert not [trace for trace in traces for text in everywhere if trace in text]


def test_index_follows_the_store(here: Api, address: str) -> None:
    def keys(area: str) -> set[str]:
        found = index_ports().index.entries(AreaQuery(area, "a", "d"))
        return {e.subscription_id for e in found}

    made = subscribed(here, to=address)
    which = made["subscription_id"]
    here.cloud.pump.run_until_idle()
    confirmed(here, made)
    areas = [entry.area for entry in entries_of(stored(made))]
    assert not any(which in keys(area) for area in areas)
    here.cloud.pump.run_until_idle()
    assert all(which in keys(area) for area in areas)
    delete(here, way_of(made))
    here.cloud.pump.run_until_idle()
    assert not any(which in keys(area) for area in areas)
