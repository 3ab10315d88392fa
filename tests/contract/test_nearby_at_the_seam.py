"""What the check for duplicates costs, counted where the SDK speaks to DynamoDB.

The goals: on average at most 2.1 requests within 25 m and 4.1 within 100 m, 4 and 8 where cells of
the index meet.
"""

from collections.abc import Iterator
from random import Random

import pytest

from bench.meter import longest_chain, record
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.errors import UpstreamFailed
from chalicelib.geo.point import Box, Point, distance_m
from chalicelib.geo.quadkey import tile_bounds, tile_of
from chalicelib.reports.keys import CELL_LENGTH
from chalicelib.reports.ports import Ports
from chalicelib.reports.queries import ReportFilters
from chalicelib.reports.usecases.reading import list_nearby
from infra.local.cloud import Cloud
from tests.support.builders import MARKET_PLACE, report
from tests.support.seam import ALL_TRIES, record_tries, refuse_call

HERE = Point(**MARKET_PLACE)
ONCE_A_PLACE = 300


@pytest.fixture(scope="module")
def ports() -> Iterator[Ports]:
    cloud = Cloud()
    here = reports_ports()
    rng = Random(1)
    for number in range(60):
        place = {"lat": HERE.lat + rng.gauss(0, 0.001), "long": HERE.long + rng.gauss(0, 0.001)}
        here.repository.create(report(number, **place))
    yield here
    cloud.stop()


def requests_at(point: Point, radius_m: float, ports: Ports) -> int:
    with record_tries() as made:
        list_nearby(point, "pothole", radius_m=radius_m, limit=100, ports=ports)
    assert {each.operation for each in made} == {"dynamodb.Query"}
    return len(made)


@pytest.mark.parametrize(("radius_m", "mean", "most"), [(25, 2.1, 4), (100, 4.1, 8)])
def test_check_for_duplicates_keeps_within_its_requests(
    radius_m: float, mean: float, most: int, ports: Ports
) -> None:
    rng = Random(25)
    box: Box = ports.council.box
    counts = [
        requests_at(
            Point(lat=rng.uniform(box.south, box.north), long=rng.uniform(box.west, box.east)),
            radius_m,
            ports,
        )
        for _ in range(ONCE_A_PLACE)
    ]
    assert sum(counts) / len(counts) <= mean
    assert max(counts) <= most


@pytest.mark.parametrize(("radius_m", "most"), [(25, 4), (100, 8)])
def test_check_keeps_within_its_requests_where_four_cells_meet(
    radius_m: float, most: int, ports: Ports
) -> None:
    cell = tile_bounds(tile_of(HERE, CELL_LENGTH))
    assert requests_at(Point(lat=cell.north, long=cell.east), radius_m, ports) <= most


def test_check_waits_for_the_database_once(ports: Ports) -> None:
    with record() as calls:
        list_nearby(HERE, "pothole", radius_m=100, limit=100, ports=ports)
    assert len(calls) > 1
    assert longest_chain(calls) == 1


def test_check_fails_when_one_of_its_requests_fails(ports: Ports) -> None:
    with refuse_call(2, kind="503", times=ALL_TRIES), pytest.raises(UpstreamFailed):
        list_nearby(HERE, "pothole", radius_m=100, limit=100, ports=ports)


def test_check_finds_all_that_a_search_through_everything_finds(ports: Ports) -> None:
    everything = ports.repository.find_near(ports.council.box, ReportFilters(), budget=64)
    for radius_m in (25, 100, 1000):
        found = list_nearby(HERE, None, radius_m=radius_m, limit=100, ports=ports)
        box = Box.around(HERE, radius_m)
        inside = {each.service_request_id for each in everything if box.contains(each.point)}
        assert {near.report.service_request_id for near in found} <= inside
        distances = [near.distance_m for near in found]
        assert distances == sorted(distances) and distances[-1] <= radius_m
        assert len(found) == sum(_within(each.point, radius_m) for each in everything)


def _within(point: Point, radius_m: float) -> bool:
    return distance_m(HERE, point) <= radius_m
