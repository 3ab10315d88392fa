"""What was published of the council's places, each document read at most once a minute."""

from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec

from chalicelib import logs
from chalicelib.errors import UpstreamFailed
from chalicelib.gazetteer.model import PLACES, Gazetteer, PlaceList
from chalicelib.gazetteer.postcodes import POSTCODES, Postcodes

KEPT_FOR_S = 60.0

Read = Callable[[str], bytes | None]
"""Gives the published document of that key, None where there is none. Raises UpstreamFailed."""
Seconds = Callable[[], float]
"""A clock that only ever goes on."""
T = TypeVar("T")


class Kept(Generic[T]):
    """What `fresh` gave, for a minute."""

    def __init__(self, fresh: Callable[[], T], seconds: Seconds) -> None:
        self._fresh = fresh
        self._seconds = seconds
        self._kept: tuple[float, T] | None = None

    def value(self) -> T:
        now = self._seconds()
        if self._kept is None or now - self._kept[0] >= KEPT_FOR_S:
            self._kept = now, self._fresh()
        return self._kept[1]


class PublishedPlaces:
    """The Places port: streets, places and postcodes."""

    def __init__(self, read: Read, seconds: Seconds) -> None:
        self._read = read
        self._gazetteer = Kept(self._fresh, seconds)
        self._postcodes = Kept(lambda: decoded(read, POSTCODES, Postcodes), seconds)

    def gazetteer(self) -> Gazetteer:
        return self._gazetteer.value()

    def postcodes(self) -> Postcodes:
        """They alone, for those who search no street."""
        return self._postcodes.value() or Postcodes()

    def _fresh(self) -> Gazetteer:
        places = decoded(self._read, PLACES, PlaceList)
        return Gazetteer(places.items if places else (), self.postcodes())


def decoded(read: Read, key: str, kind: type[T]) -> T | None:
    """The published document, None where there is none. Raises UpstreamFailed."""
    raw = read(key)
    if raw is None:
        return None
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        logs.failure("a published document of places cannot be read", error)
        raise UpstreamFailed("The list of places cannot be read just now.") from error
