"""The queue of cases: the reports that an officer's teams have to deal with. Reports that passed
their target or are near it come first.

An index lists each team's reports by target, or by the time of the request. The lists of several
teams are merged while they are read. An index entry has only some values of its report, so the
reports to show are read from the table again. A page reads at most MOST_ENTRIES_READ entries: if
few of them match the filter, the page is short or empty, and says where to continue.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from heapq import merge
from itertools import islice

from chalicelib.errors import Invalid
from chalicelib.kernel.time import text_of
from chalicelib.reports.cases import Case, CaseFilter, Queue, case_of
from chalicelib.reports.model import ServiceRequest
from chalicelib.reports.ports import Ports
from chalicelib.reports.queries import ListPosition
from chalicelib.reports.states import OPEN_STATES, STATES
from chalicelib.reports.usecases.access import Author

MOST_ENTRIES_READ = 400
READ_AT_ONCE = 100
_CURSOR = re.compile(r"([0-9]{4}-[0-9T:-]{14}Z)#([0-9A-Z]{12})")

QueueEntry = tuple[str, str, bool]
"""A report's place in the index, its id, and whether it may be wanted."""


def list_cases(
    wanted: CaseFilter, author: Author, *, limit: int, after: str | None, ports: Ports
) -> Queue:
    """The page of the queue after the place where the last page ended. Raises Invalid."""
    if after and not _CURSOR.fullmatch(after):
        raise Invalid.field("cursor", "send `next` of the previous page, unchanged")
    now = ports.now()
    entries = islice(_list_entries(wanted, author, now, after, ports), MOST_ENTRIES_READ)
    found: list[Case] = []
    seen, last = 0, after
    while some := list(islice(entries, READ_AT_ONCE)):
        shown = _find_matching([each for _, each, may_be in some if may_be], wanted, author, ports)
        for place, service_request_id, _ in some:
            if len(found) == limit:
                return Queue(found, last)
            last, seen = place, seen + 1
            if service_request_id in shown:
                found.append(case_of(shown[service_request_id], now))
    return Queue(found, last if seen == MOST_ENTRIES_READ else None)


def _list_entries(
    wanted: CaseFilter, author: Author, now: datetime, after: str | None, ports: Ports
) -> Iterator[QueueEntry]:
    teams = _teams_of(wanted, author, ports)
    if wanted.is_by_target:
        page_size = max(READ_AT_ONCE // max(1, len(teams)), 10)
        due = (ports.repository.list_due(team, after=after, page_size=page_size) for team in teams)
        for each in merge(*due, key=lambda entry: entry.place):
            in_remit = _may_be_in_remit(each.team, each.ward_code, author)
            yield (
                each.place,
                each.service_request_id,
                in_remit and wanted.matches(each, now, each.target),
            )
        return
    for moment, service_request_id in _list_newest(wanted, teams, after, ports):
        yield f"{text_of(moment)}#{service_request_id}", service_request_id, True


def _list_newest(
    wanted: CaseFilter, teams: Sequence[str], after: str | None, ports: Ports
) -> Iterator[ListPosition]:
    states = wanted.states or (STATES if wanted.attention else tuple(sorted(OPEN_STATES)))
    lists = [
        ports.repository.list_by_team(
            team, state, before=_parse_cursor(after), page_size=READ_AT_ONCE // 4
        )
        for team in teams
        for state in states
    ]
    return merge(*lists, reverse=True)


def _teams_of(wanted: CaseFilter, author: Author, ports: Ports) -> Sequence[str]:
    """The teams whose reports the officer may see and asks for."""
    known = ports.council.team_names
    named = {team for remit in author.officer_in for team in remit.teams or known}
    return sorted(team for team in named if wanted.team in (None, team))


def _may_be_in_remit(team: str, ward_code: str | None, author: Author) -> bool:
    return any(
        (not remit.teams or team in remit.teams) and (not remit.wards or ward_code in remit.wards)
        for remit in author.officer_in
    )


def _find_matching(
    ids: Collection[str], wanted: CaseFilter, author: Author, ports: Ports
) -> dict[str, ServiceRequest]:
    """Those of the reports, as they are now, that the officer may see and asks for."""
    now, stored = ports.now(), ports.repository.get_many(list(ids)) if ids else {}
    return {
        key: report
        for key, report in stored.items()
        if author.is_officer_for(report)
        and wanted.matches(report, now, report.expected_datetime)
        and (report.is_in_queue or not wanted.is_by_target)
    }


def _parse_cursor(cursor: str | None) -> ListPosition | None:
    if cursor is None:
        return None
    moment, _, service_request_id = cursor.partition("#")
    return datetime.fromisoformat(moment), service_request_id
