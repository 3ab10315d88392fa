"""What joining, adding containers and renewing cost: the service's price lists have an item for
each of them.

A year costs what the list says that is in force on its first day, or on the day of joining; that of
a season that is renewed, on the first day of the next one. A container that is added costs its
share of the days that are left, rounded down to the penny.
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
from chalicelib.garden.model import GardenSubscription, Year, most, possible
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
    of: GardenSubscription | None,
    rules: GardenWaste,
    *,
    on: date,
    language: Language = ENGLISH,
) -> Quote:
    """What a purchase for premises costs on that day. Raises Invalid naming the field: `items`,
    `items[0].code`, `items[0].count` or `service_code`."""
    kind = kind_of(wanted, of, rules, on)
    price = service.price or Price()
    prices = _prices(price, kind, of, rules, on)
    if prices is None:
        return compute_quote(service, wanted, on, language)
    decided = replace(service, price=replace(price, lists=(prices,)))
    return compute_quote(decided, wanted, prices.begins, language)


def garden_offers(
    price: Price, of: GardenSubscription | None, rules: GardenWaste, on: date
) -> Iterator[Offer]:
    """What can be bought for premises on that day."""
    kinds = possible(of, on, rules)
    for item in price.items:
        kind = next((each for each in kinds if each == item.code), None)
        prices = kind and _prices(price, kind, of, rules, on)
        if kind and prices:
            days = _days(kind, of, rules, on)
            yield Offer(item, prices.items[kind], most(of, kind, on, rules), days)


def _days(
    kind: GardenItem, of: GardenSubscription | None, rules: GardenWaste, on: date
) -> SubscriptionYear:
    """What a purchase on that day pays for."""
    if of and kind == "renew":
        return rules.year_on(of.last + ONE_DAY)
    year = (
        SubscriptionYear(of.years[0].first, of.last) if of and kind == "add" else rules.year_on(on)
    )
    return SubscriptionYear(max(on, year.first), year.last)


def kind_of(
    wanted: OrderInput, of: GardenSubscription | None, rules: GardenWaste, on: date
) -> GardenItem:
    """What is wanted. Raises Invalid if it is not one of what the premises can have."""
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
    if kind not in possible(of, on, rules):
        raise Invalid.field("items[0].code", NOT_POSSIBLE[kind])
    if not 1 <= item.count <= most(of, kind, on, rules):
        raise Invalid.field(
            "items[0].count",
            Text("must be from 1 to {most}", most=most(of, kind, on, rules)),
        )
    return kind


def _prices(
    price: Price, kind: GardenItem, of: GardenSubscription | None, rules: GardenWaste, on: date
) -> PriceList | None:
    """The list that decides: in one of `add`, a container costs what is left of the years. None if
    no list has begun."""
    if of and kind == "add":
        return _with_shares(price, of, on)
    year = rules.year_on(of.last + ONE_DAY if of and kind == "renew" else on)
    return price.list_on(max(on, year.first))


def _with_shares(price: Price, of: GardenSubscription, on: date) -> PriceList | None:
    listed = price.list_on(on)
    if listed is None:
        return None
    left = [(_whole(price, max(on, each.first)), _share(each, on)) for each in of.years]
    first = sum((whole.price_for(1) * share for whole, share in left), Fraction())
    further = sum(
        ((whole.price_for(2) - whole.price_for(1)) * share for whole, share in left), Fraction()
    )
    added = ItemPrice(first_pence=int(first), further_pence=int(further))
    return replace(listed, items={**listed.items, "add": added})


def _whole(price: Price, day: date) -> ItemPrice:
    """The price of a container for the whole year that has begun on that day."""
    listed = price.list_on(day)
    return listed.items["add"] if listed else ItemPrice(first_pence=0)


def _share(year: Year, on: date) -> Fraction:
    """The part of a year that is left, the day itself included."""
    days = (year.last - year.first + ONE_DAY).days
    left = (year.last - max(on, year.first) + ONE_DAY).days
    return Fraction(max(0, left), days)
