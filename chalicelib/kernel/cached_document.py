"""Published documents for code that only reads them: decoded, and cached for a while."""

from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec

from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.observability import logs

CACHE_S = 60.0

ReadDocument = Callable[[str], bytes | None]
"""Returns the published document of that key, None if there is none. Raises UpstreamFailed."""
MonotonicClock = Callable[[], float]
"""A monotonic clock."""
T = TypeVar("T")


class CachedDocument(Generic[T]):
    """Caches the value of `load` for a while; if `load` then fails, keeps the previous value."""

    def __init__(
        self, load: Callable[[], T], seconds: MonotonicClock, cache_s: float = CACHE_S
    ) -> None:
        self._load = load
        self._seconds = seconds
        self._cache_s = cache_s
        self._cached: tuple[float, T] | None = None

    def value(self) -> T:
        """Raises UpstreamFailed if nothing is cached."""
        now = self._seconds()
        if self._cached and now - self._cached[0] < self._cache_s:
            return self._cached[1]
        try:
            found = self._load()
        except UpstreamFailed:
            if self._cached is None:
                raise
            found = self._cached[1]
        self._cached = now, found
        return found


def decode_document(read: ReadDocument, key: str, kind: type[T]) -> T | None:
    """The published document, None if there is none. Raises UpstreamFailed."""
    raw = read(key)
    if raw is None:
        return None
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        logs.failure("a published document cannot be read", error, document=key)
        raise UpstreamFailed(
            "The council's published data cannot be read at the moment."
        ) from error
