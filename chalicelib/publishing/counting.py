"""Keeps the counters of the figures up to date with reports. What was counted of a report is
replaced in one transaction together with the sums of its lines, on the versions that were read. So
each change counts once, however often, late or in which order its facts arrive: the report is read
after what was counted of it, and a writer that was overtaken starts over (ADR 58).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import islice

from chalicelib.kernel.optimistic import retry_on_conflict
from chalicelib.publishing.counters import CountedReport, ReportKey, lines_changed, with_changes
from chalicelib.publishing.ports import CountingPorts
from chalicelib.reports.published import PresentOutcome

AT_ONCE = 25
"""Reports in one transaction. Each may change two lines; DynamoDB takes 100 items."""


def count(keys: Collection[ReportKey], ports: CountingPorts) -> frozenset[ReportKey]:
    """Counts up to AT_ONCE reports as they are now, and marks their months as changed: also those
    that were counted already, as the last attempt may have ended before the mark.

    Returns: the reports whose counted outcome was wrong.

    Raises: UpstreamFailed.
    """
    changed = retry_on_conflict(partial(_attempt, keys, ports), what="the figures")
    ports.counters.mark({key.month for key in keys})
    return changed


def count_all(keys: Iterable[ReportKey], ports: CountingPorts) -> int:
    """Counts any number of reports. Returns the number of those whose counted outcome was wrong.
    Raises UpstreamFailed."""
    return sum(len(count(some, ports)) for some in _parts(keys))


def count_come_due(since: datetime, ports: CountingPorts) -> None:
    """Counts the reports whose target came after that moment: nothing else tells of it. Raises
    UpstreamFailed."""
    count_all(ports.outcomes.come_due(since), ports)


def _attempt(keys: Collection[ReportKey], ports: CountingPorts) -> frozenset[ReportKey]:
    """Raises VersionConflict if another writer was faster."""
    held = ports.counters.counted(keys)
    present = ports.outcomes.present([key.service_request_id for key in keys])
    before = {key: held.get(key, CountedReport(key)) for key in keys}
    changes = [(each, _up_to_date(each, present)) for each in before.values()]
    changes = [(was, now) for was, now in changes if was != now]
    if changes:
        changed = lines_changed(changes)
        lines = with_changes(ports.counters.lines(changed), changed)
        ports.counters.save([now for _, now in changes], lines)
    return frozenset(now.key for was, now in changes if was.outcome != now.outcome)


def _up_to_date(held: CountedReport, present: Mapping[str, PresentOutcome]) -> CountedReport:
    now = present.get(held.key.service_request_id)
    if now is None:
        return held._replace(outcome=None)
    return held._replace(outcome=now.outcome, report_version=now.version)


def _parts(keys: Iterable[ReportKey]) -> Iterator[list[ReportKey]]:
    left = iter(keys)
    while some := list(islice(left, AT_ONCE)):
        yield some
