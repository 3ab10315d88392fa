"""Compares expected with delivered messages."""

from collections import Counter
from typing import NamedTuple

from bench.crowd.expected import Due, expected
from bench.crowd.outbox import Landed
from bench.crowd.stack import crowd, wards
from bench.crowd.world import world


class Outcome(NamedTuple):
    """The result of a run. `queries`: the number of facts by their number of index queries."""

    expected: int
    landed: int
    missing: list[Due]
    extra: list[Landed]
    queries: Counter[int]

    @property
    def queries_mean(self) -> float:
        return sum(each * times for each, times in self.queries.items()) / self.queries.total()


def outcome(reports: int, subscriptions: int) -> Outcome:
    """Simulates that many reports and subscriptions on a local stack, and compares by person."""
    here = world(reports, subscriptions)
    due = expected(here, wards())
    with crowd(here) as living:
        run = living.run()
    missing, extra = compared(due, run.landed)
    return Outcome(len(due), run.landed.total(), missing, extra, run.queries)


def compared(due: list[Due], landed: Counter[Landed]) -> tuple[list[Due], list[Landed]]:
    """The missing and the superfluous messages."""
    left, missing = Counter(landed), []
    for each in sorted(due, key=lambda each: len(each.says)):
        ways = [Landed(each.address, each.about, says) for says in sorted(each.says)]
        found = next((way for way in ways if left[way]), None)
        if found:
            left[found] -= 1
        else:
            missing.append(each)
    return missing, sorted(left.elements())
