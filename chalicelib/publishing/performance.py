"""Publishes performance figures: a document and a table (CSV) for each month with public reports,
and an index with the totals of each month. The figures come from the counters that `counting.py`
keeps; only months that were marked as changed are read and rebuilt. A writer reads the published
document before it reads the counters, and replaces exactly that version. A month's mark is recorded
as published after the index has the month, so that the next run completes an interrupted one.

Sources: RFC 4180 (CSV), read in 2026.
"""

import csv
import io
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from chalicelib.errors import AppError
from chalicelib.kernel.optimistic import retry_on_conflict
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.kernel.time import truncate_to_second
from chalicelib.publishing.counting import count_newly_due
from chalicelib.publishing.document_targets import put_document
from chalicelib.publishing.figures import (
    ALL,
    MEANINGS,
    NO_SUMS,
    UNKNOWN,
    Line,
    Sums,
    sort_key,
    wait_quantiles,
    with_totals,
)
from chalicelib.publishing.model import JSON
from chalicelib.publishing.open_data import CSV, Licence, escape_formula, version_of
from chalicelib.publishing.ports import Document, FiguresPorts
from chalicelib.publishing.small_numbers import SMALL, HiddenFigure, figures_to_hide

PERFORMANCE = "data/performance/"
INDEX = f"{PERFORMANCE}index.json"
COLUMNS = ("month", "service_code", "service_name", "ward_code", "ward_name", *MEANINGS)
OVERLAP = timedelta(minutes=10)
"""How far back targets that have come are looked for again: the index of targets may lag."""
SMALL_NUMBERS = (
    "Numbers from 1 to 4 are hidden (null, or an empty cell). Other numbers are hidden too if "
    "they would reveal one of these; they can be 0 or larger than 4. If fewer than 5 reports "
    "were made, nothing else is shown."
)

Failed = dict[str, Exception]
Row = dict[str, Any]


class Name(msgspec.Struct, frozen=True, kw_only=True):
    """A service or ward with its present name, or its code if it has none."""

    code: str
    name: str


class Month(msgspec.Struct, frozen=True, kw_only=True):
    """The files of a month, and its total figures; `version` is a digest of their content."""

    month: str
    version: str
    json: str
    csv: str
    all: Row


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """The months, the newest first. They include all changes before `updated_datetime`."""

    updated_datetime: datetime
    about: Mapping[str, str]
    services: tuple[Name, ...] = ()
    wards: tuple[Name, ...] = ()
    months: tuple[Month, ...] = ()
    licence: Licence = Licence()


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The document of a month. Lines with only zeros have no row."""

    month: str
    about: Mapping[str, str]
    rows: list[Row]


def about() -> dict[str, str]:
    """The meanings of the figures, by name; and what is hidden."""
    return {
        "cohort": "All figures count public reports sent in the month, in their present state.",
        "small_numbers": SMALL_NUMBERS,
        **MEANINGS,
    }


def json_key(month: str) -> str:
    return f"{PERFORMANCE}{month}.json"


def csv_key(month: str) -> str:
    return f"{PERFORMANCE}{month}.csv"


def publish_performance(ports: FiguresPorts) -> Failed:
    """Rebuilds the months that were marked as changed, or all if nothing is published yet. Returns
    the failures, by month. Raises UpstreamFailed."""
    started = ports.now()
    index = _published_index(ports)
    if index is None:
        return rebuild_performance(ports)
    count_newly_due(index.updated_datetime - OVERLAP, ports.counting)
    marks = ports.counting.counters.months().items()
    changed = {month: mark.changed for month, mark in marks if mark.changed != mark.published}
    return _publish_months(changed, changed, started, ports) if changed else {}


def rebuild_performance(ports: FiguresPorts) -> Failed:
    """Rebuilds all months, and removes those without public reports. Returns the failures, by
    month. Raises UpstreamFailed."""
    started = ports.now()
    marks = ports.counting.counters.months()
    changed = {month: mark.changed for month, mark in marks.items()}
    months = {*changed, *_published_months(ports)}
    return _publish_months(months, changed, started, ports, are_all=True)


def rows_of(sums: Mapping[Line, Sums]) -> list[Row]:
    """The figures of each line with reports, totals first; None for hidden ones."""
    table = with_totals(sums)
    hidden = figures_to_hide({line: each.counts for line, each in table.items()})
    lines = {line: table.get(line, NO_SUMS) for line in (*table, *(each.line for each in hidden))}
    return [_row(line, each, hidden) for line, each in sorted(lines.items(), key=sort_key)]


def as_csv(
    month: str, rows: Iterable[Row], services: Mapping[str, str], wards: Mapping[str, str]
) -> bytes:
    """The rows as a table in UTF-8; hidden figures are empty cells."""
    written = io.StringIO(newline="")
    table = csv.DictWriter(written, COLUMNS)
    table.writeheader()
    for row in rows:
        names = {
            "month": month,
            "service_name": escape_formula(_name_of(row["service_code"], services)),
            "ward_name": escape_formula(_name_of(row["ward_code"], wards)),
        }
        table.writerow(row | names)
    return written.getvalue().encode()


def _row(line: Line, sums: Sums, hidden: Collection[HiddenFigure]) -> Row:
    shown: Row = {
        name: None if (line, name) in hidden else number
        for name, number in sums.counts._asdict().items()
    }
    if shown["fixed"] and sums.counts.fixed not in SMALL:
        shown |= wait_quantiles(sums.waits)._asdict()
    service_code, ward_code = line
    figures = {name: shown.get(name) for name in MEANINGS}
    return {"service_code": service_code, "ward_code": ward_code} | figures


def _publish_months(
    months: Collection[str],
    marks: Mapping[str, int],
    started: datetime,
    ports: FiguresPorts,
    *,
    are_all: bool = False,
) -> Failed:
    """Publishes the months and the index. `marks` are those that were read before."""
    failed: Failed = {}
    for month in sorted(months):
        failed |= _publish_month(month, ports)
    failed = failed or _publish_index(months, started, ports, are_all=are_all)
    if not failed:
        for month, changed in marks.items():
            ports.counting.counters.set_published(month, changed)
    return failed


def _publish_month(month: str, ports: FiguresPorts) -> Failed:
    """Writes the files of a month, or removes them if it has no public report. The CSV is
    written first and read last, so a writer that writes the JSON has written both."""

    def attempt() -> None:
        held = {key: ports.documents.read(key) for key in (json_key(month), csv_key(month))}
        lines = ports.counting.counters.lines_of_month(month)
        rows = rows_of({each.key.line: each.sums for each in lines})
        _put_documents(_documents(month, rows, ports), held, ports)

    return _try_to_publish(month, attempt)


def _documents(month: str, rows: list[Row], ports: FiguresPorts) -> dict[str, Document | None]:
    if not rows:
        return {csv_key(month): None, json_key(month): None}
    figures = Figures(month=month, about=about(), rows=rows)
    return {
        csv_key(month): Document(as_csv(month, rows, ports.services(), ports.wards()), CSV),
        json_key(month): Document(msgspec.json.encode(figures), JSON),
    }


def _put_documents(
    made: Mapping[str, Document | None],
    held: Mapping[str, StoredDocument | None],
    ports: FiguresPorts,
) -> None:
    """Raises VersionConflict if another writer was faster."""
    for key, document in made.items():
        put_document(key, document, held[key], ports.documents)


def _publish_index(
    changed: Collection[str], as_of: datetime, ports: FiguresPorts, *, are_all: bool = False
) -> Failed:
    """Puts the index after these months, or all months, were rebuilt."""

    def attempt() -> None:
        held = ports.documents.read(INDEX)
        before = msgspec.json.decode(held.body, type=Index) if held and not are_all else None
        months = {each.month: each for each in (before.months if before else ())}
        for month in changed:
            months.pop(month, None)
            if now := _published_month(month, ports):
                months[month] = now
        made = Index(
            updated_datetime=truncate_to_second(as_of),
            about=about(),
            services=_names(ports.services(), {}),
            wards=_names(ports.wards(), {UNKNOWN: "Unknown ward"}),
            months=tuple(each for _, each in sorted(months.items(), reverse=True)),
        )
        _put_documents({INDEX: Document(msgspec.json.encode(made), JSON)}, {INDEX: held}, ports)

    return _try_to_publish(INDEX, attempt)


def _try_to_publish(what: str, attempt: Callable[[], None]) -> Failed:
    try:
        retry_on_conflict(attempt, what=f"the figures of {what}")
    except AppError as error:
        return {what: error}
    return {}


def _published_month(month: str, ports: FiguresPorts) -> Month | None:
    """The index's entry for a published month, None if it is not published."""
    held = ports.documents.read(json_key(month))
    if held is None:
        return None
    figures = msgspec.json.decode(held.body, type=Figures)
    return Month(
        month=month,
        version=version_of(held.body),
        json=f"/{json_key(month)}",
        csv=f"/{csv_key(month)}",
        all=figures.rows[0],
    )


def _names(named: Mapping[str, str], besides: Mapping[str, str]) -> tuple[Name, ...]:
    found = sorted(named.items(), key=lambda each: (each[1], each[0]))
    return tuple(Name(code=code, name=name) for code, name in (*found, *besides.items()))


def _name_of(code: str, names: Mapping[str, str]) -> str:
    return names.get(code, {ALL: "All", UNKNOWN: "Unknown"}.get(code, code))


def _published_index(ports: FiguresPorts) -> Index | None:
    held = ports.documents.read(INDEX)
    return msgspec.json.decode(held.body, type=Index) if held else None


def _published_months(ports: FiguresPorts) -> list[str]:
    keys = ports.documents.keys(PERFORMANCE)
    return [
        key.removeprefix(PERFORMANCE)[:-5] for key in keys if key != INDEX and key[-5:] == ".json"
    ]
