"""Finds the assets with an open report, from the published map tiles."""

from collections.abc import Collection, Mapping

from chalicelib.errors import UpstreamFailed
from chalicelib.geo.quadkey import Tile
from chalicelib.kernel.cached_document import (
    CachedDocument,
    MonotonicClock,
    ReadDocument,
    decode_document,
)
from chalicelib.publishing.model import Pin, PinTile, key_of_tile

CACHED_FOR_S = 10.0
MAX_CACHED_TILES = 500
"""The maximum number of tiles; larger areas are searched as a whole."""


class ReportedAssets:
    """The open reports of assets, by tile; each tile is read at most once every few seconds."""

    def __init__(self, read: ReadDocument, seconds: MonotonicClock) -> None:
        self._read = read
        self._seconds = seconds
        self._cached: dict[Tile, CachedDocument[Collection[Pin]]] = {}

    def reports_by_asset(self, tiles: Collection[Tile], service_code: str) -> Mapping[str, str]:
        """Open reports of that service in these tiles by asset_id; a tile that cannot be read
        has none."""
        return {
            pin.asset_id: pin.service_request_id
            for tile in sorted(tiles)
            for pin in self._asset_pins_in(tile)
            if pin.asset_id and pin.service_code == service_code
        }

    def _asset_pins_in(self, tile: Tile) -> Collection[Pin]:
        """The open pins about assets."""
        if tile not in self._cached:
            if len(self._cached) >= MAX_CACHED_TILES:
                self._cached.clear()
            self._cached[tile] = CachedDocument(
                lambda: self._read_tile(tile), self._seconds, CACHED_FOR_S
            )
        return self._cached[tile].value()

    def _read_tile(self, tile: Tile) -> Collection[Pin]:
        try:
            published = decode_document(self._read, key_of_tile(tile), PinTile)
        except UpstreamFailed:
            # A place is useful without its reports, too.
            return ()
        pins = published.pins if published else ()
        return [pin for pin in pins if pin.asset_id and pin.status == "open"]
