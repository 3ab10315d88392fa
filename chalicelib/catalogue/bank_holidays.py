"""Bank holidays, stored in bank_holidays.json by `python -m infra bake-bank-holidays`.

Source: the PyPI package `holidays`, which costs some 300 ms to import: too much for a request.
"""

from datetime import date
from functools import cache
from pathlib import Path

import msgspec

BAKED = Path(__file__).parent / "bank_holidays.json"


class Baked(msgspec.Struct, frozen=True):
    """Each region's bank holidays, for whole years from `first_year` to `last_year`."""

    source: str
    first_year: int
    last_year: int
    regions: dict[str, tuple[date, ...]]


@cache
def baked() -> Baked:
    """The whole file."""
    return msgspec.json.decode(BAKED.read_bytes(), type=Baked)


def bank_holidays(region: str) -> frozenset[date]:
    """The region's bank holidays. Raises KeyError if the file does not have the region."""
    return frozenset(baked().regions[region])
