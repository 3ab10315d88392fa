"""Poll all other bodies for updates in one run of limited time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.catalogue.destinations import Open311Destination
from chalicelib.errors import UpstreamFailed
from chalicelib.outbound.inbound_updates import RUNS_EVERY_S, PollResult, Ports, poll
from chalicelib.outbound.senders import DeliveryRefused
from chalicelib.outbound.tokens import resolve_tokens

FOR_UPDATES = timedelta(seconds=125)
"""The time for one destination: six of the slowest responses, with which a run reaches the
present."""
FOR_TOKENS = timedelta(seconds=25)
FOR_ALL = timedelta(seconds=200)
"""After this time the run starts no request: its function has four minutes."""


class PollOutcome(NamedTuple):
    """The result of a run by destination: those polled, those that failed, and those `left` over
    for lack of time, which come first in the following runs."""

    polled: dict[str, PollResult]
    failed: dict[str, UpstreamFailed | DeliveryRefused]
    left: list[str]

    @property
    def updates(self) -> int:
        """The number of updates about our reports."""
        return sum(each.updates for each in self.polled.values())


def poll_all(ports: Ports) -> PollOutcome:
    """Poll every destination and resolve its tokens; each run starts with another destination. A
    failure stops neither the other destinations nor the tokens."""
    end = ports.now() + FOR_ALL
    outcome = PollOutcome({}, {}, [])
    for server in _rotate(ports.destinations, ports.now()):
        if ports.now() >= end:
            outcome.left.append(server.destination)
            continue
        try:
            by = min(ports.now() + FOR_UPDATES, end)
            outcome.polled[server.destination] = poll(server, ports, by)
        except (UpstreamFailed, DeliveryRefused) as error:
            outcome.failed[server.destination] = error
        try:
            resolve_tokens(server, ports, min(ports.now() + FOR_TOKENS, end))
        except UpstreamFailed as error:
            outcome.failed[server.destination] = error
    return outcome


def _rotate(
    destinations: Sequence[Open311Destination], now: datetime
) -> Sequence[Open311Destination]:
    first = int(now.timestamp()) // RUNS_EVERY_S % max(1, len(destinations))
    return [*destinations[first:], *destinations[:first]]
