"""Limits the rounds of subscribers to premises with a live subscription, and to its years."""

from collections.abc import Callable, Mapping, Sequence, Set
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from chalicelib.collections.model import Period, Rounds
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

    def limit_to_subscribers(self, premises: ById) -> ById:
        """The premises, of which those without a subscription lose these rounds, and the others
        have them in the years that are paid for. Subscriptions are read only for premises that such
        a round passes. Raises UpstreamFailed."""
        codes = self._round_codes()
        passed = {each for each, of in premises.items() if not codes.isdisjoint(of.rounds)}
        years = self._years_paid_for(passed)
        return {
            **premises,
            **{each: _within_years(premises[each], codes, years.get(each, ())) for each in passed},
        }

    def _round_codes(self) -> Set[str]:
        published = self.rounds()
        items = published.items if published else ()
        return {each.round for each in items if each.container == self.container}

    def _years_paid_for(self, premises_ids: Set[str]) -> Mapping[str, Sequence[Period]]:
        """The years of the live subscriptions, by premises."""
        found = self.subscriptions.many(premises_ids) if premises_ids else {}
        return {
            each: [Period(first, last) for first, last in of.collected_spans()]
            for each, of in found.items()
            if of.is_live(self.today())
        }


def _within_years(premises: Premises, codes: Set[str], years: Sequence[Period]) -> Premises:
    """The premises with the rounds of subscribers in these years; without them if there are
    none."""
    if not years:
        others = tuple(each for each in premises.rounds if each not in codes)
        return replace(premises, rounds=others)
    periods = {each: tuple(years) for each in premises.rounds if each in codes}
    return replace(premises, only_within=periods)
