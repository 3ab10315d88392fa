"""The last collections of a premises: which of them may be reported as missed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from chalicelib.collections.crew_reasons import container_text, round_text, street_text
from chalicelib.collections.missed import (
    NOT_DUE,
    CollectionKey,
    Missed,
    PastCollection,
    missed,
)
from chalicelib.collections.model import Round
from chalicelib.collections.ports import Ports
from chalicelib.collections.premises import Premises
from chalicelib.collections.round_days import LogKey, RoundLog, not_emptied
from chalicelib.collections.today import status_on

SHOWN_FOR = timedelta(days=14)
"""How long a collection is among the last ones."""

Logs = Mapping[LogKey, RoundLog]


class MissedCheck(NamedTuple):
    """What the rules say of one collection, and its container's name."""

    missed: Missed
    name: str


def past_keys(premises_id: str, rounds: Iterable[Round], today: date) -> Iterator[LogKey]:
    """The logs of the last collections of the premises: of each round's day, and of the premises
    on it."""
    for of in rounds:
        for day in _past_days(of, today):
            yield LogKey(of.round, day)
            yield LogKey(of.round, day, premises_id)


def missed_of(
    premises: Premises, rounds: Sequence[Round], logs: Logs, ports: Ports
) -> tuple[Missed, ...]:
    """The last collection of each container, and the earlier ones that can still be reported; the
    newest first. Raises UpstreamFailed."""
    past = [(of, day) for of in rounds for day in _past_days(of, ports.today)]
    keys = [CollectionKey(premises.premises_id, of.container, day) for of, day in past]
    reported = ports.reported(keys)
    now, calendar = ports.now(), ports.council.calendar
    found = []
    for (of, day), key in zip(past, keys, strict=True):
        collection = _past(premises, of, day, logs, ports, is_reported=key in reported)
        answer = missed(collection, now, calendar)
        if day == _past_days(of, ports.today)[0] or answer.may_report or answer.may_dispute:
            found.append(answer)
    return tuple(sorted(found, key=lambda each: (each.date, each.container), reverse=True))


def check_missed(key: CollectionKey, ports: Ports) -> MissedCheck:
    """What the rules say of one collection, whether it was reported or not. Raises
    UpstreamFailed."""
    not_due = Missed(container=key.container, date=key.date, may_report=False, why_not=NOT_DUE)
    premises, published = ports.premises.get(key.premises_id), ports.rounds()
    if premises is None or published is None:
        return MissedCheck(not_due, key.container)
    for of in published.items:
        is_on = of.round in premises.rounds and of.container == key.container
        if is_on and key.date in _past_days(of, ports.today):
            logs = ports.logs.get(list(past_keys(key.premises_id, [of], ports.today)))
            past = _past(premises, of, key.date, logs, ports, is_reported=False)
            return MissedCheck(missed(past, ports.now(), ports.council.calendar), of.name)
    return MissedCheck(not_due, key.container)


def _past_days(of: Round, today: date) -> Sequence[date]:
    """The last days on which the round went out, today's included, the newest first."""
    return [day for day in reversed(of.dates) if today - SHOWN_FOR <= day <= today]


def _past(
    premises: Premises, of: Round, day: date, logs: Logs, ports: Ports, *, is_reported: bool
) -> PastCollection:
    key = LogKey(of.round, day)
    status = status_on(key, logs.get(key), ports)
    left = not_emptied(logs.get(key._replace(premises_id=premises.premises_id)))
    streets = {each.street: each.reason for each in status.streets}
    says = None
    if left:
        says = container_text(left)
    elif status.state == "off":
        says = round_text(status.reason or "other")
    elif premises.street in streets:
        says = street_text(streets[premises.street])
    return PastCollection(
        container=of.container,
        date=day,
        over_at=status.finished_at or status.closes_at,
        crew_says=says,
        is_disputable=left is not None or (says is not None and status.state != "off"),
        is_reported=is_reported,
    )
