"""Payments and refunds on DynamoDB: whatever the SDK sees of each of its calls, and in every order
of two writers, each penny is in the ledger once."""

from functools import partial

import pytest

from chalicelib.errors import AppError
from chalicelib.payments.usecases import RefundRequest, pay, refund
from tests.support.effort import sample
from tests.support.fakes_payments import PaymentsWorld
from tests.support.payment_stories import (
    REQUEST,
    STORIES,
    enter_good_card,
    find_problems,
    notify,
    open_card_page,
    run_schedule_for_days,
    run_story_with,
    stored_charge,
    with_charge,
)
from tests.support.seam import every_interleaving, record_tries
from tests.support.stores_of_orders import FAULTS, use_dynamo

pytestmark = pytest.mark.usefixtures("cloud")


def new_money() -> PaymentsWorld:
    """A charge that nobody has paid, alone in the tables."""
    return with_charge(use_dynamo(PaymentsWorld()))


@pytest.mark.parametrize("kind", FAULTS)
def test_every_fault_at_every_call_to_aws_leaves_each_penny_once(kind: str) -> None:
    for story in sample(STORIES, 1):
        money = new_money()
        with record_tries() as made:
            run_story_with(money, story)
        assert find_problems(money) == []
        for nth in sample(range(1, len(made) + 1), 6):
            money = new_money()
            with FAULTS[kind](nth) as struck:
                run_story_with(money, story)
            assert struck and find_problems(money) == [], f"{story.__name__}, {kind} at call {nth}"


def test_two_payers_at_once_get_one_card_page() -> None:
    for interleaving in every_interleaving(at_most=300):
        money = new_money()
        click = partial(pay, REQUEST, "en", money.ports())
        one, other = interleaving.run(click, click)
        assert one == other, interleaving.turns
        assert len(stored_charge(money).payments) == 1, interleaving.turns
        enter_good_card(money)
        run_schedule_for_days(money)
        assert find_problems(money) == [], interleaving.turns


def test_two_officers_at_once_do_not_refund_more_than_was_paid() -> None:
    for interleaving in every_interleaving(at_most=300):
        money = new_money()
        for step in (open_card_page, enter_good_card, notify):
            step(money)
        interleaving.run(*(partial(sent_back, each, money) for each in ("one", "other")))
        run_schedule_for_days(money)
        assert find_problems(money) == [], interleaving.turns
        assert stored_charge(money).refunded_pence == 3_000, interleaving.turns


def sent_back(officer: str, money: PaymentsWorld) -> None:
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
