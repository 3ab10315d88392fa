"""The published document of postcodes: by sector, which keeps it small.

A sector is a postcode without its last two letters: `ZZ1 1` of `ZZ1 1AA`. Source: Code-Point Open
of the Ordnance Survey, which `import-postcodes` reads.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice
from typing import NamedTuple

import msgspec

from chalicelib.geo.point import Point
from chalicelib.geo.postcode import compact_postcode, full_postcode

POSTCODES = "data/postcodes.json"
"""The key of the published document of postcodes."""
UNIT_LENGTH = 2
LOOKS_LIKE_ONE = re.compile(r"(?=.*[0-9])[a-z][a-z0-9]{1,6}")
_MISTAKEN = str.maketrans("oil", "011")
"""Letters that people confuse with digits, and vice versa."""

Unit = tuple[str, float, float]
"""The last two letters, lat and long."""


class Postcode(NamedTuple):
    """A postcode as written, with its space, and the middle of its addresses."""

    label: str
    point: Point


class Postcodes(msgspec.Struct, frozen=True, dict=True):
    """The published document. Sectors are sorted by length and then by text, units by their
    letters: the order in which a search shows them."""

    sectors: dict[str, tuple[Unit, ...]] = {}
    attribution: str = ""

    def with_prefix(self, compact: str, most: int) -> list[Postcode]:
        """The first postcodes with that prefix, up to that number; `compact` is in lower case and
        without spaces."""
        if not looks_like_postcode(compact):
            return []
        return list(islice(self._units_with_prefix(compact.translate(_MISTAKEN)), most))

    def find(self, text: str) -> Postcode | None:
        """The postcode that the text states in full."""
        compact = compact_postcode(full_postcode(text) or text).lower()
        first = next(iter(self.with_prefix(compact, 1)), None)
        return first if first and len(_compact(first.label)) == len(compact) else None

    @cached_property
    def _compact_sectors(self) -> list[tuple[str, str]]:
        return [(_compact(sector), sector) for sector in self.sectors]

    def _units_with_prefix(self, wanted: str) -> Iterator[Postcode]:
        for compact, sector in self._compact_sectors:
            if compact.startswith(wanted) or wanted.startswith(compact):
                for unit, lat, long in self.sectors[sector]:
                    if (compact + _compact(unit)).startswith(wanted):
                        yield Postcode(sector + unit, Point(lat=lat, long=long))


def looks_like_postcode(compact: str) -> bool:
    """True if it may be a postcode, or the beginning of one with a digit in it."""
    return LOOKS_LIKE_ONE.fullmatch(compact) is not None


def postcodes_document(found: Iterable[Postcode], attribution: str) -> Postcodes:
    """The document with these postcodes."""
    sectors: dict[str, list[Unit]] = {}
    for label, point in sorted(found, key=lambda each: (len(each.label), each.label)):
        unit = (label[-UNIT_LENGTH:], round(point.lat, 5), round(point.long, 5))
        sectors.setdefault(label[:-UNIT_LENGTH], []).append(unit)
    return Postcodes({sector: tuple(units) for sector, units in sectors.items()}, attribution)


def _compact(label: str) -> str:
    return label.replace(" ", "").lower().translate(_MISTAKEN)
