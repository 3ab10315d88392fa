"""Compares expected with delivered messages."""

from collections import Counter
from typing import NamedTuple

from bench.crowd.expected import ExpectedMessage, expected_messages
from bench.crowd.outbox import DeliveredMessage
from bench.crowd.stack import crowd, wards
from bench.crowd.world import world


class Outcome(NamedTuple):
    """The result of a run. `queries`: the number of facts by their number of index queries."""

    expected: int
    landed: int
    missing: list[ExpectedMessage]
    extra: list[DeliveredMessage]
    queries: Counter[int]

    @property
    def queries_mean(self) -> float:
        return sum(each * times for each, times in self.queries.items()) / self.queries.total()


def run_and_compare(reports: int, subscriptions: int) -> Outcome:
    """Simulates that many reports and subscriptions on a local stack, and compares by person."""
    here = world(reports, subscriptions)
    due = expected_messages(here, wards())
    with crowd(here) as living:
        run = living.run()
    missing, extra = compare_messages(due, run.landed)
    return Outcome(len(due), run.landed.total(), missing, extra, run.queries)


def compare_messages(
    due: list[ExpectedMessage], landed: Counter[DeliveredMessage]
) -> tuple[list[ExpectedMessage], list[DeliveredMessage]]:
    """The missing and the superfluous messages."""
    left, missing = Counter(landed), []
    for each in sorted(due, key=lambda each: len(each.says)):
        ways = [DeliveredMessage(each.address, each.about, says) for says in sorted(each.says)]
        found = next((way for way in ways if left[way]), None)
        if found:
            left[found] -= 1
        else:
            missing.append(each)
    return missing, sorted(left.elements())
