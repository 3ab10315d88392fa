"""Makes the document of road works from a CSV export such as councils' street works registers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import msgspec

from chalicelib.areas.model import RoadWork, RoadWorks
from chalicelib.catalogue.model import Council
from chalicelib.errors import ConfigurationError, Invalid
from chalicelib.events import RoadWorkPlanned
from infra.rows import RefusedRow, Row, Table, read_rows
from infra.rows_places import check_inside

COLUMNS = {
    "ref": "Ref",
    "description": "Description",
    "location": "LocationDescription",
    "status": "Status",
    "starts": "Start",
    "ends": "End",
    "organisation": "OrganisationName",
    "traffic": "TrafficType",
}
TEXTS = ("description", "location", "status", "organisation", "traffic")
DATE = "%d/%m/%Y"


@dataclass
class Summary:
    """The result for the rows; `past` were over already, `repeated` equal an earlier row in all
    displayed fields, `refused` are sentences."""

    taken: int = 0
    past: int = 0
    outside: int = 0
    repeated: int = 0
    refused: list[str] = field(default_factory=list)


def roadworks_of(
    file: Path,
    council: Council,
    today: date,
    progress: Callable[[int], None] = lambda rows: None,
) -> tuple[RoadWorks, Summary]:
    """The works of the file that are not over, by when they start; `progress` is called with 1
    for each row. Raises ConfigurationError for the file as a whole."""
    table = read_rows(file, needs=COLUMNS.values())
    summary = Summary()
    found: dict[RoadWork, None] = {}
    for row in table.rows:
        progress(1)
        try:
            work = roadwork_of(row)
        except Invalid as error:
            table.refused.append(RefusedRow(row.number, error.detail))
            continue
        if not council.box.contains(row.point):
            summary.outside += 1
        elif work.ends < today:
            summary.past += 1
        elif work in found:
            summary.repeated += 1
        else:
            found[work] = None
    summary.taken, summary.refused = len(found), table.refusals()
    _refuse_if_none_is_here(table, council, summary)
    return RoadWorks(items=tuple(sorted(found, key=lambda work: (work.starts, work.ref)))), summary


def planned_works_since(before: bytes, document: RoadWorks) -> list[RoadWorkPlanned]:
    """The notices about works that the previous document lacks, or has with other days or at
    another place, or that could not be announced then."""
    held = msgspec.json.decode(before, type=RoadWorks)
    known = {work.notice_id for work in held.items} - set(held.untold)
    new = {work.notice_id: work for work in document.items if work.notice_id not in known}
    return [
        RoadWorkPlanned(event_id=notice_id, notice_id=notice_id, lat=work.lat, long=work.long)
        for notice_id, work in new.items()
    ]


def _refuse_if_none_is_here(table: Table, council: Council, summary: Summary) -> None:
    """Raises ConfigurationError; of places that are outside it says whether lat and long may be
    swapped."""
    if summary.taken or summary.past:
        return
    try:
        for row in table.rows[:1]:
            check_inside(row.point, council)
    except Invalid as error:
        raise ConfigurationError(f"No row can be imported: {error.detail}.") from error
    raise ConfigurationError(f"No row can be imported: {summary.refused[0]}.")


def roadwork_of(row: Row) -> RoadWork:
    """The works in a row. Raises Invalid."""
    values = {name: row.values[column] for name, column in COLUMNS.items()}
    if not values["ref"]:
        raise Invalid.field("Ref", "is empty")
    starts, ends = (_day(values[name], COLUMNS[name]) for name in ("starts", "ends"))
    if ends < starts:
        raise Invalid.field("End", f"{ends:{DATE}} is before the start, {starts:{DATE}}")
    return RoadWork(
        ref=values["ref"],
        **{name: _text(values[name]) for name in TEXTS},
        starts=starts,
        ends=ends,
        lat=round(row.point.lat, 6),
        long=round(row.point.long, 6),
    )


def _text(text: str) -> str:
    """On one line, without the commas and spaces that exports leave at the ends."""
    return " ".join(text.split()).strip(" ,")


def _day(text: str, column: str) -> date:
    if not text:
        raise Invalid.field(column, "is empty, and works are shown from their first to last day")
    try:
        return datetime.strptime(text.partition(" ")[0], DATE).date()
    except ValueError as error:
        raise Invalid.field(column, f"{text!r} is not a date such as 31/12/2026") from error
