"""What a service costs, in a few words for a list of services."""

from collections.abc import Iterator
from datetime import date, timedelta

from chalicelib.catalogue.price_lists import Price, PriceList
from chalicelib.kernel.languages import Language
from chalicelib.kernel.money import format_pounds


def price_words(price: Price | None, on: date, language: Language) -> list[str]:
    """The prices from that day on, a sentence for each price list, with its dates if there are
    several. Empty for a bill, whose payer types the amount."""
    if price is None:
        return [language.say("Free")]
    lists = sorted(price.lists, key=lambda each: each.begins)
    current = price.list_on(on)
    coming = [each for each in lists if each.begins > on]
    return list(_with_dates([current, *coming] if current else coming, on, language))


def _with_dates(lists: list[PriceList], on: date, language: Language) -> Iterator[str]:
    for at, prices in enumerate(lists):
        words = _words(prices, language)
        if prices.begins > on:
            day = language.day(prices.begins)
            yield language.say("From {day}: {price}", day=day, price=words)
        elif at + 1 < len(lists):
            last = language.day(lists[at + 1].begins - timedelta(days=1))
            yield language.say("Until {day}: {price}", day=last, price=words)
        else:
            yield words


def _words(prices: PriceList, language: Language) -> str:
    amounts = sorted({*_amounts(prices)})
    words = format_pounds(amounts[0])
    if len(amounts) > 1:
        words = language.say("{least} to {most}", least=words, most=format_pounds(amounts[-1]))
    if prices.items:
        words = language.say("{price} for each item", price=words)
    if prices.admin_fee_pence:
        fee = format_pounds(prices.admin_fee_pence)
        words = language.say("{price}, and an administration fee of {fee}", price=words, fee=fee)
    return words


def _amounts(prices: PriceList) -> Iterator[int]:
    yield from (each.first_pence for each in prices.items.values())
    yield from (each.amount_pence for each in prices.bands)
    yield from prices.answers.values()
    if prices.fixed_pence is not None:
        yield prices.fixed_pence
