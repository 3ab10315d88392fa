"""The council's places as they were published, read at most once a minute."""

from collections.abc import Callable

import msgspec

from chalicelib import logs
from chalicelib.errors import UpstreamFailed
from chalicelib.gazetteer.model import Gazetteer, PlaceList

KEPT_FOR_S = 60.0


class PublishedPlaces:
    """The Places port. `read` gives the published document, None where there is none;
    `seconds` is a clock that only ever goes on."""

    def __init__(self, read: Callable[[], bytes | None], seconds: Callable[[], float]) -> None:
        self._read = read
        self._seconds = seconds
        self._kept: tuple[float, Gazetteer] | None = None

    def gazetteer(self) -> Gazetteer:
        now = self._seconds()
        if self._kept is None or now - self._kept[0] >= KEPT_FOR_S:
            self._kept = now, self._fresh()
        return self._kept[1]

    def _fresh(self) -> Gazetteer:
        raw = self._read()
        if raw is None:
            return Gazetteer()
        try:
            return Gazetteer(msgspec.json.decode(raw, type=PlaceList).items)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            logs.failure("the published list of places cannot be read", error)
            raise UpstreamFailed("The list of places cannot be read just now.") from error
