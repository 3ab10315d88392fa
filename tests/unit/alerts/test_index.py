"""The reverse index: no matching subscriber is missed, at any radius and anywhere, and
neither an entry nor a query more than was promised is spent on it."""

import math
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict

from chalicelib.alerts.cells import LEVELS, cover, reaches_at
from chalicelib.alerts.index import areas_at, areas_of_report, entries_of
from chalicelib.alerts.model import MOST_RADIUS_M, Topic
from chalicelib.geo.point import EARTH_RADIUS_M, Point, distance_m
from tests.support.fakes_alerts import GUILDHALL, MemoryIndex, area, subscription

anywhere = st.builds(
    lambda lat, long: Point(lat=lat, long=long), st.floats(-90, 90), st.floats(-180, 180)
)
radii = st.floats(100, MOST_RADIUS_M)


def within(centre: Point, radius_m: float, out: float, turn: float) -> Point:
    """A place at that share of the radius, in that direction (radians)."""
    angle, lat = radius_m * out / EARTH_RADIUS_M, math.radians(centre.lat)
    up = math.asin(
        math.sin(lat) * math.cos(angle) + math.cos(lat) * math.sin(angle) * math.cos(turn)
    )
    across = math.atan2(
        math.sin(turn) * math.sin(angle) * math.cos(lat),
        math.cos(angle) - math.sin(lat) * math.sin(up),
    )
    long = math.degrees(across) + centre.long
    return Point(lat=math.degrees(up), long=(long + 180) % 360 - 180)


def is_found(centre: Point, radius_m: float, place: Point) -> bool:
    index = MemoryIndex()
    index.put(entries_of(subscription(topic=area(radius_m, lat=centre.lat, long=centre.long))))
    return any(index.entries(each) for each in areas_at([place], None))


RIM = 0.9999999
"""As near to the rim as the exact test tells for sure."""


@settings(max_examples=150)
@given(anywhere, radii, st.floats(0, RIM), st.floats(0, 2 * math.pi))
@example(Point(lat=54.0, long=179.9999), 10_000.0, RIM, math.pi / 2)
@example(Point(lat=-43.9, long=-179.9999), 100.0, RIM, 3 * math.pi / 2)
@example(Point(lat=89.99, long=10.0), 5_000.0, RIM, 0.0)
@example(Point(lat=85.06, long=10.0), 5_000.0, RIM, math.pi)
def test_circle_is_found_from_every_place_in_it_wherever_on_earth_that_is(
    centre: Point, radius_m: float, out: float, turn: float
) -> None:
    place = within(centre, radius_m, out, turn)
    assert distance_m(centre, place) <= radius_m
    assert is_found(centre, radius_m, place)


def test_circle_is_found_from_its_rim_all_round_where_councils_are() -> None:
    """Due west and east, too, where an entry's reach begins and ends."""
    random = Random(3)
    for _ in range(30):
        centre = Point(lat=random.uniform(50, 60), long=random.uniform(-6, 2))
        radius_m = random.choice([100, 500, 2_000, 9_000]) * random.uniform(1, 1.1)
        for eighth in range(16):
            assert is_found(centre, radius_m, within(centre, radius_m, RIM, eighth * math.pi / 8))
        for side in (-1, 1):
            at = widest(centre, radius_m)
            assert is_found(centre, radius_m, within(centre, radius_m, RIM, side * at))


def widest(centre: Point, radius_m: float) -> float:
    """In which direction (radians) a circle is farthest from its middle's meridian."""
    return math.acos(math.tan(radius_m / EARTH_RADIUS_M) * math.tan(math.radians(centre.lat)))


@settings(max_examples=100)
@given(anywhere, radii)
def test_circle_takes_at_most_nine_entries_whatever_its_radius(
    centre: Point, radius_m: float
) -> None:
    entries = entries_of(subscription(topic=area(radius_m, lat=centre.lat, long=centre.long)))
    assert 1 <= len(entries) <= 9
    assert len({entry.key for entry in entries}) == len(entries)


@pytest.mark.parametrize("lat", [49.9, 54.0, 58.0])
def test_circle_lies_in_cells_of_its_own_where_councils_are(lat: float) -> None:
    """Not with those of the whole council, which every report reads."""
    random = Random(1)
    for _ in range(200):
        centre = Point(lat=lat + random.uniform(0, 0.5), long=random.uniform(-6, 2))
        assert cover(centre, random.uniform(100, MOST_RADIUS_M))


def test_circle_is_stored_with_the_whole_council_when_it_is_near_a_pole() -> None:
    entries = entries_of(subscription(topic=area(MOST_RADIUS_M, lat=80.0, long=15.0)))
    assert [entry.area for entry in entries] == ["council"]
    assert entries[0].place == (80.0, 15.0, MOST_RADIUS_M)


def test_no_entry_is_found_twice_from_one_place_when_its_cells_touch() -> None:
    random = Random(2)
    index = MemoryIndex()
    index.put(
        entry
        for number in range(200)
        for entry in entries_of(
            subscription(
                number,
                topic=area(
                    random.uniform(100, MOST_RADIUS_M),
                    lat=random.uniform(53.89, 54.028),
                    long=random.uniform(-1.2, -0.963),
                ),
            )
        )
    )
    for _ in range(100):
        place = Point(lat=random.uniform(53.89, 54.028), long=random.uniform(-1.2, -0.963))
        found = [entry for each in areas_at([place], None) for entry in index.entries(each)]
        assert len({entry.subscription_id for entry in found}) == len(found)


def test_report_queries_six_areas_at_most() -> None:
    areas = areas_of_report("R00000000001", Point(lat=53.959, long=-1.0815), GUILDHALL)
    assert [each.name.partition("#")[0] for each in areas] == [
        "report",
        "council",
        "ward",
        "area",
        "area",
        "area",
    ]
    assert [len(each.name.partition("#")[2]) for each in areas[3:]] == list(LEVELS)


def test_report_queries_its_own_and_the_councils_area_when_its_place_is_unknown() -> None:
    assert [each.name for each in areas_of_report("R1", None, None)] == ["report#R1", "council"]


def test_reaches_of_a_place_begin_and_end_a_cell_when_it_lies_on_its_edge() -> None:
    west = Point(lat=0.0, long=0.0)
    assert reaches_at(west, 11)[1:] == ("affff", "cffff~")
    assert reaches_at(Point(lat=0.0, long=180.0), 11)[1:] == ("a0000", "c0000~")


@pytest.mark.parametrize(
    ("topic", "areas"),
    [
        (Topic(kind="report", service_request_id="R1"), ["report#R1"]),
        (Topic(kind="ward", ward_code="W1"), ["ward#W1"]),
        (Topic(kind="council"), ["council"]),
        (Topic(kind="roadworks"), ["roadworks:council"]),
        (Topic(kind="disruptions", ward_code="W1"), ["disruptions:ward#W1"]),
    ],
)
def test_topic_without_a_circle_has_one_entry(topic: Topic, areas: list[str]) -> None:
    entries = entries_of(subscription(topic=topic))
    assert [entry.area for entry in entries] == areas
    assert entries[0].place is None


def test_road_works_in_a_circle_are_found_separately_from_reports() -> None:
    circle = area(2000)
    index = MemoryIndex()
    index.put(entries_of(subscription(topic=Topic(**asdict(circle) | {"kind": "roadworks"}))))
    place = Point(lat=53.96, long=-1.08)
    assert not any(index.entries(each) for each in areas_at([place], None))
    assert any(index.entries(each) for each in areas_at([place], None, "roadworks"))


@pytest.mark.parametrize("state", ["unconfirmed", "stopped"])
def test_subscription_has_no_entry_when_it_is_not_active(state: str) -> None:
    assert entries_of(subscription(state=state)) == ()
