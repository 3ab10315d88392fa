"""Reads premises from the documents that the import wrote."""

from collections.abc import Sequence

from chalicelib.collections.premises import (
    CURRENT,
    Current,
    ListedPremises,
    Listing,
    Part,
    Premises,
    listing_key,
    part_key,
)
from chalicelib.kernel.cached_document import CachedDocument, Read, Seconds, decoded


class StoredPremises:
    """The PremisesStore port; `read` reads the private bucket. The version that is in use is read
    at most once a minute."""

    def __init__(self, read: Read, seconds: Seconds) -> None:
        self._read = read
        self._current = CachedDocument(lambda: decoded(read, CURRENT, Current), seconds)

    def get(self, premises_id: str) -> Premises | None:
        current = self._current.value()
        if current is None:
            return None
        part = decoded(self._read, part_key(current, premises_id), Part)
        return part.get(premises_id) if part else None

    def at_postcode(self, postcode: str) -> Sequence[ListedPremises]:
        current = self._current.value()
        if current is None:
            return ()
        listing = decoded(self._read, listing_key(current, postcode), Listing)
        return listing.get(postcode, ()) if listing else ()
