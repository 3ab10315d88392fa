"""What the gazetteer needs from outside."""

from dataclasses import dataclass
from typing import Protocol

from chalicelib.gazetteer.model import Gazetteer


class Places(Protocol):
    """Where the council's places are kept."""

    def gazetteer(self) -> Gazetteer:
        """All of them; none where none were published. Raises UpstreamFailed."""


@dataclass(frozen=True)
class Ports:
    """Everything that a search reaches outside for."""

    places: Places
