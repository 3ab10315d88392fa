"""Reports in DynamoDB: one item for each report, one conditional write for each change."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from pynamodb.attributes import Attribute
from pynamodb.indexes import GlobalSecondaryIndex

from chalicelib.geo.point import Box, Point
from chalicelib.geo.quadkey import FINEST, count_tiles, cover_box
from chalicelib.kernel.optimistic import AlreadyExists, VersionConflict
from chalicelib.kernel.time import text_of
from chalicelib.reports.dynamo.beside import (
    AnswerItem,
    ArchivedUpdateItem,
    AuthorItem,
    BesideReports,
    FollowerItem,
    NoteItem,
)
from chalicelib.reports.dynamo.claims import DynamoClaims, FirstRequestItem
from chalicelib.reports.dynamo.items import (
    OUTLINED,
    ReportItem,
    item_of,
    outline_of,
    report_of,
)
from chalicelib.reports.keys import CELL_LENGTH, REPORT, months, place_in_index, rest
from chalicelib.reports.model import ServiceRequest, ToForget
from chalicelib.reports.parts import Attention
from chalicelib.reports.published import ReportOutline
from chalicelib.reports.queries import (
    Due,
    Filters,
    Forgettable,
    Listed,
    OutcomeRow,
    Page,
    Person,
    Place,
    Summary,
    Waiting,
    Window,
)
from chalicelib.reports.states import State, status_of


class DynamoRepository(DynamoClaims, BesideReports):
    """The reports' Repository on one DynamoDB table."""

    def __init__(self, table_name: str) -> None:
        for item in (
            *(ReportItem, ArchivedUpdateItem, FollowerItem, AnswerItem, AuthorItem, NoteItem),
            FirstRequestItem,
        ):
            item.Meta.table_name = table_name

    def create(self, report: ServiceRequest) -> ServiceRequest:
        item = item_of(report)
        if not item.add():
            raise AlreadyExists
        return report_of(item)

    def save(self, report: ServiceRequest) -> ServiceRequest:
        if not report.version:
            raise VersionConflict
        return report_of(item_of(report).put_on_version())

    def get(self, service_request_id: str) -> ServiceRequest | None:
        item = ReportItem.find(service_request_id, REPORT)
        return report_of(item) if item else None

    def get_many(self, service_request_ids: Sequence[str]) -> Mapping[str, ServiceRequest]:
        keys = [(service_request_id, REPORT) for service_request_id in set(service_request_ids)]
        with ReportItem.translated():
            found = list(ReportItem.batch_get(keys, consistent_read=True))
        return {item.service_request_id: report_of(item) for item in found}

    def list_in_box(self, box: Box, filters: Filters, *, limit: int, after: str | None) -> Page:
        found: list[ReportItem] = []
        with ReportItem.translated():
            for item in self._places_in(box, after or "", budget=8):
                if not _passes(item, box, filters):
                    continue
                if len(found) == limit:
                    return Page([_summary(item) for item in found], found[-1].place)
                found.append(item)
        return Page([_summary(item) for item in found], None)

    def find_near(self, box: Box, filters: Filters, *, budget: int) -> Sequence[Summary]:
        for_each_cell = max(1, budget // max(1, count_tiles(box, CELL_LENGTH)))
        with ReportItem.translated():
            items = list(self._places_in(box, "", budget=for_each_cell))
        return [_summary(item) for item in items if _passes(item, box, filters)]

    def list_needing_attention(
        self, attention: Attention, *, until: datetime | None, limit: int, after: str | None
    ) -> Sequence[Waiting]:
        index, since = ReportItem.by_attention, ReportItem.attention_since
        high = f"{text_of(until)}~" if until else "~"
        items = index.all(attention, since.between((after or "") + "!", high), limit=limit)
        return [_waiting(item) for item in items]

    def list_in_window(
        self,
        window: Window,
        *,
        at_once: int,
        oldest_first: bool = False,
        after: tuple[datetime, str] | None = None,
    ) -> Iterator[Listed]:
        index: GlobalSecondaryIndex[ReportItem] = ReportItem.by_requested_month
        moment: Attribute[datetime] = ReportItem.requested_datetime
        if window.by == "updated":
            index, moment = ReportItem.by_updated_month, ReportItem.updated_datetime
        part = rest(window, after, oldest_first=oldest_first)
        begin = place_in_index(window, after) if after else None
        for month in months(part, oldest_first=oldest_first):
            with ReportItem.translated():
                for item in index.query(
                    month,
                    moment.between(part.start, part.end),
                    scan_index_forward=oldest_first,
                    page_size=at_once,
                    last_evaluated_key=begin,
                ):
                    yield _listed(item, window)
            begin = None

    def list_by_person(self, person: Person, *, limit: int, before: Place | None) -> Sequence[Place]:
        keys: list[tuple[GlobalSecondaryIndex[ReportItem], str]] = [
            (ReportItem.by_reporter, person.account),
            *((ReportItem.by_contact_email, key) for key in person.email_keys),
            *((ReportItem.by_contact_phone, key) for key in person.phone_keys),
        ]
        with ReportItem.translated():
            found = {each for index, key in keys for each in _newest(index, key, limit, before)}
        return sorted(found, reverse=True)[:limit]

    def list_due(self, team: str, *, after: str | None, at_once: int) -> Iterator[Due]:
        later = ReportItem.target_place > after if after else None
        with ReportItem.translated():
            for item in ReportItem.by_target.query(team, later, page_size=at_once):
                yield _due(item)

    def list_by_team(
        self, team: str, state: State, *, before: Place | None, at_once: int
    ) -> Iterator[Place]:
        until = ReportItem.requested_datetime <= before[0] if before else None
        with ReportItem.translated():
            found = (
                (item.requested_datetime, item.service_request_id)
                for item in ReportItem.by_team_state.query(
                    f"{team}#{state}", until, scan_index_forward=False, page_size=at_once
                )
            )
            # Entries of the same moment are in no order.
            for _, same in groupby(found, key=lambda place: place[0]):
                yield from (
                    each for each in sorted(same, reverse=True) if not before or each < before
                )

    def list_to_forget(
        self, what: ToForget, *, until: datetime, limit: int, after: str | None
    ) -> Sequence[Forgettable]:
        since = ReportItem.forget_since.between((after or "") + "!", f"{text_of(until)}~")
        found = ReportItem.by_forgetting.all(what, since, limit=limit)
        return [Forgettable(item.service_request_id, item.forget_since) for item in found]

    def list_ids(self) -> Iterator[str]:
        with ReportItem.translated():
            for item in ReportItem.scan(
                ReportItem.record == REPORT,
                consistent_read=True,
                attributes_to_get=["service_request_id"],
            ):
                yield item.service_request_id

    def list_outlines(self) -> Iterator[ReportOutline]:
        with ReportItem.translated():
            for item in ReportItem.scan(
                ReportItem.record == REPORT, consistent_read=True, attributes_to_get=list(OUTLINED)
            ):
                yield outline_of(item)

    def list_outcomes(self, month: str) -> Iterator[OutcomeRow]:
        with ReportItem.translated():
            for item in ReportItem.by_requested_month.query(month):
                yield item.read_as(OutcomeRow)

    def list_months(self) -> frozenset[str]:
        with ReportItem.translated():
            found = ReportItem.by_requested_month.scan(attributes_to_get=["requested_month"])
            return frozenset(item.requested_month for item in found)

    def _places_in(self, box: Box, after: str, *, budget: int) -> Iterator[ReportItem]:
        for part in cover_box(box, length=FINEST, at_least=CELL_LENGTH, budget=budget):
            low, high = max(part.low, after + "!"), part.high + "~"
            if low <= high:
                cell = part.low[:CELL_LENGTH]
                yield from ReportItem.by_tile.query(cell, ReportItem.place.between(low, high))


def _newest(
    index: GlobalSecondaryIndex[ReportItem], key: str, limit: int, before: Place | None
) -> Iterator[Place]:
    """The newest reports under that key, and all that are as old as the last of them: reports of
    the same moment are in no order."""
    until = ReportItem.requested_datetime <= before[0] if before else None
    taken: list[Place] = []
    for item in index.query(key, until, scan_index_forward=False, page_size=limit + 1):
        place = item.requested_datetime, item.service_request_id
        if before and place >= before:
            continue
        if len(taken) >= limit and place[0] != taken[-1][0]:
            return
        taken.append(place)
        yield place


def _summary(item: ReportItem) -> Summary:
    return item.read_as(Summary)


def _listed(item: ReportItem, window: Window) -> Listed:
    is_requested = window.by == "requested"
    moment = item.requested_datetime if is_requested else item.updated_datetime
    return item.read_as(Listed, moment=moment)


def _due(item: ReportItem) -> Due:
    return item.read_as(Due, place=item.target_place, team=item.open_team)


def _waiting(item: ReportItem) -> Waiting:
    return item.read_as(Waiting, place=item.attention_since)


def _passes(item: ReportItem, box: Box, filters: Filters) -> bool:
    return (
        box.contains(Point(lat=item.lat, long=item.long))
        and filters.status in (None, status_of(item.state))
        and filters.service_code in (None, item.service_code)
    )
