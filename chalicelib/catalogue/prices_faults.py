"""The mistakes that a council's document can have in the price of a service."""

from collections.abc import Iterator

from chalicelib.catalogue.model import Council
from chalicelib.catalogue.price_lists import SMALLEST_PENCE, Price, PriceList
from chalicelib.catalogue.prices import reduction
from chalicelib.catalogue.services import ServiceDefinition


def vat_faults(council: Council) -> Iterator[str]:
    """The fault of prices with VAT if receipts cannot name the council's VAT number."""
    prices = [each.price for each in council.services if each.price]
    if council.vat_number is None and any(each.vat_percent for one in prices for each in one.lists):
        yield "`$.vat_number`: a price has `vat_percent`; give the number that receipts name"


def price_faults(service: ServiceDefinition, price: Price, service_place: str) -> Iterator[str]:
    """The faults of a price, each with its place in the document; `service_place` is that of its
    service."""
    place = f"{service_place}.price"
    codes = [each.code for each in price.items]
    if len(set(codes)) < len(codes):
        yield f"{place}.items`: a code is used twice; rename one"
    if bool(price.lists) == bool(price.typed):
        yield f"{place}`: give either `lists` or `typed`"
    if price.free_a_year and service.needs != "premises":
        yield (
            f'{place}.free_a_year`: free orders are counted for an address; add "needs": "premises"'
        )
    yield from _typed_faults(price, place)
    yield from _question_faults(service, price, place)
    begins = [each.begins for each in price.lists]
    for at, prices in enumerate(price.lists):
        if prices.begins in begins[:at]:
            yield f"{place}.lists[{at}].begins`: another list begins on that day"
        yield from _list_faults(price, prices, f"{place}.lists[{at}]")


def _typed_faults(price: Price, place: str) -> Iterator[str]:
    if price.typed is None:
        return
    if price.items:
        yield f"{place}.items`: an amount that is typed is for no items; remove them"
    if price.typed.smallest_pence > price.typed.largest_pence:
        yield f"{place}.typed`: `smallest_pence` is more than `largest_pence`"


def _question_faults(service: ServiceDefinition, price: Price, place: str) -> Iterator[str]:
    """Faults if the answers that decide the price are not asked for, or have no price."""
    asked = {each.code: each for each in service.attributes}.get(price.question or "")
    if price.question is None:
        return
    if asked is None or not asked.required or asked.datatype != "singlevaluelist":
        yield f"{place}.question`: name a required question with one answer of a list"
        return
    keys = {each.key for each in asked.values}
    for at, prices in enumerate(price.lists):
        if prices.answers.keys() != keys:
            yield f"{place}.lists[{at}].answers`: give the price of each answer, and of no other"


def _list_faults(price: Price, prices: PriceList, place: str) -> Iterator[str]:
    ways = (prices.items, prices.bands, prices.answers, prices.fixed_pence is not None)
    if sum(map(bool, ways)) != 1:
        yield f"{place}`: give one of `items`, `bands`, `answers` and `fixed_pence`"
    if bool(prices.items or prices.bands) != bool(price.items):
        yield f"{place}`: `items` or `bands` price the `items` of the service, and only them"
    if prices.items and prices.items.keys() != {each.code for each in price.items}:
        yield f"{place}.items`: give the price of each item of the service, and of no other"
    if prices.answers and price.question is None:
        yield f"{place}.answers`: name their `question` in the price"
    yield from _amount_faults(price, prices, place)
    sizes = [each.up_to for each in prices.bands]
    if sizes != sorted(set(sizes)):
        yield f"{place}.bands`: begin with the smallest `up_to`, each once"
    if sizes and sizes[-1] < price.most_items:
        yield f"{place}.bands`: the last one must go up to `most_items`, {price.most_items}"


def _amount_faults(price: Price, prices: PriceList, place: str) -> Iterator[str]:
    if _is_unpayable(prices):
        yield f"{place}`: an order can cost less than {SMALLEST_PENCE}p, which no card pays"
    elif _is_unpayable(prices, price.concession_percent):
        yield (
            f"{place}`: an order with a concession of {price.concession_percent} % can cost less "
            f"than {SMALLEST_PENCE}p, which no card pays; change `concession_percent` or the prices"
        )


def _is_unpayable(prices: PriceList, concession_percent: int = 0) -> bool:
    """True if an order of one thing costs something, but too little for a card."""
    amounts = (
        amount - reduction(amount, concession_percent) + prices.admin_fee_pence
        for amount in _smallest_charges(prices)
    )
    return any(0 < each < SMALLEST_PENCE for each in amounts)


def _smallest_charges(prices: PriceList) -> Iterator[int]:
    """The pence of one thing, for each thing that has a price, before reductions and fees."""
    amounts = [each.first_pence for each in prices.items.values()]
    amounts += [each.amount_pence for each in prices.bands]
    amounts += prices.answers.values()
    amounts += [] if prices.fixed_pence is None else [prices.fixed_pence]
    return (max(each, prices.minimum_pence) for each in amounts)
