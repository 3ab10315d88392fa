"""Whatever is lost, late or repeated, and wherever the process ends: each penny is in the ledger
once, a paid request is fulfilled, and an unpaid one is not."""

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations, product

import pytest

from tests.support.effort import EXHAUSTIVE
from tests.support.fakes_payments import FAULTS, Faults
from tests.support.payment_stories import (
    PRICE,
    STORIES,
    Step,
    browser_returns,
    calls_of,
    card_page,
    new_money,
    payer_pays,
    problems,
    provider_notifies,
    schedule_runs,
    settle,
    told,
)


def test_every_fault_at_every_call_leaves_each_penny_once() -> None:
    for story in STORIES:
        for kind in FAULTS:
            for at in range(1, calls_of(story) + 1):
                money = told(story, Faults({at: kind}))
                found = f"{story.__name__}, {kind} at call {at}"
                assert problems(money) == [], found


@pytest.mark.skipif(not EXHAUSTIVE, reason="every pair of faults is exhaustive")
def test_every_pair_of_faults_leaves_each_penny_once() -> None:
    for story, kinds in product(STORIES, product(FAULTS, repeat=2)):
        for first, second in combinations(range(1, calls_of(story) + 10), 2):
            money = told(story, Faults(dict(zip((first, second), kinds, strict=True))))
            assert problems(money) == [], f"{story.__name__}, {kinds} at {first} and {second}"


def test_return_notification_and_schedule_may_come_in_any_order() -> None:
    """Each of them may also be missing, or come twice."""
    for order in orders_of_news():
        money = new_money()
        card_page(money)
        payer_pays(money)
        for news in order:
            news(money)
        settle(money)
        assert problems(money) == [], order
        assert money.booked() == {"payment:p1": PRICE}


def orders_of_news() -> Iterator[Sequence[Step]]:
    news = (browser_returns, provider_notifies, provider_notifies, schedule_runs)
    for length in range(len(news) + 1):
        yield from permutations(news, length)
