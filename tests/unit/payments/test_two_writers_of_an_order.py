"""Two of those who change an order do so at once: however their calls are mixed, it ends in a
service or a refund."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import combinations, product

import pytest

from chalicelib.reports.ports import Ports
from tests.support.effort import EXHAUSTIVE
from tests.support.fakes_paid_orders import PaidOrder
from tests.support.fakes_payments import Faults
from tests.support.lockstep import Lockstep
from tests.support.paid_order_stories import (
    cancel,
    cancel_as_officer,
    deliver_stream,
    enter_good_card,
    find_problems,
    move,
    open_card_page,
    pass_eight_days,
    record_receipt,
    refund_as_officer,
    return_browser,
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
    deliver_stream(of)


WRITERS: tuple[Act, ...] = (
    return_browser,
    deliver_stream,
    cancel,
    cancelled_and_delivered,
    withdraw,
    waive,
    record_receipt,
    move,
)


LATER_WRITERS: tuple[Act, ...] = (cancel, cancel_as_officer, refund_as_officer(500), move)
"""They change an order that is settled."""


def turns_of(first: int, second: int) -> Sequence[int]:
    """So many calls of the one, so many of the other, then all that is left."""
    return [0] * first + [1] * second + [0] * MORE_CALLS + [1] * MORE_CALLS


@pytest.mark.parametrize("writers", list(combinations(WRITERS, 2)))
def test_two_at_once_end_in_a_service_or_a_refund(writers: tuple[Act, Act], ports: Ports) -> None:
    assert problems_at_once(writers, (open_card_page, enter_good_card), ports) == {}


@pytest.mark.parametrize("writers", list(combinations(LATER_WRITERS, 2)))
def test_two_who_change_a_settled_order_end_in_a_service_or_a_refund(
    writers: tuple[Act, Act], ports: Ports
) -> None:
    before = (open_card_page, enter_good_card, return_browser, deliver_stream)
    assert problems_at_once(writers, before, ports) == {}


def problems_at_once(
    writers: Sequence[Act], before: Sequence[Act], ports: Ports
) -> Mapping[tuple[int, int], Sequence[str]]:
    """What is wrong after the two, by the numbers of calls after which they take turns."""
    found = {turn: _problems_after(turn, writers, before, ports) for turn in TURNS}
    return {turn: problems for turn, problems in found.items() if problems}


def _problems_after(
    turn: tuple[int, int], writers: Sequence[Act], before: Sequence[Act], ports: Ports
) -> Sequence[str]:
    of = PaidOrder(template=ports).place_order()
    for step in before:
        step(of)
    steps = Lockstep(turns_of(*turn))
    of.faults = Faults(through=steps.call)
    steps.run(*(partial(each, of) for each in writers))
    pass_eight_days(of)
    return find_problems(of)
