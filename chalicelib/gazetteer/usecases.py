"""Searches the gazetteer."""

import re
from collections.abc import Callable, Mapping, Sequence
from heapq import nsmallest

from chalicelib.errors import Invalid
from chalicelib.gazetteer.model import Gazetteer, IndexedPlace, Match, SearchText
from chalicelib.gazetteer.ports import Ports
from chalicelib.gazetteer.postcodes import Postcode
from chalicelib.geo.place import Place
from chalicelib.kernel import spelling
from chalicelib.kernel.spelling import fold_words
from chalicelib.texts import Text

MAX_RESULTS = 20
LONGEST_QUERY = 100
MOST_WORDS, MOST_PARTS = 8, 5
"""Further words, and parts after commas, are ignored."""
SAME_PLACE = 0.005
"""In degrees: a facility this near a landmark of its name is the landmark, such as a park."""
_KINDS = ("place", "street", "road", "landmark", "facility", "postcode")
WITH_HOUSES = ("place", "street")
"""A house number may be part of an address with such a name."""
_FLAT = r"(?:(?:flat|apartment|apt)\.? *[0-9a-z]+[ ,]+)?"
_NUMBER = r"(?:(?:no|number)\b\.? *)?[0-9]+[a-z]?(?: ?[-–/] ?[0-9]+[a-z]?)?"
_NUMBER_BEFORE = re.compile(rf"^{_FLAT}{_NUMBER}[ ,]+(?=[^ ,])", re.IGNORECASE | re.ASCII)
_NUMBER_AFTER = re.compile(rf"^([^,]*[^ ,])[ ,]+{_NUMBER} *(?=,|$)", re.IGNORECASE | re.ASCII)
_SPACED_ROAD = re.compile(r"\b([abm]) (?=[0-9]{1,4}\b)", re.IGNORECASE | re.ASCII)
_WITH_POSTCODE = re.compile(
    r"(.*[^ ,])[ ,]+([a-z]{1,2}[0-9][a-z0-9]? ?[0-9][a-z]{2})", re.IGNORECASE | re.ASCII
)

RankedPlace = tuple[int, Place]
"""How well a place matches, the lower the better, and the place."""
Ranks = Mapping[IndexedPlace, int]
"""How well places match, the lower the better."""


def find_places(q: str | None, ports: Ports) -> list[Place]:
    """The places that match typed text, best first; if the council's own list has none, those of
    the geocoder if there is one. Raises Invalid."""
    typed = (q or "").strip()
    if not 1 <= len(typed) <= LONGEST_QUERY:
        raise Invalid.field(
            "q",
            Text(
                "enter a postcode, street or place of at most {most} characters", most=LONGEST_QUERY
            ),
        )
    return search_places(typed, ports.gazetteer()) or ports.geocode(typed)


def search_places(q: str, places: Gazetteer) -> list[Place]:
    """The best matches of `q`, at most 20: exact names, labels that begin with it, places with all
    the words, labels that contain it; if there are none, similar spellings. A house number is
    ignored. If an address matches nothing, its last parts are left out one by one. O(places)."""
    q = ",".join(" ".join(q.split()).split(",")[:MOST_PARTS])
    address = _WITH_POSTCODE.fullmatch(q)
    if address and (postcode := places.postcodes.find(address[2])):
        return _sort_around(postcode, search_places(address[1], places))
    found = _search_once(q, places)
    shorter, comma, _ = q.rpartition(",")
    return search_places(shorter, places) if comma and not found else found


def _sort_around(postcode: Postcode, found: Sequence[Place]) -> list[Place]:
    """The found places, streets first and the nearest to the postcode first, and the postcode
    itself."""
    at = postcode.point
    near = [place for place in found if place.kind != "postcode"]
    near.sort(
        key=lambda each: (
            each.kind not in WITH_HOUSES,
            (each.lat - at.lat) ** 2 + (each.long - at.long) ** 2,
        )
    )
    return [*near, _place_of(postcode)][:MAX_RESULTS]


def _search_once(q: str, places: Gazetteer) -> list[Place]:
    text = _SPACED_ROAD.sub(r"\1", _NUMBER_BEFORE.sub("", q))
    typed, street = _search_text(text), _search_text(_NUMBER_AFTER.sub(r"\1", text))
    # Folding can make a text longer than the typed one.
    if not typed.plain or len(typed.with_spaces) > LONGEST_QUERY:
        return []
    found = [*_postcodes(typed, places), *_rank_matches(_match_words, typed, street, places)]
    found = found or _rank_matches(_match_spelling, typed, street, places)
    return _without_duplicates(
        [place for _, place in nsmallest(2 * MAX_RESULTS, found, key=_sort_key)]
    )


def _search_text(text: str) -> SearchText:
    return SearchText(" ".join(fold_words(text)[:MOST_WORDS]))


def _rank_matches(
    matches: Callable[[SearchText, Gazetteer], Ranks],
    typed: SearchText,
    street: SearchText,
    places: Gazetteer,
) -> list[RankedPlace]:
    """The matches of the typed words; streets and places also match without the house number that
    comes after them."""
    ranks = dict(matches(typed, places))
    if street.plain != typed.plain:
        for indexed, rank in matches(street, places).items():
            if indexed.place.kind in WITH_HOUSES:
                ranks[indexed] = min(rank, ranks.get(indexed, rank))
    return [(rank, indexed.place) for indexed, rank in ranks.items()]


def _without_duplicates(places: Sequence[Place]) -> list[Place]:
    """The first 20, without the facilities that are also landmarks."""
    landmarks = [place for place in places if place.kind == "landmark"]
    return [
        place
        for place in places
        if place.kind != "facility" or not any(_is_same(place, each) for each in landmarks)
    ][:MAX_RESULTS]


def _is_same(facility: Place, landmark: Place) -> bool:
    return (
        _name(facility) == _name(landmark)
        and abs(facility.lat - landmark.lat) < SAME_PLACE
        and abs(facility.long - landmark.long) < SAME_PLACE
    )


def _name(place: Place) -> str:
    return place.label.partition(",")[0]


def _postcodes(typed: SearchText, places: Gazetteer) -> list[RankedPlace]:
    begin_so = places.postcodes.with_prefix(typed.compact, MAX_RESULTS)
    length = len(typed.compact)
    return [
        (Match.EXACT if len(each.label) == length + 1 else Match.PREFIX, _place_of(each))
        for each in begin_so
    ]


def _match_words(typed: SearchText, places: Gazetteer) -> Ranks:
    by_typed = [
        places.places_with_word(*word) for word in zip(typed.plain, typed.short, strict=True)
    ]
    with_all = set.intersection(*by_typed)
    by_part = (each for each in places.indexed if typed.with_spaces in each.words.with_spaces)
    return dict.fromkeys(by_part, Match.PART) | {each: each.match(typed) for each in with_all}


def _match_spelling(typed: SearchText, places: Gazetteer) -> Ranks:
    """The places with a similarly spelt word for each typed one; the fewer edits the better."""
    by_typed = [
        _spelling_costs(*word, places) for word in zip(typed.plain, typed.short, strict=True)
    ]
    first, *others = by_typed
    return {
        place: Match.SPELT + sum(costs[place] for costs in by_typed)
        for place in first
        if all(place in costs for costs in others)
    }


def _spelling_costs(plain: str, short: str, places: Gazetteer) -> dict[IndexedPlace, int]:
    """The places with a similar word, and the number of edits to the nearest one."""
    words = spelling.find_similar(plain, places.by_word)
    words |= dict.fromkeys(places.by_short.get(short, ()), 0)
    costs: dict[IndexedPlace, int] = {}
    for word, cost in words.items():
        for place in places.by_word[word]:
            costs[place] = min(cost, costs.get(place, cost))
    return costs


def _place_of(postcode: Postcode) -> Place:
    return Place(
        label=postcode.label, kind="postcode", lat=postcode.point.lat, long=postcode.point.long
    )


def _sort_key(found: RankedPlace) -> tuple[int, int, int, str]:
    match, place = found
    return match, _KINDS.index(place.kind), len(place.label), place.label
