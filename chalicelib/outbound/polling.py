"""One run that asks all other bodies for their updates, within the minutes that it has."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.catalogue.destinations import Open311Destination
from chalicelib.errors import UpstreamFailed
from chalicelib.outbound.inbound_updates import RUNS_EVERY_S, Polled, Ports, poll
from chalicelib.outbound.senders import Refused
from chalicelib.outbound.tokens import resolve_tokens

FOR_UPDATES = timedelta(seconds=125)
"""Of each destination: six answers of the slowest kind, which bring a run to now."""
FOR_TOKENS = timedelta(seconds=25)
FOR_ALL = timedelta(seconds=200)
"""After this time the run begins nothing more: its function has four minutes."""


class PollOutcome(NamedTuple):
    """What came of asking each destination, which of them did not answer, and those that it was
    too late for: they come first in the runs that follow."""

    polled: dict[str, Polled]
    failed: dict[str, UpstreamFailed | Refused]
    left: list[str]

    @property
    def updates(self) -> int:
        """How many updates were about reports of ours."""
        return sum(each.updates for each in self.polled.values())


def poll_all(ports: Ports) -> PollOutcome:
    """Asks every destination, each time another one first. One that fails keeps no other from
    being asked, nor its tokens."""
    end = ports.now() + FOR_ALL
    told = PollOutcome({}, {}, [])
    for there in _in_turn(ports.destinations, ports.now()):
        if ports.now() >= end:
            told.left.append(there.destination)
            continue
        try:
            by = min(ports.now() + FOR_UPDATES, end)
            told.polled[there.destination] = poll(there, ports, by)
        except (UpstreamFailed, Refused) as error:
            told.failed[there.destination] = error
        try:
            resolve_tokens(there, ports, min(ports.now() + FOR_TOKENS, end))
        except UpstreamFailed as error:
            told.failed[there.destination] = error
    return told


def _in_turn(
    destinations: Sequence[Open311Destination], now: datetime
) -> Sequence[Open311Destination]:
    first = int(now.timestamp()) // RUNS_EVERY_S % max(1, len(destinations))
    return [*destinations[first:], *destinations[:first]]
