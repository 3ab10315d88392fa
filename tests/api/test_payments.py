"""Paying over HTTP, beside the stand-in for GOV.UK Pay."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from click import Command
from click.testing import CliRunner, Result

from chalicelib.bootstrap.accounts import hourly
from chalicelib.bootstrap.payment_provider import signing_secret
from chalicelib.bootstrap.payments import charges, payment_ids
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.handlers.http.rate_limits import DEVICE
from chalicelib.kernel.time import utc_now
from infra.ledger import ledger, reconcile
from infra.local.pay.notifications import signature
from tests.api.conftest import Api
from tests.support.builders import draft_body
from tests.support.moment import TODAY
from tests.support.paying import DECLINED_CARD, GOOD_CARD, PENCE, InProcessPay, give_order

UNKNOWN = "7K3M2QXV9HTD"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def begun(api: Api, request_id: str) -> dict[str, Any]:
    answer = api.post(f"/api/reports/{request_id}/payments", {}, key="pay")
    assert answer.status_code == 201, answer.body
    body: dict[str, Any] = answer.json_body
    return body


def seen(api: Api, begun: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = api.get(f"/api/payments/{begun['payment_id']}").json_body
    return body


def test_card_is_paid_at_the_providers_page_and_seen_at_once(
    api: Api, pay: InProcessPay, request_id: str
) -> None:
    first = begun(api, request_id)
    assert begun(api, request_id) == first
    assert first["next_url"].startswith(pay.origin)
    view = {"amount_pence": PENCE, "refunded_pence": 0, "reference": request_id}
    assert seen(api, first) == view | {"state": "created"}
    came_back_to = pay.enter(first["next_url"], GOOD_CARD)
    assert came_back_to.endswith(f"/forms/payments/{first['payment_id']}")
    assert seen(api, first) == view | {"state": "success"}
    refused = api.post(f"/api/reports/{request_id}/payments", {}, key="again")
    assert refused.status_code == 409


@pytest.mark.usefixtures("pay")
def test_request_without_a_price_cannot_be_paid(api: Api) -> None:
    answer = api.post("/api/reports", draft_body(), key="free")
    free = answer.json_body["service_request_id"]
    assert api.post(f"/api/reports/{free}/payments", {}).status_code == 409
    assert api.post("/api/reports/000000000000/payments", {}).status_code == 404


def test_guessed_payment_shows_nothing(api: Api, pay: InProcessPay, request_id: str) -> None:
    payment = begun(api, request_id)["payment_id"]
    guessed = payment[:-1] + ("0" if payment[-1] != "0" else "1")
    for each in (guessed, request_id, f"{request_id}-1-", "x", payment.replace("-1-", "-2-")):
        assert api.get(f"/api/payments/{each}").status_code == 404, each
        assert api.get(f"/forms/payments/{each}").status_code == 404, each
        again = api.client.http.post(f"/forms/payments/{each}", headers=FORM, body=b"")
        assert again.status_code == 404, each
        refund = {"amount_pence": 1, "reason": "Guessed"}
        path, officer = f"/api/payments/{each}/refunds", api.token("officer")
        assert api.post(path, refund, token=officer).status_code == 404, each


def test_payment_is_not_looked_up_when_the_caller_is_over_the_limit(
    api: Api, pay: InProcessPay, request_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = begun(api, request_id)
    monkeypatch.setitem(hourly(), "payment page by device", 1)
    answers = [
        api.client.http.get(f"/api/payments/{first['payment_id']}", headers={DEVICE: "a phone"})
        for _ in range(2)
    ]
    assert [each.status_code for each in answers] == [200, 429]


def test_notification_makes_the_schedule_look_before_its_time(
    api: Api, pay: InProcessPay, request_id: str
) -> None:
    first = begun(api, request_id)
    pay.enter(first["next_url"], GOOD_CARD)
    [message] = pay.messages()
    for _ in range(100):
        assert notify(api, message, signature(message, signing_secret())) == 200
    with time_machine.travel(utc_now() + timedelta(minutes=1), tick=False):
        api.cloud.pump.run_schedules()
    stored = charges().get(request_id)
    assert stored and stored.successful_payment


@pytest.mark.parametrize("wrong", ["", "0" * 64, "é"])
def test_notification_that_the_provider_did_not_sign_is_refused(
    api: Api, pay: InProcessPay, request_id: str, wrong: str
) -> None:
    begun(api, request_id)
    before = charges().get(request_id)
    body = json.dumps({"resource": {"reference": request_id}}).encode()
    assert notify(api, body, wrong) == 403
    assert charges().get(request_id) == before


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"\xff", b"[" * 10_000, b"x" * 1_000_000]
    + [json.dumps({"resource": {"reference": each}}).encode() for each in ("NOBODYS", UNKNOWN, 7)],
    ids=lambda body: repr(body[:40]),
)
@pytest.mark.usefixtures("pay")
def test_notification_of_something_unknown_changes_nothing(api: Api, body: bytes) -> None:
    assert notify(api, body, signature(body, signing_secret())) == 200
    assert [charges().get(each) for each in ("NOBODYS", UNKNOWN)] == [None, None]


def test_officer_refunds_once_however_often_it_is_sent(
    api: Api, pay: InProcessPay, request_id: str
) -> None:
    first = begun(api, request_id)
    pay.enter(first["next_url"], GOOD_CARD)
    path, draft = f"/api/payments/{first['payment_id']}/refunds", {"amount_pence": 1_000}
    officer = api.token("officer")
    body = draft | {"reason": "Cancelled"}
    for _ in range(3):
        answer = api.post(path, body, key="refund", token=officer)
        assert (answer.status_code, answer.json_body["refunded_pence"]) == (201, 1_000)
    assert [each.amount for each in pay.payment.refunds] == [1_000]
    other = api.post(path, body | {"amount_pence": 900}, key="refund", token=officer)
    assert other.status_code == 409
    too_much = api.post(path, body | {"amount_pence": 3_201}, key="more", token=officer)
    assert too_much.json_body["errors"][0]["message"] == "Enter an amount of at most £32"
    assert api.post(path, body, token=api.token("crew")).status_code == 403
    assert api.post(path, {"amount_pence": 0, "reason": "x"}, token=officer).status_code == 400
    log = api.get("/api/admin/audit", api.token("admin")).json_body["items"]
    assert "payments.refund" in {each["action"] for each in log}
    report = reports_ports().repository.get(request_id)
    told = [each.text for each in report.updates] if report else []
    assert told == ["We are sending £10 back to your card."]


def test_ledger_lists_a_day_by_fund_as_json_and_csv(
    api: Api, pay: InProcessPay, request_id: str
) -> None:
    first = begun(api, request_id)
    pay.enter(first["next_url"], GOOD_CARD)
    seen(api, first)
    day, officer = f"{TODAY}", api.token("officer")
    ledger = api.get(f"/api/ledger?day={day}", officer).json_body
    [item] = ledger["items"]
    assert (item["amount_pence"], item["service_request_id"]) == (PENCE, request_id)
    assert ledger["funds"] == [{"fund": "BULKY", "in_pence": PENCE, "out_pence": 0}]
    headers = {"Authorization": f"Bearer {officer}", "Accept": "text/csv"}
    answer = api.client.http.get(f"/api/ledger?day={day}", headers=headers)
    assert answer.headers["Content-Type"].startswith("text/csv")
    names, row = answer.body.decode().splitlines()
    assert names == "at,entry_id,amount_pence,fund,service_request_id,payment_id,vat_pence"
    ids = [request_id, item["payment_id"]]
    assert row.split(",")[1:] == [item["entry_id"], "4200", "BULKY", *ids, f"{PENCE // 6}"]
    assert api.get(f"/api/ledger?day={day}", api.token("crew")).status_code == 403
    assert api.get("/api/ledger?day=today", officer).status_code == 400


def test_ledger_lists_a_week_with_what_was_compared(
    api: Api, pay: InProcessPay, request_id: str
) -> None:
    pay.enter(begun(api, request_id)["next_url"], GOOD_CARD)
    today, officer = TODAY, api.token("officer")
    reconcile_day = run(reconcile, f"{today}")
    assert reconcile_day.exit_code == 0, reconcile_day.output
    first = today - timedelta(days=6)
    ledger = api.get(f"/api/ledger?day={first}&to={today}", officer).json_body
    assert (ledger["day"], ledger["to"]) == (f"{first}", f"{today}")
    assert [each["service_request_id"] for each in ledger["items"]] == [request_id]
    assert [(each["day"], each["differences"]) for each in ledger["reconciled"]] == [
        (f"{today}", [])
    ]
    for last in (first - timedelta(days=1), today + timedelta(days=1), "today"):
        assert api.get(f"/api/ledger?day={first}&to={last}", officer).status_code == 400


def test_page_says_what_became_of_a_payment(api: Api, pay: InProcessPay, request_id: str) -> None:
    first = begun(api, request_id)
    page = f"/forms/payments/{first['payment_id']}"
    assert 'http-equiv="refresh"' in html(api, page)
    pay.enter(first["next_url"], DECLINED_CARD)
    declined = html(api, page)
    assert "Your card was declined" in declined and "No money was taken" in declined
    again = api.client.http.post(page, headers=FORM, body=b"")
    assert again.status_code == 303
    pay.enter(again.headers["Location"], GOOD_CARD)
    paid = html(api, f"/forms/payments/{payment_ids().make(request_id, 2)}")
    assert "Payment received" in paid and "£42" in paid and "refresh" not in paid


def test_nothing_is_paid_again_after_an_officer_waived_it(
    api: Api, pay: InProcessPay, request_id: str
) -> None:
    first = begun(api, request_id)
    pay.enter(first["next_url"], DECLINED_CARD)
    path, officer = f"/api/reports/{request_id}", api.token("officer")
    assert api.post(f"{path}/waiver", {"reason": "Hardship"}, token=officer).status_code == 200
    again = api.client.http.post(
        f"/forms/payments/{first['payment_id']}",
        headers=FORM,
        body=b"",
    )
    assert (again.status_code, len(pay.service.payments)) == (409, 1)


def test_page_is_never_stuck_when_the_provider_does_not_answer(
    api: Api, pay: InProcessPay, request_id: str
) -> None:
    first = begun(api, request_id)
    pay.enter(first["next_url"], GOOD_CARD)
    pay.is_down = True
    page = html(api, f"/forms/payments/{first['payment_id']}")
    assert "We cannot see your payment at the moment" in page and "Look again" in page
    assert api.get(f"/api/payments/{first['payment_id']}").status_code == 503
    pay.is_down = False
    assert "Payment received" in html(api, f"/forms/payments/{first['payment_id']}")


@pytest.mark.parametrize("pence", [30, 10_000_000])
def test_smallest_and_largest_amount_of_the_provider_are_paid(
    api: Api, pay: InProcessPay, request_id: str, pence: int
) -> None:
    give_order(request_id, pence)
    pay.enter(begun(api, request_id)["next_url"], GOOD_CARD)
    assert pay.payment.amount == pence


@pytest.mark.parametrize("pence", [29, 10_000_001])
def test_amount_that_the_provider_does_not_take_is_not_paid(
    api: Api, pay: InProcessPay, request_id: str, pence: int
) -> None:
    give_order(request_id, pence)
    answer = api.post(f"/api/reports/{request_id}/payments", {}, key="pay")
    assert answer.status_code == 409
    assert "in another way" in answer.json_body["detail"]
    assert pay.service.payments == {}


def html(api: Api, path: str) -> str:
    answer = api.get(path)
    assert answer.status_code == 200, answer.body
    return answer.body.decode()


def notify(api: Api, body: bytes, signed: str) -> int:
    headers = {"Pay-Signature": signed, "Content-Type": "application/json"}
    return int(
        api.client.http.post("/api/payments/notifications", headers=headers, body=body).status_code
    )


def test_operator_gets_the_ledger_as_csv_and_its_differences(
    api: Api, pay: InProcessPay, request_id: str
) -> None:
    first = begun(api, request_id)
    pay.enter(first["next_url"], GOOD_CARD)
    day = f"{TODAY}"
    assert run(reconcile, day).output == f"0 differences on {day}.\n"
    printed = run(ledger, "--from", day, "--to", day)
    assert printed.stdout.splitlines()[1].split(",")[2:4] == ["4200", "BULKY"]
    assert "BULKY: £42 in, £0 out" in printed.stderr
    pay.payment.reference = "INVOICE 7"
    pay.payment.amount = 4_300
    differs = run(reconcile, day)
    assert differs.exit_code == 1
    assert "the ledger has £42, the provider £43" in differs.output


def run(command: Command, *arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def test_officer_who_pays_for_a_caller_uses_the_telephone(
    api: Api, pay: InProcessPay, request_id: str
) -> None:
    path, officer = f"/api/reports/{request_id}/payments", api.token("officer")
    assert api.post(path, {}, key="call", token=officer).status_code == 201
    assert pay.payment.moto


def test_page_of_the_telephone_is_not_handed_to_the_payer_nor_the_payers_to_the_officer(
    api: Api, pay: InProcessPay, request_id: str
) -> None:
    path, officer = f"/api/reports/{request_id}/payments", api.token("officer")
    by_phone = api.post(path, {}, key="call", token=officer).json_body
    online = begun(api, request_id)
    assert online["next_url"] != by_phone["next_url"] and not pay.payment.moto
    assert seen(api, by_phone)["state"] == "cancelled"
    again = api.post(path, {}, key="call again", token=officer).json_body
    assert again["next_url"] != online["next_url"] and pay.payment.moto
    assert seen(api, online)["state"] == "cancelled"
    assert "This payment was closed" in html(api, f"/forms/payments/{online['payment_id']}")
    pay.enter(again["next_url"], GOOD_CARD)
    assert "Payment received" in html(api, f"/forms/payments/{online['payment_id']}")


@pytest.mark.parametrize(("card", "told"), [("paid", "already paid"), ("taken", "being processed")])
def test_payment_that_cannot_be_cancelled_in_the_other_channel_is_told_as_it_is(
    api: Api, pay: InProcessPay, request_id: str, card: str, told: str
) -> None:
    online = begun(api, request_id)
    if card == "paid":
        pay.enter(online["next_url"], GOOD_CARD)
    else:
        pay.payment.status = "submitted"
    path, officer = f"/api/reports/{request_id}/payments", api.token("officer")
    refused = api.post(path, {}, key="call", token=officer)
    assert refused.status_code == 409 and told in refused.json_body["detail"]
    assert len(pay.service.payments) == 1


def test_payer_of_an_own_request_does_not_use_the_telephone(
    api: Api, pay: InProcessPay, request_id: str
) -> None:
    begun(api, request_id)
    assert not pay.payment.moto


@pytest.mark.usefixtures("pay")
@pytest.mark.parametrize(
    ("way", "sent", "paid_by"),
    [("waiver", {"reason": "Hardship"}, "waived"), ("receipt", {"number": "R 1024"}, "receipt")],
)
def test_officer_settles_a_request_without_a_card(
    api: Api, request_id: str, way: str, sent: dict[str, str], paid_by: str
) -> None:
    path, officer = f"/api/reports/{request_id}/{way}", api.token("officer")
    for _ in range(2):
        answer = api.post(path, sent, token=officer)
        assert answer.status_code == 200, answer.body
        order = answer.json_body["order"]
        assert (order["state"], order["paid_by"]) == ("settled", paid_by)
        assert order["receipt"] in sent.values()
    other = dict.fromkeys(sent, "Something else")
    assert api.post(path, other, token=officer).status_code == 409
    assert api.post(path, sent, token=api.token("crew")).status_code == 403
    log = api.get("/api/admin/audit", api.token("admin")).json_body["items"]
    [noted, *_] = [each for each in log if each["subject"] == request_id]
    assert (noted["action"], noted["details"]) == (
        "payments.waive" if way == "waiver" else "payments.take",
        paid_by,
    )


def test_request_that_was_paid_by_card_meanwhile_is_not_waived(
    api: Api, pay: InProcessPay, request_id: str
) -> None:
    pay.enter(begun(api, request_id)["next_url"], GOOD_CARD)
    answer = api.post(
        f"/api/reports/{request_id}/waiver", {"reason": "Hardship"}, token=api.token("officer")
    )
    assert answer.status_code == 409
    assert "already paid" in answer.json_body["detail"]
