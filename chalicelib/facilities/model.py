"""The published facilities, and the keys of their documents."""

from collections.abc import Sequence
from functools import cached_property
from hashlib import sha256

import msgspec

from chalicelib.geo.nearest_index import NearestIndex, build_index, open_index
from chalicelib.geo.point import Point
from chalicelib.geo.polygon import Corner, MultiPolygon, Polygon

FOLDER = "data/facilities/"
KINDS = f"{FOLDER}kinds.json"

OpeningSpan = tuple[int, int, int]
"""The weekday (Monday is 0), the minute of opening, and the minute of closing: above 1440 it is on
the next day."""
ALWAYS: tuple[OpeningSpan, ...] = tuple((day, 0, 24 * 60) for day in range(7))


class Facility(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A library, a grit bin, a park. `opening_hours` as the council wrote them, `opens` if they
    could be read with certainty; `polygon` of an area, as in a GeoJSON MultiPolygon, with lat and
    long inside it."""

    facility_id: str
    kind: str
    name: str
    lat: float
    long: float
    address: str | None = None
    opening_hours: str | None = None
    opens: tuple[OpeningSpan, ...] | None = None
    accessible: bool | str | None = None
    phone: str | None = None
    url: str | None = None
    notes: str | None = None
    polygon: tuple[tuple[tuple[Corner, ...], ...], ...] | None = None

    @property
    def point(self) -> Point:
        return Point(lat=self.lat, long=self.long)


class FacilityList(msgspec.Struct, frozen=True, kw_only=True):
    """All facilities of a kind: the published document. `index` is the digest of the index file
    that was built from these items."""

    kind: str
    label: str
    plural: str
    service_code: str | None
    attribution: str
    index: str
    items: tuple[Facility, ...]


class KindEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A kind that has facilities; `service_code` is the service for reports about one."""

    kind: str
    label: str
    plural: str
    icon: str
    count: int
    service_code: str | None


class KindList(msgspec.Struct, frozen=True, kw_only=True):
    """The kinds of facilities, as an answer and as the published document."""

    items: tuple[KindEntry, ...] = ()
    next: None = None


class SearchableFacilities:
    """The facilities of a kind, prepared for searches."""

    def __init__(self, listed: FacilityList, index: bytes | None) -> None:
        """If the bytes do not belong to the list, the index is rebuilt."""
        self.listed = listed
        if index is None or digest(index) != listed.index:
            index = index_of(listed.items)
        self.index: NearestIndex = open_index(index)

    @cached_property
    def areas(self) -> tuple[MultiPolygon | None, ...]:
        """The area of each facility, None for points."""
        return tuple(_area_of(item) for item in self.listed.items)

    @cached_property
    def has_areas(self) -> bool:
        return any(item.polygon for item in self.listed.items)


def list_key(kind: str) -> str:
    """The key of the facilities of that kind."""
    return f"{FOLDER}{kind}.json"


def index_key(kind: str) -> str:
    """The key of their index."""
    return f"{FOLDER}{kind}.idx"


def index_of(items: Sequence[Facility]) -> bytes:
    """The index of the items' points, in their order."""
    return build_index([item.point for item in items])


def digest(index: bytes) -> str:
    """The digest that identifies an index."""
    return sha256(index).hexdigest()[:12]


def _area_of(item: Facility) -> MultiPolygon | None:
    if not item.polygon:
        return None
    return MultiPolygon(tuple(Polygon(outer, tuple(holes)) for outer, *holes in item.polygon))
