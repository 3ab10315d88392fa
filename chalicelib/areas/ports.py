"""The dependencies of my area."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from msgspec import Struct

from chalicelib.areas.model import RoadWork, WardDocument
from chalicelib.catalogue.model import Council
from chalicelib.geo.point import Point
from chalicelib.geo.ward import Ward


class Places(Protocol):
    """Published data about places. Every method except `roadworks` raises UpstreamFailed."""

    def wards(self) -> Sequence[Ward]:
        """Today's wards; empty if none are published."""

    def roadworks(self) -> Sequence[RoadWork]:
        """Road works; empty if none are published or they cannot be read. Never raises."""

    def postcode(self, text: str) -> Point | None:
        """The location of the postcode; None if it is not known."""

    def document(self, ward_code: str) -> WardDocument | None:
        """The ward's published document; None if there is none."""


class Ports(Struct, frozen=True):
    """The dependencies of the use cases. `nearest` gives the nearest facility of each kind to a
    place; `today` is the date in the council's time zone."""

    places: Places
    council: Council
    nearest: Callable[[Point], Mapping[str, Any]]
    today: Callable[[], date]
