"""Shares out the work when many subscribers are to hear of something, so that one run has the time
to tell each of its own.

All subscribers were found, and one subscription chosen for each person, before the first of them is
told. So the order in which shares are done does not matter, nor how often.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from msgspec.structs import replace

from chalicelib.alerts.model import AlertBatch, AlertRequested
from chalicelib.alerts.ports import MatchPorts

MOST_IN_A_RUN = 500
"""Fifty calls of the queue take a second or two. Ten shares, as one call takes them, are 180 of the
256 KiB that it may have."""


def enqueue_batches(tells: Sequence[AlertRequested], ports: MatchPorts) -> None:
    """Sends the messages to the sender; if they are many, leaves them to further runs. Raises
    UpstreamFailed: some subscribers may have been told then, and the run is repeated."""
    if len(tells) <= MOST_IN_A_RUN:
        ports.alert_queue.send(tells)
    else:
        ports.match_queue.send(list(_shares(tells)))


def _shares(tells: Sequence[AlertRequested]) -> Iterator[AlertBatch]:
    for _, alike in groupby(tells, key=lambda tell: replace(tell, subscription_id="")):
        several = list(alike)
        for start in range(0, len(several), MOST_IN_A_RUN):
            some = several[start : start + MOST_IN_A_RUN]
            yield AlertBatch(tell=some[0], subscription_ids=tuple(t.subscription_id for t in some))
