"""Takes over the reports of another system from its CSV export.

A mapping document says which column is which and what categories and states mean here; every row
is accounted for: taken, there already, or refused with its line and the reason.
"""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

import msgspec

from chalicelib.errors import AppError, ConfigurationError, Invalid, UpstreamFailed
from chalicelib.parsing import parse
from chalicelib.reports.model import Draft, Imported, Visibility
from chalicelib.reports.ports import Ports
from chalicelib.reports.states import State
from chalicelib.reports.usecases import take_over

FIRST_YEAR = 1900
MAPPINGS = Path(__file__).parent / "mappings"


class Columns(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The export's name of each column. The description is the title where it has none."""

    external_reference: str
    title: str
    lat: str
    long: str
    category: str
    state: str
    requested_datetime: str
    updated_datetime: str


class Meaning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a state of the other system is here."""

    state: State
    visibility: Visibility


class ReportMapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mapping document. Datetimes of the export are in UTC."""

    council: str
    columns: Columns
    datetime_format: str
    categories: Mapping[str, str]
    states: Mapping[str, Meaning]


@dataclass
class Summary:
    """What became of the rows; `refused` holds (line, reason)."""

    taken: int = 0
    unchanged: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)


def load_mapping(path: Path) -> ReportMapping:
    """The mapping document. Raises ConfigurationError that names the place and the fix."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=ReportMapping)
    except OSError as error:
        raise ConfigurationError(f"There is no mapping document {path}: name one.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path.name}: {error}") from error


def import_reports(
    file: TextIO,
    mapping: ReportMapping,
    ports: Ports,
    progress: Callable[[int], None] = lambda rows: None,
) -> Summary:
    """Takes over every row of an opened CSV file; the same file again changes nothing.

    `progress` is called with 1 for each row. Raises ConfigurationError where a column is missing
    or the file cannot be read on, UpstreamFailed where the store does not answer: what was taken
    stays, and the file can be imported again.
    """
    summary = Summary()
    for line, row in _rows(file, mapping.columns):
        try:
            if take_over(_imported(row, mapping), ports):
                summary.taken += 1
            else:
                summary.unchanged += 1
        except UpstreamFailed:
            raise
        except AppError as error:
            summary.refused.append((line, error.detail))
        progress(1)
    return summary


def _rows(file: TextIO, columns: Columns) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row by our names, with the line that it begins on."""
    reader = csv.DictReader(file)
    names = msgspec.structs.asdict(columns)
    begins = 1
    try:
        _check_columns(reader.fieldnames or (), names.values())
        begins = reader.line_num + 1
        for row in reader:
            yield begins, {ours: row[theirs] or "" for ours, theirs in names.items()}
            begins = reader.line_num + 1
    except (csv.Error, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"The file cannot be read past line {begins} ({error}): save it as CSV in UTF-8. "
            "What stood before is taken; run the command again with the mended file."
        ) from error


def _check_columns(there: Sequence[str], wanted: Iterable[str]) -> None:
    if missing := sorted(set(wanted) - set(there)):
        raise ConfigurationError(
            f"The file has no column {missing[0]!r}; it has: {', '.join(there)}."
        )


def _imported(row: dict[str, str], mapping: ReportMapping) -> Imported:
    meaning = _looked_up(mapping.states, row["state"], "state")
    draft = {
        "service_code": _looked_up(mapping.categories, row["category"], "category"),
        "lat": _number(row["lat"], "lat"),
        "long": _number(row["long"], "long"),
        "title": row["title"],
        "description": row["title"],
    }
    if not row["external_reference"]:
        raise Invalid.field("external_reference", "is required")
    return Imported(
        draft=parse(draft, Draft),
        external_reference=row["external_reference"],
        state=meaning.state,
        visibility=meaning.visibility,
        requested_datetime=_moment(row, "requested_datetime", mapping),
        updated_datetime=_moment(row, "updated_datetime", mapping),
    )


def _looked_up(known: Mapping[str, Any], value: str, name: str) -> Any:
    if value not in known:
        raise Invalid.field(name, f"{value!r} is not in the mapping document")
    return known[value]


def _number(text: str, name: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise Invalid.field(name, f"{text!r} is not a number") from error


def _moment(row: dict[str, str], name: str, mapping: ReportMapping) -> datetime:
    try:
        moment = datetime.strptime(row[name], mapping.datetime_format).replace(tzinfo=UTC)
    except ValueError as error:
        raise Invalid.field(
            name, f"{row[name]!r} is not of the form {mapping.datetime_format}"
        ) from error
    if moment.year < FIRST_YEAR:
        raise Invalid.field(name, f"is before {FIRST_YEAR}")
    return moment
