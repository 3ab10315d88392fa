"""What can be asked of the gazetteer."""

from heapq import nsmallest

from chalicelib.errors import Invalid
from chalicelib.gazetteer.model import Gazetteer, Match, Place, Words
from chalicelib.gazetteer.ports import Ports

MOST_FOUND = 20
LONGEST_QUERY = 100
_KINDS = ("place", "street", "postcode")


def find(q: str | None, ports: Ports) -> list[Place]:
    """The places that were meant by what was typed, best first. Raises Invalid."""
    typed = (q or "").strip()
    if not 1 <= len(typed) <= LONGEST_QUERY:
        raise Invalid.field(
            "q", f"type a postcode, a street or a place, at most {LONGEST_QUERY} characters"
        )
    return search(typed, ports.places.gazetteer())


def search(q: str, places: Gazetteer) -> list[Place]:
    """The best of the places that `q` may name, at most 20: those called exactly so, those whose
    label begins so, those with all the words, those that hold it anywhere. O(places)."""
    typed = Words(q)
    if not typed.plain:
        return []
    found = (
        (match, known.place) for known in places.known if (match := known.match(typed)) is not None
    )
    return [place for _, place in nsmallest(MOST_FOUND, found, key=_order)]


def _order(found: tuple[Match, Place]) -> tuple[int, int, int, str]:
    match, place = found
    return match, _KINDS.index(place.kind), len(place.label), place.label
