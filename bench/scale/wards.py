"""The wards of a council, and where its reports stand."""

from chalicelib.gazetteer.wards import ward_of
from chalicelib.geo.point import Point
from chalicelib.geo.polygon import MultiPolygon, Polygon
from chalicelib.geo.quadkey import MAP_ZOOM, Tile, tile_bounds, tile_of
from chalicelib.geo.ward import Ward

CORNER = Point(lat=53.93, long=-1.18)
IN_A_ROW = 4
"""A ward is one tile of the map; four of them are side by side."""
STEPS = 16
"""Reports in a ward stand on a grid of so many by so many, some 90 m apart, as in a town."""


def ward(number: int) -> Ward:
    """The ward of that number, from 0 on."""
    box = tile_bounds(_tile(number))
    west, south, east, north = box.west, box.south, box.east, box.north
    ring = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return ward_of(f"W{number:04}", f"Ward {number}", MultiPolygon((Polygon(ring),)))


def place_of(report: int, wards: int) -> dict[str, float]:
    """The place of the report of that number in so many wards, to which reports come in turn:
    `lat` and `long`."""
    nth, number = divmod(report, wards)
    row, column = divmod(nth, STEPS)
    box = tile_bounds(_tile(number))
    return {
        "lat": round(box.south + (row + 0.5) * (box.north - box.south) / STEPS, 6),
        "long": round(box.west + (column + 0.5) * (box.east - box.west) / STEPS, 6),
    }


def _tile(number: int) -> Tile:
    first = tile_of(CORNER, MAP_ZOOM)
    row, column = divmod(number, IN_A_ROW)
    return Tile(MAP_ZOOM, first.x + column, first.y - row)
