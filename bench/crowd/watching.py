"""The pump for a run: only the functions that notify people, with some batches delivered twice."""

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chalicelib.alerts.dynamo.subscriptions import DynamoIndex
from chalicelib.alerts.index import AreaQuery
from chalicelib.handlers.alerts import alerts_events, alerts_sending_events
from chalicelib.handlers.reports import reports_events
from infra.local import event_sources
from infra.local.pump import Pump

FUNCTIONS = (
    reports_events.fan_out,
    alerts_events.match_alerts,
    alerts_events.fan_out_alerts,
    alerts_sending_events.send_alert,
    alerts_sending_events.wake_alerts,
)
TWICE_OF = 10


def keep_to_alerts(here: Pump) -> None:
    """Leaves out the functions that publish reports or pass them on: they notify nobody."""
    sources: list[Any] = here._sources
    here._sources = [each for each in sources if each._handler in FUNCTIONS]
    here._schedules = [each for each in here._schedules if each._handler in FUNCTIONS]


def process_all(here: Pump) -> None:
    """Processes everything that was stored, like the pump, but each source until it is empty,
    because most others are empty."""
    while sum([_drain(source) for source in here._sources]):
        pass


@contextmanager
def counting_queries() -> Iterator[list[int]]:
    """Delivers one batch in ten twice, as AWS may do; returns the number of index queries for each
    fact with any."""
    asked: list[int] = []
    delivered = queries = 0
    deliver, entries = event_sources.deliver, DynamoIndex.entries

    def count_and_read(self: DynamoIndex, area: AreaQuery, *, limit: int | None = None) -> Any:
        nonlocal queries
        queries += 1
        return entries(self, area, limit=limit)

    def again(handler: Any, records: list[dict[str, Any]]) -> set[str]:
        nonlocal delivered, queries
        delivered += 1
        if delivered % TWICE_OF == 0:
            deliver(handler, records)
        queries = 0
        failed = deliver(handler, records)
        if queries:
            asked.append(queries)
        return failed

    event_sources.deliver, DynamoIndex.entries = again, count_and_read  # type: ignore[method-assign]
    try:
        yield asked
    finally:
        event_sources.deliver, DynamoIndex.entries = deliver, entries  # type: ignore[method-assign]


def _drain(source: event_sources.Source) -> int:
    """The number of its batches."""
    batches = 0
    while source.step(math.inf):
        batches += 1
    return batches
