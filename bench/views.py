"""The public map: the number of published documents for a view, by the web client's own rules.

web/src/features/map: near, each z14 tile that the screen touches; far, the one tile of counts.
Their addresses are files of the bucket: no function runs and no database is read.
"""

from collections.abc import Iterator
from random import Random
from statistics import mean

from bench.table import Row
from chalicelib.catalogue.load import load
from chalicelib.geo.point import Box, Point
from chalicelib.geo.quadkey import MAP_ZOOM, count_tiles

GROUP = "Public map view: GETs of published documents at 1,000 random places of the council"
SCREEN_M = (1500, 2500)
PLACES = 1000


def screen(place: Point) -> Box:
    """The box on a phone's screen with that place in its middle."""
    wide, high = (Box.around(place, side / 2) for side in SCREEN_M)
    return Box(west=wide.west, south=high.south, east=wide.east, north=high.north)


def places() -> list[Point]:
    """Random ones of the demo council, the same each time."""
    box, random = load("demo").box, Random(14)
    return [
        Point(lat=random.uniform(box.south, box.north), long=random.uniform(box.west, box.east))
        for _ in range(PLACES)
    ]


def gets_a_screen() -> list[int]:
    """The number of documents for each of the places."""
    return [count_tiles(screen(place), MAP_ZOOM) for place in places()]


def rows() -> Iterator[Row]:
    gets = gets_a_screen()
    for name, ours, most in (
        ("phone screen of 1.5 × 2.5 km, mean", mean(gets), 6),
        ("phone screen of 1.5 × 2.5 km, most", max(gets), 9),
        ("city view", 1, 1),
    ):
        yield Row(group=GROUP, name=name, unit="GETs", ours=ours, most=most)
