"""What the forms need from outside: the council's rules, places, reports and photos."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chalicelib.catalogue.model import Council
from chalicelib.errors import FieldError
from chalicelib.geo.place import Place
from chalicelib.geo.point import Point
from chalicelib.kernel.posted_form import Upload


@dataclass(frozen=True)
class Neighbour:
    """An open report close to the place."""

    service_request_id: str
    title: str
    state: str
    state_label: str
    since: str
    distance_m: int
    url: str


class Siblings(Protocol):
    """What the forms do through the other slices."""

    def places(self, q: str) -> Sequence[Place]:
        """The places that may be meant, best first. Raises Invalid."""

    def outside(self, point: Point) -> str | None:
        """Whose a place is that is within the council's bounds, and not the council's; None where
        it is the council's, as far as that is known."""

    def neighbours(self, service_code: str, point: Point) -> Sequence[Neighbour]:
        """Open reports of that service close to the place, nearest first."""

    def faults(self, body: Mapping[str, Any]) -> Sequence[FieldError]:
        """What the rules of a report find wrong with what is known of it so far."""

    def take_photo(self, key: str, held: Sequence[str], upload: Upload) -> str:
        """Keeps a photo for the report of that key, which has those of `held` already. Answers
        its id. Raises Invalid."""


@dataclass(frozen=True)
class Ports:
    """Everything that the way through the forms reaches outside for."""

    council: Council
    siblings: Siblings
