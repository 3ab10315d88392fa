"""Divides the requests for many alerts into batches, so that each run of the matcher has time to
enqueue its own.

The matcher has found all subscribers, and chosen one subscription for each person, before the first
of them is notified. So batches may be processed in any order, and repeatedly.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from msgspec.structs import replace

from chalicelib.alerts.model import AlertBatch, AlertRequested
from chalicelib.alerts.ports import MatchPorts

BATCH_SIZE = 500
"""Fifty calls of the queue take a second or two. Ten batches, which one call sends, are 180 of the
256 KiB that it may have."""


def enqueue_batches(requests: Sequence[AlertRequested], ports: MatchPorts) -> None:
    """Sends the requests to the sender or, if they are too many for this run, to further runs of
    the matcher. Raises UpstreamFailed: some may have been sent then, and the run is repeated."""
    if len(requests) <= BATCH_SIZE:
        ports.alert_queue.send(requests)
    else:
        ports.match_queue.send(list(_batches_of(requests)))


def _batches_of(requests: Sequence[AlertRequested]) -> Iterator[AlertBatch]:
    for _, group in groupby(requests, key=lambda each: replace(each, subscription_id="")):
        same_event = list(group)
        for start in range(0, len(same_event), BATCH_SIZE):
            batch = same_event[start : start + BATCH_SIZE]
            ids = tuple(each.subscription_id for each in batch)
            yield AlertBatch(tell=batch[0], subscription_ids=ids)
