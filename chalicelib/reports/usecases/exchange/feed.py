"""A feed of changed reports, for other systems that poll it. It has public reports, and the reports
that the other system sent itself.

A report is in the feed once, at the time of its last change. A caller that continues from `next`
gets every report that changed, as it is then, or the information that the report is gone because
it is no longer public. The feed misses an entry that reaches the index later than INDEX_LAG after
its change: after a write that was tried again, or an import of old reports. A caller that needs
these entries, too, asks again from an earlier time.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.queries import TimeWindow
from chalicelib.reports.usecases.access import is_shown_to_sender

INDEX_LAG = timedelta(seconds=5)
"""The last seconds are left for the next call: a change has the time when its request began, and an
index lags behind the writes."""
DEFAULT_PERIOD = timedelta(days=90)
LONGEST_PERIOD = timedelta(days=366)
"""The longest time that one call covers: each month of it may be a request."""


class FeedCursor(NamedTuple):
    """A place in the feed: after a report that last changed at that moment, or at the moment."""

    moment: datetime
    service_request_id: str | None = None


class FeedEntry(NamedTuple):
    """A changed report and its place in the feed. The report is public, or was public before, or
    the follower, `sender`, sent it."""

    report: ServiceRequest
    cursor: FeedCursor
    sender: str | None = None

    @property
    def is_gone(self) -> bool:
        return not (self.is_public or is_shown_to_sender(self.report, self.sender))

    @property
    def is_public(self) -> bool:
        return self.report.visibility == "public"

    @property
    def may_be_listed(self) -> bool:
        """True if the follower may hear that there is, or was, such a report."""
        is_own = self.sender is not None and self.report.reporter == self.sender
        return self.report.once_public or is_own


class FeedPage(NamedTuple):
    """Some changes, the oldest first; the next call continues at `next`, which stays the same at
    the end."""

    changes: Sequence[FeedEntry]
    next: FeedCursor


def list_changes_after(
    after: FeedCursor | None, *, limit: int, ports: Ports, sender: str | None = None
) -> FeedPage:
    """The changes in the next `limit` entries of the index; from 90 days ago if no place is given.
    Reports that never were public are left out, unless `sender` sent them."""
    last = ports.now() - INDEX_LAG
    begin = after or FeedCursor(last - DEFAULT_PERIOD)
    is_long = last - begin.moment > LONGEST_PERIOD
    end = begin.moment + LONGEST_PERIOD if is_long else last
    window = TimeWindow(begin.moment, end, "updated")
    entry = (begin.moment, begin.service_request_id) if begin.service_request_id else None
    listed = ports.repository.list_in_window(
        window, oldest_first=True, after=entry, page_size=limit
    )
    places = [FeedCursor(each.moment, each.service_request_id) for each in islice(listed, limit)]
    found = ports.repository.get_many([str(place.service_request_id) for place in places])
    reports = [(found.get(str(place.service_request_id)), place) for place in places]
    changes = [FeedEntry(each, place, sender) for each, place in reports if each]
    following = places[-1] if places else FeedCursor(end) if is_long else begin
    return FeedPage([each for each in changes if each.may_be_listed], following)
