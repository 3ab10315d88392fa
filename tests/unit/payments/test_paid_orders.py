"""Whatever is lost or late and wherever the process ends: nothing unpaid is fulfilled, and nobody
pays for nothing."""

from datetime import timedelta
from itertools import combinations, product

import pytest

from chalicelib.reports.ports import Ports
from tests.support.fakes_paid_orders import PaidOrder
from tests.support.fakes_payments import FAULTS, Faults
from tests.support.paid_order_stories import (
    STORIES,
    Story,
    calls_of,
    cancel,
    find_problems,
    moved_after_the_slot_had_gone,
    paid,
    paid_and_seen_after_the_slot_had_gone,
    pass_eight_days,
    run_story,
)

WITH_LATE_CHECKS = (paid_and_seen_after_the_slot_had_gone, moved_after_the_slot_had_gone)
"""Stories in which no schedule runs for two hours, whatever the provider does."""


@pytest.mark.parametrize("story", STORIES)
def test_every_story_ends_well_when_nothing_goes_wrong(story: Story, ports: Ports) -> None:
    assert find_problems(run_story(story, ports, Faults())) == []


@pytest.mark.parametrize("story", STORIES)
def test_every_fault_at_every_call_ends_in_a_service_or_a_refund(
    story: Story, ports: Ports
) -> None:
    for kind in FAULTS:
        for at in range(1, calls_of(story, ports) + 1):
            of = run_story(story, ports, Faults({at: kind}))
            assert find_problems(of) == [], f"{kind} at call {at}"


@pytest.mark.parametrize("story", STORIES)
def test_provider_that_is_down_for_an_hour_at_noon_ends_in_a_service_or_a_refund(
    story: Story, ports: Ports
) -> None:
    """The outage may begin before each step of the story but the first."""
    for begin in range(1, len(story())):
        of = PaidOrder(template=ports).place_order()
        for number, step in enumerate(story()):
            if number == begin:
                of.provider.is_down_until = of.clock.now + timedelta(hours=1)
            step(of)
        pass_eight_days(of)
        accepted = {"fulfilled too late"} if story in WITH_LATE_CHECKS and begin > 1 else set()
        assert {*find_problems(of)} <= accepted, f"down from step {begin}"


def test_slot_is_free_at_once_when_it_is_cancelled_while_the_provider_is_down(
    ports: Ports,
) -> None:
    of = PaidOrder(template=ports).place_order()
    for step in paid():
        step(of)
    of.provider.is_down_until = of.clock.now + timedelta(hours=1)
    cancel(of)
    assert (of.order.state, of.slots(), of.order.is_to_carry_out) == ("cancelled", 0, True)


@pytest.mark.exhaustive
@pytest.mark.parametrize("story", STORIES)
def test_pairs_of_faults_end_in_a_service_or_a_refund(story: Story, ports: Ports) -> None:
    last = calls_of(story, ports) + 10
    for kinds in product(FAULTS, repeat=2):
        for first, second in combinations(range(1, last, 3), 2):
            of = run_story(story, ports, Faults(dict(zip((first, second), kinds, strict=True))))
            assert find_problems(of) == [], f"{kinds} at calls {first} and {second}"
