"""Resolve tokens: some destinations answer a report with a token, and give its id later.

Source: GeoReport v2, "GET service_request_id from a token" (wiki.open311.org/GeoReport_v2).
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from math import ceil

from msgspec.structs import replace

from chalicelib.catalogue.destinations import Open311Destination
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.time import truncate_to_second
from chalicelib.outbound.inbound_updates import RUNS_EVERY_S, Ports
from chalicelib.outbound.model import TOKEN, Delivery
from chalicelib.outbound.open311_client import id_for_token
from chalicelib.outbound.senders import DeliveryRefused

LAST = timedelta(days=7)
"""A token without an id is given up after this time."""
AT_ONCE = 20
"""Tokens that one run asks about; the next run asks about others. A run must end in minutes."""


def resolve_tokens(server: Open311Destination, ports: Ports, by: datetime) -> None:
    """Request the ids for the destination's tokens, until the time `by`. A refused token does not
    stop the others. Raises UpstreamFailed."""
    for delivery_id in _batch(ports.deliveries.with_token(server.destination), ports):
        if ports.now() >= by:
            return
        delivery = ports.deliveries.get(delivery_id)
        if delivery and delivery.external_id and not delivery.their_reference:
            with suppress(DeliveryRefused, VersionConflict):
                _resolve(delivery, delivery.external_id.removeprefix(TOKEN), server, ports)


def _batch(waiting: Sequence[str], ports: Ports) -> Sequence[str]:
    """The deliveries of this run. Each run takes other ones and starts with another one, as the
    time may not be enough for all."""
    run = int(ports.now().timestamp()) // RUNS_EVERY_S
    turns = max(1, ceil(len(waiting) / AT_ONCE))
    first = run % turns * AT_ONCE
    batch = waiting[first : first + AT_ONCE]
    start = run // turns % max(1, len(batch))
    return [*batch[start:], *batch[:start]]


def _resolve(delivery: Delivery, token: str, server: Open311Destination, ports: Ports) -> None:
    """Store the id on the delivery and the report, if the destination gives one.

    Raises: DeliveryRefused, UpstreamFailed; VersionConflict if the delivery was changed meanwhile,
    and the next run finds it again if it still has a token."""
    now = truncate_to_second(ports.now())
    if delivery.updated_at < now - LAST:
        ports.deliveries.save(replace(delivery, external_id=None))
        return
    external_id = id_for_token(token, server, ports.client)
    if external_id is None:
        return
    # The report is updated first: if the run is cut short after that, the next one repeats both.
    key = derived_id("token", delivery.delivery_id)
    ports.reports.note_passed_on(delivery.service_request_id, server.name, external_id, key)
    ports.deliveries.save(replace(delivery, external_id=external_id, updated_at=now))
