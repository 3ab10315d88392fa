"""Finds a row's place in the columns and geometries that councils use. Names are compared without
case, spaces and signs. Degrees are used before metres of the British National Grid, and both before
a text such as `Bath (51.38, -2.36)`, which is often only a town.
"""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.catalogue.model import Council
from chalicelib.errors import ConfigurationError, Invalid
from chalicelib.geo.bng import GridPoint, from_grid
from chalicelib.geo.point import Point, distance_m
from chalicelib.geo.polygon import MultiPolygon
from chalicelib.geo.shape import shape_of

LATS = ("latitude", "lat", "geolat", "gpslatitude", "latitudewgs84", "wgs84latitude")
LONGS = ("longitude", "long", "lon", "lng", "geolong", "gpslongitude", "longitudewgs84")
EASTS = ("easting", "eastings", "east", "oseasting", "geox", "xcoord", "xcoordinate", "x")
NORTHS = ("northing", "northings", "north", "osnorthing", "geoy", "ycoord", "ycoordinate", "y")
EITHER = ("geox", "xcoord", "xcoordinate", "x")
"""Names for metres or degrees: the first row that has a place shows which."""
TEXT = re.compile(r"\(\s*(-?\d+(?:\.\d+)?)\s*,\s*(-?\d+(?:\.\d+)?)\s*\)$")
"""(latitude, longitude) at the end of a text."""

SAME_PLACE_M = 100.0
"""Farther apart, the two places of one row are not the same."""
MOST_NAMED = 40
ONE_SYSTEM = "one file has one coordinate system"
DEGREES = ("CRS84", "EPSG::4326", "EPSG:4326")
GRID = ("EPSG::27700", "EPSG:27700")


def list_columns(columns: Sequence[str]) -> str:
    """The columns' names, only the first if there are many."""
    shown = ", ".join(columns[:MOST_NAMED])
    return f"{shown} and {len(columns) - MOST_NAMED} more" if len(columns) > MOST_NAMED else shown


def _normalise_column(column: str) -> str:
    return re.sub(r"[^a-z0-9]", "", column.lower())


class Columns:
    """The columns of a CSV file with its rows' places."""

    def __init__(
        self, name: str, columns: Sequence[str], rows: Sequence[Mapping[str, str]]
    ) -> None:
        """Raises ConfigurationError if there are none."""
        self._degrees = _pair(columns, LATS, LONGS)
        self._grid = _pair(columns, EASTS, NORTHS)
        if self._grid and not self._degrees and _are_degrees(self._grid, rows):
            self._degrees, self._grid = (self._grid[1], self._grid[0]), None
        self._texts = [
            column for column in columns if any(TEXT.search(row[column]) for row in rows)
        ]
        if rows and not (self._degrees or self._grid or self._texts):
            raise ConfigurationError(
                f"{name} has no columns that say where its rows lie: name them Latitude and "
                f"Longitude, or Easting and Northing; it has: {list_columns(columns)}."
            )

    def place(self, row: Mapping[str, str]) -> Point:
        """The row's place. Raises Invalid."""
        degrees = _pair_is_filled(self._degrees, row) and self._in_degrees(row)
        grid = _pair_is_filled(self._grid, row) and self._in_grid(row)
        if degrees and grid and distance_m(degrees, grid) > SAME_PLACE_M:
            raise Invalid(
                f"{_pair_text(self._degrees)} and {_pair_text(self._grid)} are "
                f"{distance_m(degrees, grid):.0f} m apart: {ONE_SYSTEM}, and one place for a row"
            )
        place = degrees or grid or self._in_text(row)
        if place is None:
            where = [_pair_text(pair) for pair in (self._degrees, self._grid) if pair]
            raise Invalid(f"{', '.join([*where, *self._texts])}: the row has no place")
        return place

    def _in_degrees(self, row: Mapping[str, str]) -> Point:
        lat, long = _numbers(self._degrees, row)
        return _point(lat, long, _pair_text(self._degrees))

    def _in_grid(self, row: Mapping[str, str]) -> Point:
        easting, northing = _numbers(self._grid, row)
        if abs(easting) <= 180 and abs(northing) <= 180:
            raise Invalid(
                f"{_pair_text(self._grid)}: {easting:g}, {northing:g} look like degrees, and "
                f"the file has metres of the British National Grid; {ONE_SYSTEM}"
            )
        return from_grid(GridPoint(easting, northing))

    def _in_text(self, row: Mapping[str, str]) -> Point | None:
        found = next((match for each in self._texts if (match := TEXT.search(row[each]))), None)
        return _point(float(found[1]), float(found[2]), ", ".join(self._texts)) if found else None


Pair = tuple[str, str]


def _pair(columns: Sequence[str], one: Sequence[str], other: Sequence[str]) -> Pair | None:
    """The first column of each list of names, if both exist."""
    known = {_normalise_column(column): column for column in reversed(columns)}
    first = next((known[name] for name in one if name in known), None)
    second = next((known[name] for name in other if name in known), None)
    return (first, second) if first and second else None


def _are_degrees(pair: Pair, rows: Sequence[Mapping[str, str]]) -> bool:
    if _normalise_column(pair[0]) not in EITHER:
        return False
    for row in rows:
        if _pair_is_filled(pair, row):
            try:
                return all(abs(number) <= 180 for number in _numbers(pair, row))
            except Invalid:
                continue
    return False


def _pair_is_filled(pair: Pair | None, row: Mapping[str, str]) -> bool | None:
    return bool(row[pair[0]] and row[pair[1]]) or None if pair else None


def _pair_text(pair: Pair | None) -> str:
    return ", ".join(pair or ())


def _numbers(pair: Pair | None, row: Mapping[str, str]) -> tuple[float, float]:
    one, other = (_number(column, row[column]) for column in pair or ())
    return one, other


def _number(column: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise Invalid.field(column, f"{text!r} is not a number")
    return number


def _point(lat: float, long: float, name: str) -> Point:
    if abs(lat) <= 90 and abs(long) <= 180:
        return Point(lat=lat, long=long)
    raise Invalid.field(
        name,
        f"{lat:g}, {long:g} are not degrees: are they metres of the British National Grid? "
        f"{ONE_SYSTEM[0].upper()}{ONE_SYSTEM[1:]}.",
    )


def is_british_grid(name: str, crs: Any) -> bool:
    """True if a GeoJSON file's `crs` member says British National Grid, False if it says WGS84 or
    is missing. Raises ConfigurationError."""
    properties = crs.get("properties") if isinstance(crs, dict) else None
    said = str(properties.get("name")) if isinstance(properties, dict) else None
    if said is None or said.endswith(DEGREES):
        return False
    if said.endswith(GRID):
        return True
    raise ConfigurationError(
        f"{name} is in the coordinate system {said}: save it in WGS84 (EPSG:4326) or the British "
        "National Grid (EPSG:27700)."
    )


def geometry_in(geometry: Any, *, in_grid: bool) -> Point | MultiPolygon:
    """The place or area of a GeoJSON feature. Raises Invalid."""
    if not isinstance(geometry, dict) or not geometry.get("coordinates"):
        raise Invalid.field("geometry", "the feature has no place")
    coordinates = geometry["coordinates"]
    if geometry.get("type") == "Point":
        long, lat = _position(coordinates, in_grid=in_grid)
        return Point(lat=lat, long=long)
    if in_grid:
        geometry = geometry | {"coordinates": _all_in_degrees(coordinates)}
    return shape_of(geometry)


def _all_in_degrees(coordinates: Any) -> Any:
    """Positions at any depth, converted from the grid."""
    if isinstance(coordinates, list) and coordinates and isinstance(coordinates[0], list):
        return [_all_in_degrees(each) for each in coordinates]
    return _position(coordinates, in_grid=True)


def _position(coordinates: Any, *, in_grid: bool) -> tuple[float, float]:
    """Longitude and latitude; a height is ignored. Raises Invalid."""
    try:
        x, y, *_ = (float(number) for number in coordinates)
    except (TypeError, ValueError, OverflowError):
        x = y = math.nan
    if not (math.isfinite(x) and math.isfinite(y)):
        raise Invalid.field("geometry.coordinates", f"{coordinates!r} are not numbers")
    if in_grid and abs(x) <= 180 and abs(y) <= 180:
        raise Invalid.field(
            "geometry.coordinates",
            f"{x:g}, {y:g} look like degrees, and the file says EPSG:27700; {ONE_SYSTEM}",
        )
    place = from_grid(GridPoint(x, y)) if in_grid else _point(y, x, "geometry.coordinates")
    return place.long, place.lat


def check_inside(place: Point, council: Council) -> None:
    """Raises Invalid if the place is outside the council's bounds."""
    if council.box.contains(place):
        return
    swapped = Point(lat=place.long, long=place.lat)
    doubt = "; are lat and long swapped?" if council.box.contains(swapped) else ""
    raise Invalid(f"{place_text(place)} is outside {council.name}{doubt}")


def place_text(place: Point) -> str:
    """A place in words: 53.96° N, 1.08° W."""
    north, east = "N" if place.lat >= 0 else "S", "E" if place.long >= 0 else "W"
    return f"{abs(place.lat):.4f}° {north}, {abs(place.long):.4f}° {east}"
