"""The premises whose waste the council collects, and the rounds that each is on.

They are stored in a private bucket, a whole set under a version of its own, and found by their id
and by the sector of their postcode. Nothing of them is published: a list of addresses is licensed,
and a premises without rounds says something about the people who live there.
"""

import re
from string import digits
from zlib import crc32

from msgspec import Struct

FOLDER = "premises/"
CURRENT = f"{FOLDER}current.json"
PARTS = 256
"""The number of documents by id: 1,600 premises in each for a city of 400,000."""
UNIT_LENGTH = 2
"""A sector is a postcode without its last letters: `ZZ1 1` of `ZZ1 1AA`."""
_POSTCODE = re.compile(r"([A-Z]{1,2}[0-9][A-Z0-9]?)([0-9][A-Z]{2})")


class Current(Struct, frozen=True, kw_only=True):
    """The version that is in use, and the one before, which readers may still use for a minute."""

    version: str
    before: str | None = None


class Premises(Struct, frozen=True, kw_only=True):
    """One home or business. `premises_id` is its UPRN; `rounds` are the codes of its rounds."""

    premises_id: str
    address: str
    postcode: str
    lat: float
    long: float
    rounds: tuple[str, ...]


class ListedPremises(Struct, frozen=True, kw_only=True):
    """One premises in the list of a postcode."""

    premises_id: str
    address: str


Part = dict[str, Premises]
"""Premises by id."""
Sector = dict[str, tuple[ListedPremises, ...]]
"""The premises of each postcode, in the order of their addresses."""


def part_key(version: str, premises_id: str) -> str:
    """The key of the document that has the premises."""
    return f"{FOLDER}{version}/parts/{crc32(premises_id.encode()) % PARTS:03}.json"


def sector_key(version: str, postcode: str) -> str:
    """The key of the document that lists the premises of the postcode."""
    sector = postcode[:-UNIT_LENGTH].replace(" ", "-").lower()
    return f"{FOLDER}{version}/sectors/{sector}.json"


def whole_postcode(text: str) -> str | None:
    """The postcode in its usual form, in any case and with or without its space; None if the text
    is no postcode."""
    found = _POSTCODE.fullmatch("".join(text.split()).upper())
    return " ".join(found.groups()) if found else None


def in_order(address: str) -> tuple[tuple[bool, int, str], ...]:
    """The order of addresses: numbers by value, so that 2 comes before 10, and before words."""
    parts = re.findall("[0-9]+|[^0-9]+", address.casefold())
    return tuple((False, int(part), "") if part[0] in digits else (True, 0, part) for part in parts)
