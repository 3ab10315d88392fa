"""Reads what a back office says of collection rounds from CSV.

A row has `round` and `day`, and one of: the `state` of the round (out, finished, off, to_come); a
`street` that was not reached, or was reached (state `reached`); or the `uprn` of premises whose
container was not emptied, or was emptied (state `emptied`). `reason` is one of ours, or words for
officers.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from chalicelib.collections.ports import Ports
from chalicelib.collections.round_days import (
    REASONS,
    CollectionReason,
    RoundEventKind,
    RoundOperation,
    closing_time,
)
from chalicelib.collections.round_events import Sender
from chalicelib.collections.round_operations import apply_operations, fault_of
from chalicelib.errors import Invalid
from chalicelib.kernel.ids import derived_id
from infra.days import parse_day
from infra.rows import RefusedRow, Row, read_rows

COLUMNS = ("round", "day", "state", "street", "uprn", "reason")
OF_ROUND: Mapping[str, RoundEventKind] = {
    "to_come": "to_come",
    "out": "out",
    "finished": "finished",
    "off": "off",
}
OF_STREET: Mapping[str, RoundEventKind] = {
    "": "street_missed",
    "missed": "street_missed",
    "reached": "street_reached",
}
OF_PREMISES: Mapping[str, RoundEventKind] = {
    "": "not_emptied",
    "not_emptied": "not_emptied",
    "emptied": "emptied",
}
LONGEST_NOTE = 300
BACK_OFFICE = Sender(actor="back-office", device="", by="office")


@dataclass
class Summary:
    """The result for the rows. `others`: by sentence, the lines whose reason is none of ours.
    `refused` are sentences."""

    taken: int = 0
    others: dict[str, list[int]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)


def read_round_days(
    file: Path, ports: Ports, progress: Callable[[int], None] = lambda rows: None
) -> tuple[Sequence[RoundOperation], Summary]:
    """The operations of a file's rows; `progress` is called with 1 for each row. Raises
    ConfigurationError for the file as a whole, UpstreamFailed."""
    table = read_rows(file, needs=COLUMNS[:2], placed=False)
    summary, found = Summary(), list[RoundOperation]()
    for row in table.rows:
        progress(1)
        try:
            operation = _operation(row, ports, summary)
            if fault := fault_of(operation, BACK_OFFICE, ports):
                raise Invalid(fault)
        except Invalid as error:
            table.refused.append(RefusedRow(row.number, error.detail))
            continue
        found.append(operation)
    summary.taken, summary.refused = len(found), table.refusals()
    return found, summary


def apply_round_days(
    operations: Sequence[RoundOperation],
    ports: Ports,
    progress: Callable[[int], None] = lambda operations: None,
) -> Iterator[str]:
    """Applies operations, each once, however often it is imported. Gives a sentence for each that
    could not be stored. Raises UpstreamFailed; then the import can be repeated."""
    for key, of_log in groupby(sorted(operations, key=_order), key=lambda each: each.key):
        results = apply_operations(list(of_log), BACK_OFFICE, ports)
        progress(len(results))
        for each in results:
            if each.result == "rejected":
                yield f"{key.round}, {key.day}: {each.reason}"


def _order(operation: RoundOperation) -> tuple[str, str, str]:
    key = operation.key
    return key.round, f"{key.day}", key.premises_id


def _operation(row: Row, ports: Ports, summary: Summary) -> RoundOperation:
    """Raises Invalid."""
    values = {column: row.values.get(column, "") for column in COLUMNS}
    code, day = values["round"], parse_day(values["day"])
    if day is None:
        raise Invalid.field("day", f"{values['day']!r} is no date, such as 2026-12-01")
    kind = _kind(values)
    street = _street(code, values["street"], ports) if values["street"] else None
    reason, text = _reason(kind, values)
    if text:
        sentence = f"the reason {text!r} is none of ours, and is stored as words"
        summary.others.setdefault(sentence, []).append(row.number)
    return RoundOperation(
        op_id=derived_id("round day", *(values[column] for column in COLUMNS)),
        round=code,
        day=day,
        kind=kind,
        base_version=0,
        at=closing_time(day, ports.council),
        street=street,
        premises_id=values["uprn"] or None,
        reason=reason,
        text=text,
    )


def _kind(values: Mapping[str, str]) -> RoundEventKind:
    """Raises Invalid."""
    if values["street"] and values["uprn"]:
        raise Invalid.field("uprn", "give a street or a uprn, not both")
    known = OF_STREET if values["street"] else OF_PREMISES if values["uprn"] else OF_ROUND
    kind = known.get(_code(values["state"]))
    if kind is None:
        raise Invalid.field("state", f"choose one of {', '.join(filter(None, known))}")
    return kind


def _reason(kind: RoundEventKind, values: Mapping[str, str]) -> tuple[CollectionReason | None, str]:
    """The reason, and the words that are none of ours. Some kinds have no reason."""
    known, given = REASONS.get(kind), _code(values["reason"])
    if known is None:
        return None, ""
    for each in known:
        if each == given:
            return each, ""
    return "other", values["reason"][:LONGEST_NOTE]


def _street(code: str, typed: str, ports: Ports) -> str:
    """The street of the round with that name, in any case and without its locality. Raises
    Invalid."""
    streets = {
        _normalise_street(each.street): each.street
        for each in ports.premises.streets_of_round(code)
    }
    found = streets.get(_normalise_street(typed)) or streets.get(
        _normalise_street(typed.partition(",")[0])
    )
    if found is None:
        raise Invalid.field("street", f"{typed!r} is no street of the round {code}")
    return found


def _normalise_street(street: str) -> str:
    return " ".join(re.findall(r"\w+", street.replace("'", "").replace("’", "").casefold()))


def _code(text: str) -> str:
    return "_".join(text.casefold().replace("-", " ").split())
