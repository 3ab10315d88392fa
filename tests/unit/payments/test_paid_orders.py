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
    find_problems,
    pass_eight_days,
    run_story,
)


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
    of = PaidOrder(template=ports).place_order()
    first, *rest = story()
    first(of)
    of.provider.is_down_until = of.clock.now + timedelta(hours=1)
    for step in rest:
        step(of)
    pass_eight_days(of)
    assert find_problems(of) == []


@pytest.mark.exhaustive
@pytest.mark.parametrize("story", STORIES)
def test_pairs_of_faults_end_in_a_service_or_a_refund(story: Story, ports: Ports) -> None:
    last = calls_of(story, ports) + 10
    for kinds in product(FAULTS, repeat=2):
        for first, second in combinations(range(1, last, 3), 2):
            of = run_story(story, ports, Faults(dict(zip((first, second), kinds, strict=True))))
            assert find_problems(of) == [], f"{kinds} at calls {first} and {second}"
