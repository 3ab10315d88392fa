"""What is in the documents of the map."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.geo.point import Box, Point
from chalicelib.geo.quadkey import Tile, tile_of
from chalicelib.publishing.model import (
    Pin,
    count_of,
    index_document,
    is_past_display,
    pin_of,
    tile_of_all,
    tile_with_counts,
)
from tests.support.builders import NOON
from tests.support.fakes_publishing import BOUNDS, report_view

HERE = Tile(14, 8142, 5258)
QUARTER = timedelta(days=90)


def pin(number: int, **values: object) -> Pin:
    report = report_view(service_request_id=f"R{number}", **values)
    made = pin_of(report)
    assert made
    return made


def closed(number: int, **values: object) -> Pin:
    return pin(number, state="fixed", status="closed", **values)


degrees = st.floats(min_value=-170, max_value=170)
latitudes = st.floats(min_value=-80, max_value=80)


@given(degrees, latitudes, st.floats(min_value=0, max_value=2), st.floats(min_value=0, max_value=2))
def test_tile_of_all_holds_every_corner_and_no_finer_one_does(
    west: float, south: float, width: float, height: float
) -> None:
    box = Box(west=west, south=south, east=west + width, north=south + height)
    tile = tile_of_all(box)
    corners = [
        Point(lat=lat, long=long) for lat in (box.south, box.north) for long in (box.west, box.east)
    ]
    assert {tile_of(corner, tile.z) for corner in corners} == {tile}
    assert tile.z <= 11
    if tile.z < 11:
        assert len({tile_of(corner, tile.z + 1) for corner in corners}) > 1


def test_counts_of_the_demo_council_have_an_address_in_the_index() -> None:
    index = index_document(
        language="en",
        jurisdiction_id="demo.example",
        name="Demo",
        phone="01904 960123",
        opening_hours="Monday to Friday, 9 to 5",
        phone_hours={"days": ["monday"], "opens": "09:00", "closes": "17:00"},
        out_of_hours_phone="01904 960199",
        time_zone="Europe/London",
        bounds=BOUNDS,
        basemap_attribution="",
        withdraw_within_s=300,
        publish_after_s=0,
        push_key="BA1Hxzyi",
        sends_texts=True,
        holidays={date(2026, 12, 28), date(2026, 12, 25)},
        neighbours=({"name": "Wold"},),
        names={},
        versions={},
    )
    tile = tile_of_all(BOUNDS)
    assert index["counts"] == f"/data/tiles/{tile.z}/{tile.x}/{tile.y}.json"
    assert index["bounds"] == [-1.2, 53.89, -0.963, 54.028]
    assert index["opening_hours"] == "Monday to Friday, 9 to 5"
    assert index["phone_hours"] == {"days": ["monday"], "opens": "09:00", "closes": "17:00"}
    assert index["out_of_hours_phone"] == "01904 960199"
    assert (index["withdraw_within_s"], index["publish_after_s"]) == (300, 0)
    assert index["push_key"] == "BA1Hxzyi"
    assert index["places"] == "/data/places.json"
    assert index["streets"] == "/data/streets.json"
    assert index["neighbours"] == ({"name": "Wold"},)
    assert index["holidays"] == ["2026-12-25", "2026-12-28"]


def test_count_tells_open_and_closed_by_service_from_the_middle_of_the_pins() -> None:
    pins = [
        pin(1, lat=53.95, long=-1.08),
        pin(2, lat=53.97, long=-1.10, service_code="graffiti"),
        closed(3, lat=53.96, long=-1.09),
    ]
    count = count_of(HERE, pins)
    assert count
    assert (count.z, count.x, count.y) == HERE
    assert (count.open, count.closed) == (2, 1)
    assert count.services == {"graffiti": (1, 0), "pothole": (1, 1)}
    assert (count.lat, count.long) == (53.96, -1.09)


def test_tile_has_no_count_when_it_has_no_pins() -> None:
    assert count_of(HERE, []) is None
    one = count_of(HERE, [pin(1)])
    assert tile_with_counts(None, {HERE: one}).counts == (one,)
    assert tile_with_counts(None, {HERE: None}).counts == ()


@pytest.mark.parametrize(
    ("after", "aged"),
    [(timedelta(0), False), (QUARTER - timedelta(seconds=1), False), (QUARTER, True)],
)
def test_pin_is_aged_when_it_was_closed_that_long_ago(after: timedelta, aged: bool) -> None:
    now = NOON + after
    assert is_past_display(closed(1), now=now, closed_shown=QUARTER) == aged
    assert not is_past_display(pin(1), now=now, closed_shown=QUARTER)


def test_pin_has_the_promised_date_only_while_the_report_is_open() -> None:
    assert pin(1, expected_datetime=NOON).expected_datetime == NOON
    assert closed(2, expected_datetime=NOON).expected_datetime is None


def test_report_has_no_pin_when_nobody_knows_where_it_is() -> None:
    assert pin_of(report_view(service_request_id="R1", lat=None, long=None)) is None
