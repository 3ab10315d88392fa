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


@dataclass(frozen=True)
class Ports:
    """Everything that facilities reach outside for; `holidays` are bank holidays."""

    facilities: Facilities
    open_reports: Callable[[Collection[Tile], str], Mapping[str, str]]
    now: Callable[[], datetime]
    zone: ZoneInfo
    holidays: Collection[date]
