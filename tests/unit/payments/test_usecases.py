"""Paying, checking and refunding when nothing goes wrong, and what is refused."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.errors import Conflict, Invalid, NoReply, UpstreamFailed
from chalicelib.payments.checking import next_check
from chalicelib.payments.model import Charge, Payment
from chalicelib.payments.ports import ProviderRefund
from chalicelib.payments.usecases import RefundRequest, check, check_due, pay, refund
from tests.support.builders import NOON
from tests.support.fakes_payments import Faults, PaymentsWorld
from tests.support.payment_stories import PRICE, refund_of, stored_charge

REQUEST = "ABC123"


@pytest.fixture
def money() -> PaymentsWorld:
    money = PaymentsWorld()
    money.charges.save(
        Charge(
            service_request_id=REQUEST,
            amount_pence=4_200,
            vat_pence=700,
            fund="BULKY",
            description="Bulky",
        )
    )
    return money


def card_paid(money: PaymentsWorld) -> None:
    page = pay(REQUEST, "en", money.ports())
    money.provider.take_card(page.next_url.rpartition("/")[2])


def refund_request(pence: int, refund_id: str = "r1") -> RefundRequest:
    return RefundRequest(
        refund_id=refund_id,
        service_request_id=REQUEST,
        amount_pence=pence,
        reason="Cancelled",
        by="officer",
    )


def no_reply(*_: object, **__: object) -> ProviderRefund:
    raise NoReply("It did not answer.")


def not_sent(*_: object, **__: object) -> ProviderRefund:
    raise UpstreamFailed("It was not sent.")


def test_a_request_without_a_charge_cannot_be_paid() -> None:
    with pytest.raises(Conflict, match="nothing to pay"):
        pay(REQUEST, "en", PaymentsWorld().ports())


def test_the_same_page_is_shown_again_until_the_payment_ends(money: PaymentsWorld) -> None:
    first = pay(REQUEST, "en", money.ports())
    assert pay(REQUEST, "en", money.ports()) == first


def test_online_page_stays_when_the_provider_takes_no_cards_on_the_telephone(
    money: PaymentsWorld,
) -> None:
    first = pay(REQUEST, "en", money.ports())
    money.provider.takes_phone = False
    with pytest.raises(Conflict, match="telephone"):
        pay(REQUEST, "en", money.ports(), is_by_phone=True)
    assert pay(REQUEST, "en", money.ports()) == first


def test_payment_in_the_other_channel_whose_page_nobody_can_have_seen_is_given_up(
    money: PaymentsWorld,
) -> None:
    money.provider.is_down_until = NOON + timedelta(minutes=1)
    with pytest.raises(UpstreamFailed):
        pay(REQUEST, "en", money.ports())
    money.provider.is_down_until = NOON
    pay(REQUEST, "en", money.ports(), is_by_phone=True)
    channels = [(each.is_by_phone, each.state) for each in stored_charge(money).payments]
    assert channels == [(False, "cancelled"), (True, "created")]


def test_a_new_payment_follows_one_that_was_refused(money: PaymentsWorld) -> None:
    first = pay(REQUEST, "en", money.ports())
    money.provider.take_card("p1", "failed")
    second = pay(REQUEST, "en", money.ports())
    assert (first.payment_id, second.payment_id) == ("ABC123-1", "ABC123-2")
    assert [each.failure for each in check(REQUEST, money.ports()).payments] == ["declined", None]


def test_a_paid_request_cannot_be_paid_again(money: PaymentsWorld) -> None:
    card_paid(money)
    with pytest.raises(Conflict, match="already paid"):
        pay(REQUEST, "en", money.ports())


def test_a_payment_that_is_being_processed_has_no_page(money: PaymentsWorld) -> None:
    pay(REQUEST, "en", money.ports())
    money.provider.take_card("p1", "submitted")
    with pytest.raises(Conflict, match="being processed"):
        pay(REQUEST, "en", money.ports())


def test_a_payment_is_booked_to_its_fund_on_the_day_the_provider_created_it(
    money: PaymentsWorld,
) -> None:
    card_paid(money)
    money.clock.now += timedelta(days=1)
    check(REQUEST, money.ports())
    [entry] = money.entries()
    assert (entry.amount_pence, entry.fund, entry.at) == (4_200, "BULKY", NOON)


@pytest.mark.parametrize("other", [{"amount_pence": 4_199}, {"reference": "OTHER"}])
def test_a_payment_of_another_amount_or_request_is_neither_booked_nor_fulfilled(
    money: PaymentsWorld, other: dict[str, Any]
) -> None:
    card_paid(money)
    right = money.provider.payments["p1"]
    money.provider.payments["p1"] = replace(right, **other)
    with pytest.raises(UpstreamFailed, match=r"another payment|and the price is"):
        check(REQUEST, money.ports())
    assert (money.entries(), money.fulfilled_at) == ([], [])
    money.provider.payments["p1"] = right
    assert check(REQUEST, money.ports()).successful_payment


def test_a_card_page_of_another_amount_is_not_shown(money: PaymentsWorld) -> None:
    create = money.provider.create
    money.provider.create = lambda new: create(  # type: ignore[method-assign]
        replace(new, amount_pence=new.amount_pence + 1)
    )
    with pytest.raises(UpstreamFailed, match=r"another payment|and the price is"):
        pay(REQUEST, "en", money.ports())


def test_an_earlier_state_that_arrives_late_changes_nothing(money: PaymentsWorld) -> None:
    pay(REQUEST, "en", money.ports())
    money.provider.take_card("p1", "submitted")
    submitted = check(REQUEST, money.ports())
    money.provider.payments["p1"] = replace(money.provider.payments["p1"], state="started")
    assert check(REQUEST, money.ports()) == submitted


def test_a_refund_is_booked_when_the_money_has_gone(money: PaymentsWorld) -> None:
    card_paid(money)
    sent = refund(refund_request(1_000), money.ports())
    assert [each.state for each in sent.refunds] == ["submitted"]
    assert list(money.booked_pence()) == ["payment:p1"]
    money.provider.settle_refunds()
    check(REQUEST, money.ports())
    assert money.booked_pence() == {"payment:p1": 4_200, "refund:p1-r1": -1_000}


def test_only_a_payment_says_its_vat(money: PaymentsWorld) -> None:
    card_paid(money)
    refund(refund_request(1_000), money.ports())
    money.provider.settle_refunds()
    check(REQUEST, money.ports())
    assert [each.vat_pence for each in money.entries()] == [700, None]


def test_a_refund_that_the_bank_returns_is_not_booked(money: PaymentsWorld) -> None:
    card_paid(money)
    refund(refund_request(1_000), money.ports())
    money.provider.settle_refunds("error")
    assert check(REQUEST, money.ports()).refunded_pence == 0
    assert money.booked_pence() == {"payment:p1": 4_200}


def test_refund_that_comes_back_from_the_bank_after_it_succeeded_has_failed(
    money: PaymentsWorld,
) -> None:
    card_paid(money)
    refund(refund_request(1_000), money.ports())
    money.provider.settle_refunds()
    check(REQUEST, money.ports())
    paid = money.provider.payments["p1"]
    returned = tuple(replace(each, state="error") for each in paid.refunds)
    money.provider.payments["p1"] = replace(paid, refunds=returned)
    check(REQUEST, money.ports())
    charge = check(REQUEST, money.ports(), settled_too=True)
    assert (charge.refunded_pence, charge.failed_refund_pence) == (0, 1_000)
    assert [each.refused_pence for each in money.failed_refunds] == [1_000]


def test_refunds_that_failed_are_owed_until_their_amount_is_sent_again(
    money: PaymentsWorld,
) -> None:
    card_paid(money)
    money.provider.refuses_refunds = True
    for number, pence in enumerate((1_000, 1_000, 500)):
        refund(refund_request(pence, f"failed {number}"), money.ports())
    assert stored_charge(money).failed_refund_pence == 1_500
    money.provider.refuses_refunds = False
    refund(refund_request(1_000, "again"), money.ports())
    assert stored_charge(money).failed_refund_pence == 500
    refund(refund_request(3_200, "all"), money.ports())
    assert stored_charge(money).failed_refund_pence == 0


def test_a_refund_that_the_provider_refuses_for_good_has_failed(money: PaymentsWorld) -> None:
    card_paid(money)
    money.provider.refuses_refunds = True
    charge = refund(refund_request(1_000), money.ports())
    assert [each.state for each in charge.refunds] == ["error"]
    money.provider.refuses_refunds = False
    assert refund(refund_request(1_000, "r2"), money.ports()).refunded_pence == 1_000


def test_the_same_refund_twice_goes_out_once(money: PaymentsWorld) -> None:
    card_paid(money)
    refund(refund_request(1_000), money.ports())
    charge = refund(refund_request(1_000), money.ports())
    assert charge.refunded_pence == 1_000


@pytest.mark.parametrize("pence", [0, -5, 4_201])
def test_a_refund_is_more_than_nothing_and_at_most_what_was_paid(
    money: PaymentsWorld, pence: int
) -> None:
    card_paid(money)
    with pytest.raises(Invalid, match=r"Enter an amount of at most £42"):
        refund(refund_request(pence), money.ports())


def test_refunds_together_are_at_most_what_was_paid(money: PaymentsWorld) -> None:
    card_paid(money)
    refund(refund_request(4_000), money.ports())
    with pytest.raises(Invalid, match=r"at most £2"):
        refund(refund_request(201, "r2"), money.ports())


def test_money_is_booked_although_another_refund_cannot_be_sent(money: PaymentsWorld) -> None:
    card_paid(money)
    refund(refund_request(1_000), money.ports())
    money.provider.refund = no_reply  # type: ignore[method-assign]
    refund(refund_request(500, "r2"), money.ports())
    money.provider.settle_refunds()
    money.provider.refund = not_sent  # type: ignore[method-assign]
    with pytest.raises(UpstreamFailed):
        check(REQUEST, money.ports())
    assert money.booked_pence() == {"payment:p1": 4_200, "refund:p1-r1": -1_000}


def test_a_second_refund_waits_until_the_first_has_arrived(money: PaymentsWorld) -> None:
    card_paid(money)
    check(REQUEST, money.ports())
    money.provider.refund = no_reply  # type: ignore[method-assign]
    refund(refund_request(1_000), money.ports())
    with pytest.raises(Conflict, match="Another refund is being sent"):
        refund(refund_request(500, "r2"), money.ports())


def test_refund_that_did_not_arrive_is_not_sent_after_one_at_the_providers_own_site(
    money: PaymentsWorld,
) -> None:
    card_paid(money)
    check(REQUEST, money.ports())
    sent = money.provider.refund
    money.provider.refund = no_reply  # type: ignore[method-assign]
    refund(refund_request(1_000), money.ports())
    money.provider.refund = sent  # type: ignore[method-assign]
    sent(money.provider.get("p1"), 500, "elsewhere")
    charge = check(REQUEST, money.ports())
    assert [(each.amount_pence, each.state) for each in charge.refunds] == [
        (1_000, "error"),
        (500, "submitted"),
    ]


def test_nothing_can_be_refunded_before_something_is_paid(money: PaymentsWorld) -> None:
    pay(REQUEST, "en", money.ports())
    with pytest.raises(Conflict, match="Nothing was paid"):
        refund(refund_request(1_000), money.ports())


def test_an_unfinished_payment_is_checked_at_3_15_60_and_95_minutes_then_hourly(
    money: PaymentsWorld,
) -> None:
    pay(REQUEST, "en", money.ports())
    money.provider.take_card("p1", "submitted")
    charge = check(REQUEST, money.ports())
    minutes = []
    at = NOON
    while (following := next_check(charge, at)) is not None:
        at = following
        minutes.append((at - NOON) / timedelta(minutes=1))
    assert minutes[:6] == [3, 15, 60, 95, 155, 215]
    assert at - NOON <= timedelta(days=7) < at - NOON + timedelta(hours=1)


def test_a_settled_charge_is_not_checked_again(money: PaymentsWorld) -> None:
    card_paid(money)
    assert check(REQUEST, money.ports()).check_at is None
    assert check_due(money.ports()) == {}


def test_a_charge_that_cannot_be_checked_does_not_stop_the_others(money: PaymentsWorld) -> None:
    pay(REQUEST, "en", money.ports())
    money.charges.save(
        Charge(service_request_id="OTHER", amount_pence=1, fund="BULKY", description="Bulky")
    )
    pay("OTHER", "en", money.ports())
    money.provider.take_card("p2")
    money.clock.now += timedelta(minutes=4)
    money.faults = Faults({3: "request lost"})
    assert list(check_due(money.ports())) == [REQUEST]
    assert money.booked_pence() == {"payment:p2": 1}
    assert money.charges.list_due(money.clock.now) == []
    assert money.charges.list_due(money.clock.now + timedelta(minutes=1)) == [REQUEST]


def test_paid_charge_is_fulfilled_though_a_hundred_before_it_cannot_be_checked(
    money: PaymentsWorld,
) -> None:
    for number in range(100):
        before = Payment(payment_id=f"b{number}", asked_at=NOON, provider_id=f"gone-{number}")
        money.charges.save(
            Charge(
                service_request_id=f"BEFORE{number}",
                amount_pence=1,
                fund="BULKY",
                description="Bulky",
                payments=(before,),
                check_at=NOON,
            )
        )
    pay(REQUEST, "en", money.ports())
    money.provider.take_card("p1")
    money.clock.now += timedelta(minutes=4)
    assert len(check_due(money.ports())) == 100
    assert check_due(money.ports()) == {}
    assert money.booked_pence() == {"payment:p1": PRICE}


def test_failed_checks_are_repeated_later_and_later_until_an_officer_sees_their_end(
    money: PaymentsWorld,
) -> None:
    pay(REQUEST, "en", money.ports())
    money.provider.is_down_until = NOON + timedelta(days=30)
    minutes = []
    while (at := stored_charge(money).check_at) is not None:
        money.clock.now = at
        minutes.append((at - NOON) // timedelta(minutes=1))
        assert [*check_due(money.ports())] == [REQUEST]
    assert minutes[:7] == [3, 4, 6, 10, 18, 33, 48]
    assert 6.9 < minutes[-1] / 60 / 24 < 7.1
    (ended,) = money.ended_checks
    assert (ended.reference, ended.unchecked_pence) == (REQUEST, PRICE)
    money.provider.is_down_until = NOON
    assert money.reconcile(money.clock.now.date()).differences == ()


def test_officer_sees_a_refund_that_the_provider_never_settles(money: PaymentsWorld) -> None:
    card_paid(money)
    refund_of(500, "r1")(money)
    while (at := stored_charge(money).check_at) is not None:
        money.clock.now = at
        check_due(money.ports())
    assert [each.unchecked_pence for each in money.ended_checks] == [PRICE]


def test_a_request_is_given_up_95_minutes_after_the_last_payment_was_refused(
    money: PaymentsWorld,
) -> None:
    pay(REQUEST, "en", money.ports())
    money.provider.take_card("p1", "failed")
    check(REQUEST, money.ports())
    money.clock.now = NOON + timedelta(minutes=95)
    assert money.given_up_at == []
    assert check_due(money.ports()) == {}
    assert money.given_up_at == [money.clock.now]
    assert check(REQUEST, money.ports()).check_at is None
