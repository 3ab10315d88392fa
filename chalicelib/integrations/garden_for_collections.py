"""Premises as residents see them: on the rounds of subscribers only while somebody at the premises
has subscribed."""

from collections.abc import Callable, Collection, Mapping, Sequence, Set
from datetime import date
from typing import Protocol

from msgspec.structs import replace

from chalicelib.collections.model import Rounds
from chalicelib.collections.ports import PremisesStore
from chalicelib.collections.premises import ListedPremises, Premises, RoundStreet
from chalicelib.garden.ports import GardenSubscriptions


class ManyPremises(PremisesStore, Protocol):
    """A PremisesStore that reads many premises at once."""

    def many(self, premises_ids: Collection[str]) -> Mapping[str, Premises]:
        """The premises with these ids, by id. Raises UpstreamFailed."""


class SubscribedPremises:
    """The PremisesStore port. `container` is what the rounds of subscribers empty, `rounds` the
    published ones. Only for premises on such rounds subscriptions are read. Every method raises
    UpstreamFailed."""

    def __init__(
        self,
        premises: ManyPremises,
        rounds: Callable[[], Rounds | None],
        subscriptions: GardenSubscriptions,
        container: str,
        today: Callable[[], date],
    ) -> None:
        self._premises = premises
        self._rounds = rounds
        self._subscriptions = subscriptions
        self._container = container
        self._today = today
        self.at_postcode: Callable[[str], Sequence[ListedPremises]] = premises.at_postcode
        self.on_round: Callable[[str], Sequence[RoundStreet]] = premises.on_round

    def get(self, premises_id: str) -> Premises | None:
        return self.many([premises_id]).get(premises_id)

    def many(self, premises_ids: Collection[str]) -> Mapping[str, Premises]:
        """The premises with these ids, by id."""
        found = self._premises.many(premises_ids)
        extra = self._rounds_of_subscribers()
        on_extra = [each for each, of in found.items() if not extra.isdisjoint(of.rounds)]
        subscribed = self._subscribed(on_extra)
        left_out = {
            each: _without(found[each], extra) for each in on_extra if each not in subscribed
        }
        return {**found, **left_out}

    def _rounds_of_subscribers(self) -> Set[str]:
        published = self._rounds()
        items = published.items if published else ()
        return {each.round for each in items if each.container == self._container}

    def _subscribed(self, premises_ids: Collection[str]) -> Set[str]:
        if not premises_ids:
            return frozenset()
        found = self._subscriptions.many(premises_ids)
        return {each for each, of in found.items() if of.is_live(self._today())}


def _without(premises: Premises, rounds: Set[str]) -> Premises:
    return replace(premises, rounds=tuple(each for each in premises.rounds if each not in rounds))


def is_on_round(premises: Premises | None, rounds: Rounds | None, container: str) -> bool:
    """True if a round that empties the container passes the premises."""
    if premises is None or rounds is None:
        return False
    codes = {each.round for each in rounds.items if each.container == container}
    return not codes.isdisjoint(premises.rounds)
