"""The published documents of facilities, each read at most once a minute."""

from chalicelib.facilities.model import (
    KINDS,
    FacilityList,
    KindEntry,
    KindList,
    SearchableFacilities,
    index_key,
    list_key,
)
from chalicelib.kernel.cached_document import (
    CachedDocument,
    MonotonicClock,
    ReadDocument,
    decode_document,
)


class PublishedFacilities:
    """The council's published facilities; `read` gives a published document. Every method raises
    UpstreamFailed."""

    def __init__(self, read: ReadDocument, seconds: MonotonicClock) -> None:
        self._read = read
        self._seconds = seconds
        self._kinds = CachedDocument(lambda: decode_document(read, KINDS, KindList), seconds)
        self._by_kind: dict[str, CachedDocument[SearchableFacilities | None]] = {}

    def kinds(self) -> tuple[KindEntry, ...]:
        """The kinds that have facilities; empty if none are published."""
        published = self._kinds.value()
        return published.items if published else ()

    def facilities_of_kind(self, kind: str) -> SearchableFacilities | None:
        """All facilities of a kind; None if none are published."""
        # Only existing kinds are read: a caller may ask for any name.
        if kind not in {entry.kind for entry in self.kinds()}:
            return None
        if kind not in self._by_kind:
            self._by_kind[kind] = CachedDocument(lambda: self._read_kind(kind), self._seconds)
        return self._by_kind[kind].value()

    def _read_kind(self, kind: str) -> SearchableFacilities | None:
        listed = decode_document(self._read, list_key(kind), FacilityList)
        return SearchableFacilities(listed, self._read(index_key(kind))) if listed else None
