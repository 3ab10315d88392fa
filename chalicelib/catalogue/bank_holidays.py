"""Bank holidays, stored in bank_holidays.json by `python -m infra bake-bank-holidays`.

Source: the PyPI package `holidays`, which costs some 300 ms to import: too much for a request.
"""

from datetime import date
from functools import cache
from pathlib import Path

import msgspec

BANK_HOLIDAYS_FILE = Path(__file__).parent / "bank_holidays.json"


class BankHolidays(msgspec.Struct, frozen=True):
    """Each region's bank holidays, for whole years from `first_year` to `last_year`."""

    source: str
    first_year: int
    last_year: int
    regions: dict[str, tuple[date, ...]]


@cache
def read_bank_holidays() -> BankHolidays:
    """The whole file."""
    return msgspec.json.decode(BANK_HOLIDAYS_FILE.read_bytes(), type=BankHolidays)


def bank_holidays(region: str) -> frozenset[date]:
    """The region's bank holidays. Raises KeyError if the file does not have the region."""
    return frozenset(read_bank_holidays().regions[region])
