"""Hides the rounds of subscribers from premises without a live subscription."""

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
    """The rounds that collect from subscribers only. `container` is the container that they empty;
    `rounds` gives the published rounds."""

    container: str
    rounds: Callable[[], Rounds | None]
    subscriptions: GardenSubscriptions
    today: Callable[[], date]

    def passes(self, premises: Premises | None) -> bool:
        """True if such a round passes the premises. Raises UpstreamFailed."""
        return premises is not None and not self._round_codes().isdisjoint(premises.rounds)

    def hide_from_others(self, premises: ById) -> ById:
        """The premises, of which those without a subscription lose these rounds. Subscriptions are
        read only for premises that such a round passes. Raises UpstreamFailed."""
        codes = self._round_codes()
        passed = {each for each, of in premises.items() if not codes.isdisjoint(of.rounds)}
        others = passed - self._subscribed_ids(passed)
        return {**premises, **{each: _without_rounds(premises[each], codes) for each in others}}

    def _round_codes(self) -> Set[str]:
        published = self.rounds()
        items = published.items if published else ()
        return {each.round for each in items if each.container == self.container}

    def _subscribed_ids(self, premises_ids: Set[str]) -> Set[str]:
        found = self.subscriptions.many(premises_ids) if premises_ids else {}
        return {each for each, of in found.items() if of.is_live(self.today())}


def _without_rounds(premises: Premises, rounds: Set[str]) -> Premises:
    return replace(premises, rounds=tuple(each for each in premises.rounds if each not in rounds))
