"""Makes the document of postcodes from Code-Point Open files.

Their first columns, without a header: postcode, positional quality, easting, northing (EPSG:27700);
codes of country, health authority, county, district and ward follow, which are not used.
Source: Ordnance Survey, "Code-Point Open technical specification" (2023); quality 90 is "no
coordinates available".
"""

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from chalicelib.catalogue.model import Council
from chalicelib.errors import ConfigurationError, Invalid
from chalicelib.gazetteer.postcodes import Postcode, Postcodes, postcodes_document
from chalicelib.geo.bng import GridPoint, from_grid
from chalicelib.geo.point import Box, Point
from chalicelib.geo.postcode import full_postcode
from infra.rows import RefusedRow, Row, read_rows

HEADER = ("postcode", "quality", "easting", "northing")
WITHOUT_PLACE = "90"
MARGIN_M = 2_000.0
"""Postcodes up to this distance outside the council's bounds are included, so that people just over
the border are told the responsible council."""
ATTRIBUTION = (
    "Contains OS data © Crown copyright and database right, Royal Mail data © Royal Mail "
    "copyright and database right, and National Statistics data © Crown copyright and database "
    "right"
)


@dataclass
class Summary:
    """The result for the rows of all files; `refused` are sentences."""

    taken: int = 0
    outside: int = 0
    without_place: int = 0
    refused: list[str] = field(default_factory=list)


def postcodes_of(
    files: Iterable[Path], council: Council, progress: Callable[[int], None] = lambda files: None
) -> tuple[Postcodes, Summary]:
    """The document of the files' postcodes in and around the council; `progress` is called with 1
    for each file. Raises ConfigurationError if a file cannot be read, or none of it is in this
    area.
    """
    summary = Summary()
    found: dict[str, Point] = {}
    box = _with_margin(council.box)
    for file in files:
        table = read_rows(file, header=HEADER, placed=False)
        for row in table.rows:
            try:
                _add_postcode(row, box, found, summary)
            except Invalid as error:
                table.refused.append(RefusedRow(row.number, error.detail))
        summary.refused += [f"{file.name}, {each}" for each in table.refusals()]
        progress(1)
    if not found:
        why = f" ({summary.refused[0]})" if summary.refused else ""
        raise ConfigurationError(
            f"None of the postcodes is in {council.name}{why}: is this the file of another area?"
        )
    summary.taken = len(found)
    return postcodes_document(map(Postcode._make, found.items()), ATTRIBUTION), summary


def _add_postcode(row: Row, box: Box, found: dict[str, Point], summary: Summary) -> None:
    """Adds the row's postcode to those `found` if it is in the box, and counts it if not. Raises
    Invalid."""
    if row.values["quality"] == WITHOUT_PLACE:
        summary.without_place += 1
        return
    label, point = _label(row, found), _point(row)
    if box.contains(point):
        found[label] = point
    else:
        summary.outside += 1


def _label(row: Row, found: Container[str]) -> str:
    """The postcode in its usual form. Raises Invalid if it is not valid or is a duplicate."""
    text = row.values["postcode"]
    label = full_postcode(text)
    if label is None:
        raise Invalid.field("postcode", f"{text!r} is none, such as ZZ1 1AA")
    if label in found:
        raise Invalid.field("postcode", f"{label} appeared before")
    return label


def _point(row: Row) -> Point:
    try:
        place = GridPoint(float(row.values["easting"]), float(row.values["northing"]))
    except ValueError as error:
        raise Invalid.field("easting, northing", "are not two numbers") from error
    return from_grid(place)


def _with_margin(box: Box) -> Box:
    southwest = Box.around(Point(lat=box.south, long=box.west), MARGIN_M)
    northeast = Box.around(Point(lat=box.north, long=box.east), MARGIN_M)
    return Box(
        west=southwest.west, south=southwest.south, east=northeast.east, north=northeast.north
    )
