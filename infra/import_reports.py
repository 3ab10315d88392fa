"""Imports the reports of another system from its CSV export. A mapping document translates columns,
categories and states; every row is accounted for: accepted, already stored, or refused with its
line and the reason. Rows that are interpreted differently from their text are listed, too.
"""

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TextIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from chalicelib.errors import AppError, ConfigurationError, Invalid, UpstreamFailed
from chalicelib.kernel.parsing import parse
from chalicelib.reports.drafts import Draft, ImportedReport
from chalicelib.reports.ports import Ports
from chalicelib.reports.states import CLOSED_STATES, State
from chalicelib.reports.usecases.exchange.importing import import_report
from chalicelib.reports.usecases.location import is_outside
from infra.local_times import LocalMoment, read_moment

FIRST_YEAR = 1900
MAPPINGS = Path(__file__).parent / "mappings"
LESS_VISIBLE = {
    "private": "not public, whatever the mapping says: reports of this service never are",
    "waiting": "waits for an officer, whatever the mapping says: its service is moderated",
}
"""The reason why a report is less visible than the mapping says, by its visibility."""
OUTSIDE_WARDS = "outside every ward of its day; imported without a ward"
CLOSED_EARLIER = "closed before it was received; counted as closed when it was received"
CLOSED_WITHOUT_DATE = "closed, but no date says when; counted as closed when it was received"
UPDATED_EARLIER = "changed before it was received; counted as unchanged since then"


class Columns(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The export's name of each column. Without a description column, the title is the
    description."""

    external_reference: str
    title: str
    lat: str
    long: str
    category: str
    state: str
    requested_datetime: str
    updated_datetime: str


class StateMapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Our state for a state of the other system."""

    state: State
    visibility: Literal["public", "waiting", "private", "unconfirmed", "hidden"]


class ReportMapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mapping document.

    A time's own offset applies (`%z` in `datetime_format`); it is in UTC if the format ends in UTC,
    GMT or Z; otherwise it is in `time_zone`, or the council's zone. An empty `updated_datetime`
    means that the report has not changed.
    """

    council: str
    columns: Columns
    datetime_format: str
    categories: Mapping[str, str]
    states: Mapping[str, StateMapping]
    time_zone: str | None = None

    def __post_init__(self) -> None:
        if "%Z" in self.datetime_format:
            raise ValueError(
                "`$.datetime_format`: names of time zones cannot be read; write %z for an offset, "
                "or the name as it stands (UTC), or leave it out and give time_zone"
            )
        try:
            _ = self.zone
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(
                f"`$.time_zone`: there is no {self.time_zone}; give one such as Europe/London"
            ) from error

    @property
    def zone(self) -> ZoneInfo | None:
        """The time zone of the export; None for the council's."""
        return ZoneInfo(self.time_zone) if self.time_zone else None


@dataclass
class Summary:
    """The result for the rows; `refused` has (line, reason), `notes` the lines of accepted rows
    that were interpreted differently from their text, by reason."""

    taken: int = 0
    unchanged: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    notes: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


def load_mapping(path: Path) -> ReportMapping:
    """The mapping document. Raises ConfigurationError that names the place and the fix."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=ReportMapping)
    except OSError as error:
        raise ConfigurationError(
            f"There is no mapping document {path}: give the path of one."
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path.name}: {error}") from error


def mapping_of(file: Path | None, council: str) -> ReportMapping:
    """The mapping in the file, or by default the one of the council. Raises ConfigurationError,
    also if it is for another council."""
    mapping = load_mapping(file or MAPPINGS / f"{council}.json")
    if mapping.council != council:
        raise ConfigurationError(
            f"This mapping is for COUNCIL={mapping.council}, but this deployment serves "
            f"COUNCIL={council}."
        )
    return mapping


def import_reports(
    file: TextIO,
    mapping: ReportMapping,
    ports: Ports,
    progress: Callable[[int], None] = lambda rows: None,
) -> Summary:
    """Imports every row of an open CSV file; importing the same file again changes nothing.

    `progress` is called with 1 for each row. Raises ConfigurationError if a column is missing or
    the file becomes unreadable, UpstreamFailed if the store does not answer: stored rows stay, and
    the file can be imported again.
    """
    summary = Summary()
    for line, row in _rows(file, mapping.columns):
        try:
            is_new, notes = _import_row(row, mapping, ports)
            summary.taken += is_new
            summary.unchanged += not is_new
            for note in notes:
                summary.notes[note].append(line)
        except UpstreamFailed:
            raise
        except AppError as error:
            summary.refused.append((line, error.detail))
        progress(1)
    return summary


def _rows(file: TextIO, columns: Columns) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row by our names, with its first line."""
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
            f"The file cannot be read after line {begins} ({error}): save it as CSV in UTF-8. The "
            "rows before are imported; run the command again with the corrected file."
        ) from error


def _check_columns(there: Sequence[str], wanted: Iterable[str]) -> None:
    if missing := sorted(set(wanted) - set(there)):
        raise ConfigurationError(
            f"The file has no column {missing[0]!r}; it has: {', '.join(there)}."
        )


def _import_row(
    row: dict[str, str], mapping: ReportMapping, ports: Ports
) -> tuple[bool, list[str]]:
    """Imports one row. Returns whether it is new, and the notes about it. Raises AppError."""
    imported, notes = _to_imported(row, mapping, mapping.zone or ports.council.zone)
    taken = import_report(imported, ports)
    point = imported.draft.point
    if point and is_outside(point, imported.requested_datetime, ports):
        notes.append(OUTSIDE_WARDS)
    if imported.visibility == "public" and taken.report.visibility in LESS_VISIBLE:
        notes.append(LESS_VISIBLE[taken.report.visibility])
    return taken.is_new, notes


def _to_imported(
    row: dict[str, str], mapping: ReportMapping, zone: ZoneInfo
) -> tuple[ImportedReport, list[str]]:
    meaning = _look_up(mapping.states, row["state"], "state")
    draft = {
        "service_code": _look_up(mapping.categories, row["category"], "category"),
        "lat": _number(row["lat"], "lat"),
        "long": _number(row["long"], "long"),
        "title": row["title"],
        "description": row["title"],
    }
    if not row["external_reference"]:
        raise Invalid.field("external_reference", "is required")
    requested, updated, notes = _moments(row, mapping.datetime_format, zone)
    imported = ImportedReport(
        draft=parse(draft, Draft),
        external_reference=row["external_reference"],
        state=meaning.state,
        visibility=meaning.visibility,
        requested_datetime=requested,
        updated_datetime=updated,
    )
    return imported, [*notes, *_closing_notes(imported)]


def _moments(
    row: dict[str, str], form: str, zone: ZoneInfo
) -> tuple[datetime, datetime | None, list[str]]:
    """The moments of its receipt and last change, and notes on how uncertain times were read."""
    requested = _moment(row, "requested_datetime", form, zone)
    updated = None
    if row["updated_datetime"].strip():
        updated = _moment(row, "updated_datetime", form, zone, requested.moment)
    read = {"requested_datetime": requested, "updated_datetime": updated}
    notes = [f"{name} {each.doubt}" for name, each in read.items() if each and each.doubt]
    return requested.moment, updated.moment if updated else None, notes


def _closing_notes(imported: ImportedReport) -> list[str]:
    """The note if the last change of a report is unknown, or before it was received."""
    updated = imported.updated_datetime
    is_closed = imported.state in CLOSED_STATES
    if updated is None:
        return [CLOSED_WITHOUT_DATE] if is_closed else []
    if updated < imported.requested_datetime:
        return [CLOSED_EARLIER if is_closed else UPDATED_EARLIER]
    return []


def _look_up(known: Mapping[str, Any], value: str, name: str) -> Any:
    if value not in known:
        raise Invalid.field(name, f"{value!r} is not in the mapping document")
    return known[value]


def _number(text: str, name: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise Invalid.field(name, f"{text!r} is not a number") from error


def _moment(
    row: dict[str, str], name: str, form: str, zone: ZoneInfo, not_before: datetime | None = None
) -> LocalMoment:
    text = row[name].strip()
    try:
        read = read_moment(text, form, zone, not_before)
    except ValueError as error:
        raise Invalid.field(name, f"{text!r} does not match the format {form}") from error
    if read.moment.year < FIRST_YEAR:
        raise Invalid.field(name, f"is before {FIRST_YEAR}")
    return read
