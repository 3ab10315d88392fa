"""What a service costs, as the council's document says it. All amounts are in pence."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, NamedTuple

from msgspec import Meta

from chalicelib.catalogue.words import Code, ShortText, Strict

Pence = Annotated[int, Meta(ge=0, le=10_000_000)]
SMALLEST_PENCE = 30
Payable = Annotated[int, Meta(ge=SMALLEST_PENCE, le=10_000_000)]
"""An amount that can be paid by card, 30p to £100,000. Source: GOV.UK Pay, "Payment amounts"."""


class Item(Strict, frozen=True, kw_only=True):
    """A thing that can be ordered. `units`: how many units of the calendar each of it takes."""

    code: Code
    name: ShortText
    units: Annotated[int, Meta(ge=1, le=100)] = 1


class ItemPrice(Strict, frozen=True, kw_only=True):
    """The price of the first one of an item, and of each further one if that differs."""

    first_pence: Pence
    further_pence: Pence | None = None

    def price_for(self, count: int) -> int:
        """The price of that many, in pence."""
        further = self.first_pence if self.further_pence is None else self.further_pence
        return self.first_pence + further * (count - 1)


class Offer(NamedTuple):
    """An item that can be ordered now, what it costs if it has a price of its own, and how many of
    it an order may have. `days`: the first and the last day that it pays for, if it pays for a
    time."""

    item: Item
    price: ItemPrice | None
    most: int
    days: tuple[date, date] | None = None


class Band(Strict, frozen=True, kw_only=True):
    """The price of a whole order of at most `up_to` items."""

    up_to: Annotated[int, Meta(ge=1, le=100)]
    amount_pence: Pence


class PriceList(Strict, frozen=True, kw_only=True):
    """The prices from the day `begins` on, until another list begins.

    It gives the price in one of four ways: `items`, each with its own price; `bands`, by the number
    of all items; `answers`, by the answer to the question that the price names; or `fixed_pence`.
    An order costs at least `minimum_pence`. `admin_fee_pence` is added to each order. All amounts
    include VAT of `vat_percent`.
    """

    begins: date
    items: Mapping[Code, ItemPrice] = {}
    bands: tuple[Band, ...] = ()
    answers: Mapping[Code, Pence] = {}
    fixed_pence: Pence | None = None
    minimum_pence: Pence = 0
    admin_fee_pence: Pence = 0
    vat_percent: Annotated[int, Meta(ge=0, le=100)] = 0


class TypedAmount(Strict, frozen=True, kw_only=True):
    """The smallest and the largest amount that the payer of a bill may type."""

    smallest_pence: Payable = 100
    largest_pence: Payable = 10_000_000


class Price(Strict, frozen=True, kw_only=True):
    """The price of a service: `lists` of the council, or an amount that the payer `typed`.

    `items` can be ordered, at most `most_items` together. `question` is the one whose answer
    decides the price. `free_a_year`: how many orders in a year are free. `concession_percent`: the
    reduction for people with a concession.
    """

    items: tuple[Item, ...] = ()
    most_items: Annotated[int, Meta(ge=1, le=100)] = 10
    question: Code | None = None
    lists: tuple[PriceList, ...] = ()
    typed: TypedAmount | None = None
    free_a_year: Annotated[int, Meta(ge=0, le=52)] = 0
    concession_percent: Annotated[int, Meta(ge=0, le=100)] = 0

    def list_on(self, day: date) -> PriceList | None:
        """The price list of that day; None before the first one begins."""
        begun = [each for each in self.lists if each.begins <= day]
        return max(begun, key=lambda each: each.begins, default=None)

    def offers_on(self, day: date) -> tuple[Offer, ...]:
        """Everything that can be ordered on that day."""
        prices = self.list_on(day)
        own = prices.items if prices else {}
        return tuple(Offer(each, own.get(each.code), self.most_items) for each in self.items)
