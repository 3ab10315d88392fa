"""Requests reminders of collections at the subscribers' hours, and corrections of reminders after
the dates have changed.

The schedule finds the hours that have come. For each of them the matcher reads the subscriptions
page by page and looks up whose waste is collected. The sender decides with the dates as they are
then, and records what it sent. After the dates have changed, it compares them with what it sent.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from chalicelib.alerts.delivery import LastAlert
from chalicelib.alerts.delivery_ports import Ports
from chalicelib.alerts.index import IndexEntry, area_of_reminders
from chalicelib.alerts.model import AlertRequested, CollectionsPageWanted
from chalicelib.alerts.ports import MatchPorts
from chalicelib.alerts.reminders import HOURS, ONE_DAY, hours_due, number_of
from chalicelib.alerts.usecases.alert_batches import enqueue_batches
from chalicelib.alerts.usecases.notice_pages import Cursor, read_page
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.kernel.time import truncate_to_second

CHANGE_WAIT_S = 120
"""How long after a change the reminders are compared: until no function has the old dates in its
cache, which lasts a minute."""
MOST_LATE = timedelta(hours=12)
"""Reminders at hours that came longer ago are not sent."""
SCHEDULE, LAST_RUN, OFF_ROUNDS = "reminders", "hours", "off"
"""The last runs are stored as the last alerts to a recipient of the name SCHEDULE."""


def request_reminders(ports: Ports) -> int:
    """Sends the matcher the hours that have come since the last run. Returns their number. Raises
    UpstreamFailed."""
    now = truncate_to_second(ports.now())
    last = ports.alerts.last_alert(SCHEDULE, LAST_RUN)
    due = [
        CollectionsPageWanted(
            what="collection_reminder",
            day=each.day,
            hours=(each.hour,),
            version=1 + HOURS.index(each.hour),
            occurred_at=each.at,
        )
        for each in hours_due(_last_run(last, now), now, ports.council.zone)
    ]
    if due:
        ports.match_queue.send(due)
        _save_run(LAST_RUN, int(now.timestamp()), last, ports)
    return len(due)


def _last_run(last: LastAlert | None, now: datetime) -> datetime:
    """The moment up to which hours were requested. One after `now` comes from a clock that was put
    back."""
    at = datetime.fromtimestamp(last.version, UTC) if last else now
    return max(at, now - MOST_LATE) if at < now else now - timedelta(hours=1)


def request_corrections(ports: Ports) -> int:
    """Requests a comparison of the reminders if other rounds than at the last run do not go out.
    Returns the number of messages. Raises UpstreamFailed."""
    last = ports.alerts.last_alert(SCHEDULE, OFF_ROUNDS)
    number = number_of(map(str, ports.off_rounds()))
    if last and last.version == number:
        return 0
    changes = corrections_from(ports.now(), ports.council.zone)
    ports.match_queue.send(changes, delay_s=CHANGE_WAIT_S)
    _save_run(OFF_ROUNDS, number, last, ports)
    return len(changes)


def corrections_from(now: datetime, zone: ZoneInfo) -> Sequence[CollectionsPageWanted]:
    """The messages to the matcher to compare all reminders that may have been sent, after the dates
    of collections have changed."""
    today = now.astimezone(zone).date()
    return [
        CollectionsPageWanted(
            what="collection_change",
            day=day,
            hours=HOURS,
            version=int(now.timestamp()),
            occurred_at=truncate_to_second(now),
        )
        for day in (today, today + ONE_DAY)
    ]


def match_collections(wanted: CollectionsPageWanted, ports: MatchPorts) -> int:
    """Sends the sender a request for each subscriber of this page, and leaves the next page to a
    further run. Returns the number of requests. Raises UpstreamFailed; the caller then runs it
    again."""
    areas = [area_of_reminders(hour) for hour in wanted.hours]
    page = read_page(areas, Cursor(wanted.area, wanted.low), ports.index)
    requests = [
        AlertRequested(
            subscription_id=entry.subscription_id,
            what=wanted.what,
            version=wanted.version,
            occurred_at=wanted.occurred_at,
            notice_id=wanted.notice_id,
        )
        for entry in _entries_concerned(page.entries, wanted, ports)
    ]
    enqueue_batches(requests, ports)
    if page.next:
        area, low = page.next
        ports.match_queue.send([replace(wanted, area=area, low=low)])
    return len(requests)


def _entries_concerned(
    entries: Sequence[IndexEntry], wanted: CollectionsPageWanted, ports: MatchPorts
) -> Iterator[IndexEntry]:
    """The entries of subscribers whose waste is collected, one for each person and premises. After
    a change, all entries, because some waste may no longer be collected."""
    if wanted.what == "collection_change":
        yield from entries
        return
    premises_ids = {entry.premises_id for entry in entries if entry.premises_id}
    collected = ports.premises_collected_on(premises_ids, wanted.day) if premises_ids else ()
    chosen = {(entry.recipient, entry.premises_id): entry for entry in entries}
    yield from (entry for entry in chosen.values() if entry.premises_id in collected)


def _save_run(what: str, version: int, last: LastAlert | None, ports: Ports) -> None:
    run = LastAlert(version=version, by="", before=0)
    try:
        ports.alerts.save_last_alert(SCHEDULE, what, run, instead_of=last)
    except VersionConflict:
        # Another run requested the same; the sender finds the alerts that it made.
        return
