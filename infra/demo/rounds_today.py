"""What the crews of the demo council say of today's rounds: one is finished, one could not reach a
street and left two containers, one is off and one has not gone out. On days without rounds they say
nothing."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from chalicelib.collections.ports import Ports
from chalicelib.collections.round_days import CollectionReason, RoundEventKind, RoundOperation
from chalicelib.collections.round_events import Sender
from chalicelib.collections.round_operations import apply_operations
from chalicelib.collections.today import rounds_planned_for

LORRY = Sender(actor="demo-crew", device="demo-lorry")
RoundEvent = tuple[RoundEventKind, CollectionReason | None, str | None, str | None]
"""A kind of event, its reason, its street and its premises."""


def demo_round_days(ports: Ports) -> None:
    """Records the demo events of today. Repeating it changes nothing."""
    now = ports.now()
    for place, code in enumerate(sorted(rounds_planned_for(ports.today, ports))):
        said = list(_events_of(place, code, ports))
        operations = [
            RoundOperation(
                op_id=f"demo-{ports.today}-{place}-{number}",
                round=code,
                day=ports.today,
                kind=kind,
                base_version=0,
                at=_earlier_today(now, len(said) - number),
                street=street,
                premises_id=premises_id,
                reason=reason,
            )
            for number, (kind, reason, street, premises_id) in enumerate(said)
        ]
        apply_operations(operations, LORRY, ports)


def _earlier_today(now: datetime, steps: int) -> datetime:
    return now - timedelta(minutes=20 * steps)


def _events_of(place: int, code: str, ports: Ports) -> Iterator[RoundEvent]:
    streets = ports.premises.streets_of_round(code)
    if place == 0 and streets:
        first, last = streets[0], streets[-1]
        yield ("out", None, None, None)
        yield ("street_missed", "parked_cars", first.street, None)
        yield ("not_emptied", "contaminated", None, last.premises[0].premises_id)
        yield ("not_emptied", "not_out", None, last.premises[-1].premises_id)
    elif place == 1:
        yield ("out", None, None, None)
        yield ("finished", None, None, None)
    elif place == 2:
        yield ("off", "breakdown", None, None)
