"""Find the premises of a postcode, and the collections of a premises."""

from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import date

from msgspec import Struct

from chalicelib.collections.missed import Missed
from chalicelib.collections.model import NextCollection, Period, Round, next_collection
from chalicelib.collections.past_collections import (
    PAST_DAYS,
    Logs,
    check_past_collections,
    past_days,
    past_log_keys,
)
from chalicelib.collections.ports import Ports
from chalicelib.collections.premises import ListedPremises
from chalicelib.collections.round_days import (
    CollectionReason,
    LogKey,
    RoundStatus,
    reason_not_emptied,
)
from chalicelib.collections.today import A_DAY, current_status
from chalicelib.errors import Invalid, NotFound
from chalicelib.geo.postcode import full_postcode
from chalicelib.texts import Text


class NotEmptied(Struct, frozen=True, kw_only=True):
    """A container that the crew of its round left, and why."""

    round: str
    container: str
    date: date
    reason: CollectionReason


class PremisesCollections(Struct, frozen=True, kw_only=True):
    """The collections of one premises. `rounds` are codes of rounds in
    `/data/collections/rounds.json`, with whose dates a client can go on without asking again; of a
    round in `only_within`, only collections planned for a day of these periods are at the premises.
    `street` is the name under which `/data/collections/today.json` lists a street that a round did
    not reach. `next` has each container once, those without a date last. `not_emptied` lists the
    containers that a crew left in the last two weeks. `missed` says of each last collection whether
    it can be reported as missed. All dates of its rounds until `known_until` are known; it is None
    if no rounds are published. `garden_pence` is the price of the first container of a garden waste
    subscription, where the premises can have one."""

    rounds: tuple[str, ...]
    only_within: Mapping[str, tuple[Period, ...]]
    street: str
    next: tuple[NextCollection, ...]
    not_emptied: tuple[NotEmptied, ...]
    missed: tuple[Missed, ...]
    known_until: date | None
    garden_pence: int | None = None


def premises_at_postcode(postcode: str | None, ports: Ports) -> Sequence[ListedPremises]:
    """The premises of a postcode. Raises Invalid, UpstreamFailed."""
    whole = full_postcode(postcode or "")
    if whole is None:
        raise Invalid.field("postcode", Text("Enter a full postcode, such as ZZ1 1AA"))
    return ports.premises.at_postcode(whole)


def collections_of(premises_id: str, ports: Ports) -> PremisesCollections:
    """The collections of a premises. Raises NotFound, UpstreamFailed."""
    premises = ports.premises.get(premises_id)
    if premises is None:
        raise NotFound(Text("There is no such address. Search for your postcode again."))
    published = ports.rounds()
    on = premises.rounds_at(published.items) if published else []
    keys = dict.fromkeys(
        (*_current_log_keys(on, ports), *past_log_keys(premises_id, on, ports.today))
    )
    logs = ports.logs.get(list(keys))
    found = [_next_of(each, published.known_until, logs, ports) for each in on] if published else []
    return PremisesCollections(
        rounds=premises.rounds,
        only_within={
            code: tuple(_without_old_days(each, ports.today) for each in periods)
            for code, periods in premises.only_within.items()
        },
        street=premises.street,
        next=tuple(sorted(found, key=lambda each: (each.date or date.max, each.container))),
        not_emptied=tuple(_not_emptied(premises_id, on, logs, ports)),
        missed=check_past_collections(premises, on, logs, ports),
        known_until=published.known_until_of(on) if published else None,
    )


def _without_old_days(period: Period, today: date) -> Period:
    """The period as everybody may see it: since when an address is served is told for as long as
    its last collections are."""
    return Period(max(period.first, min(period.last, today - PAST_DAYS)), period.last)


def _current_log_keys(rounds: Sequence[Round], ports: Ports) -> Iterator[LogKey]:
    """The logs of the rounds today and tomorrow: a round may be called off a day before."""
    for each in rounds:
        yield from (LogKey(each.round, day) for day in (ports.today, ports.today + A_DAY))


def statuses_of(rounds: Sequence[Round], ports: Ports) -> Sequence[RoundStatus]:
    """The rounds yesterday, today and tomorrow, as they are now. Raises UpstreamFailed."""
    days = (ports.today - A_DAY, ports.today, ports.today + A_DAY)
    keys = [LogKey(each.round, day) for each in rounds for day in days]
    logs = ports.logs.get(keys)
    return [current_status(key, logs.get(key), ports) for key in keys]


def _over_and_out_days(round_: Round, logs: Logs, ports: Ports) -> tuple[Set[date], Set[date]]:
    """The days on which a round is over, and those on which it is on its way."""
    found = [
        current_status(key, logs.get(key), ports) for key in _current_log_keys([round_], ports)
    ]
    over = frozenset(each.day for each in found if each.is_over(ports.now()))
    return over, frozenset(each.day for each in found if each.state == "out")


def _next_of(round_: Round, known_until: date, logs: Logs, ports: Ports) -> NextCollection:
    over, out = _over_and_out_days(round_, logs, ports)
    return next_collection(round_, ports.today, known_until, over_days=over, out_days=out)


def _not_emptied(
    premises_id: str, rounds: Sequence[Round], logs: Logs, ports: Ports
) -> Iterator[NotEmptied]:
    for each in rounds:
        for day in past_days(each, ports.today):
            if reason := reason_not_emptied(logs.get(LogKey(each.round, day, premises_id))):
                yield NotEmptied(
                    round=each.round, container=each.container, date=day, reason=reason
                )
