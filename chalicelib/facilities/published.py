"""The published documents of facilities, each read at most once a minute."""

from chalicelib.facilities.model import (
    KINDS,
    FacilityList,
    KindEntry,
    KindList,
    Known,
    index_key,
    list_key,
)
from chalicelib.kernel.cached_document import CachedDocument, Read, Seconds, decoded


class PublishedFacilities:
    """The council's published facilities; `read` gives a published document. Every method raises
    UpstreamFailed."""

    def __init__(self, read: Read, seconds: Seconds) -> None:
        self._read = read
        self._seconds = seconds
        self._kinds = CachedDocument(lambda: decoded(read, KINDS, KindList), seconds)
        self._known: dict[str, CachedDocument[Known | None]] = {}

    def kinds(self) -> tuple[KindEntry, ...]:
        """The kinds that have facilities; empty if none are published."""
        published = self._kinds.value()
        return published.items if published else ()

    def known(self, kind: str) -> Known | None:
        """All facilities of a kind; None if none are published."""
        # Only existing kinds are read: a caller may ask for any name.
        if kind not in {entry.kind for entry in self.kinds()}:
            return None
        if kind not in self._known:
            self._known[kind] = CachedDocument(lambda: self._fresh(kind), self._seconds)
        return self._known[kind].value()

    def _fresh(self, kind: str) -> Known | None:
        listed = decoded(self._read, list_key(kind), FacilityList)
        return Known(listed, self._read(index_key(kind))) if listed else None
