"""A day of the ledger beside what the provider took and sent back."""

from datetime import timedelta

import pytest

from chalicelib.payments.ledger import Difference, Entry
from chalicelib.payments.model import Charge
from chalicelib.payments.reconciling import reconcile_latest
from chalicelib.payments.usecases import RefundRequest, check, pay, refund
from tests.support.builders import NOON
from tests.support.fakes_payments import PaymentsWorld

REQUEST = "ABC123"
DAY = NOON.date()


@pytest.fixture
def money() -> PaymentsWorld:
    money = PaymentsWorld()
    money.charges.save(
        Charge(service_request_id=REQUEST, amount_pence=4_200, fund="BULKY", description="Bulky")
    )
    pay(REQUEST, "en", money.ports())
    money.provider.take_card("p1")
    return money


def test_a_day_agrees_when_all_was_booked(money: PaymentsWorld) -> None:
    check(REQUEST, money.ports())
    assert money.reconcile(DAY).differences == ()


def test_a_payment_that_nobody_told_us_of_is_booked(money: PaymentsWorld) -> None:
    assert money.reconcile(DAY).differences == ()
    assert money.booked_pence() == {"payment:p1": 4_200}


def test_a_refund_at_the_providers_own_site_is_booked_although_all_was_settled(
    money: PaymentsWorld,
) -> None:
    check(REQUEST, money.ports())
    money.provider.refund(money.provider.get("p1"), 500, "elsewhere")
    money.provider.settle_refunds()
    assert money.reconcile(DAY).differences == ()
    assert money.booked_pence() == {"payment:p1": 4_200, "refund:p1-r1": -500}


def test_money_for_no_request_of_ours_is_a_difference(money: PaymentsWorld) -> None:
    check(REQUEST, money.ports())
    money.provider.references["p1"] = "INVOICE 7"
    money.entries().clear()
    assert money.reconcile(DAY).differences == (
        Difference(
            entry_id="payment:p1", ledger_pence=None, provider_pence=4_200, reference="INVOICE 7"
        ),
    )


def test_money_that_the_provider_does_not_have_or_has_otherwise_is_a_difference(
    money: PaymentsWorld,
) -> None:
    check(REQUEST, money.ports())
    [booked] = money.entries()
    money.entries()[:] = [entry_like(booked, "payment:p1", 4_100)]
    money.ledger.book(entry_like(booked, "payment:p9", 10))
    assert [
        (each.entry_id, each.ledger_pence, each.provider_pence)
        for each in money.reconcile(DAY).differences
    ] == [("payment:p1", 4_100, 4_200), ("payment:p9", 10, None)]


def refunded(money: PaymentsWorld, refund_id: str, pence: int) -> None:
    asked = RefundRequest(
        refund_id=refund_id, service_request_id=REQUEST, amount_pence=pence, reason="No", by=None
    )
    refund(asked, money.ports())


def test_a_refund_that_failed_is_a_difference_until_its_amount_goes_back(
    money: PaymentsWorld,
) -> None:
    check(REQUEST, money.ports())
    money.provider.refuses_refunds = True
    refunded(money, "r1", 500)
    money.provider.refuses_refunds = False
    owed = Difference(
        entry_id="refund:r1",
        ledger_pence=None,
        provider_pence=None,
        reference=REQUEST,
        refused_pence=500,
    )
    assert money.reconcile(DAY).differences == (owed,)
    for refund_id, pence, left in (("r2", 400, (owed,)), ("r3", 500, ())):
        refunded(money, refund_id, pence)
        assert money.reconcile(DAY).differences == (owed,)
        money.provider.settle_refunds()
        check(REQUEST, money.ports())
        assert money.reconcile(DAY).differences == left


def test_a_refund_that_the_bank_returned_is_a_difference(money: PaymentsWorld) -> None:
    check(REQUEST, money.ports())
    refunded(money, "r1", 500)
    money.provider.settle_refunds("error")
    check(REQUEST, money.ports())
    check(REQUEST, money.ports(), settled_too=True)
    assert [each.refused_pence for each in money.reconcile(DAY).differences] == [500]


def test_each_of_the_last_seven_days_is_compared_but_not_today(money: PaymentsWorld) -> None:
    days = [each.day for each in reconcile_latest(money.reconciling_ports())]
    assert days == [DAY - timedelta(days=n) for n in range(7, 0, -1)]


def entry_like(booked: Entry, entry_id: str, pence: int) -> Entry:
    return Entry(
        entry_id=entry_id,
        at=booked.at,
        amount_pence=pence,
        fund=booked.fund,
        service_request_id=booked.service_request_id,
        payment_id=booked.payment_id,
    )
