"""The dependencies of the gazetteer."""

from collections.abc import Callable

from msgspec import Struct

from chalicelib.gazetteer.model import Gazetteer
from chalicelib.geo.place import Place


def find_nothing(typed: str) -> list[Place]:
    """Finds no places: the default where a council has no geocoder."""
    return []


class Ports(Struct, frozen=True):
    """The dependencies of a search. `gazetteer` gives the council's published places, or raises
    UpstreamFailed. `geocode` gives places of the council that a text may mean; none if the geocoder
    knows none, or does not answer in time."""

    gazetteer: Callable[[], Gazetteer]
    geocode: Callable[[str], list[Place]] = find_nothing
