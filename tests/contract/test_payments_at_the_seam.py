"""Payments and refunds on DynamoDB: whatever the SDK sees of each of its calls, and in every order
of two writers, each penny is in the ledger once."""

from functools import partial

import pytest

from chalicelib.errors import AppError
from chalicelib.payments.usecases import RefundRequest, pay, refund
from tests.support.effort import sample
from tests.support.fakes_payments import Money
from tests.support.payment_stories import (
    REQUEST,
    STORIES,
    card_page,
    charged,
    payer_pays,
    problems,
    provider_notifies,
    settle,
    stored,
    told_with,
)
from tests.support.seam import every_interleaving, record
from tests.support.stores_of_orders import FAULTS, on_dynamo

pytestmark = pytest.mark.usefixtures("cloud")


def new_money() -> Money:
    """A charge that nobody has paid, alone in the tables."""
    return charged(on_dynamo(Money()))


@pytest.mark.parametrize("kind", FAULTS)
def test_every_fault_at_every_call_to_aws_leaves_each_penny_once(kind: str) -> None:
    for story in sample(STORIES, 1):
        money = new_money()
        with record() as made:
            told_with(money, story)
        assert problems(money) == []
        for nth in sample(range(1, len(made) + 1), 6):
            money = new_money()
            with FAULTS[kind](nth) as struck:
                told_with(money, story)
            assert struck and problems(money) == [], f"{story.__name__}, {kind} at call {nth}"


def test_two_payers_at_once_get_one_card_page() -> None:
    for interleaving in every_interleaving(at_most=300):
        money = new_money()
        click = partial(pay, REQUEST, "en", money.ports())
        one, other = interleaving.run(click, click)
        assert one == other, interleaving.turns
        assert len(stored(money).payments) == 1, interleaving.turns
        payer_pays(money)
        settle(money)
        assert problems(money) == [], interleaving.turns


def test_two_officers_at_once_do_not_refund_more_than_was_paid() -> None:
    for interleaving in every_interleaving(at_most=300):
        money = new_money()
        for step in (card_page, payer_pays, provider_notifies):
            step(money)
        interleaving.run(*(partial(sent_back, each, money) for each in ("one", "other")))
        settle(money)
        assert problems(money) == [], interleaving.turns
        assert stored(money).refunded_pence == 3_000, interleaving.turns


def sent_back(officer: str, money: Money) -> None:
    """An officer refunds most of it, or is told that somebody else did."""
    asked = RefundRequest(
        refund_id=officer,
        service_request_id=REQUEST,
        amount_pence=3_000,
        reason="Cancelled",
        by=officer,
    )
    try:
        refund(asked, money.ports())
    except AppError:
        return
