"""Prices of joining, adding containers and renewing. The service's price lists have an item for
each of these.

The price of a year is from the list in force on its first day, or on the day of joining if that is
later. A container that is added costs its share of the remaining days, rounded down to the penny.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from fractions import Fraction

from msgspec.structs import replace

from chalicelib.catalogue.garden import GARDEN_ITEMS, GardenItem, GardenWaste, SubscriptionYear
from chalicelib.catalogue.price_lists import ItemPrice, Offer, Price, PriceList
from chalicelib.catalogue.prices import OrderInput, Quote, compute_quote
from chalicelib.catalogue.promise import ONE_DAY
from chalicelib.catalogue.services import ServiceDefinition
from chalicelib.errors import Invalid
from chalicelib.garden.model import GardenSubscription, Year, most_to_buy, possible_purchases
from chalicelib.kernel.languages import ENGLISH, Language
from chalicelib.texts import Text

NOT_POSSIBLE: Mapping[GardenItem, str] = {
    "join": Text("This address has a subscription already. Add a bin or renew it."),
    "add": Text("This address has no subscription, or as many bins as it may have."),
    "renew": Text("This address has no subscription that can be renewed now."),
}


def garden_quote(
    service: ServiceDefinition,
    wanted: OrderInput,
    subscription: GardenSubscription | None,
    rules: GardenWaste,
    *,
    on: date,
    language: Language = ENGLISH,
) -> Quote:
    """The price of a purchase for premises on that day. Raises Invalid naming the field: `items`,
    `items[0].code`, `items[0].count` or `service_code`."""
    kind = purchase_kind(wanted, subscription, rules, on)
    price = service.price or Price()
    prices = _price_list(price, kind, subscription, rules, on)
    if prices is None:
        return compute_quote(service, wanted, on, language)
    priced = replace(service, price=replace(price, lists=(prices,)))
    return compute_quote(priced, wanted, prices.begins, language)


def garden_offers(
    price: Price, subscription: GardenSubscription | None, rules: GardenWaste, on: date
) -> Iterator[Offer]:
    """The items that can be bought for premises on that day."""
    kinds = possible_purchases(subscription, on, rules)
    for item in price.items:
        kind = next((each for each in kinds if each == item.code), None)
        prices = kind and _price_list(price, kind, subscription, rules, on)
        if kind and prices:
            days = _paid_days(kind, subscription, rules, on)
            yield Offer(item, prices.items[kind], most_to_buy(subscription, kind, on, rules), days)


def _paid_days(
    kind: GardenItem, subscription: GardenSubscription | None, rules: GardenWaste, on: date
) -> SubscriptionYear:
    """The days that a purchase on that day pays for."""
    if subscription and kind == "renew":
        return rules.year_on(subscription.last + ONE_DAY)
    year = (
        SubscriptionYear(subscription.years[0].first, subscription.last)
        if subscription and kind == "add"
        else rules.year_on(on)
    )
    return SubscriptionYear(max(on, year.first), year.last)


def purchase_kind(
    wanted: OrderInput, subscription: GardenSubscription | None, rules: GardenWaste, on: date
) -> GardenItem:
    """The kind of the purchase. Raises Invalid if it is not possible for the premises."""
    if not wanted.items:
        raise Invalid.field("items", "choose at least one item")
    if len(wanted.items) > 1:
        raise Invalid.field("items", "choose one kind of item at a time")
    (item,) = wanted.items
    kind = next((each for each in GARDEN_ITEMS if each == item.code), None)
    if kind is None:
        raise Invalid.field(
            "items[0].code", Text("choose from: {known}", known=", ".join(GARDEN_ITEMS))
        )
    if kind not in possible_purchases(subscription, on, rules):
        raise Invalid.field("items[0].code", NOT_POSSIBLE[kind])
    if not 1 <= item.count <= most_to_buy(subscription, kind, on, rules):
        raise Invalid.field(
            "items[0].count",
            Text("must be from 1 to {most}", most=most_to_buy(subscription, kind, on, rules)),
        )
    return kind


def _price_list(
    price: Price,
    kind: GardenItem,
    subscription: GardenSubscription | None,
    rules: GardenWaste,
    on: date,
) -> PriceList | None:
    """The price list for a purchase; for `add`, it has the price of the remaining days. None if no
    list has begun."""
    if subscription and kind == "add":
        return _list_with_shares(price, subscription, on)
    year = rules.year_on(subscription.last + ONE_DAY if subscription and kind == "renew" else on)
    return price.list_on(max(on, year.first))


def _list_with_shares(price: Price, subscription: GardenSubscription, on: date) -> PriceList | None:
    prices = price.list_on(on)
    if prices is None:
        return None
    shares = [
        (_year_price(price, max(on, each.first)), _share_left(each, on))
        for each in subscription.years
    ]
    first = sum((whole.price_for(1) * share for whole, share in shares), Fraction())
    further = sum(
        ((whole.price_for(2) - whole.price_for(1)) * share for whole, share in shares), Fraction()
    )
    added = ItemPrice(first_pence=int(first), further_pence=int(further))
    return replace(prices, items={**prices.items, "add": added})


def _year_price(price: Price, day: date) -> ItemPrice:
    """The price of a container for a whole year, by the list in force on that day."""
    prices = price.list_on(day)
    return prices.items["add"] if prices else ItemPrice(first_pence=0)


def _share_left(year: Year, on: date) -> Fraction:
    """The part of a year that remains, including that day."""
    days = (year.last - year.first + ONE_DAY).days
    left = (year.last - max(on, year.first) + ONE_DAY).days
    return Fraction(max(0, left), days)
