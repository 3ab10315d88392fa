"""Places and how well what was typed names one.

Words are compared without case, accents, apostrophes and punctuation; the usual short forms of
street names (St, Rd, Ave, Ln, …) and the long ones are alike, and so are St and Saint; the web
client is built with the same list.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import IntEnum
from functools import cached_property
from pathlib import Path
from typing import Literal

import msgspec

PLACES = "data/places.json"
"""Where the document of places is published, as a key."""

Kind = Literal["street", "place", "postcode"]

_SHORT: dict[str, str] = msgspec.json.decode(
    Path(__file__).with_name("short_forms.json").read_bytes()
)
_APOSTROPHES = str.maketrans(dict.fromkeys("'’‘ʼ`´", None) | {"&": " and "})


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Somewhere that has a name. A label is a name, or `name, locality` where the name alone
    would not tell it from another."""

    label: str
    kind: Kind
    lat: float
    long: float


class PlaceList(msgspec.Struct, frozen=True, kw_only=True):
    """Some places: the published document, and an answer to a search."""

    items: list[Place]
    next: str | None = None


class Match(IntEnum):
    """How what was typed names a place, best first."""

    EXACT = 0
    PREFIX = 1
    WORDS = 2
    PART = 3


class Words:
    """A text as it is compared: its words, and each in the short form that all spellings share."""

    def __init__(self, text: str) -> None:
        self.plain = tuple(folded(text))
        self.short = tuple(_SHORT.get(word, word) for word in self.plain)

    @cached_property
    def joined(self) -> str:
        return " ".join(self.plain)

    @cached_property
    def compact(self) -> str:
        return "".join(self.plain)


class Known:
    """A place, ready to be compared."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._words = Words(place.label)
        self._name_length = len(list(folded(place.label.partition(",")[0])))

    def match(self, typed: Words) -> Match | None:
        """How `typed` names this place, None where it does not."""
        if self.place.kind == "postcode":
            return self._match_postcode(typed)
        if typed.short in (self._words.short, self._words.short[: self._name_length]):
            return Match.EXACT
        if self._begins_with(typed):
            return Match.PREFIX
        count = range(len(typed.plain))
        if all(any(self._word_begins(at, typed, n) for at in self._places()) for n in count):
            return Match.WORDS
        return Match.PART if typed.joined in self._words.joined else None

    def _match_postcode(self, typed: Words) -> Match | None:
        """A postcode is known by its beginning, with or without its space."""
        if self._words.compact == typed.compact:
            return Match.EXACT
        return Match.PREFIX if self._words.compact.startswith(typed.compact) else None

    def _begins_with(self, typed: Words) -> bool:
        last = len(typed.plain) - 1
        return (
            last < len(self._words.plain)
            and self._words.short[:last] == typed.short[:last]
            and self._word_begins(last, typed, last)
        )

    def _places(self) -> range:
        return range(len(self._words.plain))

    def _word_begins(self, at: int, typed: Words, number: int) -> bool:
        return (
            self._words.plain[at].startswith(typed.plain[number])
            or self._words.short[at] == typed.short[number]
        )


class Gazetteer:
    """Every place of a council, made ready once and searched often."""

    def __init__(self, places: Iterable[Place] = ()) -> None:
        self.known: Sequence[Known] = [Known(place) for place in places]


def folded(text: str) -> Iterable[str]:
    """The words of a text: no case, accents, apostrophes or punctuation."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES))
    plain = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return re.findall(r"[^\W_]+", plain.casefold())
