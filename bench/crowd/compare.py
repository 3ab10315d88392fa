"""What was to land beside what landed."""

from collections import Counter
from typing import NamedTuple

from bench.crowd.expected import Due, expected
from bench.crowd.outbox import Landed
from bench.crowd.stack import crowd, wards
from bench.crowd.world import world


class Outcome(NamedTuple):
    """What came of a run. `queries`: how many facts made the index be asked that often."""

    expected: int
    landed: int
    missing: list[Due]
    extra: list[Landed]
    queries: Counter[int]

    @property
    def queries_mean(self) -> float:
        return sum(each * times for each, times in self.queries.items()) / self.queries.total()


def outcome(reports: int, subscriptions: int) -> Outcome:
    """Lets that many reports and subscriptions live on a local stack, and compares by person."""
    here = world(reports, subscriptions)
    due = expected(here, wards())
    with crowd(here) as living:
        run = living.run()
    missing, extra = compared(due, run.landed)
    return Outcome(len(due), run.landed.total(), missing, extra, run.queries)


def compared(due: list[Due], landed: Counter[Landed]) -> tuple[list[Due], list[Landed]]:
    """What is missing, and what should not be there."""
    left, missing = Counter(landed), []
    for each in sorted(due, key=lambda each: len(each.says)):
        ways = [Landed(each.address, each.about, says) for says in sorted(each.says)]
        found = next((way for way in ways if left[way]), None)
        if found:
            left[found] -= 1
        else:
            missing.append(each)
    return missing, sorted(left.elements())
