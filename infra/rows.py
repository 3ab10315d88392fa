"""Reads the rows of files that councils publish: GeoJSON (RFC 7946, or in the British National Grid
by its `crs` member) and CSV, both in UTF-8 and perhaps with .gz.

Every row is accounted for: read, or refused with its number and the reason. A file that cannot be
read as a whole is one error, and none of its rows are used.
"""

import csv
import gzip
import io
import json
import math
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from chalicelib.catalogue.model import Council
from chalicelib.errors import ConfigurationError, Invalid
from chalicelib.geo.point import Point
from chalicelib.geo.polygon import MultiPolygon, representative_point
from infra.rows_places import Columns, check_inside, geometry_in, is_british_grid, list_columns

Shape = Point | MultiPolygon


@dataclass(frozen=True)
class Row:
    """A row that could be read. `number`: its line, or its feature from 1. `values`: texts by
    column, stripped, or empty. `shape`: None only if none was requested."""

    number: int
    values: Mapping[str, str]
    shape: Shape | None = None

    @cached_property
    def point(self) -> Point:
        """The place, or one inside the area. Raises ValueError if there is none."""
        if self.shape is None:
            raise ValueError("has no place")
        return self.shape if isinstance(self.shape, Point) else representative_point(self.shape)


@dataclass(frozen=True)
class RefusedRow:
    """A row that was refused, and why."""

    number: int
    reason: str


@dataclass
class Table:
    """The content of a file. `unit`: what numbers count, line or feature."""

    unit: str
    rows: list[Row] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)

    def refusals(self) -> list[str]:
        """The refused rows, a sentence each, in the order of the file."""
        ordered = sorted(self.refused, key=lambda each: each.number)
        return [f"{self.unit} {each.number}: {each.reason}" for each in ordered]


def read_rows(
    file: Path,
    *,
    needs: Iterable[str] = (),
    inside: Council | None = None,
    header: Sequence[str] = (),
    placed: bool = True,
) -> Table:
    """The rows of a file whose name ends in .geojson, .json or .csv, perhaps with .gz.

    `needs`: required columns. `inside`: rows outside that council's bounds are refused.
    `header`: the first columns of a CSV file that names none. `placed`: each row has a place.
    Raises ConfigurationError for the whole file: not in UTF-8, corrupt, without rows, without a
    column that is needed or without any that holds places.
    """
    text = text_of(file)
    match file.name.removesuffix(".gz").rpartition(".")[2].lower():
        case "geojson" | "json":
            table, found = Table("feature"), _features(file.name, text, needs, placed)
        case "csv":
            table, found = Table("line"), _lines(file.name, text, needs, placed, header)
        case _:
            raise ConfigurationError(f"{file.name}: give a .geojson or .csv file.")
    _sort(found, inside, table)
    if not table.rows and not table.refused:
        raise ConfigurationError(f"{file.name} has no rows: nothing was imported.")
    return table


def _sort(found: Iterable[Row | RefusedRow], inside: Council | None, table: Table) -> None:
    """Puts each row into the table, or among its refusals."""
    for each in found:
        taken = _check_inside(each, inside) if inside and isinstance(each, Row) else each
        if isinstance(taken, Row):
            table.rows.append(taken)
        else:
            table.refused.append(taken)


def text_of(file: Path) -> str:
    """The text of a file in UTF-8, perhaps with .gz. Raises ConfigurationError, with the line."""
    raw = file.read_bytes()
    try:
        raw = gzip.decompress(raw) if file.suffix == ".gz" else raw
    except (OSError, EOFError, zlib.error) as error:
        raise ConfigurationError(f"{file.name} cannot be unpacked ({error}).") from error
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ConfigurationError(f"{file.name} is in UTF-16: save it in UTF-8.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigurationError(
            f"{file.name}, line {line}: byte {raw[error.start]:#x} is not UTF-8, and looks like "
            "Windows-1252: save the file in UTF-8."
        ) from error


def _lines(
    name: str, text: str, needs: Iterable[str], placed: bool, header: Sequence[str]
) -> Iterator[Row | RefusedRow]:
    records = list(_records(name, text))
    columns = list(header) or [column.strip() for column in records.pop(0)[1]] if records else []
    _check_columns(name, columns, needs)
    width = len(header) or None
    listed = [(line, _by_column(columns, cells[:width])) for line, cells in records]
    places = Columns(name, columns, [values for _, values in listed if values]) if placed else None
    for (line, values), (_, cells) in zip(listed, records, strict=True):
        if values is None:
            count = f"{len(cells)} values for {len(columns)} columns"
            yield RefusedRow(line, f"has {count}: is the line cut off, or a comma without quotes?")
        else:
            yield _row(line, values, partial(places.place, values) if places else None)


def _records(name: str, text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with its first line; empty lines are skipped."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    begins = 1
    try:
        for cells in reader:
            if cells:
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise ConfigurationError(
            f"{name}, line {begins}: cannot be read from here ({error}); nothing was imported."
        ) from error


def _by_column(columns: Sequence[str], cells: Sequence[str]) -> dict[str, str] | None:
    """The values by column; None if their number differs."""
    if len(cells) < len(columns) or any(cells[len(columns) :]):
        return None
    return {column: cell.strip() for column, cell in zip(columns, cells, strict=False)}


def _features(
    name: str, text: str, needs: Iterable[str], placed: bool
) -> Iterator[Row | RefusedRow]:
    document = _document(name, text)
    features = document["features"]
    known = (feature.get("properties") for feature in features if isinstance(feature, dict))
    columns = dict.fromkeys(key for each in known if isinstance(each, dict) for key in each)
    if features:
        _check_columns(name, list(columns), needs)
    in_grid = is_british_grid(name, document.get("crs"))
    for number, feature in enumerate(features, 1):
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            yield RefusedRow(number, "is not a GeoJSON feature")
            continue
        try:
            values = dict.fromkeys(columns, "") | _texts(feature.get("properties"))
        except Invalid as error:
            yield RefusedRow(number, error.detail)
            continue
        place = partial(geometry_in, feature.get("geometry"), in_grid=in_grid)
        yield _row(number, values, place if placed else None)


def _document(name: str, text: str) -> dict[str, Any]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(f"{name} is not JSON: {error}; nothing was imported.") from error
    if not isinstance(document, dict) or not isinstance(document.get("features"), list):
        raise ConfigurationError(
            f"{name} is not a GeoJSON FeatureCollection; nothing was imported."
        )
    return document


def _texts(properties: Any) -> dict[str, str]:
    """The properties as texts. Raises Invalid."""
    if not isinstance(properties, dict | None):
        raise Invalid.field("properties", "must be an object")
    for name, value in (properties or {}).items():
        if isinstance(value, float) and not math.isfinite(value):
            raise Invalid.field(name, f"{value} is not a number")
    return {name: _text(value) for name, value in (properties or {}).items()}


def _text(value: Any) -> str:
    """A property as a text: 15.010000 is 15.01 and true is TRUE, as in a CSV export."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case float() if value.is_integer():
            return str(int(value))
        case _:
            return str(value).strip()


def _row(
    number: int, values: Mapping[str, str], place: Callable[[], Shape] | None
) -> Row | RefusedRow:
    try:
        return Row(number, values, place() if place else None)
    except Invalid as error:
        return RefusedRow(number, error.detail)


def _check_inside(row: Row, council: Council) -> Row | RefusedRow:
    try:
        check_inside(row.point, council)
    except Invalid as error:
        return RefusedRow(row.number, error.detail)
    except ValueError as error:
        return RefusedRow(row.number, str(error))
    return row


def _check_columns(name: str, there: Sequence[str], wanted: Iterable[str]) -> None:
    if missing := sorted(set(wanted) - set(there)):
        raise ConfigurationError(
            f"{name} has no column {missing[0]!r}; it has: {list_columns(there)}."
        )
    if twice := [column for column, count in Counter(there).items() if column and count > 1]:
        raise ConfigurationError(f"{name} has two columns {twice[0]!r}: rename one.")
