"""A refund that failed for good is an officer's case, and no page promises the money."""

from typing import Any

import pytest

from chalicelib.accounts.model import Grant
from chalicelib.bootstrap.payments import charges, order_ports
from chalicelib.bootstrap.reports import reports_ports
from tests.api.conftest import Api
from tests.api.test_case_payment import paid_by_phone, payment, refund
from tests.api.test_changed_provider import Deploy, before, deploy
from tests.api.test_payments import html
from tests.support.moment import TODAY
from tests.support.paying import PENCE, InProcessPay

__all__ = ["before", "deploy"]
FAILED = "We could not send £42 back to your card."


def bank_returns_refunds(pay: InProcessPay) -> None:
    """The bank sends the submitted refunds back."""
    for each in pay.payment.refunds:
        each.status = "error"


def case(api: Api, request_id: str) -> dict[str, Any]:
    found: dict[str, Any] = api.get(f"/api/cases/{request_id}", api.token("officer")).json_body
    return found


@pytest.fixture
def refunded(api: Api, pay: InProcessPay, request_id: str) -> str:
    """A payment whose refund the bank sent back, before anybody knows. Returns: its id."""
    payment_id = paid_by_phone(api, pay, request_id)
    assert refund(api, payment_id, "one", amount_pence=PENCE).status_code == 201
    bank_returns_refunds(pay)
    return payment_id


def test_failed_refund_is_a_case_until_the_money_is_sent_again(
    api: Api, pay: InProcessPay, request_id: str, refunded: str
) -> None:
    assert case(api, request_id)["attention"] is None
    for _ in range(2):
        api.get(f"/api/payments/{refunded}")
    seen = case(api, request_id)
    assert seen["attention"] == "refund_failed"
    assert [(each["reason"], each["why"]) for each in seen["needs"]] == [("refund_failed", "£42")]
    queue = api.get("/api/cases?attention=refund_failed", api.token("officer")).json_body
    assert [each["service_request_id"] for each in queue["items"]] == [request_id]
    money = payment(api, request_id)
    assert (money["failed_refund_pence"], money["left_pence"]) == (PENCE, PENCE)
    assert refund(api, refunded, "two", amount_pence=PENCE).status_code == 201
    assert case(api, request_id)["attention"] is None
    assert payment(api, request_id)["failed_refund_pence"] == 0


def test_ledger_of_today_shows_a_failed_refund_until_it_is_sent_again(
    api: Api, pay: InProcessPay, request_id: str, refunded: str
) -> None:
    api.get(f"/api/payments/{refunded}")
    elsewhere = api.staff("elsewhere", Grant(role="officer", teams=("parks",)))
    path, officer = f"/api/ledger?day={TODAY}", api.token("officer")
    assert api.get(path, elsewhere).json_body["unresolved"] == []
    (day,) = api.get(path, officer).json_body["unresolved"]
    (seen,) = day["differences"]
    found = (day["day"], seen["reference"], seen["refused_pence"])
    assert found == (f"{TODAY}", request_id, PENCE)
    assert refund(api, refunded, "two", amount_pence=PENCE).status_code == 201
    pay.service.settle_refunds()
    api.get(f"/api/payments/{refunded}")
    assert api.get(path, officer).json_body["unresolved"] == []


def test_resident_is_told_that_the_money_did_not_come(
    api: Api, request_id: str, refunded: str
) -> None:
    page = f"/forms/payments/{refunded}"
    told = html(api, page)
    assert FAILED in told and "We have sent" not in told
    report = reports_ports().repository.get(request_id)
    texts = [each.text for each in report.updates] if report else []
    assert texts[-1] == f"{FAILED} We'll say here what happens next."


def test_cancelled_order_of_a_provider_that_is_no_longer_set_up_is_a_case(
    api: Api, pay: InProcessPay, request_id: str, deploy: Deploy
) -> None:
    paid_by_phone(api, pay, request_id)
    deploy("over")
    for _ in range(2):
        order_ports().refund(request_id, PENCE)
    seen = case(api, request_id)
    assert [(each["reason"], each["why"]) for each in seen["needs"]] == [("refund_failed", "£42")]
    stored = charges().get(request_id)
    assert stored and stored.refunds == ()
