"""Two of those who change an order do so at once: however their calls are mixed, it ends in a
service or a refund."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import combinations, product

import pytest

from chalicelib.reports.ports import Ports
from tests.support.effort import EXHAUSTIVE
from tests.support.fakes_paid_orders import PaidOrder
from tests.support.fakes_payments import Faults
from tests.support.lockstep import Lockstep
from tests.support.paid_order_stories import (
    browser_returns,
    cancel,
    card_page,
    move,
    officer_cancels,
    officer_refunds,
    payer_pays,
    problems,
    receipt,
    stream_delivers,
    time_passes,
    waive,
    withdraw,
)

Act = Callable[[PaidOrder], None]
CALLS = 20
MORE_CALLS = 40
"""After so many calls of the one writer, the other makes so many; none makes more in all."""
TURNS = list(product(range(CALLS), range(MORE_CALLS) if EXHAUSTIVE else (2, 5, MORE_CALLS)))


def cancelled_and_delivered(of: PaidOrder) -> None:
    cancel(of)
    stream_delivers(of)


WRITERS: tuple[Act, ...] = (
    browser_returns,
    stream_delivers,
    cancel,
    cancelled_and_delivered,
    withdraw,
    waive,
    receipt,
    move,
)


LATER_WRITERS: tuple[Act, ...] = (cancel, officer_cancels, officer_refunds(500), move)
"""They change an order that is settled."""


def turns_of(first: int, second: int) -> Sequence[int]:
    """So many calls of the one, so many of the other, then all that is left."""
    return [0] * first + [1] * second + [0] * MORE_CALLS + [1] * MORE_CALLS


@pytest.mark.parametrize("writers", list(combinations(WRITERS, 2)))
def test_two_at_once_end_in_a_service_or_a_refund(writers: tuple[Act, Act], ports: Ports) -> None:
    at_once(writers, (card_page, payer_pays), ports)


@pytest.mark.parametrize("writers", list(combinations(LATER_WRITERS, 2)))
def test_two_who_change_a_settled_order_end_in_a_service_or_a_refund(
    writers: tuple[Act, Act], ports: Ports
) -> None:
    at_once(writers, (card_page, payer_pays, browser_returns, stream_delivers), ports)


def at_once(writers: Sequence[Act], before: Sequence[Act], ports: Ports) -> None:
    """Nothing is wrong after the two, however their calls are mixed."""
    for first, second in TURNS:
        of = PaidOrder(template=ports).ordered()
        for step in before:
            step(of)
        steps = Lockstep(turns_of(first, second))
        of.faults = Faults(through=steps.call)
        steps.run(*(partial(each, of) for each in writers))
        time_passes(of)
        assert problems(of) == [], (first, second)
