"""Performance figures by service and ward, for the reports requested in one month. They cover the
public reports requested in the month in UTC (a cohort), in their present state: a report of May
that is fixed in June counts for May. A line is a service in a ward; `all` stands for all of them,
`unknown` for reports without a known ward. MEANINGS defines the figures. A quantile is of the
durations of reports that are done now: the median is the middle one, or the mean of the middle two;
the 90th percentile by nearest rank. Days have 24 hours, and one decimal.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import ceil
from statistics import median
from typing import NamedTuple

from chalicelib.reports.published import ReportOutcome

ALL = "all"
UNKNOWN = "unknown"
DAY_S = 86_400
Line = tuple[str, str]
"""A service_code and a ward_code."""

MEANINGS: Mapping[str, str] = {
    "reported": "Public reports sent in the month (UTC), including duplicates.",
    "fixed": "Reports in the state fixed or closed.",
    "median_days": (
        "Half of the fixed reports took this many days (of 24 hours) or less, from "
        "the report until it was marked as fixed. If a repair failed, until it was "
        "fixed again."
    ),
    "p90_days": "90% of the fixed reports took this many days or less.",
    "with_target": (
        "Reports with a target date that are fixed, or that are open after their target date. "
        "If we gave a later date, the first date counts."
    ),
    "in_target": (
        "Reports fixed on or before their target date. Reports that are open and not "
        "yet due are in neither number."
    ),
    "reopened": "Reports that were opened again after they had been marked as fixed.",
    "failed_repairs": (
        "How often residents said that one of these reports is not fixed, after it "
        "had been marked as fixed."
    ),
    "open_now": "Reports that are still open.",
}
"""The meaning of each figure, in their order in the documents."""


class Counts(NamedTuple):
    """The additive figures: those of all wards are the sum over the wards."""

    reported: int = 0
    fixed: int = 0
    with_target: int = 0
    in_target: int = 0
    reopened: int = 0
    failed_repairs: int = 0
    open_now: int = 0


class Waits(NamedTuple):
    """The duration in days; None if nothing is done."""

    median_days: float | None
    p90_days: float | None


class Tally:
    """The figures of a month during counting."""

    def __init__(self) -> None:
        self._counts: dict[Line, list[int]] = defaultdict(lambda: [0] * len(Counts._fields))
        self._waits: dict[Line, list[float]] = defaultdict(list)

    def add(self, outcome: ReportOutcome) -> None:
        line = outcome.service_code, outcome.ward_code or UNKNOWN
        seen = (
            1,
            outcome.done_s is not None,
            outcome.had_target,
            outcome.in_target,
            outcome.was_reopened,
            outcome.failed_repairs,
            outcome.is_open,
        )
        counts = self._counts[line]
        for at, number in enumerate(seen):
            counts[at] += number
        if outcome.done_s is not None:
            self._waits[line].append(outcome.done_s)

    def counts(self) -> dict[Line, Counts]:
        """The counts of each line with reports, and of the total lines."""
        found: dict[Line, list[int]] = defaultdict(lambda: [0] * len(Counts._fields))
        for line, counts in self._counts.items():
            for each in lines_with(line):
                found[each] = [a + b for a, b in zip(found[each], counts, strict=True)]
        return {line: Counts(*numbers) for line, numbers in sorted(found.items(), key=order_of)}

    def waits(self) -> dict[Line, Waits]:
        """The quantiles of each line with finished reports."""
        found: dict[Line, list[float]] = defaultdict(list)
        for line, waits in self._waits.items():
            for each in lines_with(line):
                found[each] += waits
        return {line: waits_of(waits) for line, waits in found.items()}


def tallied(outcomes: Iterable[ReportOutcome]) -> dict[str, Tally]:
    """The figures of each month that has reports."""
    months: dict[str, Tally] = defaultdict(Tally)
    for outcome in outcomes:
        months[outcome.month].add(outcome)
    return dict(months)


def lines_with(line: Line) -> Iterator[Line]:
    """The line, and the total lines that include it."""
    service, ward = line
    yield from ((service, ward), (service, ALL), (ALL, ward), (ALL, ALL))


def order_of(item: tuple[Line, object]) -> tuple[bool, str, bool, str]:
    """Sorts totals before single services and wards."""
    (service, ward), _ = item
    return service != ALL, service, ward != ALL, ward


def waits_of(waits: Sequence[float]) -> Waits:
    """The quantiles of durations in seconds, at least one."""
    ranked = sorted(waits)
    p90 = ranked[ceil(0.9 * len(ranked)) - 1]
    return Waits(_days(median(ranked)), _days(p90))


def _days(seconds: float) -> float:
    return round(seconds / DAY_S, 1)
