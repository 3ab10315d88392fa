"""Finding what has been reported already."""

import math
from random import Random

from chalicelib.geo.point import Box, Point, distance_m
from chalicelib.reports.ports import Ports
from chalicelib.reports.usecases.access import EVERYWHERE, Author
from chalicelib.reports.usecases.reading import list_nearby
from chalicelib.reports.usecases.submission import submit
from chalicelib.reports.usecases.updating import add_update
from tests.support.builders import MARKET_PLACE, draft, update_draft

ANYBODY = Author()
HERE = Point(**MARKET_PLACE)
METRE = 1 / 111_195
"""A metre in degrees of latitude."""


def at(north_m: float) -> dict[str, float]:
    return {"lat": HERE.lat + north_m * METRE, "long": HERE.long}


def test_nearest_comes_first_without_distant_or_closed_ones(ports: Ports) -> None:
    for key, north_m in (("far", 101.0), ("second", -60.0), ("first", 20.0), ("done", 5.0)):
        submit(draft(**at(north_m)), key, ANYBODY, ports)
    done = ports.ids.service_request_id(ANYBODY.scope, "done")
    staff = Author("officer", staff_in=EVERYWHERE)
    add_update(done, update_draft(state="fixed"), "u", staff, ports)
    submit(draft(service_code="litter", **at(1.0)), "litter", ANYBODY, ports)
    found = list_nearby(HERE, "pothole", radius_m=100, limit=10, ports=ports)
    assert [round(near.distance_m) for near in found] == [20, 60]
    every_kind = list_nearby(HERE, None, radius_m=100, limit=2, ports=ports)
    assert [near.report.service_code for near in every_kind] == ["litter", "pothole"]


def test_circle_is_round_not_square(ports: Ports) -> None:
    corner = 90 * METRE
    submit(
        draft(lat=HERE.lat + corner, long=HERE.long + corner / math.cos(math.radians(HERE.lat))),
        "key",
        ANYBODY,
        ports,
    )
    assert list_nearby(HERE, None, radius_m=100, limit=10, ports=ports) == []


def test_box_round_a_circle_holds_it() -> None:
    rng = Random(3)
    for _ in range(500):
        point = Point(lat=rng.uniform(-70, 70), long=rng.uniform(-170, 170))
        radius_m = rng.uniform(1, 1000)
        box = Box.around(point, radius_m)
        edges = (
            Point(lat=box.north, long=point.long),
            Point(lat=box.south, long=point.long),
            Point(lat=point.lat, long=box.east),
            Point(lat=point.lat, long=box.west),
        )
        assert all(distance_m(point, edge) >= radius_m * 0.999999 for edge in edges)
