"""The counters behind the figures: the last counted outcome of each public report, and the sums of
these outcomes for each line of a month. `version` is the version of the stored item, 0 if there is
no item yet.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from chalicelib.publishing.figures import NO_SUMS, Line, Sums, add_sums, line_of, sums_of
from chalicelib.reports.published import ReportOutcome


class ReportKey(NamedTuple):
    """A report that was requested in that month (YYYY-MM in UTC), which never changes."""

    month: str
    service_request_id: str


class LineKey(NamedTuple):
    """A line of a month."""

    month: str
    line: Line


class CountedReport(NamedTuple):
    """The outcome of a report in the counters; None if the report is not public and so not counted.
    `report_version` is the version of the report."""

    key: ReportKey
    outcome: ReportOutcome | None = None
    report_version: int = 0
    version: int = 0


class CountedLine(NamedTuple):
    """The sums of a line."""

    key: LineKey
    sums: Sums = NO_SUMS
    version: int = 0


class Marks(NamedTuple):
    """How often a month was marked as changed, and the number that was published last."""

    changed: int
    published: int


Change = tuple[CountedReport, CountedReport]
"""A counted report before and after."""


def line_key(month: str, outcome: ReportOutcome) -> LineKey:
    return LineKey(month, line_of(outcome))


def changes_by_line(changes: Iterable[Change]) -> dict[LineKey, tuple[list[Sums], list[Sums]]]:
    """The sums to add to each line, and those to subtract."""
    found: dict[LineKey, tuple[list[Sums], list[Sums]]] = defaultdict(lambda: ([], []))
    for before, after in changes:
        if before.outcome == after.outcome:
            continue
        if after.outcome:
            found[line_key(after.key.month, after.outcome)][0].append(sums_of(after.outcome))
        if before.outcome:
            found[line_key(before.key.month, before.outcome)][1].append(sums_of(before.outcome))
    return dict(found)


def apply_changes(
    lines: Mapping[LineKey, CountedLine],
    changed: Mapping[LineKey, tuple[list[Sums], list[Sums]]],
) -> list[CountedLine]:
    """The lines after these changes."""
    after = []
    for key, (added, subtracted) in changed.items():
        line = lines.get(key, CountedLine(key))
        after.append(line._replace(sums=add_sums([line.sums, *added], subtracted)))
    return after
