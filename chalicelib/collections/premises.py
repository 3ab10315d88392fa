"""The premises whose waste the council collects, and the rounds that each is on.

They are stored in a private bucket, a whole set under a version of its own, and found by their id
and by their postcode. Nothing of them is published: a list of addresses is licensed,
and a premises without rounds says something about the people who live there.
"""

import re
from string import digits
from zlib import crc32

from msgspec import Struct

FOLDER = "premises/"
CURRENT = f"{FOLDER}current.json"
IN_A_PART = 1_600
"""About how many premises a document has."""
_NUMBERED = re.compile(r"[0-9]+[A-Za-z]?(?: ?[-/&] ?[0-9]+[A-Za-z]?)? +(.*[A-Za-z].*)")
_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})")


class Current(Struct, frozen=True, kw_only=True):
    """The version that is in use, in how many `parts` it is by id and by postcode, and the version
    before, which readers may still use for a minute."""

    version: str
    parts: int
    before: str | None = None


class Premises(Struct, frozen=True, kw_only=True):
    """One home or business. `premises_id` is its UPRN; `rounds` are the codes of its rounds, which
    name its `street` where they say that they did not reach it."""

    premises_id: str
    address: str
    postcode: str
    lat: float
    long: float
    rounds: tuple[str, ...]
    street: str = ""


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


def parts_for(number: int) -> int:
    """In how many parts a set of so many premises is stored."""
    return number // IN_A_PART + 1


def part_key(current: Current, premises_id: str) -> str:
    """The key of the document that has the premises."""
    return _key(current, "parts", premises_id)


def listing_key(current: Current, postcode: str) -> str:
    """The key of the document that lists the premises of the postcode."""
    return _key(current, "postcodes", postcode)


def _key(current: Current, kind: str, found_by: str) -> str:
    part = crc32(found_by.encode()) % current.parts
    return f"{FOLDER}{current.version}/{kind}/{part:03}.json"


def round_key(current: Current, round_code: str) -> str:
    """The key of the document that lists the streets of the round."""
    return f"{FOLDER}{current.version}/rounds/{round_code}.json"


def street_of(address: str) -> str:
    """The street in an address without its town: what follows the house number, or else its last
    part."""
    parts = [part.strip() for part in address.split(",")]
    numbered = (found[1] for part in parts if (found := _NUMBERED.fullmatch(part)))
    named = (part for part in reversed(parts) if part.strip(f" {digits}"))
    return next(numbered, next(named, address))


def whole_postcode(text: str) -> str | None:
    """The postcode in its usual form, in any case and with or without its space; None if the text
    is no postcode."""
    found = _POSTCODE.fullmatch("".join(text.split()).upper())
    return " ".join(found.groups()) if found else None


def in_order(address: str) -> tuple[tuple[bool, int, str], ...]:
    """The order of addresses: numbers by value, so that 2 comes before 10, and before words."""
    parts = re.findall("[0-9]+|[^0-9]+", address.casefold())
    return tuple((False, int(part), "") if part[0] in digits else (True, 0, part) for part in parts)
