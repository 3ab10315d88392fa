"""The published documents: their addresses and contents.

Addresses are those of the site; a document's key is its address without the leading slash.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from chalicelib.geo.point import Box, Point
from chalicelib.geo.quadkey import Tile, tile_of, tile_of_key
from chalicelib.kernel.fields import copy_fields
from chalicelib.kernel.languages import ENGLISH
from chalicelib.reports.published import Delay, ReportView

INDEX = "data/index.json"
SERVICES = "data/services.json"
PLACES = "data/places.json"
POSTCODES = "data/postcodes.json"
STREETS = "data/streets.json"
FACILITY_NAMES = "data/facility-names.json"
BASEMAP = "data/basemap.pmtiles"
TILES = "data/tiles/"
REPORTS = "data/reports/"
PAGES = "reports/"
PHOTOS = "photos/"
PHOTO_FILES = ("page.jpg", "thumbnail.jpg")
JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
FINEST_COUNTS = 11
"""Counts are shown at zooms without pins, so their tile is never finer."""


class Pin(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A report on the map; `asset_id` of the object that it is about, such as a street light;
    `expected_datetime` and `delay` of an open one."""

    service_request_id: str
    lat: float
    long: float
    service_code: str
    state: str
    status: str
    requested_datetime: datetime
    updated_datetime: datetime
    expected_datetime: datetime | None = None
    delay: Delay | None = None
    asset_id: str | None = None


class PinTile(msgspec.Struct, frozen=True):
    """A published tile of the map: its pins, by service_request_id."""

    pins: tuple[Pin, ...] = ()


class Count(msgspec.Struct, frozen=True, kw_only=True):
    """The number of pins in the tile z, x, y, and their midpoint; `services` has open and closed
    ones by service_code."""

    z: int
    x: int
    y: int
    lat: float
    long: float
    open: int
    closed: int
    services: dict[str, tuple[int, int]]

    @property
    def tile(self) -> Tile:
        return Tile(self.z, self.x, self.y)


class CountTile(msgspec.Struct, frozen=True):
    """The published counts of the whole council, by tile."""

    counts: tuple[Count, ...] = ()


def key_of_tile(tile: Tile) -> str:
    """The key of that tile."""
    return f"{TILES}{tile.z}/{tile.x}/{tile.y}.json"


def key_of_quadkey(tile: str) -> str:
    """The key of the tile of that quadkey."""
    return key_of_tile(tile_of_key(tile))


def report_key(service_request_id: str) -> str:
    """The key of a report's JSON."""
    return f"{REPORTS}{service_request_id}.json"


def pages_folder(language: str) -> str:
    """The folder of the reports' pages in the language of that code."""
    return PAGES if language == ENGLISH.code else f"{language}/{PAGES}"


def page_key(service_request_id: str, language: str = ENGLISH.code) -> str:
    """The key of a report's page."""
    return f"{pages_folder(language)}{service_request_id}"


def photo_keys(service_request_id: str, photo_ids: Iterable[str]) -> frozenset[str]:
    """The keys of these photos' files."""
    folder = f"{PHOTOS}{service_request_id}/"
    return frozenset(f"{folder}{each}/{file}" for each in photo_ids for file in PHOTO_FILES)


def shown_photo_ids(report: ReportView) -> frozenset[str]:
    """The ids of all photos that a report shows, its updates' too."""
    photos = [*report.photos, *(photo for update in report.updates for photo in update.photos)]
    return frozenset(photo.photo_id for photo in photos)


def pin_of(report: ReportView) -> Pin | None:
    """The report's pin; None while its place is unknown."""
    if report.lat is None or report.long is None:
        return None
    if report.status == "open":
        return copy_fields(Pin, report)
    return copy_fields(Pin, report, expected_datetime=None, delay=None)


def is_past_display(pin: Pin, *, now: datetime, closed_shown: timedelta) -> bool:
    """True for a report closed so long ago that the map no longer shows it."""
    return pin.status == "closed" and now - pin.updated_datetime >= closed_shown


def decode_pins(tile: bytes) -> tuple[Pin, ...]:
    """The pins of a published tile."""
    return msgspec.json.decode(tile, type=PinTile).pins


def tile_with_pins(held: bytes | None, now: Mapping[str, Pin | None]) -> PinTile:
    """The tile with each report of `now` at its pin, or removed if that is None."""
    before = decode_pins(held) if held else ()
    pins: dict[str, Pin | None] = {pin.service_request_id: pin for pin in before}
    pins |= now
    return PinTile(tuple(pin for _, pin in sorted(pins.items()) if pin is not None))


def tile_of_all(bounds: Box) -> Tile:
    """The one tile that contains all of the bounds: the address of their counts."""
    for z in range(FINEST_COUNTS, 0, -1):
        northwest = tile_of(Point(lat=bounds.north, long=bounds.west), z)
        if northwest == tile_of(Point(lat=bounds.south, long=bounds.east), z):
            return northwest
    return Tile(0, 0, 0)


def count_of(tile: Tile, pins: Sequence[Pin]) -> Count | None:
    """The counts of a tile's pins; None if it has none."""
    if not pins:
        return None
    services: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for pin in pins:
        services[pin.service_code][pin.status != "open"] += 1
    return Count(
        z=tile.z,
        x=tile.x,
        y=tile.y,
        lat=round(sum(pin.lat for pin in pins) / len(pins), 5),
        long=round(sum(pin.long for pin in pins) / len(pins), 5),
        open=sum(each[0] for each in services.values()),
        closed=sum(each[1] for each in services.values()),
        services={code: (each[0], each[1]) for code, each in sorted(services.items())},
    )


def decode_counts(document: bytes) -> tuple[Count, ...]:
    """The counts of the published tile of counts."""
    return msgspec.json.decode(document, type=CountTile).counts


def tile_with_counts(held: bytes | None, now: Mapping[Tile, Count | None]) -> CountTile:
    """The counts with those of each tile of `now`, or without the tile if that is None."""
    before = decode_counts(held) if held else ()
    counts: dict[Tile, Count | None] = {count.tile: count for count in before}
    counts |= now
    return CountTile(tuple(count for _, count in sorted(counts.items()) if count is not None))


def key_in_language(key: str, language: str) -> str:
    """The key of a document of `data/` in a language: the English one has no folder of its own."""
    return key if language == "en" else key.replace("data/", f"data/{language}/", 1)


ADDRESSES: Mapping[str, str] = {
    "tiles": f"/{TILES}{{z}}/{{x}}/{{y}}.json",
    "request": f"/{REPORTS}{{service_request_id}}.json",
    "places": f"/{PLACES}",
    "postcodes": f"/{POSTCODES}",
    "streets": f"/{STREETS}",
    "facilities": "/data/facilities/{kind}.json",
    "facility_index": "/data/facilities/{kind}.idx",
    "facility_kinds": "/data/facilities/kinds.json",
    "facility_names": f"/{FACILITY_NAMES}",
    "wards": "/data/wards.json",
    "ward": "/data/wards/{code}.json",
    "roadworks": "/data/roadworks.json",
    "disruptions": "/data/disruptions.json",
    "open_data": "/data/open/index.json",
    "basemap": f"/{BASEMAP}",
}
"""The addresses of published documents that are the same for every council."""


def index_document(
    *, language: str, bounds: Box, holidays: Iterable[date], **details: Any
) -> dict[str, Any]:
    """`/data/index.json`: the addresses of everything public, and the council's details for
    clients, by name."""
    return {
        **details,
        **ADDRESSES,
        "bounds": [bounds.west, bounds.south, bounds.east, bounds.north],
        "counts": f"/{key_of_tile(tile_of_all(bounds))}",
        "services": f"/{key_in_language(SERVICES, language)}",
        "holidays": sorted(day.isoformat() for day in holidays),
    }
