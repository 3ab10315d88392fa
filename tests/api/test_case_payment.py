"""What officers see and do about the payment of a case."""

from typing import Any

import pytest

from chalicelib.accounts.model import Grant
from chalicelib.accounts.usecases.rate_limits import HOURLY
from chalicelib.bootstrap.accounts import hourly
from chalicelib.bootstrap.payments import charges
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.kernel.time import utc_now
from chalicelib.payments.ledger import Difference, Reconciliation
from tests.api.conftest import Api
from tests.support.builders import draft_body
from tests.support.moment import TODAY
from tests.support.paying import GOOD_CARD, PENCE, InProcessPay


def payment(api: Api, request_id: str) -> dict[str, Any]:
    answer = api.get(f"/api/cases/{request_id}/payment", api.token("officer"))
    assert answer.status_code == 200, answer.body
    found: dict[str, Any] = answer.json_body
    return found


def paid_by_phone(api: Api, pay: InProcessPay, request_id: str) -> str:
    """An officer takes a card on the telephone. Returns: the id of the payment."""
    begun = api.post(f"/api/reports/{request_id}/payments", {}, token=api.token("officer"))
    assert begun.status_code == 201, begun.body
    pay.enter(begun.json_body["next_url"], GOOD_CARD)
    payment_id = str(begun.json_body["payment_id"])
    assert api.get(f"/api/payments/{payment_id}").json_body["state"] == "success"
    return payment_id


def refund(api: Api, payment_id: str, officer: str, **body: Any) -> Any:
    token = api.token("officer", officer)
    draft = {"reason": "Not collected", **body}
    return api.post(f"/api/payments/{payment_id}/refunds", draft, key=officer, token=token)


def test_unpaid_case_can_be_paid_in_three_ways_and_a_paid_one_refunded(
    api: Api, pay: InProcessPay, request_id: str
) -> None:
    before = payment(api, request_id)
    assert before["may"] == ["telephone", "receipt", "waive"] and before["payment_id"] is None
    payment_id = paid_by_phone(api, pay, request_id)
    known = {"payment_id": payment_id, "failed_refund_pence": 0}
    after = known | {"refunded_pence": 0, "left_pence": PENCE, "may": ["refund"]}
    assert payment(api, request_id) == after
    assert refund(api, payment_id, "one", amount_pence=PENCE).status_code == 201
    nothing = known | {"refunded_pence": PENCE, "left_pence": 0, "may": []}
    assert payment(api, request_id) == nothing


def test_waived_case_has_nothing_left_to_do_and_says_who_waived_it(
    api: Api, request_id: str
) -> None:
    path, officer = f"/api/reports/{request_id}/waiver", api.token("officer")
    assert api.post(path, {"reason": "Hardship"}, token=officer).status_code == 200
    assert payment(api, request_id)["may"] == []
    history = api.get(f"/api/cases/{request_id}", officer).json_body["history"]
    assert [each["action"] for each in history] == ["Waived the payment"]


def test_order_of_a_case_can_be_cancelled_until_it_is(api: Api, request_id: str) -> None:
    officer, path = api.token("officer"), f"/api/cases/{request_id}"
    assert "cancel_order" in api.get(path, officer).json_body["may"]
    cancelled = api.post(f"/api/reports/{request_id}/booking/cancellation", {}, token=officer)
    assert cancelled.status_code == 200
    assert "cancel_order" not in api.get(path, officer).json_body["may"]


def test_sender_does_not_see_what_the_officer_noted_about_the_order(
    api: Api, request_id: str
) -> None:
    path, officer = f"/api/reports/{request_id}", api.token("officer")
    waived = api.post(f"{path}/waiver", {"reason": "Rude on the telephone"}, token=officer)
    assert waived.json_body["order"]["receipt"] == "Rude on the telephone"
    assert waived.json_body["order"]["fund"] == "BULKY"
    assert api.post(f"{path}/booking/cancellation", {}, token=officer).status_code == 200
    token = reports_ports().ids.link_token(request_id)
    cancelled = api.post(f"{path}/booking/cancellation?token={token}", {})
    assert cancelled.status_code == 200, cancelled.body
    order = cancelled.json_body["order"]
    assert order["state"] == "cancelled" and order["paid_by"] == "waived"
    assert not {"receipt", "fund", "is_to_fulfil", "is_concession"} & order.keys()
    assert "Rude" not in cancelled.body.decode()


def test_case_without_a_price_has_nothing_to_do(api: Api) -> None:
    sent = api.post("/api/reports", draft_body(), key="free").json_body
    assert payment(api, sent["service_request_id"])["may"] == []


def test_two_officers_who_send_the_same_part_back_send_it_once(
    api: Api, pay: InProcessPay, request_id: str
) -> None:
    payment_id = paid_by_phone(api, pay, request_id)
    part = {"amount_pence": 1_000, "refunded_pence": 0}
    assert refund(api, payment_id, "one", **part).status_code == 201
    again = refund(api, payment_id, "two", **part)
    assert again.status_code == 409 and "Look again at what is left" in again.json_body["detail"]
    assert refund(api, payment_id, "one", **part).status_code == 201
    assert pay.refunded_pence == 1_000
    assert payment(api, request_id)["left_pence"] == PENCE - 1_000


@pytest.mark.usefixtures("pay")
def test_rate_limits_do_not_stop_a_card_on_the_telephone(
    api: Api, request_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for scope in HOURLY:
        monkeypatch.setitem(hourly(), scope, 1)
    officer, path = api.token("officer"), f"/api/reports/{request_id}/payments"
    answers = [api.post(path, {}, token=officer) for _ in range(3)]
    assert [each.status_code for each in answers] == [201, 201, 201]


def test_case_of_a_request_without_a_place_says_so(api: Api) -> None:
    answers = {"what": "The crew was kind."}
    body = {"service_code": "compliment", "description": "Thank you", "attributes": answers}
    sent = api.post("/api/reports", body, key="thanks").json_body
    case = api.get(f"/api/cases/{sent['service_request_id']}", api.token("officer")).json_body
    assert case["placeless"] is True


def test_officer_of_another_team_does_not_see_the_payment_of_a_case(
    api: Api, request_id: str
) -> None:
    elsewhere = api.staff("elsewhere", Grant(role="officer", teams=("parks",)))
    assert api.get(f"/api/cases/{request_id}/payment", elsewhere).status_code == 403


def test_officer_of_another_team_refunds_nothing_and_sees_none_of_its_money(
    api: Api, pay: InProcessPay, request_id: str
) -> None:
    payment_id = paid_by_phone(api, pay, request_id)
    elsewhere = api.staff("elsewhere", Grant(role="officer", teams=("parks",)))
    here = api.staff("here", Grant(role="officer", teams=("highways",)))
    draft = {"reason": "Not collected", "amount_pence": 100}
    path = f"/api/payments/{payment_id}/refunds"
    assert api.post(path, draft, key="elsewhere", token=elsewhere).status_code == 403
    assert pay.refunded_pence == 0
    ledger = f"/api/ledger?day={TODAY}"
    seen = [api.get(ledger, token).json_body for token in (elsewhere, here, api.token("officer"))]
    assert [len(each["items"]) for each in seen] == [0, 1, 1]
    assert [len(each["funds"]) for each in seen] == [0, 1, 1]
    assert api.post(path, draft, key="here", token=here).status_code == 201


def test_difference_of_another_teams_payment_is_not_shown(api: Api, request_id: str) -> None:
    lost = Difference(
        entry_id="payment:1", ledger_pence=None, provider_pence=500, reference=request_id
    )
    charges().save_reconciliation(Reconciliation(day=TODAY, at=utc_now(), differences=(lost,)))
    elsewhere = api.staff("elsewhere", Grant(role="officer", teams=("parks",)))
    for token, count in ((elsewhere, 0), (api.token("officer"), 1)):
        (found,) = api.get(f"/api/ledger?day={TODAY}", token).json_body["reconciled"]
        assert len(found["differences"]) == count
