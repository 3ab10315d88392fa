"""Published documents for code that only reads them: decoded, and cached for a while."""

from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec

from chalicelib.errors import UpstreamFailed
from chalicelib.kernel.observability import logs

KEPT_FOR_S = 60.0

ReadDocument = Callable[[str], bytes | None]
"""Returns the published document of that key, None if there is none. Raises UpstreamFailed."""
MonotonicClock = Callable[[], float]
"""A monotonic clock."""
T = TypeVar("T")


class CachedDocument(Generic[T]):
    """Caches the value of `fresh` for a while; if `fresh` then fails, keeps the previous value."""

    def __init__(
        self, fresh: Callable[[], T], seconds: MonotonicClock, kept_for_s: float = KEPT_FOR_S
    ) -> None:
        self._fresh = fresh
        self._seconds = seconds
        self._kept_for_s = kept_for_s
        self._kept: tuple[float, T] | None = None

    def value(self) -> T:
        """Raises UpstreamFailed if nothing is cached."""
        now = self._seconds()
        if self._kept and now - self._kept[0] < self._kept_for_s:
            return self._kept[1]
        try:
            found = self._fresh()
        except UpstreamFailed:
            if self._kept is None:
                raise
            found = self._kept[1]
        self._kept = now, found
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
