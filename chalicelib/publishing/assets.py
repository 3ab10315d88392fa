"""Which assets have an open report: read off the published tiles of the map."""

from collections.abc import Callable, Collection, Mapping

import msgspec

from chalicelib import logs
from chalicelib.errors import UpstreamFailed
from chalicelib.geo.quadkey import Tile
from chalicelib.publishing.model import key_of_tile, pins_in

KEPT_FOR_S = 10.0
MOST_KEPT = 500
"""Tiles; some councils have more, and are searched all over."""


class ReportedAssets:
    """The open reports of assets, by tile; each tile is read at most once in some seconds.

    `read` gives a published document, None where there is none; `seconds` is a clock that only
    ever goes on.
    """

    def __init__(self, read: Callable[[str], bytes | None], seconds: Callable[[], float]) -> None:
        self._read = read
        self._seconds = seconds
        self._kept: dict[Tile, tuple[float, Mapping[str, str]]] = {}

    def about_assets(self, tiles: Collection[Tile]) -> Mapping[str, str]:
        """Open reports in these tiles by asset_id; a tile that cannot be read has none."""
        found: dict[str, str] = {}
        for tile in sorted(tiles):
            found |= self._in_tile(tile)
        return found

    def _in_tile(self, tile: Tile) -> Mapping[str, str]:
        now = self._seconds()
        kept = self._kept.get(tile)
        if kept is None or now - kept[0] >= KEPT_FOR_S:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            kept = self._kept[tile] = now, self._fresh(tile)
        return kept[1]

    def _fresh(self, tile: Tile) -> Mapping[str, str]:
        try:
            raw = self._read(key_of_tile(tile))
            pins = pins_in(raw) if raw else ()
        except (UpstreamFailed, msgspec.DecodeError, UnicodeDecodeError) as error:
            # A place is worth knowing without its reports, too.
            logs.failure("a tile's reports of assets cannot be read", error)
            return {}
        return {
            pin.asset_id: pin.service_request_id
            for pin in pins
            if pin.asset_id and pin.status == "open"
        }
