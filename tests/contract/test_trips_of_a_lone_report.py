"""What the publication of a lone report costs: its calls of AWS, and the longest chain of them that
wait for each other. Most reports of a council arrive alone."""

from collections.abc import Callable

import pytest

from bench.meter import longest_chain, record
from chalicelib.bootstrap.publishing import publishing_ports
from chalicelib.bootstrap.reports import reports_ports
from infra.local.cloud import Cloud
from tests.contract.test_open_data_at_the_seam import fact, told
from tests.contract.test_publishing_at_the_seam import deliver
from tests.support import builders


def cost(act: Callable[[], object]) -> tuple[int, int]:
    """The calls that it makes, and the trips."""
    with record() as calls:
        act()
    return len(calls), longest_chain(calls)


@pytest.mark.usefixtures("cloud")
def test_report_is_visible_after_few_trips() -> None:
    report = reports_ports().repository.create(builders.report())
    publishing_ports().wards()
    calls, trips = cost(lambda: deliver(report))
    assert calls <= 13
    assert trips <= 7


def test_report_is_in_lists_and_feeds_after_few_trips(cloud: Cloud) -> None:
    repository = reports_ports().repository
    told(fact(repository.create(builders.report(1))))
    report = repository.create(builders.report(2))
    calls, trips = cost(lambda: told(fact(report)))
    assert calls <= 34
    assert trips <= 26
