"""The premises whose waste the council collects, and the rounds that each is on.

They are stored in a private bucket, each import under a new version, and are found by id and by
postcode. Nothing of them is published: address lists are licensed, and the lack of a round can say
something about the people who live at the premises.
"""

import re
from collections.abc import Iterable, Mapping
from string import digits
from zlib import crc32

from msgspec import Struct, field

from chalicelib.collections.model import Period, Round, within_periods

FOLDER = "premises/"
CURRENT = f"{FOLDER}current.json"
PREMISES_A_PART = 1_600
"""The approximate number of premises in a document."""
_NUMBERED_ADDRESS = re.compile(r"[0-9]+[A-Za-z]?(?: ?[-/&] ?[0-9]+[A-Za-z]?)? +(.*[A-Za-z].*)")


class CurrentVersion(Struct, frozen=True, kw_only=True):
    """The version in use, the number of its `parts` by id and by postcode, and the version before
    it, which readers may still use for a minute."""

    version: str
    parts: int
    before: str | None = None


class Premises(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One home or business. `premises_id` is its UPRN; `rounds` are the codes of its rounds. Crews
    name `street` when they did not reach it. `only_within` has the rounds that collect here in some
    periods only; it is never stored. The collections are those of `rounds_at`."""

    premises_id: str
    address: str
    postcode: str
    lat: float
    long: float
    rounds: tuple[str, ...]
    street: str = ""
    only_within: Mapping[str, tuple[Period, ...]] = field(default_factory=dict)

    def rounds_at(self, published: Iterable[Round]) -> list[Round]:
        """The published rounds of the premises, each with its collections at the premises."""
        return [
            within_periods(each, self.only_within[each.round])
            if each.round in self.only_within
            else each
            for each in published
            if each.round in self.rounds
        ]


class ListedPremises(Struct, frozen=True, kw_only=True):
    """One premises in the list of a postcode or street."""

    premises_id: str
    address: str


class RoundStreet(Struct, frozen=True, kw_only=True):
    """A street of a round, and its premises that are on the round, in the order of their
    addresses."""

    street: str
    premises: tuple[ListedPremises, ...]


Part = dict[str, Premises]
"""Premises by id."""
Listing = dict[str, tuple[ListedPremises, ...]]
"""The premises of each postcode, in the order of their addresses."""
RoundStreets = tuple[RoundStreet, ...]
"""The streets of a round, by name."""


def part_count(number: int) -> int:
    """The number of documents in which so many premises are stored."""
    return number // PREMISES_A_PART + 1


def part_key(current: CurrentVersion, premises_id: str) -> str:
    """The key of the document that has the premises."""
    return _key(current, "parts", premises_id)


def listing_key(current: CurrentVersion, postcode: str) -> str:
    """The key of the document that lists the premises of the postcode."""
    return _key(current, "postcodes", postcode)


def _key(current: CurrentVersion, kind: str, found_by: str) -> str:
    part = crc32(found_by.encode()) % current.parts
    return f"{FOLDER}{current.version}/{kind}/{part:03}.json"


def round_key(current: CurrentVersion, round_code: str) -> str:
    """The key of the document that lists the streets of the round."""
    return f"{FOLDER}{current.version}/rounds/{round_code}.json"


def street_of(address: str) -> str:
    """The street in an address without its town: the part after a house number, or else the last
    part with letters."""
    parts = [part.strip() for part in address.split(",")]
    numbered = (found[1] for part in parts if (found := _NUMBERED_ADDRESS.fullmatch(part)))
    named = (part for part in reversed(parts) if part.strip(f" {digits}"))
    return next(numbered, next(named, address))


def address_sort_key(address: str) -> tuple[tuple[bool, int, str], ...]:
    """The sort key of an address: numbers by value, so that 2 comes before 10, and before words."""
    parts = re.findall("[0-9]+|[^0-9]+", address.casefold())
    return tuple((False, int(part), "") if part[0] in digits else (True, 0, part) for part in parts)
