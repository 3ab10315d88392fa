"""Keeps the counters of the figures up to date with reports. One transaction replaces the counted
outcome of a report and the sums of its lines, if both still have the versions that were read. So
each change counts once, however often, late or in whatever order its facts arrive: the report is
read after its counted outcome, and a writer that was overtaken starts over (ADR 58).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import islice

from chalicelib.kernel.optimistic import retry_on_conflict
from chalicelib.publishing.counters import CountedReport, ReportKey, apply_changes, changes_by_line
from chalicelib.publishing.ports import CountingPorts
from chalicelib.reports.published import PresentOutcome

AT_ONCE = 25
"""Reports in one transaction. Each may change two lines; DynamoDB takes 100 items."""


def count_reports(keys: Collection[ReportKey], ports: CountingPorts) -> frozenset[ReportKey]:
    """Counts up to AT_ONCE reports as they are now, and marks their months as changed. Reports that
    were counted already are marked too: an earlier attempt may have stopped before the mark.

    Returns: the reports whose counted outcome was wrong.

    Raises: UpstreamFailed.
    """
    changed = retry_on_conflict(partial(_count_once, keys, ports), what="the figures")
    ports.counters.mark_changed({key.month for key in keys})
    return changed


def count_in_batches(keys: Iterable[ReportKey], ports: CountingPorts) -> int:
    """Counts any number of reports. Returns the number of those whose counted outcome was wrong.
    Raises UpstreamFailed."""
    return sum(len(count_reports(some, ports)) for some in _batches(keys))


def count_newly_due(since: datetime, ports: CountingPorts) -> None:
    """Counts the reports that have passed their target since that moment: no fact announces it.
    Raises UpstreamFailed."""
    count_in_batches(ports.outcomes.newly_due(since), ports)


def _count_once(keys: Collection[ReportKey], ports: CountingPorts) -> frozenset[ReportKey]:
    """Raises VersionConflict if another writer was faster."""
    held = ports.counters.get_reports(keys)
    present = ports.outcomes.present_outcomes([key.service_request_id for key in keys])
    before = {key: held.get(key, CountedReport(key)) for key in keys}
    changes = [(each, _with_present_outcome(each, present)) for each in before.values()]
    changes = [(was, now) for was, now in changes if was != now]
    if changes:
        changed = changes_by_line(changes)
        lines = apply_changes(ports.counters.get_lines(changed), changed)
        ports.counters.save([now for _, now in changes], lines)
    return frozenset(now.key for was, now in changes if was.outcome != now.outcome)


def _with_present_outcome(
    held: CountedReport, present: Mapping[str, PresentOutcome]
) -> CountedReport:
    now = present.get(held.key.service_request_id)
    if now is None:
        return held._replace(outcome=None)
    return held._replace(outcome=now.outcome, report_version=now.version)


def _batches(keys: Iterable[ReportKey]) -> Iterator[list[ReportKey]]:
    remaining = iter(keys)
    while some := list(islice(remaining, AT_ONCE)):
        yield some
