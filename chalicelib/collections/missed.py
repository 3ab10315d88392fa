"""The rules for reporting that a container was not emptied.

The collection must have been due, and its round must be over. A report is possible until the end of
the second working day after the collection. If the crew recorded a reason, residents get the reason
instead, and one report can dispute it.
"""

from datetime import UTC, datetime, time
from itertools import islice
from typing import NamedTuple

from msgspec import Struct

from chalicelib.catalogue.promise import ONE_DAY, WorkingCalendar
from chalicelib.collections.model import Day
from chalicelib.texts import Text

WORKING_DAYS = 2
NOT_OVER = Text(
    "The round is not over yet. If your container is not emptied today, report it when the round "
    "is over."
)
TOO_LATE = Text(
    "It is too late to report this: that is possible until the end of the second working day after "
    "the collection."
)
REPORTED = Text("Somebody has reported this already, and we will come back.")
NOT_DUE = Text("This container was not due on that day.")


class CollectionKey(NamedTuple):
    """One collection of a premises."""

    premises_id: str
    container: str
    date: Day


class PastCollection(Struct, frozen=True, kw_only=True):
    """A collection of one container that was due on `date`.

    `over_at`: when the round was over, or closes if no crew finishes it before. `crew_says`: the
    text for residents why the crew did not empty the container. `is_disputable`: the crew gave the
    reason for this container or its street, and not for the whole round. `is_reported`: the
    collection was reported as missed.
    """

    container: str
    date: Day
    over_at: datetime
    crew_says: str | None = None
    is_disputable: bool = False
    is_reported: bool = False


class Missed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whether a collection can be reported as missed. From the moment `until` on, it cannot.
    `why_not` tells residents why not. `may_dispute`: the crew recorded a reason, and a report can
    dispute it."""

    container: str
    date: Day
    may_report: bool
    until: datetime | None = None
    may_dispute: bool = False
    why_not: str | None = None


def report_deadline(day: Day, calendar: WorkingCalendar) -> datetime:
    """The end of the second working day after a collection, in UTC."""
    *_, last = islice(calendar.working_days_from(day + ONE_DAY), WORKING_DAYS)
    return datetime.combine(last + ONE_DAY, time(), calendar.zone).astimezone(UTC)


def check_collection(
    collection: PastCollection, now: datetime, calendar: WorkingCalendar
) -> Missed:
    """Whether the collection may be reported now."""
    until = report_deadline(collection.date, calendar)
    why_not = _reason_against(collection, now, until)
    can_be_disputed = (
        collection.is_disputable
        and not collection.is_reported
        and collection.over_at <= now < until
    )
    return Missed(
        container=collection.container,
        date=collection.date,
        may_report=why_not is None,
        until=until if why_not is None or can_be_disputed else None,
        may_dispute=can_be_disputed,
        why_not=why_not,
    )


def _reason_against(collection: PastCollection, now: datetime, until: datetime) -> str | None:
    if collection.is_reported:
        return REPORTED
    if collection.crew_says is not None:
        return collection.crew_says
    if now < collection.over_at:
        return NOT_OVER
    return TOO_LATE if now >= until else None
