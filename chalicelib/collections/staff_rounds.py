"""The views of rounds for staff, and the corrections of the office."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import asdict, replace

from chalicelib.collections import views
from chalicelib.collections.model import Round
from chalicelib.collections.ports import Ports
from chalicelib.collections.premises import RoundStreet
from chalicelib.collections.round_days import (
    CollectionReason,
    Note,
    PremisesId,
    RoundCode,
    RoundEventKind,
    RoundLog,
    RoundOperation,
    Street,
)
from chalicelib.collections.round_events import Sender
from chalicelib.collections.round_operations import apply_operations, fault_of
from chalicelib.collections.today import current_status, round_statuses
from chalicelib.collections.views import PremisesDayView, RoundDayView
from chalicelib.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.time import truncate_to_second


class Correction(Struct, frozen=True, kw_only=True):
    """An officer's correction of what is recorded about a round, a street or premises. `street` or
    `premises_id` names which of them; without either it is the round."""

    round: RoundCode
    day: date
    kind: RoundEventKind
    street: Street | None = None
    premises_id: PremisesId | None = None
    reason: CollectionReason | None = None
    text: Note = ""


def rounds_of_day(day: date, ports: Ports) -> Sequence[RoundDayView]:
    """All rounds of a day, by code. Raises UpstreamFailed."""
    known, logs = _rounds_by_code(ports), {log.round: log for log in ports.logs.of_day(day)}
    return [
        views.round_day_view(known.get(each.round), each, logs.get(each.round))
        for each in round_statuses(day, ports)
    ]


def view_of(log: RoundLog, ports: Ports) -> RoundDayView | PremisesDayView | None:
    """The view of a log; None for a log of premises without a claim."""
    if log.premises_id:
        return _premises_view(log, ports)
    status = current_status(log.key, log, ports)
    return views.round_day_view(_rounds_by_code(ports).get(log.round), status, log)


def streets_of(round_code: str, ports: Ports) -> Sequence[RoundStreet]:
    """The streets of a round with their premises. Raises NotFound, UpstreamFailed."""
    if round_code not in _rounds_by_code(ports):
        raise round_not_found(round_code)
    return ports.premises.streets_of_round(round_code)


def premises_of_day(round_code: str, day: date, ports: Ports) -> Sequence[PremisesDayView]:
    """The premises with a claim on a round's day, by street and address."""
    views_or_none = (_premises_view(log, ports) for log in ports.logs.of_premises(round_code, day))
    return sorted(filter(None, views_or_none), key=lambda each: (each.street, each.address))


def correct_round(
    correction: Correction, key: str, version: int, actor: str, ports: Ports
) -> RoundLog:
    """Record a correction of the office, which settles all disputes about its subject. Applied once
    for each key. Raises Invalid, Conflict (with the present version), UpstreamFailed."""
    op_id, at = derived_id("correction", actor, key), truncate_to_second(ports.now())
    operation = RoundOperation(op_id=op_id, base_version=version, at=at, **asdict(correction))
    stored = ports.logs.get([operation.key]).get(operation.key)
    present = stored.version if stored else 0
    if earlier := stored and stored.event(op_id):
        operation = replace(operation, at=earlier.at)
    elif present != version:
        raise Conflict(
            f"The round has changed since you read it (version {present}). Reload it and try "
            "again.",
            version=present,
        )
    sender = Sender(actor, "", "office")
    if fault := fault_of(operation, sender, ports):
        raise _invalid_field(fault)
    ports.record_action(
        actor, "rounds.correct", f"{correction.round} {correction.day}", correction.kind
    )
    (outcome,) = apply_operations([operation], sender, ports)
    if outcome.log is None or outcome.result == "rejected":
        raise _invalid_field(outcome.reason or "")
    return outcome.log


def _invalid_field(fault: str) -> Invalid:
    field, _, message = fault.partition(": ")
    return Invalid.field(field, message or field)


def round_not_found(round_code: str) -> NotFound:
    """The error for a round that does not exist, or belongs to another team."""
    return NotFound(f"There is no round {round_code} in your teams.")


def _rounds_by_code(ports: Ports) -> dict[str, Round]:
    published = ports.rounds()
    return {each.round: each for each in published.items} if published else {}


def _premises_view(log: RoundLog, ports: Ports) -> PremisesDayView | None:
    for street in ports.premises.streets_of_round(log.round):
        for each in street.premises:
            if each.premises_id == log.premises_id:
                return views.premises_day_view(log, each.address, street.street)
    return views.premises_day_view(log, "", "")
