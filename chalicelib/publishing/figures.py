"""Performance figures by service and ward, for the reports requested in one month. They cover the
public reports requested in the month in UTC (a cohort), in their present state: a report of May
that is fixed in June counts for May. A line is a service in a ward; `all` stands for all of them,
`unknown` for reports without a known ward. MEANINGS defines the figures. A quantile is of the
durations of reports that are done now: the median is the middle one, or the mean of the middle two;
the 90th percentile by nearest rank. Days have 24 hours, and one decimal: a duration is rounded to
it before it counts, so that a line needs a number for each tenth of a day and not the durations.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from math import ceil
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


class WaitQuantiles(NamedTuple):
    """The duration in days; None if nothing is done."""

    median_days: float | None
    p90_days: float | None


class Sums(NamedTuple):
    """The sums from which figures are computed: the counts, and the number of reports by duration
    in tenths of a day."""

    counts: Counts = Counts()
    waits: Mapping[int, int] = {}


NO_SUMS = Sums()


def sums_of(outcome: ReportOutcome) -> Sums:
    """The sums of one report."""
    counts = Counts(
        reported=1,
        fixed=int(outcome.done_s is not None),
        with_target=int(outcome.had_target),
        in_target=int(outcome.in_target),
        reopened=int(outcome.was_reopened),
        failed_repairs=outcome.failed_repairs,
        open_now=int(outcome.is_open),
    )
    return Sums(counts, {} if outcome.done_s is None else {_tenths_of_days(outcome.done_s): 1})


def line_of(outcome: ReportOutcome) -> Line:
    return outcome.service_code, outcome.ward_code or UNKNOWN


def add_sums(some: Iterable[Sums], without: Iterable[Sums] = ()) -> Sums:
    """The total of `some`, minus the total of `without`."""
    counts, waits = [0] * len(Counts._fields), Counter[int]()
    for sign, sums in ((1, some), (-1, without)):
        for each in sums:
            counts = [a + sign * b for a, b in zip(counts, each.counts, strict=True)]
            for tenths, number in each.waits.items():
                waits[tenths] += sign * number
    return Sums(Counts(*counts), {each: number for each, number in sorted(waits.items()) if number})


def sums_by_line(outcomes: Iterable[ReportOutcome]) -> dict[Line, Sums]:
    """The sums of each line of one month."""
    lines: dict[Line, list[Sums]] = defaultdict(list)
    for each in outcomes:
        lines[line_of(each)].append(sums_of(each))
    return {line: add_sums(some) for line, some in lines.items()}


def with_totals(lines: Mapping[Line, Sums]) -> dict[Line, Sums]:
    """The sums of each line with reports, and of the total lines, totals first."""
    found: dict[Line, list[Sums]] = defaultdict(list)
    for line, sums in lines.items():
        if sums.counts.reported:
            for each in line_and_totals(line):
                found[each].append(sums)
    return {line: add_sums(some) for line, some in sorted(found.items(), key=sort_key)}


def line_and_totals(line: Line) -> Iterator[Line]:
    """The line, and the total lines that include it."""
    service, ward = line
    yield from ((service, ward), (service, ALL), (ALL, ward), (ALL, ALL))


def sort_key(item: tuple[Line, object]) -> tuple[bool, str, bool, str]:
    """Sorts totals before single services and wards."""
    (service, ward), _ = item
    return service != ALL, service, ward != ALL, ward


def wait_quantiles(waits: Mapping[int, int]) -> WaitQuantiles:
    """The quantiles of durations; `waits` has the number of reports by tenths of a day."""
    number = sum(waits.values())
    if not number:
        return WaitQuantiles(None, None)
    low, high, p90 = (
        _duration_at_rank(waits, rank)
        for rank in ((number - 1) // 2, number // 2, ceil(0.9 * number) - 1)
    )
    return WaitQuantiles(round((low + high) / 20, 1), p90 / 10)


def _duration_at_rank(waits: Mapping[int, int], rank: int) -> int:
    """The duration at this rank, counted from 0, in tenths of a day."""
    for tenths, number in sorted(waits.items()):
        rank -= number
        if rank < 0:
            return tenths
    raise ValueError(rank)


def _tenths_of_days(seconds: float) -> int:
    return round(10 * round(seconds / DAY_S, 1))
