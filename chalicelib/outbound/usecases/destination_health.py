"""Publish a document on the state of deliveries: one entry for each of the council's destinations,
and one for all receivers together."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

import msgspec

from chalicelib.catalogue.destinations import Destination
from chalicelib.kernel.time import truncate_to_second
from chalicelib.outbound.model import Delivery
from chalicelib.outbound.ports import Ports

OTHERS = "Other systems"
"""The public name of the receivers: the document does not name them."""
LATEST = 100
"""The number of sent deliveries behind the median delay."""
MISSED_SHOWN_FOR = timedelta(days=7)


class DestinationHealth(msgspec.Struct, frozen=True, kw_only=True):
    """The state of the deliveries to one destination.

    `median_delay_s` is the time from an event to the sending of its delivery. Counts stop at
    MOST_COUNTED + 1. `missed_until`: within the last week, some of the server's updates before this
    time could not be read.
    """

    name: str
    kind: str
    last_success: datetime | None
    waiting: int
    failed: int
    median_delay_s: int | None
    missed_until: datetime | None = None
    as_of: datetime


class _Counts(NamedTuple):
    sent: Sequence[Delivery]
    waiting: int
    failed: int


def publish_getting_through(ports: Ports) -> None:
    """Publish the present state of all destinations. Raises UpstreamFailed."""
    entries = [
        msgspec.structs.replace(
            _health(each.name, each.kind, [_count_deliveries(code, ports)], ports),
            missed_until=_missed_until(each, ports),
        )
        for code, each in ports.destinations.items()
    ]
    others = [_count_deliveries(each.receiver_id, ports) for each in ports.receivers.all()]
    if others:
        entries.append(_health(OTHERS, "webhook", others, ports))
    ports.publish(msgspec.json.encode({"destinations": entries}))


def _missed_until(there: Destination, ports: Ports) -> datetime | None:
    mark = ports.marks.get(there.destination) if there.kind == "open311" else None
    missed = mark.missed_until if mark else None
    return missed if missed and missed > ports.now() - MISSED_SHOWN_FOR else None


def _count_deliveries(destination: str, ports: Ports) -> _Counts:
    store = ports.deliveries
    return _Counts(
        sent=store.in_state("sent", destination, limit=LATEST, after=None).deliveries,
        waiting=store.count(destination, "waiting") + store.count(destination, "sending"),
        failed=store.count(destination, "failed"),
    )


def _health(name: str, kind: str, counted: Iterable[_Counts], ports: Ports) -> DestinationHealth:
    each = list(counted)
    sent = sorted((d for one in each for d in one.sent), key=lambda d: d.updated_at)[-LATEST:]
    delays = [(d.sent_at - d.occurred_at).total_seconds() for d in sent if d.sent_at]
    return DestinationHealth(
        name=name,
        kind=kind,
        last_success=sent[-1].updated_at if sent else None,
        waiting=sum(one.waiting for one in each),
        failed=sum(one.failed for one in each),
        median_delay_s=round(median(delays)) if delays else None,
        as_of=truncate_to_second(ports.now()),
    )
