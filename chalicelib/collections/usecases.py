"""Which premises a postcode has, and when their waste is collected."""

from collections.abc import Iterator, Sequence
from datetime import date

from msgspec import Struct

from chalicelib.collections.model import NextCollection, Rounds, next_collection
from chalicelib.collections.ports import Ports
from chalicelib.collections.premises import ListedPremises, Premises, whole_postcode
from chalicelib.errors import Invalid, NotFound
from chalicelib.texts import Text


class PremisesCollections(Struct, frozen=True, kw_only=True):
    """The collections of one premises. `rounds` are codes of `/data/collections/rounds.json`, by
    which a client can follow the dates without asking again. `next` has each container once, those
    without a date last. Until `known_until` all dates are known; None if no rounds are published.
    """

    rounds: tuple[str, ...]
    next: tuple[NextCollection, ...]
    known_until: date | None


def premises_at(postcode: str | None, ports: Ports) -> Sequence[ListedPremises]:
    """The premises of a postcode. Raises Invalid, UpstreamFailed."""
    whole = whole_postcode(postcode or "")
    if whole is None:
        raise Invalid.field("postcode", Text("Enter a full postcode, such as ZZ1 1AA"))
    return ports.premises.at_postcode(whole)


def collections_of(premises_id: str, ports: Ports) -> PremisesCollections:
    """The collections of a premises. Raises NotFound, UpstreamFailed."""
    premises = ports.premises.get(premises_id)
    if premises is None:
        raise NotFound(Text("There is no such address. Search for your postcode again."))
    published = ports.rounds()
    found = _next_of(premises, published, ports.today()) if published else ()
    return PremisesCollections(
        rounds=premises.rounds,
        next=tuple(sorted(found, key=lambda each: (each.date or date.max, each.container))),
        known_until=published.known_until if published else None,
    )


def _next_of(premises: Premises, published: Rounds, today: date) -> Iterator[NextCollection]:
    """A round that is no longer published has no dates."""
    for each in published.items:
        if each.round in premises.rounds:
            yield next_collection(each, today, published.known_until)
