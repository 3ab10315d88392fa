"""What joining, adding containers and renewing cost: the service's price lists have an item for
each of them.

A year costs what the list says that is in force on its first day, or on the day of joining. A
container that is added costs its share of the days that are left, rounded down to the penny.
"""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from msgspec.structs import replace

from chalicelib.catalogue.garden import GARDEN_ITEMS, GardenItem, GardenWaste
from chalicelib.catalogue.price_lists import ItemPrice, Price
from chalicelib.catalogue.prices import Quote, Wanted, quote
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
    wanted: Wanted,
    of: GardenSubscription | None,
    rules: GardenWaste,
    *,
    on: date,
    language: Language = ENGLISH,
) -> Quote:
    """What a purchase for premises costs on that day. Raises Invalid naming the field: `items`,
    `items[0].code`, `items[0].count` or `service_code`."""
    kind = kind_of(wanted, of, rules, on)
    if of and kind == "add":
        return quote(_with_shares(service, of, on), wanted, on, language)
    first = of.last + ONE_DAY if of and kind == "renew" else max(on, rules.year_on(on).first)
    return quote(service, wanted, first, language)


def kind_of(
    wanted: Wanted, of: GardenSubscription | None, rules: GardenWaste, on: date
) -> GardenItem:
    """What is wanted. Raises Invalid if it is not one of what the premises can have."""
    if len(wanted.items) != 1:
        raise Invalid.field("items", Text("choose from: {known}", known=", ".join(GARDEN_ITEMS)))
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


def _with_shares(service: ServiceDefinition, of: GardenSubscription, on: date) -> ServiceDefinition:
    """The service with one price list, in which a container costs what is left of the years."""
    price = service.price or Price()
    listed = price.list_on(on)
    if listed is None:
        return service
    left = [(_whole(price, max(on, each.first)), _share(each, on)) for each in of.years]
    first = sum((whole.of(1) * share for whole, share in left), Fraction())
    further = sum(((whole.of(2) - whole.of(1)) * share for whole, share in left), Fraction())
    added = ItemPrice(first_pence=int(first), further_pence=int(further))
    prices = replace(listed, items={**listed.items, "add": added})
    return replace(service, price=replace(price, lists=(prices,)))


def _whole(price: Price, day: date) -> ItemPrice:
    """The price of a container for the whole year that has begun on that day."""
    listed = price.list_on(day)
    return listed.items["add"] if listed else ItemPrice(first_pence=0)


def _share(year: Year, on: date) -> Fraction:
    """The part of a year that is left, the day itself included."""
    days = (year.last - year.first + ONE_DAY).days
    left = (year.last - max(on, year.first) + ONE_DAY).days
    return Fraction(max(0, left), days)
