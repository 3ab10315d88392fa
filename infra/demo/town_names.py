"""Invented names for the town's streets, places, parks and water."""

from collections.abc import Iterator
from itertools import islice
from random import Random


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FIRST = _words(
    "Aldith Amber Ash Barley Beck Bell Birk Black Brack Bram Brier Broad Burn Carr Chalk Cold "
    "Cope Cran Dale Dun East Eller Elm Esk Fair Fen Fern Finch Fleet Ford Fox Garth Gorse Grim "
    "Hag Hallow Harrow Hart Hawk Hazel Heron High Holl Hurst Ing Kel Kirk Lang Lark Lin Low Maple "
    "Mar Mill Moor Nether North Oak Ot Over Penn Pick Quarr Rams Raven Red Rook Rush Sand Scar "
    "Skel South Spen Stan Swale Swin Tan Thorn Under Wain Wether Whin White Willow Wind Wither "
    "Wool Wren Yar"
)
SECOND = _words(
    "acre bank beck borough bridge brook by combe cote croft dale field ford garth gill ham "
    "holme hurst ing keld land leigh ley low mere moor ridge shaw side stead thorpe thwaite ton "
    "well wick wold worth"
)
TRADES = _words(
    "Baxter Candle Carter Chandler Clog Cobble Cordwain Dial Feather Fletch Glover Hemp Hosier "
    "Lantern Lorimer Malt Oatmeal Pewter Pinder Plaster Quill Rope Saddle Salt Scriven Smock "
    "Spindle Tallow Tenter Thimble Thread Tinder Tun Turner Wax Weaver Webster Wheel Whistle "
    "Wimple Woad Yarn"
)
SUFFIXES = {
    "core": ("Gate", "Row", "Lane", "Street", "Lane", "Street", "Hill", "Side"),
    "yard": ("Yard", "Court", "Passage", "Fold", "Row"),
    "collector": ("Road", "Road", "Avenue", "Street", "Lane", "Way"),
    "street": ("Street", "Road", "Avenue", "Drive", "Grove", "Terrace", "Row", "Lane"),
    "bend": ("Crescent", "Crescent", "Drive", "Rise"),
    "close": ("Close", "Close", "Court", "Garth", "Mews", "Croft"),
    "ginnel": ("Ginnel", "Ginnel", "Snicket"),
    "walk": ("Walk", "Path"),
    "river": ("Staith", "Riverside"),
    "ring": ("Way",),
    "inner": ("Walls",),
    "gate": ("Gate",),
    "lane": ("Lane",),
    "bridge": ("Bridge",),
    "wood": ("Wood", "Plantation", "Copse"),
    "park": ("Park", "Green", "Gardens", "Common"),
}
OLD_TOWN = ("core", "yard", "inner", "gate")  # named after trades, other streets after places


class Names:
    """Hands out names; none twice."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._used: set[str] = set()
        self._compounds = _endless(rng, _compounds())
        self._trades = _endless(rng, list(TRADES))

    def place(self) -> str:
        return self._first_free(self._compounds, "")

    def take(self, role: str) -> str:
        if role in OLD_TOWN:
            for stem in islice(self._trades, len(TRADES)):
                name = f"{stem} {self._rng.choice(SUFFIXES[role])}"
                if name not in self._used:
                    return self.reserve(name)
        return self._first_free(self._compounds, " " + self._rng.choice(SUFFIXES[role]))

    def reserve(self, name: str) -> str:
        self._used.add(name)
        return name

    def _first_free(self, stems: Iterator[str], suffix: str) -> str:
        name = next(n for n in (stem + suffix for stem in stems) if n not in self._used)
        return self.reserve(name)


def _compounds() -> list[str]:
    """Every first with every second part that reads well, without tripled or doubled letters."""
    return [
        first + second
        for first in FIRST
        for second in SECOND
        if first[-1] != second[0] and first.lower() != second and first.lower()[-2:] != second[:2]
    ]


def _endless(rng: Random, stems: list[str]) -> Iterator[str]:
    """The stems in a random order, again and again (the suffix then tells them apart)."""
    while True:
        rng.shuffle(stems)
        yield from stems
