"""What is counted for the figures, in DynamoDB. Table: hash `owner`, range `record`: a month
(YYYY-MM) and `report#<id>` for the outcome that was counted of a report, or
`line#<service_code>#<ward_code>` for the sums of a line; `months` and a month for its marks.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence

from pynamodb.attributes import (
    BooleanAttribute,
    NumberAttribute,
    UnicodeAttribute,
    VersionAttribute,
)
from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from chalicelib.kernel.dynamo.attributes import JsonAttribute
from chalicelib.kernel.dynamo.item import OwnedItem
from chalicelib.kernel.optimistic import VersionConflict
from chalicelib.publishing.counters import CountedLine, CountedReport, LineKey, Marks, ReportKey
from chalicelib.publishing.figures import Counts, Sums
from chalicelib.reports.published import ReportOutcome

MONTHS = "months"
REPORT = "report#"
LINE = "line#"
OVERTAKEN = frozenset(("ConditionalCheckFailed", "TransactionConflict"))
"""Why a transaction is refused if another writer is faster."""


class FiguresItem(OwnedItem):
    """An item of the table."""

    store = "figures"


class CountedReportItem(FiguresItem):
    """What was counted of a report; without a service if it is not public."""

    version = VersionAttribute()
    report_version = NumberAttribute()
    service_code = UnicodeAttribute(null=True)
    ward_code = UnicodeAttribute(null=True)
    done_s = NumberAttribute(null=True)
    is_open = BooleanAttribute(null=True)
    had_target = BooleanAttribute(null=True)
    in_target = BooleanAttribute(null=True)
    was_reopened = BooleanAttribute(null=True)
    failed_repairs = NumberAttribute(null=True)


class CountedLineItem(FiguresItem):
    """The sums of a service in a ward, or in no known ward."""

    version = VersionAttribute()
    counts = JsonAttribute[Counts](Counts)
    waits = JsonAttribute[Mapping[int, int]](dict[int, int])


class MonthItem(FiguresItem):
    """How often a month was marked as changed, and the mark that was published."""

    changed = NumberAttribute(default=0)
    published = NumberAttribute(default=0)


class DynamoCounters:
    """The Counters port on one table."""

    def __init__(self, table_name: str) -> None:
        for item in (CountedReportItem, CountedLineItem, MonthItem):
            item.Meta.table_name = table_name

    def get_reports(self, keys: Collection[ReportKey]) -> Mapping[ReportKey, CountedReport]:
        wanted = [(key.month, REPORT + key.service_request_id) for key in keys]
        with CountedReportItem.translate_errors():
            items = CountedReportItem.batch_get(wanted, consistent_read=True)
            return {each.key: each for each in map(_report_of, items)}

    def get_lines(self, keys: Collection[LineKey]) -> Mapping[LineKey, CountedLine]:
        wanted = [(key.month, _line_record(key)) for key in keys]
        with CountedLineItem.translate_errors():
            items = CountedLineItem.batch_get(wanted, consistent_read=True)
            return {each.key: each for each in map(_line_of, items)}

    def save(self, reports: Sequence[CountedReport], lines: Sequence[CountedLine]) -> None:
        with FiguresItem.translate_errors():
            try:
                with TransactWrite(connection=Connection()) as transaction:
                    for report in reports:
                        transaction.save(_report_item(report))
                    for line in lines:
                        transaction.save(_line_item(line))
            except TransactWriteError as error:
                if any(each and each.code in OVERTAKEN for each in error.cancellation_reasons):
                    raise VersionConflict from error
                raise

    def lines_of_month(self, month: str) -> Sequence[CountedLine]:
        within = CountedLineItem.record.startswith(LINE)
        return [_line_of(item) for item in CountedLineItem.all_under(month, within)]

    def reports_of_month(self, month: str) -> Iterator[CountedReport]:
        within = CountedReportItem.record.startswith(REPORT)
        with CountedReportItem.translate_errors():
            for item in CountedReportItem.query(month, within, consistent_read=True):
                yield _report_of(item)

    def mark_changed(self, months: Collection[str]) -> None:
        for month in sorted(months):
            with MonthItem.translate_errors():
                MonthItem(MONTHS, month).update([MonthItem.changed.add(1)])

    def months(self) -> Mapping[str, Marks]:
        items = MonthItem.all_under(MONTHS)
        return {item.record: Marks(int(item.changed), int(item.published)) for item in items}

    def set_published(self, month: str, changed: int) -> None:
        with MonthItem.translate_errors():
            MonthItem(MONTHS, month).update([MonthItem.published.set(changed)])


def _report_item(report: CountedReport) -> CountedReportItem:
    record = REPORT + report.key.service_request_id
    outcome = report.outcome._asdict() if report.outcome else {"month": ""}
    del outcome["month"]
    return CountedReportItem.of(report, report.key.month, record, **outcome)


def _report_of(item: CountedReportItem) -> CountedReport:
    outcome = None
    if item.service_code is not None:
        outcome = item.read_as(ReportOutcome, month=item.owner)
    key = ReportKey(item.owner, item.record.removeprefix(REPORT))
    return item.read_as(CountedReport, key=key, outcome=outcome)


def _line_record(key: LineKey) -> str:
    service_code, ward_code = key.line
    return f"{LINE}{service_code}#{ward_code}"


def _line_item(line: CountedLine) -> CountedLineItem:
    counts, waits = line.sums
    return CountedLineItem.of(
        line, line.key.month, _line_record(line.key), counts=counts, waits=waits
    )


def _line_of(item: CountedLineItem) -> CountedLine:
    # A ward's code is without the sign; a council may put it into a service's.
    service_code, _, ward_code = item.record.removeprefix(LINE).rpartition("#")
    key = LineKey(item.owner, (service_code, ward_code))
    return item.read_as(CountedLine, key=key, sums=Sums(item.counts, item.waits))
