"""What a recount of a month keeps in memory."""

import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from chalicelib.publishing.counters import CountedLine, CountedReport, ReportKey
from chalicelib.publishing.ports import CountingPorts
from chalicelib.publishing.recounting import recount
from chalicelib.reports.published import ReportOutcome

MONTH = "2026-05"
SECOND_SIZE = 2_000


def outcome(number: int) -> ReportOutcome:
    return ReportOutcome(
        month=MONTH,
        service_code=f"service-{number % 20}",
        ward_code=f"W{number % 50:06}",
        done_s=number + 0.5,
        is_open=False,
        had_target=True,
        in_target=number % 2 == 0,
        was_reopened=False,
        failed_repairs=0,
    )


class ManyReports:
    """The ports of outcomes and of counters with so many reports, all counted as they are."""

    def __init__(self, number: int) -> None:
        self._number = number
        self.corrected: list[CountedLine] = []

    def outcomes_of_month(self, _: str) -> Iterator[tuple[str, ReportOutcome]]:
        return ((f"{number:012}", outcome(number)) for number in range(self._number))

    def reports_of_month(self, month: str) -> Iterator[CountedReport]:
        for service_request_id, found in self.outcomes_of_month(month):
            yield CountedReport(ReportKey(month, service_request_id), found, 1, 1)

    def lines_of_month(self, _: str) -> Iterator[CountedLine]:
        return iter(())

    def save(self, _: object, lines: list[CountedLine]) -> None:
        self.corrected += lines

    def mark_changed(self, _: object) -> None:
        """Marks are not looked at here."""


def peak_bytes(number: int) -> int:
    many: Any = ManyReports(number)
    now = datetime(2026, 6, 2, tzinfo=UTC)
    tracemalloc.start()
    try:
        drift = recount(MONTH, CountingPorts(outcomes=many, counters=many, now=lambda: now))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        assert drift.lines == len(many.corrected) == 100


def test_recount_keeps_at_most_1_500_bytes_for_each_report_of_the_month() -> None:
    """A month of ten million residents after a storm, 173,000 reports, needs a quarter of a
    gigabyte."""
    first, second = peak_bytes(SECOND_SIZE // 2), peak_bytes(SECOND_SIZE)
    assert (second - first) / (SECOND_SIZE - SECOND_SIZE // 2) <= 1_500
