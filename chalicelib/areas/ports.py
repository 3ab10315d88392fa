"""What my area needs from outside."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from chalicelib.areas.model import RoadWork, WardDocument
from chalicelib.catalogue.model import Council
from chalicelib.geo.point import Point
from chalicelib.geo.ward import Ward


class Places(Protocol):
    """What was published of places. Every method but `roadworks` raises UpstreamFailed."""

    def wards(self) -> Sequence[Ward]:
        """The wards of today; none where none were published."""

    def roadworks(self) -> Sequence[RoadWork]:
        """Road works; none where none were published or they cannot be read. Never raises."""

    def postcode(self, text: str) -> Point | None:
        """Where the postcode is, None where it is not known."""

    def document(self, ward_code: str) -> WardDocument | None:
        """The ward's document as it is published, None where there is none."""


@dataclass(frozen=True)
class Ports:
    """Everything that my area reaches outside for. `nearest` gives the nearest facility of each
    kind; `today` is the council's own day."""

    places: Places
    council: Council
    nearest: Callable[[Point], Mapping[str, Any]]
    today: Callable[[], date]
