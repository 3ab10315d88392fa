"""Limits and the block list over HTTP: honest answers, and administrators keep the list."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from chalice.test import Client

import app
from chalicelib import bootstrap
from chalicelib.accounts.model import Destination, Role
from chalicelib.accounts.usecases.limiting import HOURLY
from chalicelib.handlers.cdn import ORIGIN, VIEWER
from infra.local.cloud import Cloud
from infra.tokens import account_with, token_of
from tests.api.conftest import Api
from tests.builders import draft_body
from tests.people import FORM, post_form

numbers = count(1)


@pytest.fixture(scope="module")
def here() -> Iterator[Api]:
    """Behind the CDN, which says from which network somebody calls."""
    cloud = Cloud(behind_cdn=True)
    with Client(app.app) as client:
        yield Api(client, cloud, {ORIGIN: bootstrap.secret("origin").current()})
    cloud.stop()


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    for scope in HOURLY:
        monkeypatch.setitem(bootstrap.hourly(), scope, 2)


def of_network(api: Api, **more: str) -> Api:
    """The API as somebody in a network of her own calls it."""
    return Api(api.client, api.cloud, {**api.always, VIEWER: f"192.0.2.{next(numbers)}", **more})


def signed_in(role: Role, *addresses: str) -> str:
    """A token of somebody new who confirmed those addresses."""
    ports = bootstrap.accounts_ports()
    confirmed = tuple(Destination("email", each) for each in addresses)
    somebody = account_with(role, f"somebody-{next(numbers)}", ports, confirmed)
    return token_of(somebody, timedelta(minutes=5), "A test", ports)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("what", ["reports", "updates", "flags", "follow"])
def test_network_is_told_to_wait_when_it_sent_too_much(here: Api, what: str) -> None:
    mine, other = of_network(here), of_network(here)
    sent = other.post("/api/reports", draft_body(), key=what).json_body
    bodies: dict[str, Any] = {"updates": {"text": "x"}, "flags": {"reason": "other"}}
    path = (
        "/api/reports" if what == "reports" else f"/api/reports/{sent['service_request_id']}/{what}"
    )
    body = bodies.get(what, draft_body())
    answers = [mine.post(path, body, key=f"{what}-{number}") for number in range(3)]
    assert [each.status_code for each in answers] == [201, 201, 429]
    assert int(answers[2].headers["Retry-After"]) > 0
    assert "wait until the next one" in answers[2].json_body["detail"]
    assert other.post(path, body, key=f"{what}-other").status_code == 201


@pytest.mark.usefixtures("few")
def test_photos_and_ways_to_another_organisation_are_counted(here: Api) -> None:
    mine = of_network(here)
    photo = {"content_type": "image/jpeg", "size": 10}
    asked = [mine.post("/api/photos", photo, key=f"photo/{number}") for number in range(3)]
    assert [each.status_code for each in asked] == [201, 201, 429]
    headers, there = {**FORM, **mine.always}, "/forms/sign-in/with/nobody"
    begun = [post_form(here.client.http, there, headers).status_code for _ in range(3)]
    assert begun == [404, 404, 429]
    back = f"/forms/sign-in/back/nobody?state={'0' * 32}&code=x"
    assert mine.get(back).status_code == 429


@pytest.mark.usefixtures("few")
def test_device_and_confirmed_address_are_counted_in_whatever_network(here: Api) -> None:
    headers, tags = {"X-Ginnel-Device": "device"}, ("often", "often+a", "often+b")
    devices = [
        of_network(here, **headers).post("/api/reports", draft_body(), key=f"device{number}")
        for number in range(3)
    ]
    accounts = [
        of_network(here).post(
            "/api/reports", draft_body(), key="a", token=signed_in("resident", f"{tag}@example.org")
        )
        for tag in tags
    ]
    for answers in (devices, accounts):
        assert [each.status_code for each in answers] == [201, 201, 429]


@pytest.mark.usefixtures("few")
def test_nobody_is_kept_out_when_somebody_else_sends_with_her_address(here: Api) -> None:
    body = draft_body(contact={"email": "resident@example.org"})
    for number in range(3):
        assert of_network(here).post("/api/reports", body, key=f"other{number}").status_code == 201
    own = signed_in("resident", "resident@example.org")
    assert of_network(here).post("/api/reports", body, key="own", token=own).status_code == 201


@pytest.mark.usefixtures("few")
def test_only_what_is_stored_anew_is_counted(here: Api) -> None:
    mine = of_network(here)
    for number in range(3):
        faulty = draft_body(service_code="nothing")
        assert mine.post("/api/reports", faulty, key=f"faulty{number}").status_code == 400
    sent = [mine.post("/api/reports", draft_body(), key=f"anew{n % 2}") for n in range(6)]
    assert {each.status_code for each in sent} == {201}
    assert mine.post("/api/reports", draft_body(), key="third").status_code == 429
    path = f"/api/reports/{sent[0].json_body['service_request_id']}"
    for what, body in (("updates", {"text": "x"}), ("flags", {"reason": "other"})):
        again = [mine.post(f"{path}/{what}", body, key=f"{n % 2}").status_code for n in range(6)]
        assert again == [201] * 6
        assert mine.post(f"{path}/{what}", body, key="third").status_code == 429


@pytest.mark.usefixtures("few")
def test_staff_at_work_are_not_counted(here: Api) -> None:
    mine, officer = of_network(here), signed_in("officer")
    body = draft_body(channel="phone", contact={"email": "rang@example.org"})
    rang = [mine.post("/api/reports", body, key=f"r{n}", token=officer) for n in range(3)]
    assert [each.status_code for each in rang] == [201] * 3
    path = f"/api/reports/{rang[0].json_body['service_request_id']}/updates"
    said = [mine.post(path, {"text": "x"}, key=f"u{n}", token=officer) for n in range(3)]
    assert [each.status_code for each in said] == [201] * 3
    own = [mine.post("/api/reports", draft_body(), key=f"o{n}", token=officer) for n in range(3)]
    assert [each.status_code for each in own] == [201, 201, 429]


@pytest.mark.usefixtures("few")
def test_form_says_that_it_was_too_often_and_nothing_was_sent(here: Api) -> None:
    mine = of_network(here)
    headers = {**FORM, **mine.always}
    pages = [
        post_form(here.client.http, "/forms/sign-in", headers, address=f"a{n}@example.org")
        for n in range(3)
    ]
    assert [each.status_code for each in pages] == [303, 303, 429]


def test_network_is_not_believed_that_did_not_come_through_the_cdn(here: Api) -> None:
    headers = {VIEWER: "192.0.2.1", "Content-Type": "application/json", "Idempotency-Key": "k"}
    answer = here.client.http.post("/api/reports", headers=headers, body=b"{}")
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("what", "address"),
    [
        ("Blocked.One@example.org", "blocked.one@example.org"),
        ("blocked.example", "anybody@mail.blocked.example"),
        ("@other.example", "anybody@other.example"),
        ("07700 900555", "+44 7700 900555"),
        ("01904 960555", "+44 1904 960555"),
        ("+1 202 555 0143", "001 202 555 0143"),
        ("tagged@example.org", "tagged+2@example.org"),
        ("tagged+3@example.org", "tagged@example.org"),
        ("münchen.example", "anybody@münchen.example"),
        ("xn--mnchen-3ya.example", "anybody@münchen.example"),
        ("anybody@köln.example", "anybody@xn--kln-sna.example"),
    ],
)
def test_address_is_refused_honestly_while_it_is_on_the_list(
    here: Api, what: str, address: str
) -> None:
    admin, mine = here.token("admin"), of_network(here)
    body = {"what": what, "reason": "Sends threats."}
    blocked = here.post("/api/admin/blocks", body, token=admin)
    assert blocked.status_code == 201, blocked.body
    kind = "email" if "@" in address else "phone"
    report = draft_body(contact={kind: address})
    refused = mine.post("/api/reports", report, key=what)
    assert refused.status_code == 403 and "ring us on" in refused.json_body["detail"]
    if destination_of_texts(address):
        headers = {**FORM, **mine.always}
        asked = post_form(here.client.http, "/forms/sign-in", headers, address=address)
        assert asked.status_code == 403
    rang = draft_body(channel="phone", contact={kind: address})
    by_phone = mine.post("/api/reports", rang, key=f"{what}-phone", token=signed_in("officer"))
    assert by_phone.status_code == 201
    fine = draft_body(contact={"email": "fine@example.org"})
    assert mine.post("/api/reports", fine, key=f"{what}-fine").status_code == 201
    path = f"/api/admin/blocks/{blocked.json_body['block_id']}"
    headers = {"Authorization": f"Bearer {admin}", **here.always}
    assert here.client.http.delete(path, headers=headers).status_code == 200
    assert here.client.http.delete(path, headers=headers).status_code == 404
    assert mine.post("/api/reports", report, key=what).status_code == 201


def destination_of_texts(address: str) -> bool:
    """True where codes are sent to it."""
    return "@" in address or "7700" in address


def test_account_is_refused_while_an_address_that_it_confirmed_is_on_the_list(here: Api) -> None:
    mine = of_network(here)
    request_id = mine.post("/api/reports", draft_body(), key="seen").json_body["service_request_id"]
    token = signed_in("resident", "fine@example.org", "threats@example.org")
    body = {"what": "threats@example.org", "reason": "Sends threats."}
    admin = here.token("admin")
    block_id = here.post("/api/admin/blocks", body, token=admin).json_body["block_id"]
    path = f"/api/reports/{request_id}"
    for where, sent in (
        ("/api/reports", draft_body()),
        (f"{path}/updates", {"text": "x"}),
        (f"{path}/flags", {"reason": "other"}),
        (f"{path}/follow", {}),
        ("/api/photos", {"content_type": "image/jpeg", "size": 10}),
    ):
        refused = mine.post(where, sent, key="threats/1", token=token)
        assert refused.status_code == 403 and "ring us on" in refused.json_body["detail"], where
    headers = {"Authorization": f"Bearer {admin}", **here.always}
    here.client.http.delete(f"/api/admin/blocks/{block_id}", headers=headers)


def test_list_shows_domains_and_no_addresses_page_by_page(here: Api) -> None:
    admin = here.token("admin")
    for what in ("listed.example", "listed@example.org", "also@example.org"):
        here.post("/api/admin/blocks", {"what": what, "reason": "x"}, token=admin)
    first = here.get("/api/admin/blocks?limit=2", admin).json_body
    rest = here.get(f"/api/admin/blocks?limit=2&cursor={first['next']}", admin).json_body
    items = [*first["items"], *rest["items"]]
    assert [each["domain"] for each in items if each["domain"]] == ["listed.example"]
    assert len(items) == 3 and "listed@" not in str(items)
    again = here.post("/api/admin/blocks", {"what": "listed.example", "reason": "y"}, token=admin)
    assert again.json_body["reason"] == "x"
    for wrong in ("nonsense", "a b", "two@@example.org"):
        body = {"what": wrong, "reason": "x"}
        assert here.post("/api/admin/blocks", body, token=admin).status_code == 400
