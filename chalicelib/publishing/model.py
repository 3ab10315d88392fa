"""Which documents exist, where each is, and what is in them.

Addresses are those of the site; a document's key is its address without the leading slash.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from chalicelib.geo.quadkey import tile_named
from chalicelib.publishing.ports import PublicReport

INDEX = "data/index.json"
SERVICES = "data/services.json"
BASEMAP = "data/basemap.pmtiles"
TILES = "data/tiles/"
REPORTS = "data/reports/"
PAGES = "reports/"
JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=utf-8"


class Pin(msgspec.Struct, frozen=True, kw_only=True):
    """A report as the map shows it."""

    service_request_id: str
    lat: float
    long: float
    service_code: str
    state: str
    status: str
    requested_datetime: datetime


class PinTile(msgspec.Struct, frozen=True):
    """A published tile of the map: its pins, by service_request_id."""

    pins: tuple[Pin, ...] = ()


def tile_key(tile: str) -> str:
    """Where the tile of that quadkey is published."""
    z, x, y = tile_named(tile)
    return f"{TILES}{z}/{x}/{y}.json"


def report_key(service_request_id: str) -> str:
    """Where a report's JSON is published."""
    return f"{REPORTS}{service_request_id}.json"


def page_key(service_request_id: str) -> str:
    """Where a report's page is published."""
    return f"{PAGES}{service_request_id}"


def pin_of(report: PublicReport) -> Pin:
    return Pin(
        service_request_id=report.service_request_id,
        lat=report.lat,
        long=report.long,
        service_code=report.service_code,
        state=report.state,
        status=report.status,
        requested_datetime=report.requested_datetime,
    )


def pins_in(tile: bytes) -> tuple[Pin, ...]:
    """The pins of a published tile."""
    return msgspec.json.decode(tile, type=PinTile).pins


def with_pins(held: bytes | None, now: Mapping[str, Pin | None]) -> PinTile:
    """The tile after each report of `now` is at its pin, or off the tile where that is None."""
    before = pins_in(held) if held else ()
    pins: dict[str, Pin | None] = {pin.service_request_id: pin for pin in before}
    pins |= now
    return PinTile(tuple(pin for _, pin in sorted(pins.items()) if pin is not None))


def index_document(
    *,
    jurisdiction_id: str,
    name: str,
    phone: str,
    time_zone: str,
    bounds: Sequence[float],
    basemap_attribution: str,
    versions: Mapping[str, str],
) -> dict[str, Any]:
    """`/data/index.json`: where everything public is."""
    return {
        "jurisdiction_id": jurisdiction_id,
        "name": name,
        "phone": phone,
        "time_zone": time_zone,
        "bounds": list(bounds),
        "tiles": f"/{TILES}{{z}}/{{x}}/{{y}}.json",
        "request": f"/{REPORTS}{{service_request_id}}.json",
        "services": f"/{SERVICES}",
        "facilities": "/data/facilities/{kind}.json",
        "wards": "/data/wards.json",
        "basemap": f"/{BASEMAP}",
        "basemap_attribution": basemap_attribution,
        "versions": dict(versions),
    }
