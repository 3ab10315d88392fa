"""Other systems are told: from the report's own route to the receiver's, over a real connection."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest
import time_machine

from chalicelib.accounts.model import Role
from chalicelib.bootstrap import container
from chalicelib.events import PhotoTaken
from chalicelib.handlers.exchange import outbound_events
from chalicelib.kernel.time import utc_now
from tests.api.conftest import Api
from tests.support.builders import draft_body
from tests.support.paying import GOOD_CARD, give_order, serve_payments
from tests.support.webhooks import WebhookReceiver, is_signature_valid, run_receiver

HOOK = {"name": "Data warehouse", "url": "http://127.0.0.1:9/hook"}
"""Of this machine, as the tests allow; nobody listens there."""
PATH = "/api/outbound/receivers"
pytestmark = pytest.mark.usefixtures("unpublished")


@pytest.fixture(autouse=True)
def hook(api: Api, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebhookReceiver]:
    with run_receiver() as server:
        monkeypatch.setenv("OUTSIDE_ALLOWED", f"http://127.0.0.1:9,{server.origin}")
        container.forget_built()
        yield server


def add(api: Api, key: str = "k", **values: Any) -> dict[str, Any]:
    answer = api.post(PATH, HOOK | values, key=key, token=api.token("admin"))
    assert answer.status_code == 201, answer.body
    body: dict[str, Any] = answer.json_body
    return body


def report(api: Api, key: str = "report", **values: Any) -> str:
    answer = api.post("/api/reports", draft_body(**values), key=key)
    assert answer.status_code == 201, answer.body
    api.cloud.pump.run_until_idle()
    return str(answer.json_body["service_request_id"])


def deliveries(api: Api, **query: str) -> list[dict[str, Any]]:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    answer = api.get(f"/api/outbound/deliveries?{asked}", api.token("officer"))
    assert answer.status_code == 200, answer.body
    items: list[dict[str, Any]] = answer.json_body["items"]
    return items


def test_receiver_gets_a_report_and_can_verify_the_sender(api: Api, hook: WebhookReceiver) -> None:
    made = add(api, url=f"{hook.origin}/hook")
    request_id = report(api)
    ((headers, raw),) = hook.heard
    body = json.loads(raw)
    assert (body["kind"], body["id"]) == ("report.submitted", headers["webhook-id"])
    assert body["report"]["service_request_id"] == request_id
    assert is_signature_valid(headers, raw, made["secret"])
    assert not is_signature_valid(headers, raw + b" ", made["secret"])
    (sent,) = deliveries(api, state="sent", destination=made["receiver_id"])
    assert (sent["tries"], sent["event"]) == (1, "submitted")


def test_receiver_gets_only_public_data(api: Api, hook: WebhookReceiver) -> None:
    add(api, url=f"{hook.origin}/hook")
    contact = {"name": "Canary Name", "email": "canary@person.example", "phone": "01904 555123"}
    public = report(api, contact=contact)
    report(api, key="private", service_code="noise-nuisance", attributes={"kind": "noise"})
    report(api, key="moderated", service_code="graffiti")
    assert [body["report"]["service_request_id"] for body in hook.bodies()] == [public]
    told = b"".join(body for _, body in hook.heard).lower()
    assert not any(each.lower().encode() in told for each in contact.values())


def test_receiver_gets_gone_when_a_report_is_hidden(api: Api, hook: WebhookReceiver) -> None:
    add(api, url=f"{hook.origin}/hook")
    request_id, officer = report(api), api.token("officer")
    path = f"/api/reports/{request_id}"
    version = api.get(path, officer).json_body["version"]
    assert api.patch(path, {"visibility": "hidden"}, version=version, token=officer).status_code
    api.cloud.pump.run_until_idle()
    *_, last = hook.bodies()
    assert (last["kind"], last["report"]) == ("report.gone", {"service_request_id": request_id})


def test_receiver_gets_a_change(api: Api, hook: WebhookReceiver) -> None:
    add(api, url=f"{hook.origin}/hook")
    request_id = report(api)
    answer = api.post(f"/api/reports/{request_id}/updates", {"text": "Deeper now."}, key="u")
    assert answer.status_code == 201
    api.cloud.pump.run_until_idle()
    first, second = hook.bodies()
    assert second["kind"] == "report.changed" and second["id"] != first["id"]
    assert second["report"]["version"] > first["report"]["version"]
    assert second["report"]["updates"][-1]["text"] == "Deeper now."


def test_receiver_gets_the_ledgers_entry_as_the_ledger_shows_it(
    api: Api, hook: WebhookReceiver
) -> None:
    made = add(api, url=f"{hook.origin}/hook", filter={"kinds": ["ledger.entry"]})
    request_id = report(api)
    pay_by_card(api, request_id)
    api.cloud.pump.run_until_idle()
    ((headers, raw),) = hook.heard
    today = utc_now().astimezone(container.council().zone).date()
    ledger = api.get(f"/api/ledger?day={today}", api.token("officer")).json_body
    assert [json.loads(raw)] == ledger["items"]
    assert headers["webhook-id"] == ledger["items"][0]["entry_id"]
    assert is_signature_valid(headers, raw, made["secret"])
    (sent,) = deliveries(api, state="sent", destination=made["receiver_id"])
    assert (sent["event"], sent["service_request_id"]) == ("ledger.entry", request_id)


def pay_by_card(api: Api, request_id: str) -> None:
    give_order(request_id, 4_200)
    with serve_payments() as pay:
        begun = api.post(f"/api/reports/{request_id}/payments", {}, key="pay").json_body
        pay.enter(begun["next_url"], GOOD_CARD)
        for _ in range(2):
            assert api.get(f"/api/payments/{begun['payment_id']}").json_body["state"] == "success"


def test_receiver_gets_nothing_when_its_address_is_no_longer_allowed(
    api: Api, hook: WebhookReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(api, url=f"{hook.origin}/hook")
    monkeypatch.setenv("OUTSIDE_ALLOWED", "")
    container.forget_built()
    report(api)
    (failed,) = deliveries(api)
    assert (failed["last_error"], failed["tries"]) == ("address_refused", 1)
    assert hook.heard == []


def test_messages_are_handled_when_one_among_them_cannot_be_read(
    api: Api, hook: WebhookReceiver
) -> None:
    add(api, url=f"{hook.origin}/hook")
    facts = [told(report(api, key=str(number), lat=53.95 + number / 1000)) for number in range(3)]
    hook.heard.clear()
    assert open_deliveries(messages("no fact", *facts)) == ["0"]
    assert send(messages("no wake")) == ["0"]
    api.cloud.pump.run_until_idle()
    assert len(hook.heard) == len(facts)


def told(request_id: str) -> str:
    fact = PhotoTaken(
        event_id=f"photo of {request_id}", service_request_id=request_id, photo_id="p"
    )
    return msgspec.json.encode(fact).decode()


def messages(*bodies: str) -> dict[str, Any]:
    records = [{"messageId": str(n), "body": body} for n, body in enumerate(bodies)]
    return {"Records": records}


def open_deliveries(event: dict[str, Any]) -> list[str]:
    return failures(outbound_events.open_deliveries(event, None))


def send(event: dict[str, Any]) -> list[str]:
    return failures(outbound_events.send(event, None))


def failures(answer: Any) -> list[str]:
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def minutes_later(api: Api, minutes: int) -> None:
    with time_machine.travel(utc_now() + timedelta(minutes=minutes), tick=False):
        api.cloud.pump.run_schedules()
        api.cloud.pump.run_until_idle()


def test_delivery_is_retried_and_accepted_when_the_receiver_was_down(
    api: Api, hook: WebhookReceiver
) -> None:
    hook.status = 503
    made = add(api, url=f"{hook.origin}/hook")
    report(api)
    (waits,) = deliveries(api, state="waiting", destination=made["receiver_id"])
    assert (waits["last_error"], waits["tries"]) == ("http_503", 1)
    hook.status = 204
    minutes_later(api, 2)
    assert len(hook.heard) == 2
    assert len({body["id"] for body in hook.bodies()}) == 1
    assert deliveries(api, state="waiting") == []


def test_failed_delivery_is_listed_for_officers_and_can_be_resent(
    api: Api, hook: WebhookReceiver
) -> None:
    hook.status = 400
    add(api, url=f"{hook.origin}/hook")
    request_id, officer = report(api), api.token("officer")
    (failed,) = deliveries(api)
    assert (failed["last_error"], failed["service_request_id"]) == ("http_400", request_id)
    path = f"/api/outbound/deliveries/{failed['delivery_id']}"
    assert api.post(f"{path}/keep", {}, token=officer).json_body["state"] == "kept"
    assert api.post(f"{path}/resend", {}, token=officer).json_body["state"] == "waiting"
    hook.status = 204
    api.cloud.pump.run_until_idle()
    assert deliveries(api) == [] and len(hook.heard) == 2
    assert api.post(f"{path}/resend", {}, token=officer).status_code == 409


def test_receiver_gets_earlier_messages_again_when_an_admin_replays_them(
    api: Api, hook: WebhookReceiver
) -> None:
    made = add(api, url=f"{hook.origin}/hook")
    report(api)
    asked = {"since": (utc_now() - timedelta(hours=1)).isoformat()}
    path = f"{PATH}/{made['receiver_id']}/replay"
    with time_machine.travel(utc_now() + timedelta(minutes=1), tick=False):
        answer = api.post(path, asked, token=api.token("admin"))
        assert (answer.json_body["replayed"], answer.json_body["more"]) == (1, False)
        api.cloud.pump.run_until_idle()
    first, second = (headers["webhook-id"] for headers, _ in hook.heard)
    assert first == second


def test_removed_receiver_gets_nothing(api: Api, hook: WebhookReceiver) -> None:
    made, admin = add(api, url=f"{hook.origin}/hook"), api.token("admin")
    path = f"{PATH}/{made['receiver_id']}"
    headers = {"Authorization": f"Bearer {admin}"}
    statuses = [api.client.http.delete(path, headers=headers).status_code for _ in range(2)]
    assert statuses == [200, 404]
    report(api)
    assert hook.heard == [] and api.get(PATH, admin).json_body["items"] == []


def test_secret_is_shown_only_when_the_receiver_is_added(api: Api) -> None:
    made, admin = add(api), api.token("admin")
    assert made["secret"].startswith("whsec_")
    listed = api.get(PATH, admin)
    path = f"{PATH}/{made['receiver_id']}"
    changed = api.patch(path, {"enabled": False}, version=1, token=admin)
    assert (changed.status_code, changed.json_body["version"]) == (200, 2)
    assert made["secret"].encode() not in listed.body + changed.body


def test_receiver_is_added_once_when_the_request_is_repeated(api: Api) -> None:
    assert add(api) == add(api)
    other = api.post(PATH, HOOK | {"name": "Another"}, key="k", token=api.token("admin"))
    assert other.status_code == 409
    assert len(api.get(PATH, api.token("admin")).json_body["items"]) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://warehouse.example/hook",
        "https://127.0.0.1/hook",
        "https://10.0.0.1/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/hook",
        "https://[64:ff9b::7f00:1]/hook",
        "https://user:secret@93.184.215.14/hook",
        "https://93.184.215.14:8443/hook",
        "ftp://93.184.215.14/hook",
        "no address",
        "https://",
    ],
)
def test_receiver_is_refused_when_its_address_is_not_allowed(url: str, api: Api) -> None:
    made = add(api)
    admin = api.token("admin")
    assert api.post(PATH, HOOK | {"url": url}, key="new", token=admin).status_code == 400
    path = f"{PATH}/{made['receiver_id']}"
    assert api.patch(path, {"url": url}, version=1, token=admin).status_code == 400


@pytest.mark.parametrize(
    "faulty",
    [
        {"name": ""},
        {"filter": {"kinds": ["gone"]}},
        {"filter": {"service_codes": "pothole"}},
        {"secret": "whsec_mine"},
        {"enabled": "yes"},
    ],
)
def test_receiver_is_refused_when_it_is_invalid(faulty: dict[str, Any], api: Api) -> None:
    assert api.post(PATH, HOOK | faulty, token=api.token("admin")).status_code == 400
    assert api.get(PATH, api.token("admin")).json_body["items"] == []


def test_change_of_a_receiver_needs_its_version(api: Api) -> None:
    made, admin = add(api), api.token("admin")
    path = f"{PATH}/{made['receiver_id']}"
    assert api.patch(path, {"name": "New"}, version=None, token=admin).status_code == 428
    stale = api.patch(path, {"name": "New"}, version=7, token=admin)
    assert (stale.status_code, stale.json_body["version"]) == (409, 1)


ADMINS: list[Callable[[Api, str], int]] = [
    lambda api, token: api.get(PATH, token).status_code,
    lambda api, token: api.post(PATH, HOOK, token=token).status_code,
    lambda api, token: api.patch(f"{PATH}/{'0' * 32}", {}, version=1, token=token).status_code,
    lambda api, token: api.post(f"{PATH}/{'0' * 32}/replay", {}, token=token).status_code,
]


@pytest.mark.parametrize("asked", ADMINS)
@pytest.mark.parametrize("role", ["resident", "crew", "officer"])
def test_receivers_are_only_for_admins(
    role: Role, asked: Callable[[Api, str], int], api: Api
) -> None:
    assert asked(api, api.token(role)) == 403
    assert asked(api, "") == 401


@pytest.mark.parametrize(
    ("role", "status"), [("resident", 403), ("crew", 403), ("officer", 200), ("admin", 200)]
)
def test_deliveries_are_for_officers(role: Role, status: int, api: Api) -> None:
    path = "/api/outbound/deliveries"
    assert api.get(path, api.token(role)).status_code == status
    assert api.get(path).status_code == 401


@pytest.mark.parametrize(
    "query",
    [
        "state=gone",
        "cursor=x",
        "limit=0",
        "limit=101",
        "destination=%20",
        f"destination={'x' * 3000}",
    ],
)
def test_list_of_deliveries_is_refused_when_its_filter_is_invalid(query: str, api: Api) -> None:
    path = f"/api/outbound/deliveries?{query}"
    assert api.get(path, api.token("officer")).status_code == 400


def test_deliveries_are_listed_page_by_page(api: Api, hook: WebhookReceiver) -> None:
    hook.status = 400
    add(api, url=f"{hook.origin}/hook")
    for number in range(3):
        report(api, key=f"report-{number}", lat=53.95 + number / 100)
    seen, cursor = [], ""
    for _ in range(2):
        path = f"/api/outbound/deliveries?limit=2&cursor={cursor}"
        page = api.get(path, api.token("officer")).json_body
        seen += [each["delivery_id"] for each in page["items"]]
        cursor = (page["next"] or "").replace("#", "%23")
    assert cursor == "" and len(set(seen)) == len(seen) == 3


@pytest.mark.parametrize("what", ["resend", "keep"])
def test_delivery_is_not_found_when_it_does_not_exist(what: str, api: Api) -> None:
    for delivery_id in ("0" * 32, "nonsense"):
        path = f"/api/outbound/deliveries/{delivery_id}/{what}"
        assert api.post(path, {}, token=api.token("officer")).status_code == 404


def test_document_of_deliveries_is_published_every_five_minutes(
    api: Api, hook: WebhookReceiver
) -> None:
    add(api, url=f"{hook.origin}/hook")
    report(api)
    minutes_later(api, 6)
    held = container.published_documents().read("data/getting-through.json")
    assert held
    *_, others = json.loads(held.body)["destinations"]
    assert (others["name"], others["kind"], others["waiting"]) == ("Other systems", "webhook", 0)
    assert others["last_success"] and others["median_delay_s"] >= 0
