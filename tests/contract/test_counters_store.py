"""What the figures rely on where their counters are kept: in memory as in DynamoDB."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

import pytest

from chalicelib.bootstrap.publishing import counting_ports
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.optimistic import VersionConflict, retry_on_conflict
from chalicelib.publishing.counters import CountedLine, CountedReport, LineKey, Marks, ReportKey
from chalicelib.publishing.counting import count_reports
from chalicelib.publishing.figures import Counts, Sums, add_sums
from chalicelib.publishing.ports import Counters
from chalicelib.reports.published import ReportOutcome
from infra.local.cloud import Cloud
from tests.support.builders import report
from tests.support.fakes_figures import MemoryCounters
from tests.support.seam import ALL_TRIES, REFUSALS, Refusal, lose_reply, record_tries, refuse_call

MAY, JUNE = "2026-05", "2026-06"
OUTCOME = ReportOutcome(
    month=JUNE,
    service_code="pothole",
    ward_code=None,
    done_s=86_400.0,
    is_open=False,
    had_target=True,
    in_target=True,
    was_reopened=True,
    failed_repairs=2,
)
SUMS = Sums(Counts(reported=3, fixed=2, failed_repairs=1), {0: 1, 95: 1})
REPORT = CountedReport(ReportKey(JUNE, "R1"), OUTCOME, report_version=7)
LINE = CountedLine(LineKey(JUNE, ("pothole", "unknown")), SUMS)


@pytest.fixture(params=["memory", "moto"])
def counters(request: pytest.FixtureRequest) -> Counters:
    if request.param == "memory":
        return MemoryCounters()
    request.getfixturevalue("cloud")
    return counting_ports().counters


def test_everything_comes_back_as_it_was_saved(counters: Counters) -> None:
    hidden = CountedReport(ReportKey(JUNE, "R2"), None, report_version=3)
    other = CountedLine(LineKey(MAY, ("a#b", "E05")), SUMS)
    counters.save([REPORT, hidden], [LINE, other])
    keys = [REPORT.key, hidden.key, ReportKey(MAY, "R1")]
    assert counters.get_reports(keys) == {
        each.key: each._replace(version=1) for each in (REPORT, hidden)
    }
    assert counters.get_lines([LINE.key, other.key, LineKey(MAY, LINE.key.line)]) == {
        each.key: each._replace(version=1) for each in (LINE, other)
    }
    assert list(counters.lines_of_month(JUNE)) == [LINE._replace(version=1)]
    assert {each.key for each in counters.reports_of_month(JUNE)} == {REPORT.key, hidden.key}
    assert list(counters.reports_of_month(MAY)) == []


def test_nothing_is_saved_when_one_item_has_another_version(counters: Counters) -> None:
    counters.save([], [LINE])
    with pytest.raises(VersionConflict):
        counters.save([REPORT], [LINE])
    assert counters.get_reports([REPORT.key]) == {}
    counters.save([REPORT], [LINE._replace(version=1, sums=Sums())])
    (line,) = counters.lines_of_month(JUNE)
    assert (line.sums, line.version) == (Sums(), 2)
    with pytest.raises(VersionConflict):
        counters.save([REPORT], [])


def test_no_addition_is_lost_when_many_count_at_the_same_time(counters: Counters) -> None:
    def add(number: int) -> None:
        line = counters.get_lines([LINE.key]).get(LINE.key, CountedLine(LINE.key))
        added = CountedReport(ReportKey(JUNE, f"R{number}"), OUTCOME)
        counters.save([added], [line._replace(sums=add_sums([line.sums, SUMS]))])

    def attempt(number: int) -> None:
        retry_on_conflict(partial(add, number), what="a line", attempts=100)

    if isinstance(counters, MemoryCounters):
        list(map(attempt, range(8)))
    else:
        with ThreadPoolExecutor(4) as several:
            list(several.map(attempt, range(8)))
    (line,) = counters.lines_of_month(JUNE)
    assert line.sums == Sums(Counts(reported=24, fixed=16, failed_repairs=8), {0: 8, 95: 8})
    assert len(list(counters.reports_of_month(JUNE))) == 8


def test_month_is_to_be_published_until_its_newest_mark_was(counters: Counters) -> None:
    assert counters.months() == {}
    counters.mark_changed([JUNE])
    counters.mark_changed([MAY, JUNE])
    assert counters.months() == {JUNE: Marks(2, 0), MAY: Marks(1, 0)}
    counters.set_published(JUNE, 2)
    counters.mark_changed([JUNE])
    assert counters.months()[JUNE] == Marks(changed=3, published=2)


@pytest.mark.parametrize("refusal", REFUSALS, ids=str)
def test_store_that_does_not_answer_is_an_upstream_failure(cloud: Cloud, refusal: Refusal) -> None:
    counters = counting_ports().counters
    with refuse_call(1, kind=refusal, times=ALL_TRIES), pytest.raises(UpstreamFailed):
        counters.save([REPORT], [LINE])
    assert counters.lines_of_month(JUNE) == []


@pytest.mark.parametrize("call", range(1, 6))
def test_report_counts_once_when_any_reply_is_lost(cloud: Cloud, call: int) -> None:
    (key,) = stored_reports(1)
    with lose_reply(call, times=ALL_TRIES), suppress(UpstreamFailed):
        count_reports([key], counting_ports())
    count_reports([key], counting_ports())
    (line,) = counting_ports().counters.lines_of_month(JUNE)
    assert line.sums.counts.reported == 1
    assert counting_ports().counters.months()[JUNE].changed


def test_batch_of_changed_reports_costs_three_reads_a_transaction_and_a_mark(cloud: Cloud) -> None:
    keys = stored_reports(10)
    with record_tries() as calls:
        count_reports(keys, counting_ports())
    assert [each.operation for each in calls] == [
        *3 * ("dynamodb.BatchGetItem",),
        *("dynamodb.TransactWriteItems", "dynamodb.UpdateItem"),
    ]


def stored_reports(number: int) -> list[ReportKey]:
    stored = [reports_ports().repository.create(report(each)) for each in range(number)]
    return [ReportKey(JUNE, each.service_request_id) for each in stored]
