"""Searches the gazetteer."""

import re
from collections.abc import Callable, Mapping, Sequence
from heapq import nsmallest

from chalicelib.errors import Invalid
from chalicelib.gazetteer.model import Gazetteer, Known, Match, Words
from chalicelib.gazetteer.ports import Ports
from chalicelib.gazetteer.postcodes import Postcode
from chalicelib.geo.place import Place
from chalicelib.kernel import spelling
from chalicelib.kernel.spelling import folded
from chalicelib.texts import Text

MOST_FOUND = 20
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

Found = tuple[int, Place]
"""How well a place matches, the lower the better, and the place."""
Ranks = Mapping[Known, int]
"""How well places match, the lower the better."""


def find(q: str | None, ports: Ports) -> list[Place]:
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
    return search(typed, ports.gazetteer()) or ports.geocode(typed)


def search(q: str, places: Gazetteer) -> list[Place]:
    """The best matches of `q`, at most 20: exact names, labels that begin with it, places with all
    the words, labels that contain it; if there are none, similar spellings. A house number is
    ignored. If an address matches nothing, its last parts are left out one by one. O(places)."""
    q = ",".join(" ".join(q.split()).split(",")[:MOST_PARTS])
    address = _WITH_POSTCODE.fullmatch(q)
    if address and (postcode := places.postcodes.find(address[2])):
        return _around(postcode, search(address[1], places))
    found = _search(q, places)
    shorter, comma, _ = q.rpartition(",")
    return search(shorter, places) if comma and not found else found


def _around(postcode: Postcode, found: Sequence[Place]) -> list[Place]:
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
    return [*near, _place(postcode)][:MOST_FOUND]


def _search(q: str, places: Gazetteer) -> list[Place]:
    text = _SPACED_ROAD.sub(r"\1", _NUMBER_BEFORE.sub("", q))
    typed, street = _words(text), _words(_NUMBER_AFTER.sub(r"\1", text))
    # Folding can make a text longer than the typed one.
    if not typed.plain or len(typed.joined) > LONGEST_QUERY:
        return []
    found = [*_postcodes(typed, places), *_either(_named, typed, street, places)]
    found = found or _either(_nearly, typed, street, places)
    return _distinct([place for _, place in nsmallest(2 * MOST_FOUND, found, key=_order)])


def _words(text: str) -> Words:
    return Words(" ".join(folded(text)[:MOST_WORDS]))


def _either(
    matches: Callable[[Words, Gazetteer], Ranks], typed: Words, street: Words, places: Gazetteer
) -> list[Found]:
    """The matches of the typed words; streets and places also match without the house number that
    comes after them."""
    ranks = dict(matches(typed, places))
    if street.plain != typed.plain:
        for known, rank in matches(street, places).items():
            if known.place.kind in WITH_HOUSES:
                ranks[known] = min(rank, ranks.get(known, rank))
    return [(rank, known.place) for known, rank in ranks.items()]


def _distinct(places: Sequence[Place]) -> list[Place]:
    """The first 20, without the facilities that are also landmarks."""
    landmarks = [place for place in places if place.kind == "landmark"]
    return [
        place
        for place in places
        if place.kind != "facility" or not any(_is_same(place, each) for each in landmarks)
    ][:MOST_FOUND]


def _is_same(facility: Place, landmark: Place) -> bool:
    return (
        _name(facility) == _name(landmark)
        and abs(facility.lat - landmark.lat) < SAME_PLACE
        and abs(facility.long - landmark.long) < SAME_PLACE
    )


def _name(place: Place) -> str:
    return place.label.partition(",")[0]


def _postcodes(typed: Words, places: Gazetteer) -> list[Found]:
    begin_so = places.postcodes.beginning(typed.compact, MOST_FOUND)
    length = len(typed.compact)
    return [
        (Match.EXACT if len(each.label) == length + 1 else Match.PREFIX, _place(each))
        for each in begin_so
    ]


def _named(typed: Words, places: Gazetteer) -> Ranks:
    by_typed = [places.with_word(*word) for word in zip(typed.plain, typed.short, strict=True)]
    with_all = set.intersection(*by_typed)
    by_part = (known for known in places.known if typed.joined in known.words.joined)
    return dict.fromkeys(by_part, Match.PART) | {known: known.match(typed) for known in with_all}


def _nearly(typed: Words, places: Gazetteer) -> Ranks:
    """The places with a similarly spelt word for each typed one; the fewer edits the better."""
    by_typed = [_near(*word, places) for word in zip(typed.plain, typed.short, strict=True)]
    first, *others = by_typed
    return {
        known: Match.SPELT + sum(costs[known] for costs in by_typed)
        for known in first
        if all(known in costs for costs in others)
    }


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
