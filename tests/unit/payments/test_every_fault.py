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
    calls_of,
    enter_good_card,
    find_problems,
    new_money,
    notify,
    open_card_page,
    return_browser,
    run_schedule,
    run_schedule_for_days,
    run_story,
)


def test_every_fault_at_every_call_leaves_each_penny_once() -> None:
    for story in STORIES:
        for kind in FAULTS:
            for at in range(1, calls_of(story) + 1):
                money = run_story(story, Faults({at: kind}))
                found = f"{story.__name__}, {kind} at call {at}"
                assert find_problems(money) == [], found


@pytest.mark.skipif(not EXHAUSTIVE, reason="every pair of faults is exhaustive")
def test_every_pair_of_faults_leaves_each_penny_once() -> None:
    for story, kinds in product(STORIES, product(FAULTS, repeat=2)):
        for first, second in combinations(range(1, calls_of(story) + 10), 2):
            money = run_story(story, Faults(dict(zip((first, second), kinds, strict=True))))
            assert find_problems(money) == [], f"{story.__name__}, {kinds} at {first} and {second}"


def test_return_notification_and_schedule_may_come_in_any_order() -> None:
    """Each of them may also be missing, or come twice."""
    for order in orders_of_news():
        money = new_money()
        open_card_page(money)
        enter_good_card(money)
        for news in order:
            news(money)
        run_schedule_for_days(money)
        assert find_problems(money) == [], order
        assert money.booked_pence() == {"payment:p1": PRICE}


def orders_of_news() -> Iterator[Sequence[Step]]:
    news = (return_browser, notify, notify, run_schedule)
    for length in range(len(news) + 1):
        yield from permutations(news, length)
