"""Reports by when they were requested or updated: in memory as in DynamoDB."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from chalicelib.bootstrap.reports import reports_ports
from chalicelib.reports.ports import Repository
from chalicelib.reports.queries import ListedReport, TimeWindow
from chalicelib.reports.usecases.exchange.listing import ListFilter, list_requests
from infra.local.cloud import Cloud
from tests.support.builders import NOON, report
from tests.support.seam import record_tries

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
NEW_YEAR = NOON.replace(month=1, day=1, hour=0)


def names(listed: Iterable[ListedReport]) -> list[int]:
    return [int(each.service_request_id[1:]) for each in listed]


def at(repository: Repository, number: int, requested: datetime, **values: Any) -> None:
    repository.create(
        report(number, **{"requested_datetime": requested, "updated_datetime": requested, **values})
    )


@pytest.mark.parametrize("oldest_first", [True, False])
def test_window_has_its_ends_and_nothing_outside_over_months_and_years(
    oldest_first: bool, repository: Repository
) -> None:
    start, end = NEW_YEAR - SECOND, NEW_YEAR + 60 * DAY
    moments = [start - SECOND, start, NEW_YEAR, NEW_YEAR + 40 * DAY, end, end + SECOND]
    for number, moment in enumerate(moments):
        at(repository, number, moment)
    found = names(
        repository.list_in_window(TimeWindow(start, end), page_size=100, oldest_first=oldest_first)
    )
    assert found == ([1, 2, 3, 4] if oldest_first else [4, 3, 2, 1])


def test_entry_has_the_fields_of_a_list_and_its_requested_time(
    repository: Repository,
) -> None:
    later = NOON + 40 * DAY
    at(repository, 1, NOON, updated_datetime=later, state="fixed", visibility="hidden")
    entry = ("R00000000001", "pothole", "fixed", "hidden")
    whole = (NOON - DAY, later)
    assert list(repository.list_in_window(TimeWindow(*whole), page_size=9)) == [(NOON, *entry)]
    assert list(repository.list_in_window(TimeWindow(*whole, "updated"), page_size=9)) == [
        (later, *entry)
    ]


def test_window_has_nothing_when_it_ends_before_it_begins(repository: Repository) -> None:
    at(repository, 1, NOON)
    assert not list(
        repository.list_in_window(TimeWindow(NOON + SECOND, NOON - SECOND), page_size=9)
    )


@pytest.mark.parametrize("oldest_first", [True, False])
@pytest.mark.parametrize("limit", [1, 2, 7])
def test_list_goes_on_after_its_last_entry_when_many_have_the_same_moment(
    limit: int, oldest_first: bool, repository: Repository
) -> None:
    random = Random(1)
    for number in range(30):
        at(repository, number, NEW_YEAR + random.choice((-1, 0, 0, 0, 1)) * SECOND)
    window = TimeWindow(NEW_YEAR - DAY, NEW_YEAR + DAY)
    found: list[ListedReport] = []
    while True:
        after = (found[-1].moment, found[-1].service_request_id) if found else None
        listed = repository.list_in_window(
            window, page_size=limit, oldest_first=oldest_first, after=after
        )
        part = [entry for entry, _ in zip(listed, range(limit), strict=False)]
        found += part
        if not part:
            break
    assert sorted(names(found)) == list(range(30))
    moments = [each.moment for each in found]
    assert moments == sorted(moments, reverse=not oldest_first)


def test_list_goes_on_when_its_last_entry_has_moved_meanwhile(repository: Repository) -> None:
    for number in range(4):
        at(repository, number, NOON + number * SECOND)
    window = TimeWindow(NOON, NOON + DAY, "updated")
    second = repository.get("R00000000001")
    assert second
    repository.save(replace(second, updated_datetime=NOON + 9 * SECOND))
    rest = repository.list_in_window(
        window, page_size=9, oldest_first=True, after=(NOON + SECOND, second.service_request_id)
    )
    assert names(rest) == [2, 3, 1]


def test_thousand_rows_of_ninety_days_cost_a_query_for_each_month_and_ten_reads_and_no_scan(
    cloud: Cloud,
) -> None:
    ports = reports_ports()
    for number in range(1200):
        at(ports.repository, number, NOON - number * DAY * 90 / 1200)
    window = TimeWindow(NOON - 90 * DAY, NOON)
    with record_tries() as tries:
        found = list_requests(window, ListFilter(), ports, page_size=1000)
    assert len(found) == 1000
    asked = [each.operation.partition(".")[2] for each in tries]
    assert asked == ["Query"] * 4 + ["BatchGetItem"] * 10
    for each in tries[4:]:
        (request,) = json.loads(each.body)["RequestItems"].values()
        assert request["ConsistentRead"] is True
