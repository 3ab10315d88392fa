"""Payments and refunds of the former provider after a council has changed it."""

from datetime import timedelta

import pytest

from chalicelib.errors import ProviderMissing
from chalicelib.payments.usecases import check, check_due, pay, refund
from tests.support.fakes_payments import PaymentsWorld
from tests.support.payment_stories import PRICE, REQUEST, new_money, stored_charge
from tests.unit.payments.test_usecases import refund_request


@pytest.fixture
def money() -> PaymentsWorld:
    return new_money()


def card_paid(money: PaymentsWorld) -> None:
    page = pay(REQUEST, "en", money.ports())
    money.provider.take_card(page.next_url.rpartition("/")[2])


def test_new_payment_names_the_provider_that_takes_new_payments(money: PaymentsWorld) -> None:
    card_paid(money)
    assert stored_charge(money).payments[0].provider == "govuk_pay"


def test_money_at_both_providers_is_booked_and_compared(money: PaymentsWorld) -> None:
    card_paid(money)
    former = money.provider
    money.switch_provider("stripe")
    refund(refund_request(1_000), money.ports())
    former.settle_refunds()
    check(REQUEST, money.ports())
    assert money.booked_pence() == {"payment:p1": PRICE, "refund:p1-r1": -1_000}
    assert money.reconcile(money.clock().date()).differences == ()


def test_failed_payment_at_the_former_provider_is_followed_by_one_at_the_new(
    money: PaymentsWorld,
) -> None:
    pay(REQUEST, "en", money.ports())
    money.provider.take_card("p1", "failed")
    money.switch_provider("stripe")
    card_paid(money)
    assert check(REQUEST, money.ports()).successful_payment
    assert [each.provider for each in stored_charge(money).payments] == ["govuk_pay", "stripe"]


def test_payment_that_the_former_provider_may_not_have_is_made_at_the_new_one(
    money: PaymentsWorld,
) -> None:
    money.provider.is_down_until = money.clock.now + timedelta(minutes=1)
    with pytest.raises(Exception, match="down"):
        pay(REQUEST, "en", money.ports())
    money.switch_provider("stripe", keeps_former=False)
    card_paid(money)
    assert check(REQUEST, money.ports()).successful_payment


def test_nothing_is_asked_of_the_new_provider_about_a_payment_at_a_former_one_without_a_key(
    money: PaymentsWorld,
) -> None:
    card_paid(money)
    new = money.switch_provider("stripe", keeps_former=False)
    with pytest.raises(ProviderMissing, match=r"made at GOV\.UK Pay, which is no longer set up"):
        check(REQUEST, money.ports())
    with pytest.raises(ProviderMissing):
        refund(refund_request(1_000), money.ports())
    assert new.payments == {} and stored_charge(money).refunds == ()


def test_officers_see_an_open_payment_whose_provider_is_missing_until_it_is_set_up_again(
    money: PaymentsWorld,
) -> None:
    card_paid(money)
    former = money.provider
    money.switch_provider("stripe", keeps_former=False)
    money.clock.now += timedelta(minutes=4)
    assert [*check_due(money.ports())] == [REQUEST]
    today = money.clock().date()
    (seen,) = money.reconcile(today).differences
    assert (seen.reference, seen.unchecked_pence) == (REQUEST, PRICE)
    money.providers["govuk_pay"] = former
    assert money.reconcile(today).differences == ()
    assert money.booked_pence() == {"payment:p1": PRICE}
