"""The last collections of a premises, and whether they can be reported as missed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from chalicelib.collections.crew_reasons import container_text, round_text, street_text
from chalicelib.collections.missed import (
    NOT_DUE,
    CollectionKey,
    Missed,
    PastCollection,
    check_collection,
)
from chalicelib.collections.model import Round
from chalicelib.collections.ports import Ports
from chalicelib.collections.premises import Premises
from chalicelib.collections.round_days import LogKey, RoundLog, reason_not_emptied
from chalicelib.collections.today import current_status

PAST_DAYS = timedelta(days=14)
"""How long ago a collection can be to count among the last ones."""

Logs = Mapping[LogKey, RoundLog]


class MissedCheck(NamedTuple):
    """The result of the rules for one collection, and its container's name."""

    missed: Missed
    name: str


def past_log_keys(premises_id: str, rounds: Iterable[Round], today: date) -> Iterator[LogKey]:
    """The keys of the logs of the last collections: for each day of a round, the log of the round
    and the log of the premises."""
    for round_ in rounds:
        for day in past_days(round_, today):
            yield LogKey(round_.round, day)
            yield LogKey(round_.round, day, premises_id)


def check_past_collections(
    premises: Premises, rounds: Sequence[Round], logs: Logs, ports: Ports
) -> tuple[Missed, ...]:
    """The last collection of each container, and the earlier ones that can still be reported; the
    newest first. Raises UpstreamFailed."""
    past = [(round_, day) for round_ in rounds for day in past_days(round_, ports.today)]
    keys = [CollectionKey(premises.premises_id, round_.container, day) for round_, day in past]
    reported = ports.find_reported(keys)
    now, calendar = ports.now(), ports.council.calendar
    results = []
    for (round_, day), key in zip(past, keys, strict=True):
        collection = _past_collection(
            premises, round_, day, logs, ports, is_reported=key in reported
        )
        result = check_collection(collection, now, calendar)
        if day == past_days(round_, ports.today)[0] or result.may_report or result.may_dispute:
            results.append(result)
    return tuple(sorted(results, key=lambda each: (each.date, each.container), reverse=True))


def check_missed(key: CollectionKey, ports: Ports) -> MissedCheck:
    """Check one collection, as if it had not been reported. Raises UpstreamFailed."""
    not_due = Missed(container=key.container, date=key.date, may_report=False, why_not=NOT_DUE)
    premises, published = ports.premises.get(key.premises_id), ports.rounds()
    if premises is None or published is None:
        return MissedCheck(not_due, key.container)
    for round_ in premises.rounds_at(published.items):
        if round_.container == key.container and key.date in past_days(round_, ports.today):
            logs = ports.logs.get(list(past_log_keys(key.premises_id, [round_], ports.today)))
            past = _past_collection(premises, round_, key.date, logs, ports, is_reported=False)
            return MissedCheck(
                check_collection(past, ports.now(), ports.council.calendar), round_.name
            )
    return MissedCheck(not_due, key.container)


def past_days(round_: Round, today: date) -> Sequence[date]:
    """The last days of the round up to today, the newest first."""
    return [day for day in reversed(round_.dates) if today - PAST_DAYS <= day <= today]


def _past_collection(
    premises: Premises, round_: Round, day: date, logs: Logs, ports: Ports, *, is_reported: bool
) -> PastCollection:
    key = LogKey(round_.round, day)
    status = current_status(key, logs.get(key), ports)
    left = reason_not_emptied(logs.get(key._replace(premises_id=premises.premises_id)))
    streets = {each.street: each.reason for each in status.streets}
    says = None
    if left:
        says = container_text(left)
    elif status.state == "off":
        says = round_text(status.reason or "other")
    elif premises.street in streets:
        says = street_text(streets[premises.street])
    return PastCollection(
        container=round_.container,
        date=day,
        over_at=status.finished_at or status.closes_at,
        crew_says=says,
        is_disputable=left is not None or (says is not None and status.state != "off"),
        is_reported=is_reported,
    )
