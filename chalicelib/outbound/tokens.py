"""Some bodies give a token for a report and its id later: they are asked for that.

Source: GeoReport v2, "GET service_request_id from a token" (wiki.open311.org/GeoReport_v2).
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil

from chalicelib.catalogue.destinations import Open311Destination
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.time import to_the_second
from chalicelib.outbound.inbound_updates import RUNS_EVERY_S, Ports
from chalicelib.outbound.model import TOKEN, Delivery
from chalicelib.outbound.open311_client import id_for_token
from chalicelib.outbound.senders import Refused

LAST = timedelta(days=7)
AT_ONCE = 20
"""Tokens that one run asks about, others the next time: all of it has to end within minutes."""


def resolve_tokens(there: Open311Destination, ports: Ports, by: datetime) -> None:
    """Asks for the ids of reports for which the destination gave a token, until then. One that it
    refuses keeps no other from being asked about. Raises UpstreamFailed."""
    for delivery_id in _whose_turn_it_is(ports.deliveries.with_token(there.destination), ports):
        if ports.now() >= by:
            return
        delivery = ports.deliveries.get(delivery_id)
        if delivery and delivery.external_id and not delivery.their_reference:
            with suppress(Refused, VersionConflict):
                _resolve(delivery, delivery.external_id.removeprefix(TOKEN), there, ports)


def _whose_turn_it_is(waiting: Sequence[str], ports: Ports) -> Sequence[str]:
    """Some of them, in each run other ones; each time another one first, for the time may not be
    enough for all."""
    run = int(ports.now().timestamp()) // RUNS_EVERY_S
    turns = max(1, ceil(len(waiting) / AT_ONCE))
    first = run % turns * AT_ONCE
    some = waiting[first : first + AT_ONCE]
    ahead = run // turns % max(1, len(some))
    return [*some[ahead:], *some[:ahead]]


def _resolve(delivery: Delivery, token: str, there: Open311Destination, ports: Ports) -> None:
    """Raises Refused, UpstreamFailed, and VersionConflict: somebody else put something on it, and
    the next run finds it again if it is still so."""
    now = to_the_second(ports.now())
    if delivery.updated_at < now - LAST:
        ports.deliveries.save(replace(delivery, external_id=None))
        return
    external_id = id_for_token(token, there, ports.client)
    if external_id is None:
        return
    # The report hears of it first: a run that is cut short there does it again.
    key = derived_id("token", delivery.delivery_id)
    ports.reports.passed_on(delivery.service_request_id, there.name, external_id, key)
    ports.deliveries.save(replace(delivery, external_id=external_id, updated_at=now))
