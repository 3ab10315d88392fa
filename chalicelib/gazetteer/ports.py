"""What the gazetteer needs from outside."""

from dataclasses import dataclass
from typing import Protocol

from chalicelib.gazetteer.model import Gazetteer, Place


class Places(Protocol):
    """Where the council's places are kept."""

    def gazetteer(self) -> Gazetteer:
        """All of them; none where none were published. Raises UpstreamFailed."""


class Geocoder(Protocol):
    """Somebody else who knows places."""

    def find(self, typed: str) -> list[Place]:
        """Places of the council that may be meant; none where it knows none, or does not answer
        in time."""


class NoGeocoder:
    """Where the council has chosen none."""

    def find(self, typed: str) -> list[Place]:
        return []


@dataclass(frozen=True)
class Ports:
    """Everything that a search reaches outside for."""

    places: Places
    elsewhere: Geocoder
