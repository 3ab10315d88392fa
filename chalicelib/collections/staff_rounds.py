"""What staff see of rounds, and what the office corrects."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import asdict, replace

from chalicelib.collections import views
from chalicelib.collections.model import Round
from chalicelib.collections.ports import Ports
from chalicelib.collections.premises import RoundStreet
from chalicelib.collections.round_days import (
    Kind,
    Note,
    PremisesId,
    Reason,
    RoundCode,
    RoundLog,
    RoundOperation,
    Street,
)
from chalicelib.collections.round_events import Sender
from chalicelib.collections.round_operations import fault_of, operate
from chalicelib.collections.today import status_on, statuses
from chalicelib.collections.views import PremisesDayView, RoundDayView
from chalicelib.errors import Conflict, Invalid, NotFound
from chalicelib.kernel.ids import derived_id
from chalicelib.kernel.time import to_the_second


class Correction(Struct, frozen=True, kw_only=True):
    """An officer's correction of what is recorded about a round, a street or premises. `street` or
    `premises_id` names which of them; without either it is the round."""

    round: RoundCode
    day: date
    kind: Kind
    street: Street | None = None
    premises_id: PremisesId | None = None
    reason: Reason | None = None
    text: Note = ""


def rounds_of_day(day: date, ports: Ports) -> Sequence[RoundDayView]:
    """All rounds of a day, by code. Raises UpstreamFailed."""
    known, logs = _rounds(ports), {log.round: log for log in ports.logs.of_day(day)}
    return [
        views.round_day(known.get(each.round), each, logs.get(each.round))
        for each in statuses(day, ports)
    ]


def view_of(log: RoundLog, ports: Ports) -> RoundDayView | PremisesDayView | None:
    """The view of a log that was changed; None for premises of which nothing stands."""
    if log.premises_id:
        return _premises_view(log, ports)
    status = status_on(log.key, log, ports)
    return views.round_day(_rounds(ports).get(log.round), status, log)


def streets_of(round_code: str, ports: Ports) -> Sequence[RoundStreet]:
    """The streets of a round with their premises. Raises NotFound, UpstreamFailed."""
    if round_code not in _rounds(ports):
        raise no_round(round_code)
    return ports.premises.on_round(round_code)


def premises_of_day(round_code: str, day: date, ports: Ports) -> Sequence[PremisesDayView]:
    """The premises of which something was said on a round's day, by street and address."""
    found = (_premises_view(log, ports) for log in ports.logs.of_premises(round_code, day))
    return sorted(filter(None, found), key=lambda each: (each.street, each.address))


def correct(correction: Correction, key: str, version: int, actor: str, ports: Ports) -> RoundLog:
    """Says what the office knows, which decides every dispute about it. Applied once for each key.
    Raises Invalid, Conflict (with the present version), UpstreamFailed."""
    op_id, at = derived_id("correction", actor, key), to_the_second(ports.now())
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
        raise _invalid(fault)
    ports.note(actor, "rounds.correct", f"{correction.round} {correction.day}", correction.kind)
    (outcome,) = operate([operation], sender, ports)
    if outcome.log is None or outcome.result == "rejected":
        raise _invalid(outcome.reason or "")
    return outcome.log


def _invalid(fault: str) -> Invalid:
    field, _, message = fault.partition(": ")
    return Invalid.field(field, message or field)


def no_round(round_code: str) -> NotFound:
    """The error for a round that does not exist, or that another team does."""
    return NotFound(f"There is no round {round_code} in your teams.")


def _rounds(ports: Ports) -> dict[str, Round]:
    published = ports.rounds()
    return {each.round: each for each in published.items} if published else {}


def _premises_view(log: RoundLog, ports: Ports) -> PremisesDayView | None:
    for of in ports.premises.on_round(log.round):
        for each in of.premises:
            if each.premises_id == log.premises_id:
                return views.premises_day(log, each.address, of.street)
    return views.premises_day(log, "", "")
