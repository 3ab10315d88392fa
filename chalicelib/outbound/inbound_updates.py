"""Import other bodies' updates of reports into our own timelines.

Each poll of a destination requests the updates of a time span that overlaps the last one: updates
that its server shows late are found the next time, and updates already imported are recognised.
Source: mySociety's extension of GeoReport v2, "GET Service Request Updates"
(wiki.open311.org/GeoReport_v2/Extensions), as FixMyStreet and open311-adapter speak it.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple

from msgspec import Struct, field

from chalicelib.catalogue.destinations import Open311Destination
from chalicelib.errors import NotNow
from chalicelib.georeport import moments
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.time import truncate_to_second
from chalicelib.outbound.model import UPDATE
from chalicelib.outbound.open311_client import TOO_LONG, Entry, Open311Client, id_in
from chalicelib.outbound.ports import Deliveries, Mark, Marks, ReportsToSend
from chalicelib.outbound.senders import DeliveryRefused
from chalicelib.reports.published import InboundResult

OVERLAP = timedelta(hours=2)
"""How late a server may show an update: the window that FixMyStreet itself requests."""
AT_ONCE = OVERLAP + timedelta(days=1)
"""The longest time span of one request."""
LEAST = timedelta(minutes=15)
"""If a server refuses a time span, half of it is requested; a span this short is skipped."""
FURTHEST_BACK = timedelta(days=6)
"""How far one run goes back for a report whose id became known late: it must reach the present."""
LAG = timedelta(minutes=1)
"""How late our own list of deliveries may show a delivery, with a margin."""
MOST_KNOWN_LATE = 1_000
MOST_A_RUN = 500
"""New updates that one run imports from one destination; the next run continues."""
RUNS_EVERY_S = 300
NO_UPDATES = "http_404"
"""The error of a server that has no updates, as GeoReport itself has none."""
TOO_MUCH = frozenset(("http_400", "http_413", "http_422", TOO_LONG))
"""The errors of a server that was asked for more than it returns at once."""


class RemoteStatus(NamedTuple):
    """Another body's update of a report: its status there, and a text."""

    status: str
    text: str


class Ports(Struct, frozen=True):
    """The dependencies of polling.

    `bring_back` takes a service_request_id, a hexadecimal key and an update, and adds the update to
    the report's timeline, once for each key; it does nothing if the report is gone, and raises
    UpstreamFailed. `destinations` are those with an Open311 server.
    """

    deliveries: Deliveries
    marks: Marks
    client: Open311Client
    bring_back: Callable[[str, str, RemoteStatus], InboundResult]
    reports: ReportsToSend
    destinations: Sequence[Open311Destination]
    now: Callable[[], datetime]


class PollResult(Struct):
    """The result of polling one destination.

    `updates` counts its updates about our reports, `added` the new ones among them, `over` those
    left out because their reports had too many, and `missed` the time spans that it refused and
    that were skipped. `full` has the reports with too many.
    """

    updates: int = 0
    added: int = 0
    over: int = 0
    missed: int = 0
    full: set[str] = field(default_factory=set)


def poll(server: Open311Destination, ports: Ports, by: datetime) -> PollResult:
    """Import the destination's updates since the last poll, until the time `by`.

    A server without updates is no error. Raises: UpstreamFailed, DeliveryRefused; the next poll
    then requests the same time span."""
    now, result = truncate_to_second(ports.now()), PollResult()
    mark = ports.marks.get(server.destination) or Mark(now)
    at, length = _start(server, mark, now, ports), AT_ONCE
    while at < now and ports.now() < by:
        end = min(at + length, now)
        try:
            _import_span(server, at, end, result, ports)
        except (DeliveryRefused, NotNow) as error:
            if error.code == NO_UPDATES:
                break
            if error.code not in TOO_MUCH:
                raise
            if end - at > LEAST:
                length = max(_half(end - at), LEAST)
                continue
            mark, result.missed = mark._replace(missed_until=end), result.missed + 1
        if result.added >= MOST_A_RUN:
            break
        mark = mark._replace(until=end)
        ports.marks.put(server.destination, mark)
        at, length = end, min(2 * length, AT_ONCE)
    return result


def _half(length: timedelta) -> timedelta:
    return timedelta(seconds=length.total_seconds() // 2)


def _start(server: Open311Destination, mark: Mark, now: datetime, ports: Ports) -> datetime:
    """The start of the first time span. It is earlier if a report's id became known late, as its
    updates before that were not recognised. A skipped span is not requested again."""
    known_late = ports.deliveries.ended_between(
        "sent",
        server.destination,
        since=mark.until - LAG,
        until=now + timedelta(seconds=1),
        limit=MOST_KNOWN_LATE,
    )
    back = min((each.occurred_at for each in known_late), default=mark.until)
    start = min(mark.until, max(back, now - FURTHEST_BACK)) - OVERLAP
    return max(start, mark.missed_until or start)


def _import_span(
    server: Open311Destination, start: datetime, end: datetime, result: PollResult, ports: Ports
) -> None:
    window = {"start_date": moments.write(start), "end_date": moments.write(end)}
    delivery_of = cache(
        lambda external_id: ports.deliveries.find_by_external_id(server.destination, external_id)
    )
    for entry in sorted(ports.client.updates(server, **window), key=_updated_at):
        external_id, update_id = id_in(entry, "service_request_id"), id_in(entry, "update_id")
        delivery = delivery_of(external_id) if external_id and update_id else None
        if delivery and external_id and update_id and result.added < MOST_A_RUN:
            if ports.deliveries.find_by_external_id(server.destination, UPDATE + update_id):
                # This is our own update.
                continue
            key = derived_id("returned", server.destination, external_id, update_id)
            _add_to_report(delivery.service_request_id, key, entry, result, ports)


def _add_to_report(
    request_id: str, key: str, entry: Entry, result: PollResult, ports: Ports
) -> None:
    """Add the update to the report, unless the report has too many, and count it."""
    status = RemoteStatus(entry.get("status", ""), entry.get("description", ""))
    outcome = "over" if request_id in result.full else ports.bring_back(request_id, key, status)
    if outcome == "over":
        result.full.add(request_id)
        result.over += 1
        return
    result.updates += 1
    result.added += outcome == "added"


def _updated_at(entry: Entry) -> datetime:
    """The time of the update; one without a time comes first. Updates are imported in this order,
    as the last one decides the state, and servers list them in either order."""
    try:
        return moments.read(entry.get("updated_datetime", ""))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
