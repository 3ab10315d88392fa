"""Premises as residents see them: on the rounds of subscribers only while somebody at the premises
has subscribed."""

from collections.abc import Callable, Mapping, Set
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.collections.model import Rounds
from chalicelib.collections.premises import Premises
from chalicelib.garden.ports import GardenSubscriptions

ById = Mapping[str, Premises]
"""Premises by id."""


class SubscribersRounds(Struct, frozen=True):
    """`container` is what the rounds of subscribers empty, `rounds` gives the published ones."""

    container: str
    rounds: Callable[[], Rounds | None]
    subscriptions: GardenSubscriptions
    today: Callable[[], date]

    def pass_by(self, premises: Premises | None) -> bool:
        """True if such a round passes the premises. Raises UpstreamFailed."""
        return premises is not None and not self._codes().isdisjoint(premises.rounds)

    def only_subscribed(self, found: ById) -> ById:
        """The premises without these rounds, but for those that are subscribed. Subscriptions are
        read only for premises that such a round passes. Raises UpstreamFailed."""
        codes = self._codes()
        passed = {each for each, of in found.items() if not codes.isdisjoint(of.rounds)}
        others = passed - self._subscribed(passed)
        return {**found, **{each: _without_rounds(found[each], codes) for each in others}}

    def _codes(self) -> Set[str]:
        published = self.rounds()
        items = published.items if published else ()
        return {each.round for each in items if each.container == self.container}

    def _subscribed(self, premises_ids: Set[str]) -> Set[str]:
        found = self.subscriptions.many(premises_ids) if premises_ids else {}
        return {each for each, of in found.items() if of.is_live(self.today())}


def _without_rounds(premises: Premises, rounds: Set[str]) -> Premises:
    return replace(premises, rounds=tuple(each for each in premises.rounds if each not in rounds))
