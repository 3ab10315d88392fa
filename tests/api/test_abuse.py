"""Limits and the block list over HTTP: honest answers, and administrators keep the list."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from chalice.test import Client

import app
from chalicelib.accounts.destinations import parse_any_address
from chalicelib.accounts.model import Destination, Role
from chalicelib.accounts.usecases.rate_limits import DAILY, FOLLOWERS, HOURLY
from chalicelib.bootstrap import container
from chalicelib.bootstrap.accounts import accounts_ports, daily, hourly
from chalicelib.bootstrap.alerts import alerts_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.handlers.http.cdn import ORIGIN, VIEWER
from chalicelib.handlers.http.rate_limits import DEVICE
from chalicelib.kernel import proof_of_work
from chalicelib.kernel.time import utc_now
from infra.local import mail
from infra.local.cloud import Cloud
from infra.tokens import account_with, token_of
from tests.api.conftest import Api
from tests.support.builders import MARKET_PLACE, draft_body, long_key
from tests.support.people import FORM, post_form

pytestmark = pytest.mark.usefixtures("one_hour")
numbers = count(1)
RANDOM = re.compile(
    r"[0-9a-f]{32,64}|[0-9A-Z]{12}|[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}|[0-9-]{10}T[0-9:]{8}Z"
)
"""Ids, references and moments, which no two calls share."""


@pytest.fixture(scope="module")
def here() -> Iterator[Api]:
    """Behind the CDN, which says from which network somebody calls."""
    cloud = Cloud(behind_cdn=True)
    with Client(app.app) as client:
        yield Api(client, cloud, {ORIGIN: container.secret("origin").current()})
    cloud.stop()


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    for scope in HOURLY:
        monkeypatch.setitem(hourly(), scope, 2)


def of_network(api: Api, **more: str) -> Api:
    """The API, called from a network of its own."""
    return Api(api.client, api.cloud, {**api.always, VIEWER: f"192.0.2.{next(numbers)}", **more})


def signed_in(role: Role, *addresses: str) -> str:
    """A token of somebody new who confirmed those addresses."""
    ports = accounts_ports()
    confirmed = tuple(Destination("email", each) for each in addresses)
    somebody = account_with(role, f"somebody-{next(numbers)}", ports, confirmed)
    return token_of(somebody, timedelta(minutes=5), "A test", ports)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("what", ["reports", "updates", "flags", "follow"])
def test_network_must_wait_after_too_many_requests(here: Api, what: str) -> None:
    mine, other = of_network(here), of_network(here)
    sent = other.post("/api/reports", draft_body(), key=what).json_body
    path = (
        "/api/reports" if what == "reports" else f"/api/reports/{sent['service_request_id']}/{what}"
    )
    bodies: dict[str, Any] = {"updates": {"text": "x"}, "follow": {}}
    body = bodies.get(what, draft_body())
    answers = []
    for number in range(3):
        # Of one sender a flag counts that says more, and of a network a follower on another phone.
        each = {"reason": "other", "text": f"Said {number}."} if what == "flags" else body
        phone = replace(mine, always={**mine.always, "X-Ginnel-Device": f"phone {number}"})
        answers.append(phone.post(path, each, key=f"{what}-{number}"))
    body = {"reason": "other"} if what == "flags" else body
    assert [each.status_code for each in answers] == [201, 201, 429]
    assert int(answers[2].headers["Retry-After"]) > 0
    assert "Many people share your network" in answers[2].json_body["detail"]
    assert other.post(path, body, key=f"{what}-other").status_code == 201


def proof_for(key: str) -> str:
    return next(
        str(number) for number in count() if proof_of_work.is_valid(long_key(key), str(number))
    )


@pytest.mark.usefixtures("few")
def test_crowded_network_accepts_requests_with_a_proof_of_work_up_to_a_further_limit(
    here: Api,
) -> None:
    mine, proof = of_network(here), proof_for("crowd")
    with_proof = replace(mine, always={**mine.always, proof_of_work.HEADER: proof})
    for number in range(2):
        assert mine.post("/api/reports", draft_body(), key=f"c-{number}").status_code == 201
    asked = mine.post("/api/reports", draft_body(), key="crowd")
    assert asked.status_code == 429
    assert asked.headers[proof_of_work.BITS_HEADER] == str(proof_of_work.BITS)
    assert with_proof.post("/api/reports", draft_body(), key="another").status_code == 429
    assert with_proof.post("/api/reports", draft_body(), key="crowd").status_code == 201
    account = signed_in("resident", "a@example.org")
    assert mine.post("/api/reports", draft_body(), key="a", token=account).status_code == 201
    last = mine.post("/api/reports", draft_body(), key="b", token=account)
    assert last.status_code == 429 and proof_of_work.BITS_HEADER not in last.headers


@pytest.mark.usefixtures("few")
def test_form_on_a_crowded_network_says_what_to_do(here: Api) -> None:
    mine = of_network(here)
    sent = mine.post("/api/reports", draft_body(), key="form-crowd").json_body
    path = f"/forms/reports/{sent['service_request_id']}/flag"
    for number in range(3):
        fields = {"reason": "other", "text": f"Said {number}."}
        headers = {**FORM, **mine.always}
        answer = post_form(here.client.http, path, headers, key=long_key(f"f{number}"), **fields)
    assert answer.status_code == 429
    assert "Your network has reached its limit" in answer.body.decode()
    assert "Sign in, turn on JavaScript, or use another network" in answer.body.decode()


def test_client_counts_once_when_it_follows_twenty_five_times(here: Api) -> None:
    mine, other = of_network(here), of_network(here)
    sent = mine.post("/api/reports", draft_body(), key="followed-often").json_body
    path = f"/api/reports/{sent['service_request_id']}/follow"
    answers = [mine.post(path, {}, key=f"f-{number}") for number in range(25)]
    assert {each.status_code for each in answers} == {201}
    assert {each.json_body["followers"] for each in answers} == {1}
    assert other.post(path, {}, key="f-0").json_body["followers"] == 2


def test_network_gives_a_report_few_followers_however_many_phones_it_has(here: Api) -> None:
    mine = of_network(here)
    sent = mine.post("/api/reports", draft_body(), key="followed-by-phones").json_body
    path = f"/api/reports/{sent['service_request_id']}/follow"
    answers = []
    for number in range(25):
        phone = replace(mine, always={**mine.always, "X-Ginnel-Device": f"phone {number}"})
        answers.append(phone.post(path, {}, key=f"f-{number}"))
    most = DAILY[FOLLOWERS]
    assert [each.status_code for each in answers] == [201] * most + [429] * (25 - most)
    assert "did not count you" in answers[-1].json_body["detail"]
    assert here.get(f"/api/reports/{sent['service_request_id']}").json_body["followers"] == most
    named = mine.post(path, {}, key="f", token=signed_in("resident"))
    assert named.json_body["followers"] == most + 1


@pytest.mark.usefixtures("few")
def test_nobody_is_counted_when_the_followers_address_is_over_its_limit(here: Api) -> None:
    sent = of_network(here).post("/api/reports", draft_body(), key="followed-too-often").json_body
    path = f"/reports/{sent['service_request_id']}"
    wish = {"channel": "email", "to": f"often{next(numbers)}@example.org"}
    for number in range(2):
        topic = {"kind": "area", **MARKET_PLACE, "radius_m": 500}
        subscribed = of_network(here).post(
            "/api/subscriptions", {**wish, "topic": topic}, key=f"often-{number}"
        )
        assert subscribed.status_code == 201, subscribed.body
    assert of_network(here).post(f"/api{path}/follow", wish, key="f").status_code == 429
    headers, form = {**FORM, **of_network(here).always}, f"/forms{path}/follow"
    answer = post_form(here.client.http, form, headers, to=wish["to"], key=long_key("f"))
    assert answer.status_code == 429
    assert here.get(f"/api{path}").json_body["followers"] == 0


def test_flag_is_kept_after_a_flood_from_another_network(here: Api) -> None:
    flood, mine = of_network(here), of_network(here)
    sent = mine.post("/api/reports", draft_body(), key="flooded").json_body
    path = f"/api/reports/{sent['service_request_id']}/flags"
    junk = [
        flood.post(
            path, {"reason": "personal_data", "text": f"Junk {number}. " * 10}, key=f"{number}"
        )
        for number in range(25)
    ]
    assert {each.status_code for each in junk} == {201, 409}
    said = {"reason": "personal_data", "text": "My number is in it."}
    assert mine.post(path, said, key="real").status_code == 201
    stored = reports_ports().repository.get(sent["service_request_id"])
    assert stored and [flag.text for flag in stored.flags][1:] == ["My number is in it."]


@pytest.mark.usefixtures("few")
def test_photos_and_sign_ins_through_other_organisations_are_counted(here: Api) -> None:
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
def test_device_and_confirmed_address_are_counted_in_every_network(here: Api) -> None:
    headers, tags = {"X-Ginnel-Device": "device"}, ("of.ten", "often", "o.f.ten+b")
    devices = [
        of_network(here, **headers).post("/api/reports", draft_body(), key=f"device{number}")
        for number in range(3)
    ]
    accounts = [
        of_network(here).post(
            "/api/reports", draft_body(), key="a", token=signed_in("resident", f"{tag}@gmail.com")
        )
        for tag in tags
    ]
    for answers in (devices, accounts):
        assert [each.status_code for each in answers] == [201, 201, 429]


@pytest.mark.usefixtures("few")
def test_address_stays_usable_when_other_people_send_with_it(here: Api) -> None:
    body = draft_body(contact={"email": "resident@example.org"})
    for number in range(3):
        assert of_network(here).post("/api/reports", body, key=f"other{number}").status_code == 201
    own = signed_in("resident", "resident@example.org")
    assert of_network(here).post("/api/reports", body, key="own", token=own).status_code == 201


@pytest.mark.usefixtures("few")
def test_only_new_items_are_counted(here: Api) -> None:
    mine = of_network(here)
    for number in range(3):
        faulty = draft_body(service_code="nothing")
        assert mine.post("/api/reports", faulty, key=f"faulty{number}").status_code == 400
    sent = [mine.post("/api/reports", draft_body(), key=f"anew{n % 2}") for n in range(6)]
    assert {each.status_code for each in sent} == {201}
    assert mine.post("/api/reports", draft_body(), key="third").status_code == 429
    path = f"/api/reports/{sent[0].json_body['service_request_id']}"
    for what, more in (("updates", {}), ("flags", {"reason": "other"})):
        bodies = [{"text": f"Said {number}.", **more} for number in range(3)]
        again = [mine.post(f"{path}/{what}", bodies[n % 2], key=f"{n % 2}") for n in range(6)]
        assert {each.status_code for each in again} == {201}
        assert mine.post(f"{path}/{what}", bodies[2], key="third").status_code == 429


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
def test_form_says_that_the_limit_was_reached_and_nothing_was_sent(here: Api) -> None:
    mine = of_network(here)
    headers = {**FORM, **mine.always}
    pages = [
        post_form(here.client.http, "/forms/sign-in", headers, address=f"a{n}@example.org")
        for n in range(3)
    ]
    assert [each.status_code for each in pages] == [303, 303, 429]


def test_network_is_ignored_when_the_request_bypassed_the_cdn(here: Api) -> None:
    key = long_key("k")
    headers = {
        VIEWER: "192.0.2.1",
        "Content-Type": "application/json",
        "Idempotency-Key": key,
    }
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
        ("t.agged@gmail.com", "tagged+2@googlemail.com"),
        ("dotted+3@googlemail.com", "do.tted@gmail.com"),
        ("münchen.example", "anybody@münchen.example"),
        ("xn--mnchen-3ya.example", "somebody@münchen.example"),
        ("anybody@köln.example", "anybody@xn--kln-sna.example"),
    ],
)
def test_block_list_is_not_revealed_and_nothing_of_a_blocked_address_is_kept_or_sent(
    here: Api, what: str, address: str
) -> None:
    admin = here.token("admin")
    looks, block_path = [], ""
    for is_blocked in (False, True):
        if is_blocked:
            body = {"address_or_domain": what, "reason": "Sends threats."}
            blocked = here.post("/api/admin/blocks", body, token=admin)
            assert blocked.status_code == 201, blocked.body
            block_path = f"/api/admin/blocks/{blocked.json_body['block_id']}"
        before = messages_to(address)
        looks.append(looked(here, what, address))
        here.cloud.pump.run_until_idle()
        told = messages_to(address) - before
        assert bool(told) is (not is_blocked and takes_messages(address)), told
    assert looks[0] == looks[1]
    headers = {"Authorization": f"Bearer {admin}", **here.always}
    assert here.client.http.delete(block_path, headers=headers).status_code == 200
    assert here.client.http.delete(block_path, headers=headers).status_code == 404


def messages_to(address: str) -> int:
    return sum(each["to"] == parse_any_address(address).value for each in mail.outbox()["items"])


def looked(here: Api, what: str, address: str) -> list[Any]:
    """What a stranger sees who types that address wherever one can be typed, and goes on with each
    answer."""
    mine, stranger = of_network(here), signed_in("resident")
    number = next(numbers)
    headers, kind = {**FORM, **mine.always}, "email" if "@" in address else "phone"
    report = draft_body(contact={kind: address})
    sent = mine.post("/api/reports", report, key=f"{what}-{number}")
    again = mine.post("/api/reports", report, key=f"{what}-{number}")
    at = f"/api/reports/{sent.json_body['service_request_id']}"
    seen = [sent, again, mine.get(at), mine.get(at, stranger)]
    if takes_messages(address):
        wish: dict[str, Any] = {"channel": "email" if kind == "email" else "sms", "to": address}
        wish |= {"topic": {"kind": "council"}}
        subscribed = mine.post("/api/subscriptions", wish, key=f"{what}-{number}")
        way = subscribed.json_body
        token = way["manage_url"].partition("token=")[2]
        path = f"/api/subscriptions/{way['subscription_id']}"
        seen += [subscribed, mine.get(f"{path}?token={token}")]
        seen.append(mine.post(f"{path}/confirm", {"code": "000000"}, key=None))
        alerts = {"topic.kind": "council", "frequency": "now", "to": address, "key": f"f{number}"}
        alerts["channel"] = wish["channel"]
        seen.append(post_form(here.client.http, "/forms/alerts", headers, **alerts))
        asked = post_form(here.client.http, "/forms/sign-in", headers, address=address)
        code_at = asked.headers["Location"]
        seen += [asked, mine.get(code_at)]
        adding = mine.post("/api/account/addresses", {"address": address}, token=stranger)
        proof = {"attempt_id": adding.json_body["attempt_id"], "code": "000000"}
        confirmation = "/api/account/addresses/confirmation"
        seen += [adding, mine.post(confirmation, proof, token=stranger)]
        here.cloud.pump.run_until_idle()
        seen += [mine.get(code_at), mine.get(f"{path}?token={token}")]
    return [
        (each.status_code, RANDOM.sub("…", f"{each.headers.get('Location')} {each.body.decode()}"))
        for each in seen
    ]


def takes_messages(address: str) -> bool:
    """True where codes are sent to it."""
    return "@" in address or "7700" in address


def test_nothing_is_sent_about_a_report_when_its_contact_is_on_the_list(here: Api) -> None:
    admin, officer, mine = here.token("admin"), signed_in("officer"), of_network(here)
    body = {"address_or_domain": "dropped@example.org", "reason": "Sends threats."}
    block_id = here.post("/api/admin/blocks", body, token=admin).json_body["block_id"]
    contact = {"name": "Jo", "email": "dropped@example.org", "phone": "01904 551550"}
    told = {}
    for channel, token in (("online", None), ("phone", officer)):
        report = draft_body(channel=channel, contact=contact)
        sent = mine.post("/api/reports", report, key=f"dropped-{channel}", token=token)
        here.cloud.pump.run_until_idle()
        path = f"/api/reports/{sent.json_body['service_request_id']}"
        assert here.get(path, admin).json_body["contact"] == contact
        key = alerts_ports().ids.address_key("email", "dropped@example.org")
        told[channel] = len(alerts_ports().subscriptions.at_addresses([key]))
    assert told["online"] == 0
    assert told["phone"] == 1, "what staff take is not held against the list"
    unblock(here, block_id, admin)


def test_export_does_not_reveal_that_a_typed_contact_is_blocked(here: Api) -> None:
    admin, mine = here.token("admin"), of_network(here)
    body = {"address_or_domain": "listed@example.org", "reason": "Sends threats."}
    block_id = here.post("/api/admin/blocks", body, token=admin).json_body["block_id"]
    exported = {}
    for name in ("listed", "others"):
        token = signed_in("resident", f"asks-{name}@example.org")
        contact = {"email": f"{name}@example.org"}
        mine.post("/api/reports", draft_body(contact=contact), key="asks", token=token)
        here.cloud.pump.run_until_idle()
        held = here.get("/api/account/export", token).json_body["records"]
        (report,) = held["report"]
        assert report["contact"]["email"] == f"{name}@example.org"
        exported[name] = sorted(held), report["alerts"], bool(report["email_key"])
    assert exported["listed"] == exported["others"]
    unblock(here, block_id, admin)


def test_account_is_refused_when_an_address_that_it_confirmed_is_blocked(here: Api) -> None:
    mine = of_network(here)
    request_id = mine.post("/api/reports", draft_body(), key="seen").json_body["service_request_id"]
    token = signed_in("resident", "fine@example.org", "threats@example.org")
    body = {"address_or_domain": "threats@example.org", "reason": "Sends threats."}
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
        assert refused.status_code == 403 and "call us on" in refused.json_body["detail"], where
    unblock(here, block_id, admin)


def unblock(here: Api, block_id: str, admin: str) -> None:
    headers = {"Authorization": f"Bearer {admin}", **here.always}
    here.client.http.delete(f"/api/admin/blocks/{block_id}", headers=headers)


def test_list_shows_domains_and_no_addresses_page_by_page(here: Api) -> None:
    admin = here.token("admin")
    for what in ("listed.example", "listed@example.org", "also@example.org"):
        here.post("/api/admin/blocks", {"address_or_domain": what, "reason": "x"}, token=admin)
    first = here.get("/api/admin/blocks?limit=2", admin).json_body
    rest = here.get(f"/api/admin/blocks?limit=2&cursor={first['next']}", admin).json_body
    items = [*first["items"], *rest["items"]]
    assert [each["domain"] for each in items if each["domain"]] == ["listed.example"]
    assert len(items) == 3 and "listed@" not in str(items)
    again = here.post(
        "/api/admin/blocks", {"address_or_domain": "listed.example", "reason": "y"}, token=admin
    )
    assert again.json_body["reason"] == "x"
    for wrong in ("nonsense", "a b", "two@@example.org"):
        body = {"address_or_domain": wrong, "reason": "x"}
        assert here.post("/api/admin/blocks", body, token=admin).status_code == 400


@pytest.mark.usefixtures("few")
def test_network_that_walks_through_postcodes_must_wait(here: Api) -> None:
    mine, other = of_network(here), of_network(here)
    walk = [f"/api/premises?postcode=ZZ1+1A{unit}" for unit in "ABD"]
    answers = [mine.get(path).status_code for path in walk]
    assert answers == [200, 200, 429]
    assert mine.get("/api/premises/990000000001/collections").status_code == 429
    assert other.get(walk[-1]).status_code == 200


def test_held_units_are_limited_and_not_the_holds_alone(
    here: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(hourly(), "held units by device", 5)
    council = container.council()
    calendar = council.by_calendar["bulky"]
    day = next(iter(calendar.bookable_days(utc_now(), council.calendar)))
    phone = of_network(here, **{DEVICE: "one phone"})

    def hold(units: int) -> int:
        body = {"calendar": "bulky", "day": f"{day}", "slot": "day", "units": units}
        return phone.post("/api/holds", body, key=f"held-{next(numbers)}").status_code

    assert [hold(3), hold(3), hold(2), hold(1)] == [201, 429, 201, 429]


def test_lists_of_addresses_are_limited_within_a_day(
    here: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(daily(), "premises by network in a day", 2)
    phone = of_network(here)
    for expected in (200, 200, 429):
        answer = phone.get("/api/premises?postcode=ZZ1%201AA")
        assert answer.status_code == expected, answer.json_body
    assert answer.json_body["detail"].startswith("You can ask for this 2 times in one day.")


@pytest.mark.usefixtures("few")
def test_staff_look_up_as_many_addresses_as_their_callers_need(here: Api) -> None:
    office, officer = of_network(here), here.token("officer")
    walk = [f"/api/premises?postcode=ZZ1+1A{unit}" for unit in "ABD"]
    assert [office.get(path, officer).status_code for path in walk] == [200, 200, 200]
