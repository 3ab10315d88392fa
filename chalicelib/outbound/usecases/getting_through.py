"""Is it getting through? A published document says so for each of the council's destinations, and
for all receivers together."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

import msgspec

from chalicelib.catalogue.destinations import Destination
from chalicelib.kernel.time import to_the_second
from chalicelib.outbound.model import Delivery
from chalicelib.outbound.ports import Ports

OTHERS = "Other systems"
"""What receivers are called in public: who listens is between them and the council."""
LATEST = 100
"""Of how many sent deliveries the delay is the median."""


SAID_FOR = timedelta(days=7)


class DestinationHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How it is with one destination; `median_delay_s` from what happened to when it was sent.
    A count of more than MOST_COUNTED is that it is more. Some of what its server said before
    `missed_until` could not be had, within the last week."""

    name: str
    kind: str
    last_success: datetime | None
    waiting: int
    failed: int
    median_delay_s: int | None
    missed_until: datetime | None = None
    as_of: datetime


class _Counted(NamedTuple):
    sent: Sequence[Delivery]
    waiting: int
    failed: int


def publish_getting_through(ports: Ports) -> None:
    """Publishes the document as of now. Raises UpstreamFailed."""
    standings = [
        msgspec.structs.replace(
            _standing(each.name, each.kind, [_counted(code, ports)], ports),
            missed_until=_missed_until(each, ports),
        )
        for code, each in ports.destinations.items()
    ]
    others = [_counted(each.receiver_id, ports) for each in ports.receivers.all()]
    if others:
        standings.append(_standing(OTHERS, "webhook", others, ports))
    ports.publish(msgspec.json.encode({"destinations": standings}))


def _missed_until(there: Destination, ports: Ports) -> datetime | None:
    mark = ports.marks.get(there.destination) if there.kind == "open311" else None
    missed = mark.missed_until if mark else None
    return missed if missed and missed > ports.now() - SAID_FOR else None


def _counted(destination: str, ports: Ports) -> _Counted:
    store = ports.deliveries
    return _Counted(
        sent=store.in_state("sent", destination, limit=LATEST, after=None).deliveries,
        waiting=store.count(destination, "waiting") + store.count(destination, "sending"),
        failed=store.count(destination, "failed"),
    )


def _standing(name: str, kind: str, counted: Iterable[_Counted], ports: Ports) -> DestinationHealth:
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
        as_of=to_the_second(ports.now()),
    )
