"""Makes the document of wards from a GeoJSON file of their boundaries."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import msgspec

from chalicelib.catalogue.model import Council
from chalicelib.catalogue.wards import WardProperties
from chalicelib.errors import ConfigurationError, Invalid
from chalicelib.gazetteer.wards import Wards, WardSet, ward_of
from chalicelib.geo.point import Point
from chalicelib.geo.polygon import MultiPolygon
from chalicelib.geo.polygon_edge import nearest_on_edge
from chalicelib.geo.ward import Ward
from infra.rows import RefusedRow, Row, Table, read_rows

CORNERS_TRIED = 100
OVERLAP_M = 20.0
"""The tolerated overlap of simplified boundaries."""


def wards_of(
    file: Path, council: Council, progress: Callable[[int], None] = lambda rows: None
) -> tuple[list[Ward], Table]:
    """The wards of a file, by code, and the table with its refused rows; `progress` is
    called with 1 for each ward. Raises ConfigurationError for the file as a whole.
    """
    table = read_rows(file, inside=council)
    properties = _properties(file, table, council)
    found: dict[str, Ward] = {}
    for row in table.rows:
        progress(1)
        code, name = code_of(row.values[properties.code]), row.values[properties.name]
        try:
            found[code] = _ward(row, code, name, found, properties)
        except Invalid as error:
            table.refused.append(RefusedRow(row.number, error.detail))
    return sorted(found.values(), key=lambda ward: ward.code), table


def code_of(text: str) -> str:
    """The code for addresses: an official code unchanged, a name with hyphens."""
    return re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")


def with_wards(held: bytes | None, wards: list[Ward], valid_from: date) -> Wards:
    """The published document, with the wards of that day added. Raises ConfigurationError."""
    try:
        before = msgspec.json.decode(held, type=Wards) if held else Wards()
    except msgspec.DecodeError as error:
        raise ConfigurationError(
            f"The published wards cannot be read ({error}): remove them, and import every set."
        ) from error
    return before.with_set(WardSet(items=tuple(wards), valid_from=valid_from))


def _properties(file: Path, table: Table, council: Council) -> WardProperties:
    """The first of the council's properties that the file has; any, if every feature is refused."""
    if not council.ward_properties:
        raise ConfigurationError(
            f"{council.name} does not say which properties hold a ward's code and name: add "
            "`ward_properties` to its document."
        )
    there = table.rows[0].values if table.rows else {}
    for each in council.ward_properties:
        if not table.rows or {each.code, each.name} <= set(there):
            return each
    wanted = ", or ".join(f"{each.code!r} and {each.name!r}" for each in council.ward_properties)
    raise ConfigurationError(
        f"{file.name} has no properties {wanted}; it has: {', '.join(there)}. Name them in "
        "`ward_properties` of the council's document."
    )


def _ward(
    row: Row, code: str, name: str, found: Mapping[str, Ward], properties: WardProperties
) -> Ward:
    """The ward of that row. Raises Invalid."""
    if not isinstance(row.shape, MultiPolygon):
        raise Invalid.field("geometry", "is a place, and a ward needs a Polygon or MultiPolygon")
    if not code or not name:
        raise Invalid.field(properties.name if code else properties.code, "is empty")
    if code in found:
        raise Invalid.field(properties.code, f"{code!r} is used twice; remove one")
    ward = ward_of(code, name, row.shape)
    for other in found.values():
        if place := _overlap_corner(ward, other):
            raise Invalid.field(
                "geometry", f"lies over {other.name}, at lat {place.lat}, long {place.long}"
            )
    return ward


def _overlap_corner(one: Ward, other: Ward) -> Point | None:
    """A corner of one that is well inside the other; of many corners only some are tried."""
    if one.bounds.overlap(other.bounds) is None:
        return None
    for ward, around in ((one, other), (other, one)):
        corners = [corner for ring in ward.shape.rings for corner in ring]
        for long, lat in corners[:: len(corners) // CORNERS_TRIED + 1]:
            place = Point(lat=lat, long=long)
            inside = around.shape.contains(place)
            if inside and nearest_on_edge(around.shape, place).distance_m > OVERLAP_M:
                return place
    return None
