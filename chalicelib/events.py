"""Facts that reactions hear of: what happened to which thing, and nothing personal.

A fact says which documents may have changed; whoever reacts reads the thing itself again,
so facts may come twice or out of order.
"""

import msgspec


class ReportSubmitted(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """A ServiceRequest was stored for the first time; `tile` is None while nobody knows where."""

    event_id: str
    service_request_id: str
    version: int
    tile: str | None
    photos: tuple[str, ...] = ()


class ReportChanged(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """A stored ServiceRequest was rewritten; its tile may have changed with it.

    `photos` are those before and after. `purge`: something that was public was taken back, so
    copies of it must not outlive it.
    """

    event_id: str
    service_request_id: str
    version: int
    old_tile: str | None
    tile: str | None
    photos: tuple[str, ...] = ()
    purge: bool = False


class PhotoTaken(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """A photo was looked at, and taken or refused."""

    event_id: str
    service_request_id: str
    photo_id: str


Event = ReportSubmitted | ReportChanged | PhotoTaken


def tiles_touched(event: Event) -> frozenset[str]:
    """Quadkeys of the published tiles that the fact may have changed."""
    match event:
        case ReportSubmitted(tile=tile):
            tiles = {tile}
        case ReportChanged(old_tile=old_tile, tile=tile):
            tiles = {old_tile, tile}
        case PhotoTaken():
            tiles = set()
    return frozenset(tile for tile in tiles if tile)


def photos_touched(event: Event) -> frozenset[str]:
    """Ids of the photos whose being public the fact may have changed."""
    return frozenset((event.photo_id,) if isinstance(event, PhotoTaken) else event.photos)


def needs_purge(event: Event) -> bool:
    """True where something that was public was taken back."""
    return isinstance(event, ReportChanged) and event.purge
