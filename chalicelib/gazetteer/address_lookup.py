"""The ward and street of a place, for callers that must not fail because of a missing file."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from chalicelib.errors import UpstreamFailed
from chalicelib.gazetteer.streets import STREETS, StreetMap, Streets
from chalicelib.gazetteer.wards import WARDS, Wards
from chalicelib.geo.point import Point
from chalicelib.kernel.cached_document import (
    CachedDocument,
    MonotonicClock,
    ReadDocument,
    decode_document,
)

T = TypeVar("T")


class PublishedAddressLookup:
    """Ward and street of a place from the published documents, each read at most once a minute,
    even if it cannot be read; then nothing is known."""

    def __init__(self, read: ReadDocument, seconds: MonotonicClock) -> None:
        self._wards = CachedDocument(
            lambda: _none_if_unavailable(lambda: decode_document(read, WARDS, Wards)), seconds
        )
        self._streets = CachedDocument(
            lambda: _none_if_unavailable(lambda: _street_map(read)), seconds
        )

    def wards(self) -> Wards:
        """Every set of wards; one without wards if none are known."""
        return self._wards.value() or Wards()

    def ward_code(self, point: Point, day: date) -> str | None:
        """The ward that the place belonged to on the day."""
        return self.wards().code_at(point, day)

    def is_outside(self, point: Point, day: date) -> bool:
        """True if the place was outside every ward of the day, with a margin."""
        return self.wards().is_outside(point, day)

    def street(self, point: Point) -> str | None:
        """The name of the street that the place is on."""
        streets = self._streets.value()
        return streets.name_at(point) if streets else None


def _street_map(read: ReadDocument) -> StreetMap | None:
    document = decode_document(read, STREETS, Streets)
    return StreetMap(document.streets) if document else None


def _none_if_unavailable(fresh: Callable[[], T | None]) -> T | None:
    try:
        return fresh()
    except UpstreamFailed:
        return None
