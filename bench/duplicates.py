"""Requests of the search for duplicates, beside the PyPI library dynamodbgeo, both on dynalite.

dynamodbgeo 0.0.3 runs with today's boto3. Its requests are those of its own query plan for each
place: one for each range of its covering. A search of a tenth of the places, in a table of its own
format with the same reports, checks that number.
"""

import contextlib
import io
from collections.abc import Iterator
from functools import partial
from importlib import import_module
from random import Random
from statistics import mean
from typing import Any

import boto3

from bench.engine import Engine, fill, items
from bench.meter import items_read, record
from bench.table import Row
from chalicelib.bootstrap.reports import reports_ports
from chalicelib.geo.point import Box, Point
from chalicelib.reports.usecases.reading import list_nearby

GROUP = "Duplicates: requests to the database at {places:,} random places of the council"
PLACES, SEARCHED = 1000, 100
GOALS = {25: (2.1, 0.3, 4), 100: (4.1, 0.55, 8)}
"""Radius in metres → the most on average, that as a share of the peer's, the most at once."""


def rows(
    engine: Engine, count: int, *, places: int = PLACES, searched: int = SEARCHED
) -> Iterator[Row]:
    """The rows for this process's table of that many reports."""
    at = _places(reports_ports().council.box, places)
    peer = Peer(engine, count)
    for radius_m in GOALS:
        yield from _rows_within(radius_m, peer, at, searched)


def _rows_within(radius_m: int, peer: "Peer", at: list[Point], searched: int) -> Iterator[Row]:
    """The rows for one radius, searched around each of these places."""
    ours = [_our_search(place, radius_m) for place in at]
    planned = [peer.planned_requests(place, radius_m) for place in at]
    theirs = [peer.count_search(place, radius_m) for place in at[:searched]]
    requests = [each for each, _ in ours]
    if [requests for requests, _ in theirs] != planned[:searched]:
        raise RuntimeError("dynamodbgeo did not make the requests that it planned.")
    most, most_ratio, at_once = GOALS[radius_m]
    row = partial(Row, group=GROUP.format(places=len(at)), peer_name="dynamodbgeo")
    within = partial(row, unit="requests")
    yield within(
        name=f"within {radius_m} m, mean",
        ours=mean(requests),
        peer=mean(planned),
        most=most,
        most_ratio=most_ratio,
    )
    yield within(
        name=f"within {radius_m} m, most", ours=max(requests), peer=max(planned), most=at_once
    )
    yield row(
        name=f"within {radius_m} m, items read on average",
        unit="items",
        ours=mean(read for _, read in ours[:searched]),
        peer=mean(read for _, read in theirs),
    )


class Peer:
    """dynamodbgeo on a table of its own, with the same places."""

    def __init__(self, engine: Engine, count: int) -> None:
        self._library: Any = import_module("dynamodbgeo")
        self._config = self._library.GeoDataManagerConfiguration(
            boto3.client("dynamodb"), f"geo-{count}"
        )
        table = self._library.GeoTableUtil(self._config)
        # It prints what it does.
        with contextlib.redirect_stdout(io.StringIO()):
            table.create_table(table.getCreateTableRequest())
        self._manager = self._library.GeoDataManager(self._config)
        fill(engine, self._config.tableName, map(self._item, items(count)))

    def planned_requests(self, place: Point, radius_m: int) -> int:
        """The number of requests in its plan for this circle."""
        rectangle = self._library.S2Util().getBoundingLatLngRectFromQueryRadiusInput(
            self._question(place, radius_m)
        )
        cells = self._config.S2RegionCoverer().get_covering(rectangle)
        return len(self._library.Covering(cells).getGeoHashRanges(self._config.hashKeyLength))

    def count_search(self, place: Point, radius_m: int) -> tuple[int, int]:
        """The number of requests of its search, and of the items read."""
        with record() as calls:
            self._manager.queryRadius(self._question(place, radius_m))
        return len(calls), sum(len(items_read(call)) for call in calls)

    def _question(self, place: Point, radius_m: int) -> Any:
        middle = self._library.GeoPoint(place.lat, place.long)
        # Its default query is one dictionary that all queries would share.
        return self._library.QueryRadiusRequest(middle, radius_m, {})

    def _item(self, report: dict[str, Any]) -> dict[str, Any]:
        lat, long = report["lat"]["N"], report["long"]["N"]
        cells = self._library.S2Manager()
        geohash = cells.generateGeohash(self._library.GeoPoint(float(lat), float(long)))
        hash_key = cells.generateHashKey(geohash, self._config.hashKeyLength)
        return {
            "hashKey": {"N": str(hash_key)},
            "rangeKey": report["service_request_id"],
            "geohash": {"N": str(geohash)},
            "geoJson": {"S": f"{lat},{long}"},
        }


def _places(box: Box, count: int) -> list[Point]:
    random = Random(25)
    return [
        Point(lat=random.uniform(box.south, box.north), long=random.uniform(box.west, box.east))
        for _ in range(count)
    ]


def _our_search(place: Point, radius_m: int) -> tuple[int, int]:
    with record() as calls:
        list_nearby(place, None, radius_m=radius_m, limit=100, ports=reports_ports())
    return len(calls), sum(len(items_read(call)) for call in calls)
