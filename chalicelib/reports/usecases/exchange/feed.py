"""A feed of changed reports, for other systems that poll it. A system hears of public reports, and
of the reports that it sent itself.

A report is in the feed once, where it last changed. A caller that continues from `next` hears of
every report that changed, as it is then, and hears that a report is gone if it is no longer public.
The feed misses an entry that reaches the index later than BEHIND after its moment: a write that had
to be tried again, or an import of old reports. A caller that needs all of them asks again from some
time back.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.queries import Window
from chalicelib.reports.usecases.access import is_shown_to_sender

BEHIND = timedelta(seconds=5)
"""The last part of the time, which is left for the next call: a change has the moment when it was
begun, and an index lags behind the writes."""
BEGINS_BEFORE = timedelta(days=90)
MOST_AT_A_TIME = timedelta(days=366)
"""The longest time that one call covers: each month of it may be a request."""


class Cursor(NamedTuple):
    """A place in the feed: after a report that last changed at that moment, or at the moment."""

    moment: datetime
    service_request_id: str | None = None


class Change(NamedTuple):
    """A changed report and its place in the feed. The report is public, or was public before, or
    the follower, `sender`, sent it."""

    report: ServiceRequest
    cursor: Cursor
    sender: str | None = None

    @property
    def is_gone(self) -> bool:
        return not (self.is_public or is_shown_to_sender(self.report, self.sender))

    @property
    def is_public(self) -> bool:
        return self.report.visibility == "public"

    @property
    def is_told(self) -> bool:
        """True if the follower may hear that there is, or was, such a report."""
        is_own = self.sender is not None and self.report.reporter == self.sender
        return self.report.once_public or is_own


class Feed(NamedTuple):
    """Some changes, the oldest first; the next call continues at `next`, which stays the same at
    the end."""

    changes: Sequence[Change]
    next: Cursor


def changes_after(
    after: Cursor | None, *, limit: int, ports: Ports, sender: str | None = None
) -> Feed:
    """The changes in the next `limit` entries of the index; from 90 days ago if no place is given.
    Reports that never were public are left out, unless `sender` sent them."""
    last = ports.now() - BEHIND
    begin = after or Cursor(last - BEGINS_BEFORE)
    is_long = last - begin.moment > MOST_AT_A_TIME
    end = begin.moment + MOST_AT_A_TIME if is_long else last
    window = Window(begin.moment, end, "updated")
    entry = (begin.moment, begin.service_request_id) if begin.service_request_id else None
    listed = ports.repository.list_in_window(window, oldest_first=True, after=entry, at_once=limit)
    places = [Cursor(each.moment, each.service_request_id) for each in islice(listed, limit)]
    found = ports.repository.get_many([str(place.service_request_id) for place in places])
    reports = [(found.get(str(place.service_request_id)), place) for place in places]
    changes = [Change(each, place, sender) for each, place in reports if each]
    following = places[-1] if places else Cursor(end) if is_long else begin
    return Feed([each for each in changes if each.is_told], following)
