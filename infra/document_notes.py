"""Notes on what ends, or may have been forgotten, in a council's document and the dates of its
collections: nothing is wrong yet, and no page says it."""

from collections.abc import Iterator
from datetime import date, timedelta

from chalicelib.catalogue.bank_holidays import read_bank_holidays
from chalicelib.catalogue.model import Council
from chalicelib.collections.model import Rounds

YEAR = timedelta(days=365)
MONTH = timedelta(days=30)


def document_notes(council: Council, today: date) -> Iterator[str]:
    """A sentence for each part: its place and what to do. Seasons return each year, and a list of
    prices holds until another begins, so neither ends."""
    yield from _holiday_notes(council, today)
    yield from _price_notes(council, today)


def _holiday_notes(council: Council, today: date) -> Iterator[str]:
    last = date(read_bank_holidays().last_year, 12, 31)
    if council.bank_holidays and last - today <= YEAR:
        yield (
            f"`$.bank_holidays`: they are known until {last}; run `python -m infra "
            f"bake-bank-holidays --last {last.year + 20}` and deploy"
        )


def _price_notes(council: Council, today: date) -> Iterator[str]:
    for at, service in enumerate(council.services):
        begun = [each.begins for each in service.price.lists] if service.price else []
        if begun and today - max(begun) > YEAR:
            yield (
                f"`$.services[{at}].price.lists`: {service.service_code} costs what it did on "
                f"{max(begun)}; add a list if its price has changed"
            )


def round_notes(rounds: Rounds, today: date) -> Iterator[str]:
    """A sentence if the dates of collections end within a month."""
    if rounds.known_until - today <= MONTH:
        yield (
            f"collections: their dates are known until {rounds.known_until}; import the next ones "
            "with `python -m infra import-rounds`"
        )
