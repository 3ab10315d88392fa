"""Reads premises from the documents that the import wrote."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache, partial

from chalicelib.collections.premises import (
    CURRENT,
    Current,
    ListedPremises,
    Listing,
    Part,
    Premises,
    RoundStreet,
    RoundStreets,
    listing_key,
    part_key,
    round_key,
)
from chalicelib.kernel.cached_document import KEPT_FOR_S, CachedDocument, Read, Seconds, decoded

MOST_ROUNDS = 8
"""How many rounds are kept in memory."""

Shown = Callable[[Mapping[str, Premises]], Mapping[str, Premises]]


class StoredPremises:
    """The imported premises; `read` reads the private bucket. The version that is in use is read
    at most once a minute. `shown` gives found premises as they are shown. Every method raises
    UpstreamFailed."""

    def __init__(
        self,
        read: Read,
        seconds: Seconds,
        kept_for_s: float = KEPT_FOR_S,
        shown: Shown = lambda found: found,
    ) -> None:
        self._read = read
        self._shown = shown
        fresh = partial(decoded, read, CURRENT, Current)
        self._current = CachedDocument(fresh, seconds, kept_for_s)
        # A version of the premises never changes, and a crew names many premises of one round.
        self._round = lru_cache(MOST_ROUNDS)(lambda key: decoded(read, key, RoundStreets) or ())

    def get(self, premises_id: str) -> Premises | None:
        """The premises of that id; None if there is none."""
        return self.many([premises_id]).get(premises_id)

    def many(self, premises_ids: Collection[str]) -> Mapping[str, Premises]:
        """The premises with these ids, by id. Each document is read once."""
        current = self._current.value()
        if current is None:
            return {}
        by_part: dict[str, list[str]] = defaultdict(list)
        for premises_id in premises_ids:
            by_part[part_key(current, premises_id)].append(premises_id)
        found: dict[str, Premises] = {}
        for key, wanted in by_part.items():
            part = decoded(self._read, key, Part) or {}
            found |= {each: part[each] for each in wanted if each in part}
        return self._shown(found)

    def at_postcode(self, postcode: str) -> Sequence[ListedPremises]:
        """The premises of a postcode in its usual form, in the order of their addresses."""
        current = self._current.value()
        if current is None:
            return ()
        listing = decoded(self._read, listing_key(current, postcode), Listing)
        return listing.get(postcode, ()) if listing else ()

    def on_round(self, round_code: str) -> Sequence[RoundStreet]:
        """The streets of a round by name, with the premises that are on it."""
        current = self._current.value()
        if current is None:
            return ()
        return self._round(round_key(current, round_code))
