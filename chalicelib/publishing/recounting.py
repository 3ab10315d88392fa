"""Compares what is counted for the figures with the stored reports, and corrects it.

Reports: what was counted of each is compared with the index of months. One that differs is counted
again, unless it changed within IN_QUEUE: its fact is on its way. Lines: the sums of what was
counted are compared with the line, which was read before and is replaced only on that version. So a
change that is counted meanwhile is neither lost nor taken for an error.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.publishing.counters import CountedLine, CountedReport, LineKey, ReportKey
from chalicelib.publishing.counting import AT_ONCE, count_in_batches, count_newly_due
from chalicelib.publishing.figures import NO_SUMS, sums_by_line
from chalicelib.publishing.ports import CountingPorts
from chalicelib.reports.published import ReportOutcome

IN_QUEUE = timedelta(minutes=15)
"""How long a change may wait for being counted, with its retries."""
LOOKS_BACK = timedelta(hours=1)
"""How long ago targets that have come may not be counted yet."""


class Drift(NamedTuple):
    """How many reports and lines were counted wrongly."""

    reports: int
    lines: int


def recount_nightly(ports: CountingPorts) -> int:
    """Recounts the present month, the one before and one of the older ones, in turn. Returns how
    many reports and lines were counted wrongly. Raises UpstreamFailed."""
    today = ports.now()
    count_newly_due(today - LOOKS_BACK, ports)
    recent = {f"{today:%Y-%m}", f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"}
    older = sorted(ports.counters.months().keys() - recent)
    if older:
        recent.add(older[today.toordinal() % len(older)])
    return sum(sum(recount(month, ports)) for month in sorted(recent))


def recount_everything(ports: CountingPorts) -> Iterator[tuple[str, Drift]]:
    """Recounts all months, one by one. Answers what was wrong in each. Raises UpstreamFailed."""
    count_newly_due(ports.now() - LOOKS_BACK, ports)
    for month in sorted({*ports.outcomes.months(), *ports.counters.months()}):
        yield month, recount(month, ports, settled_at=ports.now())


def recount(month: str, ports: CountingPorts, settled_at: datetime | None = None) -> Drift:
    """Recounts a month. Reports that changed after `settled_at` are left to their facts: IN_QUEUE
    ago if it is None. Raises UpstreamFailed."""
    lines = {each.key: each for each in ports.counters.lines_of_month(month)}
    counted = {each.key: each for each in ports.counters.reports_of_month(month)}
    corrected = _correct_lines(lines, _sums(month, counted), ports)
    stored = {
        ReportKey(month, each): outcome for each, outcome in ports.outcomes.outcomes_of_month(month)
    }
    differ = _differing_keys(stored, counted)
    settled = _settled_keys(differ, settled_at or ports.now() - IN_QUEUE, ports)
    return Drift(count_in_batches(settled, ports), corrected)


def _sums(month: str, counted: Mapping[ReportKey, CountedReport]) -> dict[LineKey, CountedLine]:
    outcomes = (each.outcome for each in counted.values() if each.outcome)
    return {
        LineKey(month, line): CountedLine(LineKey(month, line), sums)
        for line, sums in sums_by_line(outcomes).items()
    }


def _correct_lines(
    lines: Mapping[LineKey, CountedLine],
    right: Mapping[LineKey, CountedLine],
    ports: CountingPorts,
) -> int:
    """Replaces the lines that differ. Returns their number."""
    corrected = 0
    for key in sorted({*lines, *right}):
        held = lines.get(key, CountedLine(key))
        sums = right[key].sums if key in right else NO_SUMS
        if held.sums != sums:
            corrected += _is_replaced(held._replace(sums=sums), ports)
    return corrected


def _is_replaced(line: CountedLine, ports: CountingPorts) -> bool:
    try:
        ports.counters.save([], [line])
    except VersionConflict:
        # A change was counted meanwhile.
        return False
    ports.counters.mark_changed([line.key.month])
    return True


def _differing_keys(
    stored: Mapping[ReportKey, ReportOutcome], counted: Mapping[ReportKey, CountedReport]
) -> list[ReportKey]:
    held = {key: each.outcome for key, each in counted.items()}
    return [key for key in sorted({*stored, *held}) if stored.get(key) != held.get(key)]


def _settled_keys(
    keys: list[ReportKey], until: datetime, ports: CountingPorts
) -> Iterator[ReportKey]:
    """Those that have not changed since that moment, or that are not stored."""
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        present = ports.outcomes.present_outcomes([key.service_request_id for key in some])
        for key in some:
            now = present.get(key.service_request_id)
            if now is None or now.updated_datetime <= until:
                yield key
