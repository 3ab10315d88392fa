"""Read premises from the documents that the import wrote."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache, partial

from chalicelib.collections.premises import (
    CURRENT,
    CurrentVersion,
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
from chalicelib.kernel.cached_document import (
    CACHE_S,
    CachedDocument,
    MonotonicClock,
    ReadDocument,
    decode_document,
)

MOST_ROUNDS = 8
"""The number of rounds that are kept in memory."""

Adjust = Callable[[Mapping[str, Premises]], Mapping[str, Premises]]


class StoredPremises:
    """The imported premises; `read` reads the private bucket. The version that is in use is read
    at most once a minute. `adjust` changes loaded premises before they are returned. Every method
    raises UpstreamFailed."""

    def __init__(
        self,
        read: ReadDocument,
        seconds: MonotonicClock,
        kept_for_s: float = CACHE_S,
        adjust: Adjust = lambda premises: premises,
    ) -> None:
        self._read = read
        self._adjust = adjust
        read_current = partial(decode_document, read, CURRENT, CurrentVersion)
        self._current = CachedDocument(read_current, seconds, kept_for_s)
        # A version of the premises never changes, and a crew names many premises of one round.
        self._round = lru_cache(MOST_ROUNDS)(
            lambda key: decode_document(read, key, RoundStreets) or ()
        )

    def get(self, premises_id: str) -> Premises | None:
        """The premises of that id; None if there is none."""
        return self.get_many([premises_id]).get(premises_id)

    def get_many(self, premises_ids: Collection[str]) -> Mapping[str, Premises]:
        """The premises with these ids, by id. Each document is read once."""
        current = self._current.value()
        if current is None:
            return {}
        by_part: dict[str, list[str]] = defaultdict(list)
        for premises_id in premises_ids:
            by_part[part_key(current, premises_id)].append(premises_id)
        found: dict[str, Premises] = {}
        for key, wanted in by_part.items():
            part = decode_document(self._read, key, Part) or {}
            found |= {each: part[each] for each in wanted if each in part}
        return self._adjust(found)

    def at_postcode(self, postcode: str) -> Sequence[ListedPremises]:
        """The premises of a postcode in its usual form, in the order of their addresses."""
        current = self._current.value()
        if current is None:
            return ()
        listing = decode_document(self._read, listing_key(current, postcode), Listing)
        return listing.get(postcode, ()) if listing else ()

    def streets_of_round(self, round_code: str) -> Sequence[RoundStreet]:
        """The streets of a round by name, with the premises that are on it."""
        current = self._current.value()
        if current is None:
            return ()
        return self._round(round_key(current, round_code))
