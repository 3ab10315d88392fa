"""Reminds subscribers of collections at their hour, and corrects reminders that no longer hold.

The schedule finds out which hours have come. For each of them the matcher reads the subscriptions
page by page and looks up whose waste is collected. The sender decides with the dates as they are
then, and stores what it said. After the dates have changed, the matcher asks the sender to compare.
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
from chalicelib.kernel.time import to_the_second

CHANGE_WAIT_S = 120
"""How long after a change the reminders are compared: until no function has the dates of before,
which each reads again after a minute."""
MOST_LATE = timedelta(hours=12)
"""Hours that came longer ago are not made up for."""
SCHEDULE, LAST_RUN, OFF_ROUNDS = "reminders", "hours", "off"
"""The last run is stored as what a listener of this name was told."""


def wake_hours(ports: Ports) -> int:
    """Tells the matcher which hours have come since the last run. Returns how many. Raises
    UpstreamFailed."""
    now = to_the_second(ports.now())
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
        _note(LAST_RUN, int(now.timestamp()), last, ports)
    return len(due)


def _last_run(last: LastAlert | None, now: datetime) -> datetime:
    """The moment up to which hours were told. One after `now` is of a clock that was put back."""
    at = datetime.fromtimestamp(last.version, UTC) if last else now
    return max(at, now - MOST_LATE) if at < now else now - timedelta(hours=1)


def watch_rounds(ports: Ports) -> int:
    """Has the reminders compared if other rounds than at the last run do not go out. Returns the
    number of messages. Raises UpstreamFailed."""
    last = ports.alerts.last_alert(SCHEDULE, OFF_ROUNDS)
    number = number_of(map(str, ports.off_rounds()))
    if last and last.version == number:
        return 0
    changes = changes_from(ports.now(), ports.council.zone)
    ports.match_queue.send(changes, delay_s=CHANGE_WAIT_S)
    _note(OFF_ROUNDS, number, last, ports)
    return len(changes)


def changes_from(now: datetime, zone: ZoneInfo) -> Sequence[CollectionsPageWanted]:
    """The messages to the matcher after the dates of collections have changed: it compares all
    reminders that may have been sent."""
    today = now.astimezone(zone).date()
    return [
        CollectionsPageWanted(
            what="collection_change",
            day=day,
            hours=HOURS,
            version=int(now.timestamp()),
            occurred_at=to_the_second(now),
        )
        for day in (today, today + ONE_DAY)
    ]


def match_collections(wanted: CollectionsPageWanted, ports: MatchPorts) -> int:
    """Sends the sender a message for each subscriber of this page; a further run does the next.
    Returns how many there are. Raises UpstreamFailed: then it is done again."""
    areas = [area_of_reminders(hour) for hour in wanted.hours]
    page = read_page(areas, Cursor(wanted.area, wanted.low), ports.index)
    tells = [
        AlertRequested(
            subscription_id=entry.subscription_id,
            what=wanted.what,
            version=wanted.version,
            occurred_at=wanted.occurred_at,
            notice_id=wanted.notice_id,
        )
        for entry in _concerned(page.entries, wanted, ports)
    ]
    enqueue_batches(tells, ports)
    if page.next:
        area, low = page.next
        ports.match_queue.send([replace(wanted, area=area, low=low)])
    return len(tells)


def _concerned(
    entries: Sequence[IndexEntry], wanted: CollectionsPageWanted, ports: MatchPorts
) -> Iterator[IndexEntry]:
    """The subscribers whose waste is collected, one subscription for each person and premises. A
    change concerns also those whose waste is no longer collected."""
    if wanted.what == "collection_change":
        yield from entries
        return
    known = {entry.premises_id for entry in entries if entry.premises_id}
    collected = ports.premises_collected_on(known, wanted.day) if known else ()
    chosen = {(entry.recipient, entry.premises_id): entry for entry in entries}
    yield from (entry for entry in chosen.values() if entry.premises_id in collected)


def _note(what: str, version: int, last: LastAlert | None, ports: Ports) -> None:
    told = LastAlert(version=version, by="", before=0)
    try:
        ports.alerts.save_last_alert(SCHEDULE, what, told, instead_of=last)
    except VersionConflict:
        # Another run did the same: the sender finds the alerts that it made.
        return
