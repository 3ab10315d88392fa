"""What facilities need from outside."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from chalicelib.facilities.model import KindEntry, Known
from chalicelib.geo.quadkey import Tile


class Facilities(Protocol):
    """Where the council's facilities are kept. Every method raises UpstreamFailed."""

    def kinds(self) -> tuple[KindEntry, ...]:
        """Those of which there are facilities; none where none were published."""

    def known(self, kind: str) -> Known | None:
        """All of a kind, None where none were published."""


class OpenReports(Protocol):
    """The open reports that everybody may see."""

    def about_assets(self, tiles: Collection[Tile], service_code: str) -> Mapping[str, str]:
        """Those in these tiles of the map that are about an asset: asset_id →
        service_request_id. A tile that cannot be read has none."""


@dataclass(frozen=True)
class Ports:
    """Everything that facilities reach outside for; `holidays` are bank holidays."""

    facilities: Facilities
    open_reports: OpenReports
    now: Callable[[], datetime]
    zone: ZoneInfo
    holidays: Collection[date]
