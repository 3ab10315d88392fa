"""Searches the gazetteer."""

import re
from heapq import nsmallest

from chalicelib.errors import Invalid
from chalicelib.gazetteer.model import Gazetteer, Known, Match, Words
from chalicelib.gazetteer.ports import Ports
from chalicelib.gazetteer.postcodes import Postcode
from chalicelib.geo.place import Place
from chalicelib.kernel import spelling

MOST_FOUND = 20
LONGEST_QUERY = 100
MOST_WORDS = 8
_KINDS = ("place", "street", "postcode")
_HOUSE_NUMBER = re.compile(r"^\d+[a-z]?[\s,]+(?=\S)", re.IGNORECASE | re.ASCII)

Found = tuple[int, Place]
"""How well a place matches, the lower the better, and the place."""


def find(q: str | None, ports: Ports) -> list[Place]:
    """The places that match typed text, best first; if the council's own list has none, those of
    the geocoder if there is one. Raises Invalid."""
    typed = (q or "").strip()
    if not 1 <= len(typed) <= LONGEST_QUERY:
        raise Invalid.field(
            "q", f"enter a postcode, street or place of at most {LONGEST_QUERY} characters"
        )
    return search(typed, ports.gazetteer()) or ports.geocode(typed)


def search(q: str, places: Gazetteer) -> list[Place]:
    """The best matches of `q`, at most 20: exact names, labels that begin with it, places with all
    the words, labels that contain it; if there are none, similar spellings. A house number before
    the words is ignored; more than eight words match nothing. O(places)."""
    typed = Words(_HOUSE_NUMBER.sub("", q.strip()))
    # Folding can make a text longer than the typed one.
    if not 1 <= len(typed.plain) <= MOST_WORDS or len(typed.joined) > LONGEST_QUERY:
        return []
    found = _postcodes(typed, places) + _named(typed, places) or _nearly(typed, places)
    return [place for _, place in nsmallest(MOST_FOUND, found, key=_order)]


def _postcodes(typed: Words, places: Gazetteer) -> list[Found]:
    begin_so = places.postcodes.beginning(typed.compact, MOST_FOUND)
    length = len(typed.compact)
    return [
        (Match.EXACT if len(each.label) == length + 1 else Match.PREFIX, _place(each))
        for each in begin_so
    ]


def _named(typed: Words, places: Gazetteer) -> list[Found]:
    by_typed = [places.with_word(*word) for word in zip(typed.plain, typed.short, strict=True)]
    with_all = set.intersection(*by_typed)
    by_words = [(known.match(typed), known.place) for known in with_all]
    by_part = [
        (Match.PART, known.place)
        for known in places.known
        if typed.joined in known.words.joined and known not in with_all
    ]
    return [*by_words, *by_part]


def _nearly(typed: Words, places: Gazetteer) -> list[Found]:
    """The places with a similarly spelt word for each typed one; the fewer edits the better."""
    by_typed = [_near(*word, places) for word in zip(typed.plain, typed.short, strict=True)]
    first, *others = by_typed
    return [
        (Match.SPELT + sum(costs[known] for costs in by_typed), known.place)
        for known in first
        if all(known in costs for costs in others)
    ]


def _near(plain: str, short: str, places: Gazetteer) -> dict[Known, int]:
    """The places with a similar word, and the number of edits to the nearest one."""
    words = spelling.near(plain, places.by_word)
    words |= dict.fromkeys(places.by_short.get(short, ()), 0)
    costs: dict[Known, int] = {}
    for word, cost in words.items():
        for known in places.by_word[word]:
            costs[known] = min(cost, costs.get(known, cost))
    return costs


def _place(postcode: Postcode) -> Place:
    return Place(
        label=postcode.label, kind="postcode", lat=postcode.point.lat, long=postcode.point.long
    )


def _order(found: Found) -> tuple[int, int, int, str]:
    match, place = found
    return match, _KINDS.index(place.kind), len(place.label), place.label
