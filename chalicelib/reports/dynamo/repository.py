"""Reports in DynamoDB: one item for each report, one conditional write for each change."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import chain, groupby

from pynamodb.attributes import Attribute
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import GlobalSecondaryIndex

from chalicelib.geo.point import Box, Point
from chalicelib.geo.quadkey import FINEST, count_tiles, cover_box
from chalicelib.kernel.optimistic import AlreadyExists, VersionConflict
from chalicelib.kernel.parallel import run_in_parallel
from chalicelib.kernel.time import text_of
from chalicelib.reports.dynamo.claims import DynamoClaims, FirstRequestItem
from chalicelib.reports.dynamo.items import (
    OUTLINE_ATTRIBUTES,
    TO_CARRY_OUT,
    ReportItem,
    item_of,
    outline_of,
    report_of,
)
from chalicelib.reports.dynamo.related_items import (
    AnswerItem,
    ArchivedUpdateItem,
    AuthorItem,
    FollowerItem,
    NoteItem,
    RelatedItems,
)
from chalicelib.reports.keys import CELL_LENGTH, REPORT, index_key_of, months_of, remaining_window
from chalicelib.reports.model import RetentionKind, ServiceRequest
from chalicelib.reports.parts import Attention
from chalicelib.reports.published import ReportOutline
from chalicelib.reports.queries import (
    DueReport,
    ForgettableReport,
    ListedReport,
    ListPosition,
    OutcomeRow,
    PersonKeys,
    ReportFilters,
    ReportPage,
    ReportSummary,
    TimeWindow,
    WaitingReport,
)
from chalicelib.reports.states import State, status_of

MOST_ORDERS = 500


class DynamoRepository(DynamoClaims, RelatedItems):
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

    def rehearse(self, report: ServiceRequest) -> ServiceRequest:
        item = item_of(report)
        # DynamoDB checks the permission, the item and the keys of its indexes before the condition.
        item.put_where(ReportItem.record.exists() & ReportItem.record.does_not_exist())
        item.version = 1
        return report_of(ReportItem.from_raw_data(item.serialize()))

    def save(self, report: ServiceRequest) -> ServiceRequest:
        if not report.version:
            raise VersionConflict
        return report_of(item_of(report).put_on_version())

    def get(self, service_request_id: str) -> ServiceRequest | None:
        item = ReportItem.find(service_request_id, REPORT)
        return report_of(item) if item else None

    def get_many(self, service_request_ids: Sequence[str]) -> Mapping[str, ServiceRequest]:
        keys = [(service_request_id, REPORT) for service_request_id in set(service_request_ids)]
        with ReportItem.translate_errors():
            found = list(ReportItem.batch_get(keys, consistent_read=True))
        return {item.service_request_id: report_of(item) for item in found}

    def list_in_box(
        self, box: Box, filters: ReportFilters, *, limit: int, after: str | None
    ) -> ReportPage:
        found: list[ReportItem] = []
        with ReportItem.translate_errors():
            for item in self._places_in(box, after or "", budget=8):
                if not _matches(item, box, filters):
                    continue
                if len(found) == limit:
                    return ReportPage([_summary_of(item) for item in found], found[-1].place)
                found.append(item)
        return ReportPage([_summary_of(item) for item in found], None)

    def find_near(
        self, box: Box, filters: ReportFilters, *, budget: int
    ) -> Sequence[ReportSummary]:
        for_each_cell = max(1, budget // max(1, count_tiles(box, CELL_LENGTH)))
        parts = _parts_of(box, "", budget=for_each_cell)
        read = [partial(ReportItem.by_tile.all, cell, within) for cell, within in parts]
        items = chain.from_iterable(run_in_parallel(read))
        return [_summary_of(item) for item in items if _matches(item, box, filters)]

    def list_needing_attention(
        self, attention: Attention, *, until: datetime | None, limit: int, after: str | None
    ) -> Sequence[WaitingReport]:
        index, since = ReportItem.by_attention, ReportItem.attention_since
        high = f"{text_of(until)}~" if until else "~"
        items = index.all(attention, since.between((after or "") + "!", high), limit=limit)
        return [_waiting_report_of(item) for item in items]

    def list_in_window(
        self,
        window: TimeWindow,
        *,
        page_size: int,
        oldest_first: bool = False,
        after: tuple[datetime, str] | None = None,
    ) -> Iterator[ListedReport]:
        index: GlobalSecondaryIndex[ReportItem] = ReportItem.by_requested_month
        moment: Attribute[datetime] = ReportItem.requested_datetime
        if window.by == "updated":
            index, moment = ReportItem.by_updated_month, ReportItem.updated_datetime
        part = remaining_window(window, after, oldest_first=oldest_first)
        begin = index_key_of(window, after) if after else None
        for month in months_of(part, oldest_first=oldest_first):
            with ReportItem.translate_errors():
                for item in index.query(
                    month,
                    moment.between(part.start, part.end),
                    scan_index_forward=oldest_first,
                    page_size=page_size,
                    last_evaluated_key=begin,
                ):
                    yield _listed_report_of(item, window)
            begin = None

    def list_by_person(
        self, person: PersonKeys, *, limit: int, before: ListPosition | None
    ) -> Sequence[ListPosition]:
        keys: list[tuple[GlobalSecondaryIndex[ReportItem], str]] = [
            (ReportItem.by_reporter, person.account),
            *((ReportItem.by_contact_email, key) for key in person.email_keys),
            *((ReportItem.by_contact_phone, key) for key in person.phone_keys),
        ]
        with ReportItem.translate_errors():
            found = {
                each for index, key in keys for each in _list_newest(index, key, limit, before)
            }
        return sorted(found, reverse=True)[:limit]

    def list_due(self, team: str, *, after: str | None, page_size: int) -> Iterator[DueReport]:
        later = ReportItem.target_place > after if after else None
        with ReportItem.translate_errors():
            for item in ReportItem.by_target.query(team, later, page_size=page_size):
                yield _due_report_of(item)

    def list_by_team(
        self, team: str, state: State, *, before: ListPosition | None, page_size: int
    ) -> Iterator[ListPosition]:
        until = ReportItem.requested_datetime <= before[0] if before else None
        with ReportItem.translate_errors():
            found = (
                (item.requested_datetime, item.service_request_id)
                for item in ReportItem.by_team_state.query(
                    f"{team}#{state}", until, scan_index_forward=False, page_size=page_size
                )
            )
            # Entries of the same moment are in no order.
            for _, same in groupby(found, key=lambda place: place[0]):
                yield from (
                    each for each in sorted(same, reverse=True) if not before or each < before
                )

    def list_past_retention(
        self, what: RetentionKind, *, until: datetime, limit: int, after: str | None
    ) -> Sequence[ForgettableReport]:
        since = ReportItem.forget_since.between((after or "") + "!", f"{text_of(until)}~")
        found = ReportItem.by_forgetting.all(what, since, limit=limit)
        return [ForgettableReport(item.service_request_id, item.forget_since) for item in found]

    def list_orders_to_carry_out(self, *, until: datetime) -> Sequence[str]:
        within = ReportItem.order_since <= f"{text_of(until)}~"
        found = ReportItem.by_order.all(TO_CARRY_OUT, within, limit=MOST_ORDERS)
        return [item.service_request_id for item in found]

    def list_ids(self) -> Iterator[str]:
        with ReportItem.translate_errors():
            for item in ReportItem.scan(
                ReportItem.record == REPORT,
                consistent_read=True,
                attributes_to_get=["service_request_id"],
            ):
                yield item.service_request_id

    def list_outlines(self) -> Iterator[ReportOutline]:
        with ReportItem.translate_errors():
            for item in ReportItem.scan(
                ReportItem.record == REPORT,
                consistent_read=True,
                attributes_to_get=list(OUTLINE_ATTRIBUTES),
            ):
                yield outline_of(item)

    def list_outcomes(self, month: str) -> Iterator[OutcomeRow]:
        with ReportItem.translate_errors():
            for item in ReportItem.by_requested_month.query(month):
                yield item.read_as(OutcomeRow)

    def list_months(self) -> frozenset[str]:
        with ReportItem.translate_errors():
            found = ReportItem.by_requested_month.scan(attributes_to_get=["requested_month"])
            return frozenset(item.requested_month for item in found)

    def _places_in(self, box: Box, after: str, *, budget: int) -> Iterator[ReportItem]:
        for cell, within in _parts_of(box, after, budget=budget):
            yield from ReportItem.by_tile.query(cell, within)


def _parts_of(box: Box, after: str, *, budget: int) -> Iterator[tuple[str, Condition]]:
    """The keys of the index by tile that cover the box, behind `after`."""
    for part in cover_box(box, length=FINEST, at_least=CELL_LENGTH, budget=budget):
        low, high = max(part.low, after + "!"), part.high + "~"
        if low <= high:
            yield part.low[:CELL_LENGTH], ReportItem.place.between(low, high)


def _list_newest(
    index: GlobalSecondaryIndex[ReportItem], key: str, limit: int, before: ListPosition | None
) -> Iterator[ListPosition]:
    """The newest reports under that key, and all that are as old as the last of them: reports of
    the same moment are in no order."""
    until = ReportItem.requested_datetime <= before[0] if before else None
    taken: list[ListPosition] = []
    for item in index.query(key, until, scan_index_forward=False, page_size=limit + 1):
        place = item.requested_datetime, item.service_request_id
        if before and place >= before:
            continue
        if len(taken) >= limit and place[0] != taken[-1][0]:
            return
        taken.append(place)
        yield place


def _summary_of(item: ReportItem) -> ReportSummary:
    return item.read_as(ReportSummary)


def _listed_report_of(item: ReportItem, window: TimeWindow) -> ListedReport:
    is_requested = window.by == "requested"
    moment = item.requested_datetime if is_requested else item.updated_datetime
    return item.read_as(ListedReport, moment=moment)


def _due_report_of(item: ReportItem) -> DueReport:
    return item.read_as(DueReport, place=item.target_place, team=item.open_team)


def _waiting_report_of(item: ReportItem) -> WaitingReport:
    return item.read_as(WaitingReport, place=item.attention_since)


def _matches(item: ReportItem, box: Box, filters: ReportFilters) -> bool:
    return (
        box.contains(Point(lat=item.lat, long=item.long))
        and filters.status in (None, status_of(item.state))
        and filters.service_code in (None, item.service_code)
    )
