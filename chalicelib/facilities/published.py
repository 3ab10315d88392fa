"""The council's facilities as they were published, each document read at most once a minute."""

from collections.abc import Callable
from typing import TypeVar

import msgspec

from chalicelib import logs
from chalicelib.errors import UpstreamFailed
from chalicelib.facilities.model import (
    KINDS,
    FacilityList,
    KindEntry,
    KindList,
    Known,
    index_key,
    list_key,
)

KEPT_FOR_S = 60.0
T = TypeVar("T")


class PublishedFacilities:
    """The Facilities port. `read` gives a published document, None where there is none; `seconds`
    is a clock that only ever goes on."""

    def __init__(self, read: Callable[[str], bytes | None], seconds: Callable[[], float]) -> None:
        self._read = read
        self._seconds = seconds
        self._kinds: tuple[float, tuple[KindEntry, ...]] | None = None
        self._known: dict[str, tuple[float, Known]] = {}

    def kinds(self) -> tuple[KindEntry, ...]:
        if self._kinds is None or self._is_old(self._kinds[0]):
            raw = self._read(KINDS)
            self._kinds = self._seconds(), _decoded(raw, KindList).items if raw else ()
        return self._kinds[1]

    def known(self, kind: str) -> Known | None:
        # Only a kind that exists is looked up: anybody may ask for any name.
        if kind not in {entry.kind for entry in self.kinds()}:
            return None
        kept = self._known.get(kind)
        if kept is None or self._is_old(kept[0]):
            raw = self._read(list_key(kind))
            if raw is None:
                return None
            known = Known(_decoded(raw, FacilityList), self._read(index_key(kind)))
            kept = self._known[kind] = self._seconds(), known
        return kept[1]

    def _is_old(self, since: float) -> bool:
        return self._seconds() - since >= KEPT_FOR_S


def _decoded(raw: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        logs.failure("a published list of facilities cannot be read", error)
        raise UpstreamFailed("The list of facilities cannot be read just now.") from error
