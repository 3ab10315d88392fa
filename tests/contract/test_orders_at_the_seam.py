"""A booking that is paid, on DynamoDB: whatever the SDK sees of each of its calls and wherever the
process ends, it becomes a service or a refund, and each penny is in the ledger once."""

from itertools import product

import pytest

from chalicelib.reports.orders import OrderState
from chalicelib.reports.ports import Ports
from tests.support.effort import sample
from tests.support.fakes import MemoryRepository
from tests.support.paid_order_stories import (
    Story,
    find_problems,
    paid,
    paid_and_seen_after_the_slot_had_gone,
    run_story_with,
)
from tests.support.seam import record_tries
from tests.support.stores_of_orders import FAULTS, paid_order_on_dynamo

pytestmark = pytest.mark.usefixtures("cloud")
USUAL_FAULTS = 30
"""Of some 350 for each story."""


@pytest.fixture
def repository() -> MemoryRepository:
    """The order's own store takes its place."""
    return MemoryRepository()


@pytest.mark.parametrize(
    ("story", "end"),
    [(paid, "settled"), (paid_and_seen_after_the_slot_had_gone, "cancelled")],
)
def test_every_fault_at_every_call_to_aws_ends_in_a_service_or_a_refund(
    story: Story, end: OrderState, ports: Ports
) -> None:
    of = paid_order_on_dynamo(ports)
    with record_tries() as made:
        run_story_with(of, story)
    assert find_problems(of) == [] and of.order.state == end
    faults = [*product(FAULTS, range(1, len(made) + 1))]
    for kind, nth in sample(faults, USUAL_FAULTS):
        of = paid_order_on_dynamo(ports)
        with FAULTS[kind](nth) as struck:
            run_story_with(of, story)
        assert struck and find_problems(of) == [], f"{kind} at call {nth}"
