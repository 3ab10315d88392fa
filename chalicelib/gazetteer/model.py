"""Places, and how well typed text matches one; postcodes and the names of facilities have modules
of their own.

Words are compared without case, accents, apostrophes and punctuation; the usual short forms of
street names (St, Rd, Ave, Ln, …) and the long ones are equal, and so are St and Saint; the web
client is built with the same list.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from functools import cached_property
from pathlib import Path

import msgspec

from chalicelib.gazetteer.postcodes import Postcodes
from chalicelib.geo.place import Place
from chalicelib.kernel.spelling import WordIndex, fold_words

PLACES = "data/places.json"
"""The key of the published document of streets and places."""

_SHORT: dict[str, str] = msgspec.json.decode(
    Path(__file__).with_name("short_forms.json").read_bytes()
)


class PlaceList(msgspec.Struct, frozen=True, kw_only=True):
    """Places that match a search, or all places in the published document."""

    items: list[Place]
    next: str | None = None


class Match(IntEnum):
    """How typed text matches a place, best first."""

    EXACT = 0
    PREFIX = 1
    WORDS = 2
    PART = 3
    SPELT = 4


class SearchText:
    """A text prepared for comparison: its words, and the short form of each that all its spellings
    share."""

    def __init__(self, text: str) -> None:
        self.plain = tuple(fold_words(text))
        self.short = tuple(map(short_form, self.plain))

    @cached_property
    def with_spaces(self) -> str:
        return " ".join(self.plain)

    @cached_property
    def compact(self) -> str:
        return "".join(self.plain)


class IndexedPlace:
    """A place with a name, prepared for comparison."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.words = SearchText(place.label)

    @cached_property
    def _name_length(self) -> int:
        return len(fold_words(self.place.label.partition(",")[0]))

    def match(self, typed: SearchText) -> Match:
        """How `typed` matches this place; each of its words is known to match a word. The beginning
        of a facility's name counts no more than its other words: many are named after streets."""
        short = self.words.short
        if typed.short in (short, short[: self._name_length]):
            return Match.EXACT
        may_begin = self.place.kind != "facility" and self._begins_with(typed)
        return Match.PREFIX if may_begin else Match.WORDS

    def _begins_with(self, typed: SearchText) -> bool:
        last = len(typed.plain) - 1
        return (
            last < len(self.words.plain)
            and self.words.short[:last] == typed.short[:last]
            and (
                self.words.plain[last].startswith(typed.plain[last])
                or self.words.short[last] == typed.short[last]
            )
        )


def short_form(word: str) -> str:
    """The form that all spellings of a word share, such as `rd` for road."""
    return _SHORT.get(word, word)


class Gazetteer:
    """Every place of a council, prepared once for many searches."""

    def __init__(self, places: Iterable[Place] = (), postcodes: Postcodes | None = None) -> None:
        self.indexed: Sequence[IndexedPlace] = [IndexedPlace(place) for place in places]
        self.postcodes = postcodes or Postcodes()

    @cached_property
    def by_word(self) -> WordIndex[list[IndexedPlace]]:
        """The places by each word of their labels."""
        found: WordIndex[list[IndexedPlace]] = WordIndex()
        for place in self.indexed:
            for word in dict.fromkeys(place.words.plain):
                found.setdefault(word, []).append(place)
        return found

    @cached_property
    def by_short(self) -> Mapping[str, Sequence[str]]:
        """The words of all labels by the short form that they share."""
        found: dict[str, list[str]] = defaultdict(list)
        for word in self.by_word:
            found[short_form(word)].append(word)
        return dict(found)

    def places_with_word(self, plain: str, short: str) -> set[IndexedPlace]:
        """The places with a word that begins with `plain`, or is another form of it."""
        words = {*self.by_word.with_prefix(plain), *self.by_short.get(short, ())}
        return {place for word in words for place in self.by_word[word]}
