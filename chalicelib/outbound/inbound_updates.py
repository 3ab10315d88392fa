"""Imports other bodies' updates of reports into our own timelines.

Each destination is asked for the updates of a time span that overlaps the last one: updates that
its server shows late are found the next time, and updates already imported are recognised.
Source: mySociety's extension of GeoReport v2, "GET Service Request Updates"
(wiki.open311.org/GeoReport_v2/Extensions), as FixMyStreet and open311-adapter speak it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple

from chalicelib.catalogue.destinations import Open311Destination
from chalicelib.errors import NotNow
from chalicelib.georeport import moments
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.time import to_the_second
from chalicelib.outbound.model import UPDATE
from chalicelib.outbound.open311_client import TOO_LONG, Entry, Open311Client, id_in
from chalicelib.outbound.ports import Deliveries, Mark, Marks, Reports
from chalicelib.outbound.senders import Refused
from chalicelib.reports.published import Brought

OVERLAP = timedelta(hours=2)
"""How late an update may be shown there: the window that FixMyStreet itself asks for."""
AT_ONCE = OVERLAP + timedelta(days=1)
LEAST = timedelta(minutes=15)
"""When a server refuses a time span, half of it is asked for; a span this short is skipped."""
FURTHEST_BACK = timedelta(days=6)
"""How far one run goes back for a report whose id became known late: it has to get to now."""
LAG = timedelta(minutes=1)
"""How late our own list of deliveries may show one, with room."""
MOST_KNOWN_LATE = 1_000
MOST_A_RUN = 500
"""New updates that one run brings from one destination; the next one goes on."""
RUNS_EVERY_S = 300
NO_SUCH_THING = "http_404"
TOO_MUCH = frozenset(("http_400", "http_413", "http_422", TOO_LONG))
"""How a server says that it was asked for more than it gives at once."""


class RemoteStatus(NamedTuple):
    """What another body says of a report: the status that it has there, and some words."""

    status: str
    text: str


@dataclass(frozen=True)
class Ports:
    """Everything that polling reaches outside for. `bring_back` adds what another body said to the
    report's timeline, once for each key, which is hexadecimal; it does nothing where the report is
    gone, and raises UpstreamFailed. `destinations` are those that have an Open311 server."""

    deliveries: Deliveries
    marks: Marks
    client: Open311Client
    bring_back: Callable[[str, str, RemoteStatus], Brought]
    reports: Reports
    destinations: Sequence[Open311Destination]
    now: Callable[[], datetime]


@dataclass
class Polled:
    """What came of asking one destination: how many of its updates were about reports of ours,
    how many of those are new, how many were left out because their reports had enough, and how
    often it refused a time that was stepped over."""

    updates: int = 0
    added: int = 0
    over: int = 0
    missed: int = 0
    full: set[str] = field(default_factory=set)


def poll(there: Open311Destination, ports: Ports, by: datetime) -> Polled:
    """Brings what the destination said since it was asked last, as far as there is time: nothing
    of a server that knows no updates, as GeoReport itself does not. Raises UpstreamFailed,
    Refused: it is asked for that again."""
    now, told = to_the_second(ports.now()), Polled()
    mark = ports.marks.get(there.destination) or Mark(now)
    at, length = _asked_from(there, mark, now, ports), AT_ONCE
    while at < now and ports.now() < by:
        end = min(at + length, now)
        try:
            _bring(there, at, end, told, ports)
        except (Refused, NotNow) as error:
            if error.code == NO_SUCH_THING:
                break
            if error.code not in TOO_MUCH:
                raise
            if end - at > LEAST:
                length = max(_half(end - at), LEAST)
                continue
            mark, told.missed = mark._replace(missed_until=end), told.missed + 1
        if told.added >= MOST_A_RUN:
            break
        mark = mark._replace(until=end)
        ports.marks.put(there.destination, mark)
        at, length = end, min(2 * length, AT_ONCE)
    return told


def _half(length: timedelta) -> timedelta:
    return timedelta(seconds=length.total_seconds() // 2)


def _asked_from(there: Open311Destination, mark: Mark, now: datetime, ports: Ports) -> datetime:
    """From when the destination is asked. Further back where a report's id became known late: what
    was said of it before was not known to be about it. Nothing is refused twice."""
    known_late = ports.deliveries.finished(
        "sent",
        there.destination,
        since=mark.until - LAG,
        until=now + timedelta(seconds=1),
        limit=MOST_KNOWN_LATE,
    )
    back = min((each.occurred_at for each in known_late), default=mark.until)
    start = min(mark.until, max(back, now - FURTHEST_BACK)) - OVERLAP
    return max(start, mark.missed_until or start)


def _bring(
    there: Open311Destination, start: datetime, end: datetime, told: Polled, ports: Ports
) -> None:
    window = {"start_date": moments.write(start), "end_date": moments.write(end)}
    called = cache(lambda external_id: ports.deliveries.called(there.destination, external_id))
    for entry in sorted(ports.client.updates(there, **window), key=_at):
        external_id, update_id = id_in(entry, "service_request_id"), id_in(entry, "update_id")
        delivery = called(external_id) if external_id and update_id else None
        if delivery and external_id and update_id and told.added < MOST_A_RUN:
            if ports.deliveries.called(there.destination, UPDATE + update_id):
                # This is our own update.
                continue
            key = derived_id("returned", there.destination, external_id, update_id)
            _count(delivery.service_request_id, key, entry, told, ports)


def _count(request_id: str, key: str, entry: Entry, told: Polled, ports: Ports) -> None:
    """Tells the report, unless it has had enough."""
    said = RemoteStatus(entry.get("status", ""), entry.get("description", ""))
    brought = "over" if request_id in told.full else ports.bring_back(request_id, key, said)
    if brought == "over":
        told.full.add(request_id)
        told.over += 1
        return
    told.updates += 1
    told.added += brought == "added"


def _at(entry: Entry) -> datetime:
    """When the update was made: the last one decides the state, whichever way a server lists them.
    One that does not say it comes first."""
    try:
        return moments.read(entry.get("updated_datetime", ""))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
