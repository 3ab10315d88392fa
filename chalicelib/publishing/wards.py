"""The documents of wards: the number of open reports, the newest of them, and the data of the areas
slice. Like counts they are made from the published tiles (docs/adr/0016), so a report is in the
ward that contains its pin today. They are rebuilt every five minutes; removed reports disappear
from them at once.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from chalicelib.geo.point import Point
from chalicelib.geo.quadkey import MAP_ZOOM, tiles_in
from chalicelib.kernel.fields import made_from
from chalicelib.kernel.observability import logs
from chalicelib.kernel.stored_document import StoredDocument
from chalicelib.kernel.time import to_the_second
from chalicelib.publishing.model import JSON, Pin
from chalicelib.publishing.ports import Document, Ports, WardArea
from chalicelib.publishing.rounds import Public
from chalicelib.publishing.targets import DocumentTarget, published_pins
from chalicelib.reports.published import Delay

WARD_DOCUMENTS = "data/wards/"
MOST_LISTED = 20


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """An open report of the ward."""

    service_request_id: str
    title: str | None
    service_code: str
    lat: float
    long: float
    requested_datetime: datetime
    expected_datetime: datetime | None = None
    delay: Delay | None = None


class _Held(msgspec.Struct, frozen=True):
    """The parts read back from a published ward document."""

    reports: tuple[Listed, ...]
    updated_datetime: datetime


def ward_key(code: str) -> str:
    """The key of a ward's document."""
    return f"{WARD_DOCUMENTS}{code}.json"


def ward_targets(wards: Iterable[WardArea], ports: Ports) -> list[DocumentTarget]:
    """The document of each ward; failures are returned by the ward's code."""
    return [_ward_target(ward, ports) for ward in wards]


def wards_listing(ids: Iterable[str], ports: Ports) -> list[WardArea]:
    """The wards whose published documents list any of these reports."""
    wanted = set(ids)
    return [ward for ward in ports.wards() if wanted & _listed_ids(ward, ports)]


def _listed_ids(ward: WardArea, ports: Ports) -> set[str]:
    published = _published(ports.documents.read(ward_key(ward.code)))
    return {each.service_request_id for each in published.reports} if published else set()


def _published(held: StoredDocument | None) -> _Held | None:
    """The published document, None if there is no readable one: it is then rebuilt."""
    try:
        return msgspec.json.decode(held.body, type=_Held) if held else None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        logs.failure("a ward's document cannot be read", error)
        return None


def _ward_target(ward: WardArea, ports: Ports) -> DocumentTarget:
    def make(held: StoredDocument | None, _: Public) -> Document | None:
        pins = _open_pins(ward, ports)
        content = ward.said | {"open_reports": len(pins), "reports": _listed(pins, ports)}
        # If only its time differs, it is left unchanged.
        before = _published(held)
        if held and before and held.body == _body(content, before.updated_datetime):
            return Document(held.body, JSON)
        return Document(_body(content, to_the_second(ports.now())), JSON)

    return DocumentTarget(ward_key(ward.code), frozenset(), frozenset((ward.code,)), make)


def _body(content: dict[str, Any], updated: datetime) -> bytes:
    return msgspec.json.encode(content | {"updated_datetime": updated})


def _open_pins(ward: WardArea, ports: Ports) -> list[Pin]:
    """The ward's open pins, the newest first."""
    pins = [
        pin
        for tile in tiles_in(ward.bounds, MAP_ZOOM)
        for pin in published_pins(tile, ports)
        if pin.status == "open" and ward.contains(Point(lat=pin.lat, long=pin.long))
    ]
    pins.sort(key=lambda pin: pin.service_request_id)
    return sorted(pins, key=lambda pin: pin.requested_datetime, reverse=True)


def _listed(pins: Sequence[Pin], ports: Ports) -> tuple[Listed, ...]:
    """The newest, as stored now: a title may have been redacted since."""
    newest = pins[:MOST_LISTED]
    public = ports.reports.public([pin.service_request_id for pin in newest]) if newest else {}
    return tuple(
        made_from(Listed, pin, title=public[pin.service_request_id].title)
        for pin in newest
        if pin.service_request_id in public
    )
