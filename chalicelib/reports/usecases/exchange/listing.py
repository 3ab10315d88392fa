"""Lists public reports and their updates by time, for other systems that follow us.

The indexes of moments say which reports there are and whether they match. The reports to show are
read from the table again, so a list never shows a report that was hidden a second ago.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import NamedTuple

from chalicelib.errors import Invalid
from chalicelib.kernel.time import text_of
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.parts import Update
from chalicelib.reports.ports import Ports
from chalicelib.reports.queries import ListedReport, TimeWindow
from chalicelib.reports.states import Status, status_of
from chalicelib.reports.usecases.access import SHOWN_TO_SENDER, is_shown_to_sender
from chalicelib.reports.usecases.reading import read_timeline

MOST_ROWS = 1000
"""The most reports in one list."""

SMALLEST_PAGE = 100
"""The fewest index entries that one request asks for; it is MOST_ROWS if a filter may leave out
most of them."""

MOST_ENTRIES_READ = 20_000
"""The most index entries read for one answer: 20 requests of MOST_ROWS."""

MOST_CHANGED = 5000
"""The most reports that may have changed since the start of a window of updates: each of them is
read."""

PHOTOS_WITHIN = timedelta(hours=1)
"""How long an update waits for its photos: as long as attempts to fetch them go on, and half as
long as the time that FixMyStreet asks for."""


class ListFilter(NamedTuple):
    """The reports that a list shows; None means every public report. `sender` also gets its own
    reports that are not public."""

    statuses: Collection[Status] | None = None
    service_codes: Collection[str] | None = None
    sender: str | None = None

    @property
    def matches_all(self) -> bool:
        return self.statuses is None and self.service_codes is None

    def matches(self, report: ListedReport | ServiceRequest) -> bool:
        return (
            (report.visibility == "public" or self._may_be_own(report))
            and (self.statuses is None or status_of(report.state) in self.statuses)
            and (self.service_codes is None or report.service_code in self.service_codes)
        )

    def _may_be_own(self, report: ListedReport | ServiceRequest) -> bool:
        """True if `sender` may have sent the report. An index entry does not say who sent its
        report, so the report is read later."""
        if isinstance(report, ServiceRequest):
            return is_shown_to_sender(report, self.sender)
        return self.sender is not None and report.visibility in SHOWN_TO_SENDER


def list_requests(
    wanted: TimeWindow | Sequence[str],
    list_filter: ListFilter,
    ports: Ports,
    *,
    page: int = 1,
    page_size: int,
) -> Sequence[ServiceRequest]:
    """Public reports that match the filter, as they are now. Either the reports in a window, the
    newest first, in pages of at most MOST_ROWS that count from 1; or the reports with these ids, in
    the order of the ids, whatever the filter and page. Raises Invalid if more than
    MOST_ENTRIES_READ entries would have to be read."""
    if not isinstance(wanted, TimeWindow):
        return _read_reports(list(dict.fromkeys(wanted))[:MOST_ROWS], ListFilter(), ports)
    size = min(page_size, MOST_ROWS)
    index_page = max(size, SMALLEST_PAGE) if list_filter.matches_all else MOST_ROWS
    found = islice(
        _list_entries(wanted, list_filter, index_page, ports), (page - 1) * size, page * size
    )
    return _read_reports([each.service_request_id for each in found], list_filter, ports)


def list_public_ids(window: TimeWindow, ports: Ports) -> Iterator[str]:
    """List the ids of the public reports in the window, the newest first. The next page of the
    index is read when the ids of the last one are used up; may lag a second behind."""
    for each in ports.repository.list_in_window(window, page_size=MOST_ROWS):
        if each.visibility == "public":
            yield each.service_request_id


def list_open_promised_ids(since: datetime, until: datetime, ports: Ports) -> Iterator[str]:
    """List the ids of the reports that are still to be done and whose target is in that time. May
    lag a second behind."""
    for team in ports.council.team_names:
        for each in ports.repository.list_due(team, after=text_of(since), page_size=MOST_ROWS):
            if each.target is None or each.target > until:
                break
            yield each.service_request_id


def list_updates_between(
    start: datetime, end: datetime, ports: Ports, *, sender: str | None = None
) -> Sequence[tuple[ServiceRequest, Update]]:
    """All updates in that time, its ends included, the oldest first, each with its report. Includes
    updates of public reports, and of reports that are not public if the partner `sender` sent them.
    Raises Invalid if more than MOST_CHANGED reports have changed since the start.

    An update is found by its report, and the report by its last change, which may be after the end:
    so every report that changed since the start is read. An update whose photos are not ready is
    left out for at most PHOTOS_WITHIN, because a reader takes it only once. A caller that asks for
    one period after another must not miss it: so an update with photos is also in the lists of
    PHOTOS_WITHIN after its own time.
    """
    since = TimeWindow(start - PHOTOS_WITHIN, ports.now(), "updated")
    list_filter = ListFilter(sender=sender)
    changed = _list_changed_ids(since, list_filter, ports)
    found = [
        (report, update)
        for part in range(0, len(changed), MOST_ROWS)
        for report in _read_reports(changed[part : part + MOST_ROWS], list_filter, ports)
        for update in read_timeline(report, ports)
        if _earliest_listed_time(update, report, start) <= update.datetime <= end
    ]
    waiting = _update_ids_awaiting_photos(found, ports)
    listed = [pair for pair in found if pair[1].update_id not in waiting]
    return sorted(listed, key=lambda pair: (pair[1].datetime, pair[1].update_id))


def _list_changed_ids(window: TimeWindow, list_filter: ListFilter, ports: Ports) -> list[str]:
    """The ids of the reports that changed in that time. Raises Invalid if there are too many."""
    entries = _list_entries(window, list_filter, MOST_ROWS, ports)
    changed = [each.service_request_id for each in islice(entries, MOST_CHANGED + 1)]
    if len(changed) > MOST_CHANGED:
        raise Invalid.field(
            "start_date", f"more than {MOST_CHANGED} reports have changed since then: start later"
        )
    return changed


def _earliest_listed_time(update: Update, report: ServiceRequest, start: datetime) -> datetime:
    """The earliest time that an update like this may have in a list that begins at `start`."""
    return start - PHOTOS_WITHIN if report.photos_of(update.update_id) else start


def _update_ids_awaiting_photos(
    found: Sequence[tuple[ServiceRequest, Update]], ports: Ports
) -> Collection[str]:
    """The ids of the updates that still wait for a photo."""
    young = ports.now() - PHOTOS_WITHIN
    wanted = {
        (report.service_request_id, photo_id): update.update_id
        for report, update in found
        if update.datetime > young
        for photo_id in report.photos_of(update.update_id)
    }
    ready = ports.photos.select_ready(wanted)
    return {update_id for pair, update_id in wanted.items() if pair not in ready}


def _list_entries(
    window: TimeWindow, list_filter: ListFilter, page_size: int, ports: Ports
) -> Iterator[ListedReport]:
    """The entries that match the filter, the newest first. Raises Invalid."""
    listed = ports.repository.list_in_window(window, page_size=page_size)
    for number, each in enumerate(listed):
        if number == MOST_ENTRIES_READ:
            raise Invalid.field(
                "start_date", "there is too much in this period: ask for a shorter one"
            )
        if list_filter.matches(each):
            yield each


def _read_reports(
    ids: Sequence[str], list_filter: ListFilter, ports: Ports
) -> list[ServiceRequest]:
    """The reports that match the filter now, in the order of the ids."""
    found = ports.repository.get_many(ids)
    return [found[each] for each in ids if each in found and list_filter.matches(found[each])]
