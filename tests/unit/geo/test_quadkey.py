from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.geo.point import Box, Point
from chalicelib.geo.quadkey import (
    FINEST,
    MAP_ZOOM,
    Tile,
    cover_box,
    key_of,
    quadkey,
    tile_bounds,
    tile_of,
    tile_of_key,
)

latitudes = st.floats(-85, 85)
longitudes = st.floats(-180, 180)
points = st.builds(lambda lat, long: Point(lat=lat, long=long), latitudes, longitudes)


def box_round(point: Point, height: float, width: float) -> Box:
    return Box(
        west=max(-180, point.long - width),
        south=max(-85, point.lat - height),
        east=min(180, point.long + width),
        north=min(85, point.lat + height),
    )


def test_tile_is_the_one_of_the_published_scheme_when_the_point_is_known() -> None:
    # Greenwich observatory at zoom 14, and the four corners of the world at zoom 1.
    assert tile_of(Point(lat=51.4769, long=0.0005), 14) == Tile(14, 8192, 5450)
    assert tile_of(Point(lat=85, long=-180), 1) == Tile(1, 0, 0)
    assert tile_of(Point(lat=-85, long=180), 1) == Tile(1, 1, 1)


def test_tile_stays_in_the_world_when_the_latitude_is_a_pole() -> None:
    assert tile_of(Point(lat=90, long=0), 3).y == 0
    assert tile_of(Point(lat=-90, long=0), 3).y == 7


def test_quadkey_is_the_documented_one_when_the_tile_is_the_documented_example() -> None:
    assert quadkey(Tile(3, 3, 5)) == "213"


@given(points, st.integers(1, FINEST))
def test_quadkey_names_its_tile_again_when_read_back(point: Point, z: int) -> None:
    tile = tile_of(point, z)
    assert tile_of_key(quadkey(tile)) == tile


@given(points)
def test_coarse_quadkey_is_a_prefix_of_the_fine_one_when_the_point_is_the_same(
    point: Point,
) -> None:
    assert key_of(point).startswith(key_of(point, MAP_ZOOM))


@given(points, st.integers(1, 18))
def test_tile_bounds_contain_the_points_of_the_tile(point: Point, z: int) -> None:
    box = tile_bounds(tile_of(point, z))
    slack = 1e-9
    assert box.west - slack <= point.long <= box.east + slack
    assert box.south - slack <= point.lat <= box.north + slack


@settings(max_examples=200)
@given(
    points,
    st.floats(1e-5, 0.3),
    st.floats(1e-5, 0.3),
    st.floats(0, 1),
    st.floats(0, 1),
    st.integers(1, 12),
)
def test_cover_holds_every_point_of_the_box_within_its_budget(
    middle: Point, height: float, width: float, up: float, right: float, budget: int
) -> None:
    box = box_round(middle, height, width)
    ranges = cover_box(box, length=FINEST, at_least=10, budget=budget)
    inside = Point(
        lat=box.south + (box.north - box.south) * up,
        long=box.west + (box.east - box.west) * right,
    )
    key = key_of(inside)
    assert any(part.low <= key <= part.high for part in ranges)
    assert ranges == sorted(ranges)
    assert all(a.high < b.low for a, b in pairwise(ranges))
    assert all(part.low[:10] == part.high[:10] for part in ranges)
    cells = [part.low[:10] for part in ranges]
    assert all(cells.count(cell) <= budget for cell in cells)


def test_cover_reads_little_beyond_the_box_when_it_is_a_phone_screen() -> None:
    box = Box(west=-1.0935, south=53.9478, east=-1.0695, north=53.9702)
    ranges = cover_box(box, length=FINEST, at_least=12)
    covered = sum(int(part.high, 4) - int(part.low, 4) + 1 for part in ranges) / 4**FINEST
    low, high = (
        tile_of(Point(lat=box.north, long=box.west), FINEST),
        tile_of(Point(lat=box.south, long=box.east), FINEST),
    )
    wanted = (high.x - low.x + 1) * (high.y - low.y + 1) / 4**FINEST
    assert 1 <= covered / wanted < 1.8


def test_box_contains_its_edges_but_not_nan_when_asked() -> None:
    box = Box(west=-1, south=50, east=1, north=52)
    assert box.contains(Point(lat=50, long=-1)) and box.contains(Point(lat=52, long=1))
    assert not box.contains(Point(lat=float("nan"), long=0))
    assert not box.contains(Point(lat=51, long=float("inf")))


def test_overlap_is_none_when_boxes_do_not_meet() -> None:
    box = Box(west=-1, south=50, east=1, north=52)
    assert box.overlap(Box(west=2, south=50, east=3, north=52)) is None
    assert box.overlap(Box(west=0, south=51, east=3, north=60)) == Box(
        west=0, south=51, east=1, north=52
    )
