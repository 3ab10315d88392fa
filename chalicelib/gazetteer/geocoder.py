"""A geopy geocoder as the gazetteer's fall-back: calls have a time limit, answers are cached, and
after a failure calls pause for a while. Search texts are sent to the operator of the geocoder."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar

from chalicelib.geo.place import Place
from chalicelib.geo.point import Box, Point
from chalicelib.kernel.observability import logs

if TYPE_CHECKING:
    from geopy.location import Location

MAX_CACHED = 500
PAUSE_S = 60.0
LONGEST_LABEL = 200


T = TypeVar("T")
Geocode = Callable[[str], "Iterable[Location] | None"]


class FallbackGeocoder:
    """Finds places with a geocoder, only those in the box; `seconds` is a monotonic clock."""

    def __init__(self, geocode: Geocode, box: Box, seconds: Callable[[], float]) -> None:
        self._geocode = geocode
        self._box = box
        self._seconds = seconds
        self._cache: dict[str, list[Place]] = {}
        self._paused_until = 0.0

    def find(self, typed: str) -> list[Place]:
        query = " ".join(typed.lower().split())
        if query in self._cache:
            return self._cache[query]
        if self._seconds() < self._paused_until:
            return []
        try:
            found = self._places(self._geocode(query) or ())
        except Exception as error:
            # Whatever the external service does, the council's own results are returned.
            self._paused_until = self._seconds() + PAUSE_S
            logs.failure("the geocoder did not answer", error)
            return []
        if len(self._cache) == MAX_CACHED:
            self._cache.pop(next(iter(self._cache)))
        self._cache[query] = found
        return found

    def _places(self, locations: "Iterable[Location]") -> list[Place]:
        return [
            Place(
                label=each.address[:LONGEST_LABEL],
                kind="place",
                lat=round(each.latitude, 6),
                long=round(each.longitude, 6),
            )
            for each in locations
            if self._box.contains(Point(lat=each.latitude, long=each.longitude))
        ]


class GeopyGeocode:
    """Asks one of geopy's geocoders by its name; geopy is imported on first use."""

    def __init__(self, name: str, options: Mapping[str, str], timeout_s: float, box: Box) -> None:
        self._name = name
        self._options = options
        self._timeout_s = timeout_s
        self._box = box

    def __call__(self, typed: str) -> "Iterable[Location] | None":
        """Raises TimeoutError, and all errors of the geocoder."""
        return call_with_timeout(lambda: self._ask(typed), self._timeout_s)

    def _ask(self, typed: str) -> "Iterable[Location] | None":
        found: Iterable[Location] | None = self._service.geocode(
            typed, exactly_one=False, timeout=self._timeout_s, **self._area_options
        )
        return found

    @cached_property
    def _service(self) -> Any:
        from geopy.geocoders import get_geocoder_for_service

        return get_geocoder_for_service(self._name)(**self._options)

    @property
    def _area_options(self) -> dict[str, Any]:
        """Only Nominatim can restrict its search to an area."""
        if self._name != "nominatim":
            return {}
        box = self._box
        return {"viewbox": [(box.south, box.west), (box.north, box.east)], "bounded": True}


def call_with_timeout(ask: Callable[[], T], timeout_s: float) -> T:
    """The result of `ask` within the time limit: a time-out for each read does not limit a reply
    that arrives byte by byte. Raises TimeoutError, and all errors of `ask`."""
    results: SimpleQueue[tuple[T | None, Exception | None]] = SimpleQueue()

    def run() -> None:
        try:
            results.put((ask(), None))
        except Exception as error:
            results.put((None, error))

    Thread(target=run, daemon=True).start()
    try:
        found, error = results.get(timeout=timeout_s)
    except Empty:
        raise TimeoutError from None
    if error:
        raise error
    return found  # type: ignore[return-value]
